"""Prompts from the composer: found by "/", filled in, inserted, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.prompts.conftest import Desk


def slash(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.stage.panel.composer.edit, Qt.Key.Key_Slash)


def text(desk: Desk) -> str:
    return desk.stage.panel.composer.text


def test_a_slash_in_an_empty_composer_opens_the_list_and_is_not_typed(
    desk: Desk, qtbot: QtBot
) -> None:
    slash(desk)
    assert text(desk) == ""
    assert desk.picker.isVisible()
    assert desk.picker.shown == tuple(sorted(desk.picker.shown, key=desk.picker.shown.index))
    assert len(desk.picker.shown) >= 5
    desk.picker.close()
    qtbot.keyClicks(desk.stage.panel.composer.edit, "a")
    slash(desk)
    assert text(desk) == "a/"


def test_a_slash_from_an_input_method_opens_it_too(desk: Desk) -> None:
    event = QInputMethodEvent()
    event.setCommitString("/")
    QApplication.sendEvent(desk.stage.panel.composer.edit, event)
    assert desk.picker.isVisible()
    assert text(desk) == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_what_is_no_prompt_goes_to_the_composer_as_it_was_typed(
    desk: Desk, qtbot: QtBot, key: Qt.Key
) -> None:
    slash(desk)
    qtbot.keyClicks(desk.picker.search, "etc/hosts is what?")
    assert desk.picker.current is None
    qtbot.keyClick(desk.picker.search, key)
    assert text(desk) == "/etc/hosts is what?"
    assert desk.stage.submitted == []


def test_a_syllable_in_the_making_is_searched_for_too(desk: Desk) -> None:
    desk.add("번역하기", "Translate")
    desk.add("번개", "Lightning")
    slash(desk)
    event = QInputMethodEvent("번", [])
    QApplication.sendEvent(desk.picker.search, event)
    assert list(desk.picker.shown) == ["번역하기", "번개"]
    event = QInputMethodEvent("역", [])
    event.setCommitString("번")
    QApplication.sendEvent(desk.picker.search, event)
    assert list(desk.picker.shown) == ["번역하기"]
    event = QInputMethodEvent()
    event.setCommitString("역")
    QApplication.sendEvent(desk.picker.search, event)
    assert list(desk.picker.shown) == ["번역하기"]
    assert desk.picker.search.text() == "번역"


def test_deleting_the_slash_closes_the_list(desk: Desk, qtbot: QtBot) -> None:
    slash(desk)
    picker = desk.picker
    qtbot.keyClicks(picker.search, "x")
    qtbot.keyClick(picker.search, Qt.Key.Key_Backspace)
    assert picker.isVisible()
    qtbot.keyClick(picker.search, Qt.Key.Key_Backspace)
    assert text(desk) == ""
    qtbot.waitUntil(lambda: not desk.stage.panel.findChildren(type(picker)))


def test_the_search_prefers_names_and_return_inserts(desk: Desk, qtbot: QtBot) -> None:
    desk.add("Zebra", "Say quagga twice.")
    desk.add("Quagga", "Say zebra.")
    slash(desk)
    qtbot.keyClicks(desk.picker.search, "quag")
    assert desk.picker.shown == ("Quagga", "Zebra")
    qtbot.keyClick(desk.picker.search, Qt.Key.Key_Down)
    qtbot.keyClick(desk.picker.search, Qt.Key.Key_Return)
    assert text(desk) == "Say quagga twice."
    assert desk.stage.panel.composer.edit.hasFocus()
    desk.stage.panel.composer.edit.undo()
    assert text(desk) == ""


def test_blanks_are_asked_for_and_remembered(desk: Desk, qtbot: QtBot) -> None:
    desk.add("Greet", "Dear {{name}}, {{what}}. {{name}}!")
    desk.door.use(desk.library.own[0])
    form = desk.blanks()
    assert [one.name for one in form.blanks] == ["name", "what"]
    first, second = (one.edit for one in form.blanks)
    qtbot.keyClicks(first, "Kim")
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert form.focusWidget() is second
    qtbot.keyClicks(second, "hello")
    qtbot.keyClick(second, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(second, "there")
    qtbot.keyClick(second, Qt.Key.Key_Return)
    assert text(desk) == "Dear Kim, hello\nthere. Kim!"
    desk.stage.panel.composer.edit.clear()
    desk.door.form = None
    desk.door.use(desk.library.own[0])
    again = desk.blanks()
    assert [one.edit.toPlainText() for one in again.blanks] == ["Kim", "hello\nthere"]
    again.reject()
    assert text(desk) == ""


def test_what_was_typed_before_stays_when_a_prompt_is_inserted_by_the_button(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.add("Tail", "the rest")
    qtbot.keyClicks(desk.stage.panel.composer.edit, "First ")
    qtbot.mouseClick(desk.door.button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(desk.picker.search, "tail")
    qtbot.keyClick(desk.picker.search, Qt.Key.Key_Return)
    assert text(desk) == "First the rest"


def test_clipboard_and_date_are_filled_in_without_asking(desk: Desk) -> None:
    QApplication.clipboard().setText("from {{elsewhere}}")
    desk.add("Given", "{{date}}: {{clipboard}}")
    desk.door.use(desk.library.own[0])
    long = QLocale.FormatType.LongFormat
    today = QLocale("en").toString(QDate.currentDate(), long)
    assert text(desk) == f"{today}: from {{{{elsewhere}}}}"
    assert desk.door.form is None


def test_what_is_written_in_the_composer_can_become_a_prompt(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.stage.panel.composer.edit, "Explain {{it}}")
    desk.door.open()
    qtbot.mouseClick(desk.picker.new, Qt.MouseButton.LeftButton)
    form = desk.form()
    assert not form.keep.isEnabled()
    assert form.said.text() == "Asks for: it"
    form.name.setText("Explain it")
    form.keep.click()
    qtbot.waitUntil(lambda: bool(desk.library.own))
    assert desk.library.own[0].text == "Explain {{it}}"
    assert text(desk) == "Explain {{it}}"


def test_the_page_of_prompts_is_one_press_away(desk: Desk, qtbot: QtBot) -> None:
    desk.door.open()
    with qtbot.waitSignal(desk.door.settings_requested):
        qtbot.mouseClick(desk.picker.settings, Qt.MouseButton.LeftButton)
