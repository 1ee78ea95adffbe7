from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.values import Problem
from app.models.values import Download, DownloadState, ModelPart, OfferedModel
from app.words import Words
from tests.ui.conftest import ShowTogether
from ui.models.download_row import DownloadRow
from ui.theme.theme import Theme

GB = 10**9
MODEL = OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("m.gguf", 12_109_566_560, ""),))
RUNNING = Download(
    MODEL, Path("/models"), DownloadState.RUNNING, 5 * GB, 12_109_566_560, 38_000_000.0, 187.0
)
DROPPED = Problem("The connection was lost.", "Sotto tries again by itself.")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def row(theme: Theme, words: Words, clock: Clock, show_together: ShowTogether) -> DownloadRow:
    made = DownloadRow(theme, words, clock=clock)
    made.show_download(RUNNING)
    show_together(made).resize(720, 160)
    return made


def shown(row: DownloadRow) -> list[str]:
    buttons = (row.pause, row.resume, row.cancel, row.undo)
    return [one.text() for one in buttons if one.isVisible()]


def test_a_running_download_says_amount_speed_and_time(row: DownloadRow) -> None:
    assert row.said.text() == "5.0 of 12.1 GB  ·  38 MB/s  ·  about 3 min left"
    assert row.name.text() == "gpt-oss-20b"
    assert row.progress.value() == 413
    assert shown(row) == ["Pause", "Cancel"]
    assert not row.problem.isVisible()


def test_before_the_first_bytes_it_is_connecting(row: DownloadRow) -> None:
    row.show_download(replace(RUNNING, done_bytes=0, bytes_per_second=None, seconds_left=None))
    assert row.said.text() == "0.0 of 12.1 GB  ·  connecting…"


def test_a_paused_one_can_go_on(row: DownloadRow, qtbot: QtBot) -> None:
    row.show_download(replace(RUNNING, state=DownloadState.PAUSED))
    assert row.said.text() == "5.0 of 12.1 GB  ·  paused"
    assert shown(row) == ["Resume", "Cancel"]
    with qtbot.waitSignal(row.resume_requested, timeout=1000):
        qtbot.mouseClick(row.resume, Qt.MouseButton.LeftButton)


def test_a_waiting_one_says_why_and_counts_down(row: DownloadRow, clock: Clock) -> None:
    waiting = replace(RUNNING, state=DownloadState.WAITING, retry_seconds=12.0, problem=DROPPED)
    row.show_download(waiting)
    assert row.said.text().endswith("next try in 12 s")
    assert row.problem.text() == "The connection was lost. Sotto tries again by itself."
    assert shown(row) == ["Pause", "Try again", "Cancel"]

    clock.now += 5
    row._countdown.timeout.emit()
    assert row.said.text().endswith("next try in 7 s")

    row.show_download(RUNNING)
    assert not row.problem.isVisible()
    assert not row._countdown.isActive()


def test_a_failed_one_needs_the_user(row: DownloadRow) -> None:
    wrong = Problem("The server has another file now.", "Start the download anew.")
    row.show_download(replace(RUNNING, state=DownloadState.FAILED, problem=wrong))
    assert row.said.text() == "5.0 of 12.1 GB  ·  stopped"
    assert row.problem.isVisible()
    assert shown(row) == ["Try again", "Cancel"]


def test_what_was_put_right_on_the_way_is_told_quietly(row: DownloadRow) -> None:
    mended = Problem("A piece was wrong and was fetched again.", "")
    row.show_download(replace(RUNNING, mended=mended))
    assert row.problem.text() == "A piece was wrong and was fetched again."
    assert row.problem._role == "muted"


def test_a_cancelled_one_is_taken_up_again(row: DownloadRow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(row.cancel_requested, timeout=1000):
        qtbot.mouseClick(row.cancel, Qt.MouseButton.LeftButton)
    row.show_cancelled()
    assert row.said.text() == "The download of gpt-oss-20b is cancelled."
    assert shown(row) == ["Undo"]
    assert not row.progress.isVisible()
    with qtbot.waitSignal(row.undo_requested, timeout=1000):
        qtbot.mouseClick(row.undo, Qt.MouseButton.LeftButton)

    row.show_download(replace(RUNNING, state=DownloadState.CHECKING))
    assert row.progress.isVisible()
    assert shown(row) == ["Pause", "Cancel"]


def test_a_finished_one_has_nothing_to_press(row: DownloadRow) -> None:
    row.show_download(replace(RUNNING, state=DownloadState.DONE, done_bytes=12_109_566_560))
    assert row.said.text() == "12.1 GB  ·  downloaded and checked"
    assert shown(row) == []


def test_the_keyboard_stays_where_it_was_when_pause_becomes_resume(
    row: DownloadRow,
) -> None:
    row.pause.setFocus(Qt.FocusReason.TabFocusReason)
    row.show_download(replace(RUNNING, state=DownloadState.PAUSED))
    assert row.resume.hasFocus()
    row.show_download(RUNNING)
    assert row.pause.hasFocus()


def test_screen_readers_hear_the_name_and_how_far_it_is(row: DownloadRow) -> None:
    assert row.progress.accessibleName() == "Download of gpt-oss-20b"
    assert row.pause.accessibleName() == "Pause the download of gpt-oss-20b"


@pytest.mark.parametrize("width", [240, 360, 900])
def test_nothing_is_cut_at_any_width(
    theme: Theme,
    korean: Words,
    show_together: ShowTogether,
    width: int,
    qtbot: QtBot,
) -> None:
    made = DownloadRow(theme, korean)
    made.show_download(replace(RUNNING, state=DownloadState.WAITING, problem=DROPPED))
    page = show_together(made)
    page.resize(width, 300)
    qtbot.waitUntil(lambda: page.width() == width)
    for part in (made.said, made.problem, made.pause, made.resume, made.cancel):
        right = part.mapTo(made, part.rect().bottomRight())
        assert made.rect().contains(right)


def test_inside_something_that_names_it_there_is_no_name(
    theme: Theme, words: Words, show_together: ShowTogether
) -> None:
    made = DownloadRow(theme, words, is_named=False)
    made.show_download(RUNNING)
    show_together(made)
    assert not made.name.isVisible()
    assert made.accessibleName() == "Download of gpt-oss-20b"
