"""The desk of downloads, against the Hub on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.download import KEEP_CANCELLED_MS
from app.models.downloaded import library_model
from app.models.transfer.outcomes import DownloadError
from app.models.transfer.part_file import part_paths
from app.models.transfer.patience import Patience
from app.models.values import DownloadState, ModelPart, OfferedModel
from app.tools.async_thread import AsyncThread
from tests.app.models.transfer.desk import Desk
from tests.app.models.transfer.rig import PIECE, content
from tests.servers.hub.faults import Place, Refuse, Stall
from tests.servers.hub.server import HubServer

DATA = content(6.5)
OTHER = content(3.5, seed=2)


@pytest.fixture
def thread() -> Iterator[AsyncThread]:
    thread = AsyncThread()
    yield thread
    assert thread.close()


@pytest.fixture
def desk(hub: HubServer, tmp_path: Path, thread: AsyncThread) -> Iterator[Desk]:
    desks = [Desk(hub, tmp_path / "models", tmp_path / "data", thread)]
    yield desks[0]
    hub.behave()
    desks[0].downloads.close()


def test_a_model_is_fetched_and_told_of(desk: Desk) -> None:
    model = desk.put("one", first=DATA, second=OTHER)

    desk.downloads.start(model, desk.folder)
    told = desk.wait_for("one", DownloadState.DONE)

    assert (told.done_bytes, told.total_bytes) == (len(DATA) + len(OTHER),) * 2
    assert [path.read_bytes() for path in desk.done[0][1].paths] == [DATA, OTHER]
    kept = library_model(*desk.done[0], 5)
    assert kept.sha256 == tuple(part.sha256 for part in model.parts)
    assert (kept.verified_ms, kept.size_bytes) == (5, len(DATA) + len(OTHER))
    assert desk.again().downloads.all() == ()


def test_one_is_fetched_at_a_time_in_the_order_they_were_asked_for(desk: Desk) -> None:
    desk.hub.misbehave(Stall(PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder / "1")
    desk.downloads.start(desk.put("two", file=OTHER), desk.folder / "2")

    desk.wait_for("one", DownloadState.RUNNING)
    assert desk.state("two") is DownloadState.QUEUED
    desk.hub.go_on()
    desk.wait_for("two", DownloadState.DONE)

    assert [download.model.id for download, _ in desk.done] == ["one", "two"]


def test_a_pause_keeps_what_is_here_also_over_a_restart(desk: Desk) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)

    desk.downloads.pause("one")
    assert desk.state("one") is DownloadState.PAUSED
    later = desk.again()
    later.downloads.take_up()

    told = later.told("one")
    assert (told.state, told.done_bytes) == (DownloadState.PAUSED, 4 * PIECE)
    later.downloads.resume("one")
    later.wait_for("one", DownloadState.DONE)
    later.downloads.close()


def test_what_was_going_on_goes_on_with_the_next_start(desk: Desk) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)

    later = desk.again()
    assert later.state("one") is DownloadState.PAUSED  # nothing begins by itself
    later.downloads.take_up()
    later.wait_for("one", DownloadState.DONE)

    assert (desk.folder / "file.gguf").read_bytes() == DATA
    later.downloads.close()


def test_a_download_that_was_cancelled_comes_back_with_what_was_fetched(desk: Desk) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)

    desk.downloads.cancel("one")
    assert desk.downloads.all() == ()
    assert part_paths(desk.folder / "file.gguf")[0].exists()
    desk.downloads.resume("one")

    assert desk.told("one").done_bytes == 4 * PIECE
    desk.wait_for("one", DownloadState.DONE)


def test_what_was_cancelled_is_gone_when_another_begins(desk: Desk) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)
    desk.downloads.cancel("one")

    desk.downloads.start(desk.put("two", other=OTHER), desk.folder)
    desk.wait_for("two", DownloadState.DONE)
    later = desk.again()

    assert [path.name for path in desk.folder.iterdir()] == ["other.gguf"]
    later.downloads.resume("one")
    assert later.downloads.all() == ()
    later.downloads.close()


@pytest.mark.parametrize(("age", "is_here"), [(0, True), (KEEP_CANCELLED_MS + 1, False)])
def test_what_was_cancelled_is_kept_for_a_week(desk: Desk, age: int, is_here: bool) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)
    desk.downloads.cancel("one")

    later = desk.again()
    later.now_ms += age
    later.downloads.take_up()
    later.downloads.close()

    assert part_paths(desk.folder / "file.gguf")[0].exists() is is_here


def test_a_failure_says_why_and_lets_the_next_one_go(desk: Desk) -> None:
    desk.hub.misbehave(Refuse(404), Place.RESOLVE, name="file.gguf")
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.downloads.start(desk.put("two", other=OTHER), desk.folder)

    failed = desk.wait_for("one", DownloadState.FAILED)
    desk.wait_for("two", DownloadState.DONE)

    assert failed.problem is not None
    assert failed.problem.title == "{host} does not have this file any more."
    desk.downloads.resume("one")
    desk.wait_for("one", DownloadState.DONE)


def test_what_waits_is_tried_at_once_when_the_user_wants(desk: Desk) -> None:
    desk.patience = lambda: Patience(first_seconds=3600)
    desk.hub.misbehave(Refuse(500), Place.RESOLVE)
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    waiting = desk.wait_for("one", DownloadState.WAITING)
    assert waiting.retry_seconds is not None
    assert waiting.problem is not None

    desk.downloads.resume("one")

    assert desk.wait_for("one", DownloadState.DONE).problem is None


def test_a_file_that_changed_begins_anew_when_the_user_resumes_knowing_it(desk: Desk) -> None:
    part = ModelPart("file.gguf", 0, "")
    address = desk.hub.put_plain("file.gguf", DATA)
    desk.hub.misbehave(Stall(4 * PIECE))
    desk.downloads.start(OfferedModel("one", "One", (part,), address=address), desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)
    desk.downloads.pause("one")
    desk.hub.put_plain("file.gguf", OTHER)

    desk.downloads.resume("one")
    failed = desk.wait_for("one", DownloadState.FAILED)
    desk.downloads.resume("one")
    done = desk.wait_for("one", DownloadState.DONE)

    assert failed.problem is not None
    assert failed.problem.title == "The file {file} is another one at its source now."
    assert done.total_bytes == len(OTHER)
    assert library_model(*desk.done[0], 5).verified_ms is None  # nobody published a digest
    assert (desk.folder / "file.gguf").read_bytes() == OTHER


def test_a_second_start_goes_on_and_one_elsewhere_is_refused(desk: Desk) -> None:
    desk.hub.misbehave(Stall(4 * PIECE))
    model = desk.put("one", file=DATA)
    desk.downloads.start(model, desk.folder)
    desk.wait(lambda: desk.told("one").done_bytes == 4 * PIECE)
    desk.downloads.pause("one")

    with pytest.raises(DownloadError, match="is being fetched into"):
        desk.downloads.start(model, desk.folder / "elsewhere")
    desk.downloads.start(model, desk.folder)

    desk.wait_for("one", DownloadState.DONE)


def test_two_models_with_files_of_one_name_do_not_meet(desk: Desk) -> None:
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait_for("one", DownloadState.DONE)
    desk.downloads.start(desk.put("two", file=OTHER), desk.folder)
    desk.wait_for("two", DownloadState.DONE)

    assert (desk.folder / "file.gguf").read_bytes() == DATA
    assert (desk.folder / "two" / "file.gguf").read_bytes() == OTHER


def test_a_model_here_is_mended(desk: Desk) -> None:
    model = desk.put("one", first=DATA, second=OTHER)
    desk.folder.mkdir()
    (desk.folder / "first.gguf").write_bytes(DATA)
    (desk.folder / "second.gguf").write_bytes(OTHER[:-1] + b"?")

    desk.downloads.mend(model, desk.folder)
    done = desk.wait_for("one", DownloadState.DONE)

    assert (desk.folder / "second.gguf").read_bytes() == OTHER
    assert done.mended is not None


def test_a_library_that_cannot_take_it_is_told_and_asked_again(desk: Desk) -> None:
    desk.refusals.append(DownloadError("The list of models could not be saved."))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    failed = desk.wait_for("one", DownloadState.FAILED)
    asked = len(desk.hub.record.asked())

    desk.downloads.resume("one")
    desk.wait_for("one", DownloadState.DONE)

    assert failed.problem is not None
    assert failed.problem.title == "The list of models could not be saved."
    assert len(desk.hub.record.asked()) == asked  # nothing was fetched again


def test_a_limit_slows_and_is_lifted_at_once(desk: Desk) -> None:
    desk.downloads.set_limit(1)
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait_for("one", DownloadState.RUNNING)

    desk.downloads.set_limit(0)

    desk.wait_for("one", DownloadState.DONE)


def test_subscribers_hear_until_they_leave(desk: Desk) -> None:
    heard: list[int] = []
    leave = desk.downloads.subscribe(lambda: heard.append(1))
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    assert heard
    leave()
    heard.clear()

    desk.wait_for("one", DownloadState.DONE)

    assert not heard


def test_a_done_download_leaves_the_list_and_its_file_stays(desk: Desk) -> None:
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait_for("one", DownloadState.DONE)

    desk.downloads.cancel("one")
    desk.downloads.pause("one")
    desk.downloads.resume("one")

    assert desk.downloads.all() == ()
    assert (desk.folder / "file.gguf").read_bytes() == DATA


def test_a_damaged_list_is_no_list(desk: Desk) -> None:
    desk.downloads.start(desk.put("one", file=DATA), desk.folder)
    desk.wait_for("one", DownloadState.DONE)
    later = desk.again()
    (desk.data / "downloads.json").write_text('{"downloads": [{"model": 7}, 3]}', "utf-8")

    assert later.again().downloads.all() == ()
