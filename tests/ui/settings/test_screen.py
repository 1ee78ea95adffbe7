from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatMark, ChatMarksChanged, ModelState, StatusChanged
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.settings import SettingsFile
from app.words import Words
from tests.ui.settings.conftest import READY, Room
from ui.controls.stacked_bar import StackedBar
from ui.settings.appearance_page import AppearancePage
from ui.settings.diagnostics_page import DiagnosticsPage
from ui.settings.page import SettingsPage
from ui.settings.pages import make_settings
from ui.settings.screen import SettingsScreen
from ui.theme.theme import Density, Theme

LOADING = StatusChanged(state=ModelState.LOADING, load_fraction=0.4)


def open_kind(screen: SettingsScreen, kind: type[Any]) -> Any:
    (found,) = [page for page in screen.pages if isinstance(page, kind)]
    screen.open_page(screen.pages.index(found))
    return found


def test_arrow_keys_move_between_pages_and_tab_leads_into_the_page(
    screen: SettingsScreen, qtbot: QtBot
) -> None:
    first, second = screen.list.rows[:2]
    assert first.hasFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    assert screen.stack.currentIndex() == 1
    qtbot.keyClick(second, Qt.Key.Key_Tab)
    focused = screen.focusWidget()
    assert focused is not None
    assert screen.pages[1].isAncestorOf(focused)


def test_the_pointer_takes_the_focus_along_to_another_page(
    screen: SettingsScreen, qtbot: QtBot
) -> None:
    first, second = screen.list.rows[:2]
    assert first.hasFocus()
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)

    assert second.hasFocus()
    assert screen.list.index == 1


def test_escape_leads_back_to_the_chats(screen: SettingsScreen, qtbot: QtBot) -> None:
    with qtbot.waitSignal(screen.closed):
        qtbot.keyClick(screen.list.rows[0], Qt.Key.Key_Escape)


def test_where_it_is_narrow_list_and_page_come_one_after_the_other(
    screen: SettingsScreen, qtbot: QtBot
) -> None:
    screen.resize(420, 800)
    screen.open()
    assert screen.list.isVisible()
    assert not screen.stack.isVisible()

    qtbot.keyClick(screen.list.rows[0], Qt.Key.Key_Down)
    qtbot.keyClick(screen.list.rows[1], Qt.Key.Key_Return)
    assert not screen.list.isVisible()
    assert screen.stack.currentIndex() == 1

    qtbot.keyClick(screen.up, Qt.Key.Key_Escape)
    assert screen.list.isVisible()
    assert screen.list.rows[1].hasFocus()


def test_nothing_is_asked_of_who_changed_nothing(screen: SettingsScreen) -> None:
    assert not screen.strip.isVisible()


def test_a_changed_context_waits_for_the_next_load(
    screen: SettingsScreen, room: Room, qtbot: QtBot
) -> None:
    room.current.change(context_tokens=4096)
    assert screen.strip.isVisible()
    qtbot.mouseClick(screen.strip.load, Qt.MouseButton.LeftButton)
    assert room.asked == ["load"]

    screen.show_change(LOADING)
    assert screen.strip.progress.value() == 400
    qtbot.mouseClick(screen.strip.cancel, Qt.MouseButton.LeftButton)
    assert room.asked == ["load", "cancel"]

    screen.show_change(READY)
    assert not screen.strip.isVisible()


def test_a_model_that_was_only_moved_need_not_be_loaded_again(
    room: Room, screen: SettingsScreen
) -> None:
    room.current.change(model_path="/models/large.gguf")
    screen.show_change(LOADING)
    screen.show_change(READY)
    room.current.rename_model("/models/large.gguf", "/elsewhere/large.gguf")
    assert room.current.value.model_path == "/elsewhere/large.gguf"
    assert not screen.strip.isVisible()

    room.current.change(model_path="/models/other.gguf")
    assert screen.strip.isVisible()


def test_a_changed_temperature_waits_for_nothing(screen: SettingsScreen, room: Room) -> None:
    room.current.change(temperature=0.5)
    assert not screen.strip.isVisible()


