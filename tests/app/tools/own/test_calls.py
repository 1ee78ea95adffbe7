from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil
import pytest

from app.tools.own.boxed_call import Bounds
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.tool import CallRefusedError, RunContext
from app.tools.values import (
    CallTarget,
    OutcomeStatus,
    Progress,
    TargetKind,
    ToolCall,
    ToolFamily,
)
from tests.app.tools.own.conftest import Functions, no_pages

KINDS = [SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK]

SOURCE = '''
import asyncio, json, os, socket, sys, time
from dataclasses import dataclass
from pathlib import Path
from _shared import FACTOR

def weather(city: str, days: int = 1) -> str:
    """Tell the weather."""
    return f"{city}: {days * FACTOR} days of sun 🐟"

def facts(texts: list[str]) -> dict:
    """Give back what came."""
    return {"texts": texts, "set": {1}, "now": Path("x")}

def nothing() -> None:
    """Return nothing."""

async def later() -> int:
    """Take a while."""
    await asyncio.sleep(0)
    return 7

def talk(words: str) -> int:
    """Print and return."""
    print(words)
    os.system("echo from a program")
    return 1

def broken(value: int) -> float:
    """Divide."""
    return 1 / value

def leave() -> None:
    """Leave at once."""
    sys.exit("gone")

def die() -> None:
    """Die at once."""
    os._exit(9)

def hang() -> None:
    """Take for ever."""
    print("begun", flush=True)
    while True:
        time.sleep(1)

def flood() -> str:
    """Say too much."""
    print("p" * 1_000_000)
    return "r" * 1_000_000

def steal(path: str) -> str:
    """Look where it may not."""
    try:
        socket.create_connection(("127.0.0.1", 9), 1)
    except OSError as error:
        print(type(error).__name__)
    print(sorted(name for name in os.environ if "SECRET" in name))
    return Path(path).read_text()

def fill() -> str:
    """Take memory with many processes."""
    for _ in range(8):
        if os.fork() == 0:
            kept = bytearray(60 << 20)
            for place in range(0, len(kept), 4096):
                kept[place] = 1
            time.sleep(600)
    time.sleep(600)
    return "x"

def forge() -> str:
    """Write where the answer goes."""
    for number in range(3, 20):
        try:
            os.write(number, b"not an answer\\n")
        except OSError:
            pass
    return "x"
'''


@pytest.fixture
def written(functions: Functions) -> Functions:
    functions.write("mine.py", SOURCE)
    functions.write("_shared.py", "FACTOR = 2")
    return functions


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_gets_its_arguments_and_its_result_comes_back(
    written: Functions, kind: SandboxKind
) -> None:
    tool = written.tool(kind)
    outcome = written.call("weather", '{"city": "서울", "days": "3"}', tool)
    assert outcome.text == "서울: 6 days of sun 🐟"
    assert (outcome.status, outcome.origins) == (OutcomeStatus.DONE, ())


def test_results_of_all_kinds_become_text(written: Functions) -> None:
    facts = json.loads(written.call("facts", '{"texts": ["a", "b"]}').text)
    assert facts == {"texts": ["a", "b"], "set": [1], "now": "x"}
    assert written.call("nothing").text == "Done; it returned nothing."
    assert written.call("later").text == "7"
    heard: list[Progress] = []
    talk = written.call("talk", '{"words": "hello"}', report=heard.append)
    assert talk.text == "1\n\nPrinted:\nhello\nfrom a program"
    assert "hello" in heard[-1].text


def test_errors_are_told_with_the_lines_of_the_users_own_file(written: Functions) -> None:
    outcome = written.call("broken", '{"value": 0}')
    assert outcome.status is OutcomeStatus.FAILED
    first, place = outcome.text.splitlines()
    assert first == "ZeroDivisionError: division by zero"
    assert place.startswith("  mine.py, line ")
    assert place.endswith(": return 1 / value")
    assert written.call("leave").text.startswith("SystemExit: gone\n")
    assert written.call("die").text == "It ended without an answer."


