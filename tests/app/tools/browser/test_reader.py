from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.tools.browser.documents import REST_LEFT_OUT
from app.tools.browser.fetch import Fetched
from app.tools.browser.reader import PageReader
from app.tools.browser.web_client import PageError
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from app.tools.sandbox.processes import descendants, end_tree
from tests.app.tools.browser.conftest import Run

URL = "https://trees.example/oak"


def page(body: bytes, media_type: str = "text/html") -> Fetched:
    return Fetched(URL, "trees.example", media_type, "", body)


def test_pages_are_read_in_the_process_one_after_another(run: Run, reader: PageReader) -> None:
    async def read() -> list[str]:
        pages = [reader.read(page(f"<title>T{n}</title><p>oak {n}".encode())) for n in range(5)]
        return [f"{one.title} {one.lines[-1]}" for one in await asyncio.gather(*pages)]

    assert run(read()) == [f"T{n} oak {n}" for n in range(5)]


def test_what_cannot_be_read_is_told_and_the_next_page_is_read(
    run: Run, reader: PageReader
) -> None:
    with pytest.raises(PageError, match="image/png"):
        run(reader.read(page(b"\x89PNG", "image/png")))
    with pytest.raises(PageError, match="PDF file is damaged"):
        run(reader.read(page(b"%PDF-1.7 " + os.urandom(5000), "application/pdf")))
    assert run(reader.read(page(b"<p>on"))).lines[-1] == "on"


def test_the_process_has_a_network_of_its_own_with_nobody_in_it(
    run: Run, reader: PageReader, sandbox: Sandbox
) -> None:
    run(reader.read(page(b"<p>on")))
    assert sandbox.kind is SandboxKind.BUBBLEWRAP
    assert reader._process is not None
    reading = descendants(reader._process.pid)[-1]
    own, its = (Path(f"/proc/{which}/ns/net").readlink() for which in ("self", reading))
    assert own != its
    devices = Path(f"/proc/{reading}/net/dev").read_text().splitlines()[2:]
    assert [line.partition(":")[0].strip() for line in devices] == ["lo"]


def test_a_process_that_cannot_start_is_tried_again(run: Run, sandbox: Sandbox) -> None:
    found: list[Sandbox | Exception] = [LookupError("not yet"), OSError("no memory"), sandbox]

    def look() -> Sandbox:
        box = found.pop(0)
        if isinstance(box, Exception):
            raise box
        return box

    async def read() -> str:
        reader = PageReader(look)
        with pytest.raises(LookupError):
            await reader.prepare()
        with pytest.raises(PageError, match="could not be read"):
            await reader.read(page(b"<p>on"))
        last = (await reader.read(page(b"<p>on"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "on"


@pytest.mark.serial
def test_a_page_that_takes_too_long_is_given_up_and_the_loop_goes_on(
    run: Run, sandbox: Sandbox
) -> None:
    async def read() -> int:
        reader = PageReader(lambda: sandbox, seconds=0.01)  # less than the process's start
        turns = 0
        reading = asyncio.create_task(reader.read(page(b"<p>slow")))
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1
        with pytest.raises(PageError, match=r"could not be read in 0\.01 seconds"):
            await reading
        await reader.close()
        return turns

    assert run(read()) > 1


SLOW = page(b"<p>" + b"a&" * 1_000_000)  # about a second


async def in_the_middle(reader: PageReader) -> asyncio.Task[object]:
    """A read of a slow page that its process has begun with."""
    await reader.prepare()
    assert reader._process is not None
    assert reader._process.stdin is not None
    pipe = reader._process.stdin.transport
    reading: asyncio.Task[object] = asyncio.create_task(reader.read(SLOW))
    while not pipe.get_write_buffer_size():
        await asyncio.sleep(0)
    while pipe.get_write_buffer_size():
        await asyncio.sleep(0)
    return reading


@pytest.mark.serial
def test_a_process_that_dies_in_the_middle_is_told_and_replaced(run: Run, sandbox: Sandbox) -> None:
    async def read() -> str:
        reader = PageReader(lambda: sandbox)
        reading = await in_the_middle(reader)
        assert reader._process is not None
        end_tree(reader._process.pid)
        with pytest.raises(PageError, match="damaged or takes too much memory"):
            await reading
        last = (await reader.read(page(b"<p>on"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "on"


@pytest.mark.serial
def test_a_process_that_died_between_pages_is_replaced(run: Run, sandbox: Sandbox) -> None:
    async def read() -> str:
        reader = PageReader(lambda: sandbox)
        await reader.prepare()
        assert reader._process is not None
        end_tree(reader._process.pid)
        await reader._process.wait()
        last = (await reader.read(page(b"<p>on"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "on"


@pytest.mark.serial
def test_a_stopped_read_ends_the_process(run: Run, sandbox: Sandbox) -> None:
    async def read() -> int | None:
        reader = PageReader(lambda: sandbox)
        reading = await in_the_middle(reader)
        process = reader._process
        assert process is not None
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await reader.close()
        return process.returncode

    assert run(read()) is not None


def test_an_idle_process_ends_and_the_next_page_is_read(run: Run, sandbox: Sandbox) -> None:
    async def read() -> str:
        reader = PageReader(lambda: sandbox)
        await reader.read(page(b"<p>first"))
        process = reader._process
        assert process is not None
        reader._leave()  # as after two minutes
        await asyncio.gather(*reader._ending)
        assert process.returncode is not None
        last = (await reader.read(page(b"<p>second"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "second"


def test_where_no_boxes_are_made_pages_are_read_in_a_plain_process(
    run: Run, sandbox: Sandbox
) -> None:
    async def read() -> str:
        reader = PageReader(lambda: sandbox, is_boxed=False)
        last = (await reader.read(page(b"<p>unboxed"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "unboxed"


@pytest.mark.parametrize("kind", [SandboxKind.LANDLOCK, SandboxKind.NONE])
def test_pages_are_read_whatever_box_there_is(run: Run, kind: SandboxKind) -> None:
    async def read() -> str:
        reader = PageReader(lambda: Sandbox(kind))
        last = (await reader.read(page(b"<p>boxed"))).lines[-1]
        await reader.close()
        return last

    assert run(read()) == "boxed"


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 200_000 + b"deep",
        b"<table>" * 5000 + b"deep",
        b"<a href='/x'>" * 5000 + b"deep",
        b"<p>" + b"a&" * 1_000_000 + b"deep",
        b"<p " + b"x=1 " * 500_000 + b">deep",
        b"<![CDATA[" * 10_000 + b"<p>deep",
        b"<p>" + b" \n" * 2_000_000 + b"deep",
    ],
    ids=["divs", "tables", "links", "entities", "attributes", "sections", "blanks"],
)
def test_pages_made_to_do_harm_end_in_text_or_a_sentence(
    run: Run, reader: PageReader, body: bytes
) -> None:
    async def outcome() -> str:
        try:
            return "".join((await reader.read(page(body))).lines)
        except PageError as error:
            return str(error)

    said = run(outcome())
    assert "deep" in said or said.endswith(REST_LEFT_OUT) or said.startswith("The page ")
    assert run(reader.read(page(b"<p>on"))).lines[-1] == "on"