def test_a_change_that_is_taken_back_waits_for_nothing(screen: SettingsScreen, room: Room) -> None:
    room.current.change(context_tokens=4096)
    room.current.change(context_tokens=0)
    assert not screen.strip.isVisible()


def test_the_model_is_not_loaded_again_in_mid_answer(screen: SettingsScreen, room: Room) -> None:
    room.current.change(context_tokens=4096)
    screen.show_change(ChatMarksChanged({ChatId(1): ChatMark.ASKING}))
    assert not screen.strip.load.isEnabled()
    assert "answer is being written" in screen.strip.load.toolTip()
    screen.show_change(ChatMarksChanged({ChatId(1): ChatMark.UNREAD}))
    assert screen.strip.load.isEnabled()


def test_a_load_that_failed_says_why_and_can_be_tried_again(screen: SettingsScreen) -> None:
    problem = Problem("There is not enough memory for this model.", "Close other programs.")
    screen.show_change(StatusChanged(state=ModelState.FAILED, problem=problem))
    assert screen.strip.said.text() == f"{problem.title} {problem.hint}"
    assert screen.strip.load.text() == "Load the model"


def test_settings_that_cannot_be_written_are_told(
    tmp_path: Path, room: Room, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    (tmp_path / "file").touch()
    room.current = CurrentSettings(SettingsFile(tmp_path / "file" / "folder" / "settings.json"))
    screen = make_settings(room.desk(theme, words))
    qtbot.addWidget(screen)
    open_kind(screen, AppearancePage).language.choose(2)
    assert len(room.problems) == 1


def test_looks_hold_at_once(screen: SettingsScreen, room: Room, theme: Theme) -> None:
    page = open_kind(screen, AppearancePage)
    page.look.choose(3)
    assert theme.colors.is_high_contrast
    page.text_size.choose(2)
    assert theme.text_scale == 1.25
    page.motion.click()
    page.language.choose(2)
    page.density.choose(1)
    assert theme.density is Density.COMPACT
    kept = room.file.load()
    assert (kept.text_percent, kept.reduced_motion, kept.language) == (125, True, "ko")
    assert kept.density == "compact"


def test_diagnostics_are_made_when_they_are_looked_at_and_copied(
    screen: SettingsScreen, room: Room, qtbot: QtBot
) -> None:
    assert room.diagnosed == []
    page = open_kind(screen, DiagnosticsPage)
    assert room.diagnosed == [READY]
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Sotto diagnostics\nSotto: 0.1.0"
    assert page.copy.text() == "Copied"


def is_laid_out(page: SettingsPage) -> bool:
    """Nothing is wider than the page, and every text has the height it needs."""
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    return page._inner.width() <= page.viewport().width() and all(is_whole(one) for one in labels)


def is_whole(label: QLabel) -> bool:
    box = QFontMetrics(label.font()).boundingRect(
        label.rect(), int(Qt.TextFlag.TextWordWrap), label.text()
    )
    return box.height() <= label.height() + 1


@pytest.mark.parametrize("width", [420, 1000])
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("language", ["words", "korean"])
def test_no_word_is_cut(
    width: int,
    scale: float,
    language: str,
    room: Room,
    theme: Theme,
    request: pytest.FixtureRequest,
    qtbot: QtBot,
) -> None:
    theme.set_text_scale(scale)
    screen = make_settings(room.desk(theme, request.getfixturevalue(language)))
    qtbot.addWidget(screen)
    screen.resize(width, 900)
    screen.show()
    screen.show_change(READY)
    for index, page in enumerate(screen.pages):
        screen.open_page(index)
        qtbot.waitUntil(lambda page=page: is_laid_out(page))  # type: ignore[misc]
        for bar in page.findChildren(StackedBar):
            assert not bar.isVisible() or bar.height() >= bar.heightForWidth(bar.width())
        for control in (*page.findChildren(QAbstractButton), *page.findChildren(QLineEdit)):
            if control.isVisible():
                left = control.mapTo(page._inner, control.rect().topLeft()).x()
                assert left >= 0
                assert left + control.width() <= page._inner.width(), control.accessibleName()