def test_what_is_said_is_kept_in_bounds(written: Functions) -> None:
    outcome = written.call("flood")
    assert outcome.text.startswith("rrr")
    assert "characters left out" in outcome.text
    assert len(outcome.text) <= 24_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_that_takes_too_long_is_ended(written: Functions, kind: SandboxKind) -> None:
    outcome = written.call("hang", tool=written.tool(kind, Bounds(2.0)))
    assert outcome.status is OutcomeStatus.TIMED_OUT
    assert outcome.text == "It was ended after 2 seconds.\n\nPrinted:\nbegun"


@pytest.mark.parametrize("kind", KINDS)
def test_stop_ends_the_box(written: Functions, kind: SandboxKind) -> None:
    tool = written.tool(kind)
    # Other tests of this process may have left some: multiprocessing keeps one to the end.
    others = psutil.Process().children(recursive=True)

    async def stopped() -> list[psutil.Process]:
        begun = asyncio.Event()
        context = RunContext(lambda _: begun.set(), no_pages)
        call = asyncio.create_task(tool.run(ToolCall("c", 0, "functions.hang", "{}"), context))
        await begun.wait()
        family = psutil.Process().children(recursive=True)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return [one for one in family if one not in others]

    family = written.thread.submit(stopped).result(60)
    assert family
    assert psutil.wait_procs(family, 10)[1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_box_holds(
    written: Functions, kind: SandboxKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "x")
    secret = tmp_path / "secret.txt"
    secret.write_text("private", encoding="utf-8")
    outcome = written.call("steal", json.dumps({"path": str(secret)}), written.tool(kind))
    assert outcome.status is OutcomeStatus.FAILED
    assert "private" not in outcome.text
    assert "[]" in outcome.text
    assert "ConnectionRefusedError" not in outcome.text


def test_a_forged_answer_is_no_answer(written: Functions) -> None:
    outcome = written.call("forge")
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.text == "It ended without an answer."


def test_nothing_runs_until_a_call_does(functions: Functions, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    functions.write("mine.py", f'open({str(mark)!r}, "w")\ndef f() -> int:\n    """One."""\n')
    tool = functions.tool()
    assert tool.addresses == ("functions.f",)
    assert [one.name for one in tool.declaration.functions] == ["f"]
    tool.view(ToolCall("c", 0, "functions.f", "{}"))
    assert not mark.exists()


def test_a_call_is_shown_as_it_will_run(written: Functions) -> None:
    call = ToolCall("c", 0, "functions.steal", '{"path":"/etc/../x"}')
    view = written.tool().view(call)
    assert view.family is ToolFamily.OWN
    assert view.target == CallTarget(TargetKind.FUNCTION, "own/steal")
    assert view.body == '{\n  "path": "/etc/../x"\n}'
    assert view.paths == ("/etc/../x",)
    assert not view.runs_outside


@pytest.mark.parametrize("arguments", ['{"path": 1, "more": 2}', "{}", "[]", "no"])
def test_arguments_that_do_not_fit_are_refused(written: Functions, arguments: str) -> None:
    with pytest.raises(CallRefusedError, match="argument"):
        written.tool().view(ToolCall("c", 0, "functions.steal", arguments))


def test_without_a_sandbox_nothing_is_offered(written: Functions) -> None:
    tool = written.tool(SandboxKind.NONE)
    assert tool.addresses == ()
    with pytest.raises(CallRefusedError):
        tool.view(ToolCall("c", 0, "functions.weather", '{"city": "x"}'))


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_that_takes_too_much_is_ended(written: Functions, kind: SandboxKind) -> None:
    bounds = Bounds(limits=Limits(memory_bytes=300 << 20, processes=64))
    outcome = written.call("fill", tool=written.tool(kind, bounds))
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.text.startswith("It was ended: it took too much memory.")
