from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chats.values import Problem
from app.words import Words
from ui.notices import UNDO_MS, Notice, NoticeBanner, NoticeKind, problem_notice
from ui.theme.theme import Theme


@pytest.fixture
def banner(theme: Theme, words: Words, show_together: Callable[..., QWidget]) -> NoticeBanner:
    made = NoticeBanner(theme, words)
    page = show_together(made)
    page.resize(800, 200)
    return made


def is_whole(label: QWidget) -> bool:
    return label.height() >= label.heightForWidth(label.width())


def test_nothing_to_say_takes_no_room(banner: NoticeBanner) -> None:
    assert not banner.isVisible()
    assert banner.notice is None


def test_the_action_runs_once_and_takes_the_notice_away(banner: NoticeBanner, qtbot: QtBot) -> None:
    done: list[str] = []
    banner.show_notice(Notice("Deleted", action="Undo", on_action=lambda: done.append("undo")))
    assert banner.isVisible()
    qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    assert done == ["undo"]
    assert not banner.isVisible()


def test_a_short_lived_notice_goes_by_itself(banner: NoticeBanner, qtbot: QtBot) -> None:
    banner.show_notice(Notice("Deleted", lasts_ms=10))
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_there_are_at_least_ten_seconds_to_undo() -> None:
    assert UNDO_MS >= 10_000


def test_under_the_pointer_the_time_stands_still(
    banner: NoticeBanner, qtbot: QtBot, qapp: QApplication
) -> None:
    banner.show_notice(Notice("Deleted", lasts_ms=30))
    point = QPointF(5, 5)
    qapp.sendEvent(banner, QEnterEvent(point, point, point))
    counted = [banner.is_counting]
    qapp.sendEvent(banner, QEvent(QEvent.Type.Leave))
    assert [*counted, banner.is_counting] == [False, True]
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_an_error_stays_until_it_is_closed_and_comes_back_after_an_undo(
    banner: NoticeBanner, qtbot: QtBot
) -> None:
    banner.show_notice(Notice("The disk is full.", kind=NoticeKind.ERROR))
    assert not banner.is_counting
    banner.show_notice(Notice("Deleted", action="Undo", lasts_ms=10))
    assert banner.title.text() == "Deleted"
    qtbot.waitUntil(lambda: banner.title.text() == "The disk is full.")
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_the_same_error_again_is_one_notice(banner: NoticeBanner) -> None:
    for _ in range(3):
        banner.show_notice(Notice("The disk is full.", kind=NoticeKind.ERROR))
    banner.dismiss()
    assert not banner.isVisible()


def test_a_second_delete_replaces_the_first_offer(banner: NoticeBanner) -> None:
    banner.show_notice(Notice("Deleted one", action="Undo", lasts_ms=5000))
    banner.show_notice(Notice("Deleted two", action="Undo", lasts_ms=5000))
    banner.dismiss()
    assert not banner.isVisible()


def test_a_notice_that_no_longer_holds_is_withdrawn(banner: NoticeBanner) -> None:
    failed = Notice("The model file is damaged.", kind=NoticeKind.ERROR)
    banner.show_notice(failed)
    banner.show_notice(Notice("Deleted", lasts_ms=5000))
    banner.withdraw(failed)
    assert banner.title.text() == "Deleted"
    banner.dismiss()
    assert not banner.isVisible()


def test_a_problem_is_told_with_its_hint_and_its_fields(words: Words) -> None:
    problem = Problem("{file} is damaged.", "Choose another file than {file}.", "errno 5")
    problem = Problem(problem.title, problem.hint, problem.detail, {"file": "a.gguf"})
    notice = problem_notice(problem, words)
    assert (notice.title, notice.text) == ("a.gguf is damaged.", "Choose another file than a.gguf.")
    assert notice.kind is NoticeKind.ERROR
    assert notice.lasts_ms == 0


def test_its_words_are_its_accessible_name(banner: NoticeBanner) -> None:
    banner.show_notice(Notice("The disk is full.", "Free some room.", NoticeKind.ERROR))
    assert banner.accessibleName() == "The disk is full. Free some room."
    assert banner.close_button.accessibleName() == "Close this notice"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_long_words_wrap_and_are_never_cut(
    banner: NoticeBanner, theme: Theme, qtbot: QtBot, scale: float
) -> None:
    theme.set_text_scale(scale)
    text = "Something long happened to the file that holds your chats. " * 2
    banner.show_notice(Notice(text, text, NoticeKind.WARNING, action="Look at it"))
    page = banner.window()
    page.resize(420, 900)
    qtbot.waitUntil(lambda: banner.width() < 420)
    for label in (banner.title, banner.text):
        qtbot.waitUntil(partial(is_whole, label))
    assert banner.rect().contains(banner.action.geometry())
    assert banner.rect().contains(banner.close_button.geometry())


@pytest.mark.parametrize(("width", "is_below"), [(420, True), (900, False)])
def test_a_long_button_is_never_cut_but_goes_below_the_words(
    banner: NoticeBanner, qtbot: QtBot, width: int, is_below: bool
) -> None:
    page = banner.window()
    page.resize(width, 300)
    banner.show_notice(Notice("The connection was lost.", action="Load again without that machine"))
    qtbot.waitUntil(lambda: banner.action.width() >= banner.action.sizeHint().width())
    assert (banner.action.y() > banner.title.geometry().bottom()) == is_below
