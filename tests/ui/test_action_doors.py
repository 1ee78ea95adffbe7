"""Palette, menu and page of keys in the real window: all actions stand in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from app.settings import SettingsFile
from app.words import Words
from engine.harmony.messages import Effort
from ui.action_menu import add_menu_bar
from ui.actions import ACTIONS, ActionId, Actions
from ui.keys_help import KeysDialog
from ui.palette.entries import EntryKind
from ui.theme.theme import Theme, ThemeMode
from ui.window import MainWindow


@pytest.fixture
def window(
    service: Any, theme: Theme, words: Words, tmp_path: Path, qtbot: QtBot
) -> Iterator[MainWindow]:
    made = MainWindow(service, theme, words, SettingsFile(tmp_path / "settings.json"))
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()


def press(window: MainWindow, qtbot: QtBot, keys: str) -> None:
    target = window.focusWidget()
    assert target is not None
    qtbot.keySequence(target, QKeySequence(keys))


def opened_menu(window: MainWindow) -> QMenu:
    (menu,) = window.top_bar.menu.findChildren(QMenu)
    return menu


def test_each_action_stands_in_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    assert ActionId.NEW_CHAT in {bound.spec.id for bound in window.actions_here.all}
    press(window, qtbot, "Ctrl+Shift+P")
    palette = window.doors.palette.panel
    assert palette is not None
    assert palette.field.hasFocus()
    listed = [hit.entry for hit in palette.hits if hit.entry.kind is EntryKind.ACTION]
    assert [one.id for one in listed] == [bound.spec.id for bound in window.actions_here.all]
    stop = next(one for one in listed if one.id == ActionId.STOP)
    assert (stop.key, stop.why_not) == ("Esc", "No answer is being written.")


def test_the_menu_shows_the_keys_and_says_why_something_is_grey(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.top_bar.menu, Qt.MouseButton.LeftButton)
    menu = opened_menu(window)
    rows = {action.text().split("\t")[0]: action for action in menu.actions() if action.text()}
    assert rows["New chat"].text() == "New chat\tCtrl+N"
    assert not rows["Rename this chat"].isEnabled()
    assert rows["Rename this chat"].toolTip() == "This chat is new and still empty."
    assert rows["Keys"].toolTip() == "All keyboard shortcuts on one page."
    wanted = [one.spec.words for one in window.actions_here.all if one.spec.in_menu]
    assert list(rows) == wanted
    menu.close()


def test_f10_opens_the_menu_and_return_runs_its_first_row(
    window: MainWindow, service: Any, qtbot: QtBot
) -> None:
    press(window, qtbot, "F10")
    qtbot.keyClick(opened_menu(window), Qt.Key.Key_Return)
    assert service.commands == [("new_chat",)]


@pytest.mark.parametrize("keys", ["F1", "Ctrl+/"])
def test_each_key_stands_on_the_page_of_keys(window: MainWindow, qtbot: QtBot, keys: str) -> None:
    press(window, qtbot, keys)
    (page,) = window.findChildren(KeysDialog)
    listed = {(row.line.name, row.line.key) for row in page.rows}
    assert {(spec.words, spec.shown_key) for spec in ACTIONS if spec.keys} <= listed
    page.reject()


def test_the_page_of_keys_is_searched(window: MainWindow, words: Words, qtbot: QtBot) -> None:
    page = KeysDialog(window._theme, words, window)
    page.open()
    qtbot.waitUntil(page.isActiveWindow)
    assert page.field.hasFocus()
    qtbot.keyClicks(page.field, "sidebar")
    shown = [row.line.name for row in page.rows if row.isVisible()]
    assert shown[0] == "Show or hide the sidebar"
    page.field.setText("zzzz")
    assert page.said.text() == "No key is called “zzzz”."
    page.field.clear()
    assert all(row.isVisible() for row in page.rows)
    page.reject()


def test_the_page_of_keys_is_printed(
    window: MainWindow, words: Words, tmp_path: Path, qtbot: QtBot
) -> None:
    page = KeysDialog(window._theme, words, window)
    qtbot.addWidget(page)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "keys.pdf"))
    page.print_on(printer)
    assert (tmp_path / "keys.pdf").read_bytes().startswith(b"%PDF")


def test_looks_and_effort_are_chosen_like_any_action(window: MainWindow, theme: Theme) -> None:
    window.actions_here.run(ActionId.LOOK_DARK)
    assert theme.mode is ThemeMode.DARK
    window.actions_here.run(ActionId.EFFORT_HIGH)
    assert window._settings.load().effort is Effort.HIGH
    window.actions_here.run(ActionId.LOOK_LIGHT)


def test_a_chat_found_in_the_palette_is_opened_in_place_of_the_settings(
    window: MainWindow, service: Any, qtbot: QtBot
) -> None:
    (chat,) = service.add("Heat pump")
    press(window, qtbot, "Ctrl+Shift+P")
    palette = window.doors.palette.panel
    assert palette is not None
    qtbot.keyClicks(palette.field, "heat")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert service.commands == [("open_chat", chat.id)]


def test_macos_gets_a_bar_of_menus(words: Words, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(words, window)
    actions.add(ActionId.NEW_CHAT, lambda: None)
    add_menu_bar(words, actions, window, "linux")
    assert window.menuBar().actions() == []
    add_menu_bar(words, actions, window, "darwin")
    first = window.menuBar().actions()[0].menu()
    assert isinstance(first, QMenu)
    first.aboutToShow.emit()
    first.aboutToShow.emit()
    assert [one.text() for one in first.actions()] == ["New chat\tCtrl+N"]


def test_nothing_of_it_is_made_before_it_is_wanted(window: MainWindow) -> None:
    assert window.doors.palette.panel is None
    assert QApplication.activePopupWidget() is None
