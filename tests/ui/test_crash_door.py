from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.run_record import MARK_NAME, BrokenRun, RunRecord
from app.words import Words
from ui.crash_dialog import CrashDialog
from ui.crash_door import CrashDoor
from ui.notices import NoticeBanner, NoticeKind
from ui.theme.theme import Theme

TRACE = "uncaught error in the window\nValueError\n  /opt/x.py:3 in run"
FAULT = "Fatal Python error: Segmentation fault"


class Hall(QWidget):
    """A window with a banner and the door."""

    def __init__(self, theme: Theme, words: Words, state: Path) -> None:
        super().__init__()
        self.banner = NoticeBanner(theme, words)
        QVBoxLayout(self).addWidget(self.banner)
        self.restarts = 0
        self.door = CrashDoor(self, self.banner, theme, words, state, self.restart)

    def restart(self) -> None:
        self.restarts += 1

    def dialog(self) -> CrashDialog:
        self.banner.action.click()
        (found,) = self.findChildren(CrashDialog)
        return found


@pytest.fixture
def hall(theme: Theme, words: Words, tmp_path: Path, qtbot: QtBot) -> Iterator[Hall]:
    made = Hall(theme, words, tmp_path)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    yield made
    made.close()


def test_a_bug_is_told_calmly_and_its_report_can_be_copied(hall: Hall) -> None:
    hall.door.show_bug(TRACE)
    notice = hall.banner.notice
    assert notice is not None
    assert notice.title == "Something went wrong inside Sotto."
    assert "safe" in notice.text
    dialog = hall.dialog()
    assert "in run" in dialog.report.toPlainText()
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == dialog.report.toPlainText()
    assert dialog.copy.text() == "Copied"
    dialog.restart.click()
    assert hall.restarts == 1


def test_several_bugs_are_one_notice_and_one_report(hall: Hall) -> None:
    for number in range(9):
        hall.door.show_bug(f"bug {number}")
    report = hall.dialog().report.toPlainText()
    assert [number for number in range(9) if f"bug {number}" in report] == [4, 5, 6, 7, 8]


def test_titles_of_chats_are_taken_out_of_reports(hall: Hall) -> None:
    chat = Chat(ChatId(1), "My divorce", 0, 0)
    hall.door.show_change(ChatsChanged((chat,), None))
    hall.door.show_bug("failed in My divorce")
    assert "[private]" in hall.dialog().report.toPlainText()


def test_a_run_that_broke_off_is_told_with_what_python_said(hall: Hall) -> None:
    hall.door.tell_broken_run(BrokenRun("0.1.0", FAULT, was_machine_restarted=True))
    notice = hall.banner.notice
    assert notice is not None
    assert notice.kind is NoticeKind.INFO
    dialog = hall.dialog()
    assert FAULT in dialog.report.toPlainText()
    assert dialog.restart.isHidden(), "it is running anew already"
    dialog.close_button.click()
    assert hall.banner.notice is None


def test_a_run_that_was_killed_is_told_without_a_guess_at_chats(hall: Hall) -> None:
    hall.door.tell_broken_run(BrokenRun("0.1.0", "", was_machine_restarted=False))
    assert "ended from outside" in hall.dialog().text.text()


@pytest.mark.parametrize("run", [None, BrokenRun("0.1.0", "", was_machine_restarted=True)])
def test_nothing_is_told_where_nothing_failed(hall: Hall, run: BrokenRun | None) -> None:
    hall.door.tell_broken_run(run)
    assert hall.banner.notice is None


def test_the_run_is_marked_once_the_window_stands_there(
    hall: Hall, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / MARK_NAME).write_text("{", encoding="utf-8")
    record = RunRecord(tmp_path)
    hall.door.watch(record)
    hall.update()
    qtbot.waitUntil(lambda: hall.banner.notice is not None)
    record.end()
    assert not (tmp_path / MARK_NAME).exists()
