from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.instructions.presets import Preset
from tests.ui.settings.conftest import Room
from ui.settings.instructions_page import InstructionsPage
from ui.settings.page_name import PageName
from ui.settings.screen import SettingsScreen

MINE = Preset(name="Mine", text="Call me Kim.")
YOURS = Preset(name="Yours", text="Be exact.")


@pytest.fixture
def page(screen: SettingsScreen) -> InstructionsPage:
    screen.open_named(PageName.INSTRUCTIONS)
    shown = screen.stack.currentWidget()
    assert isinstance(shown, InstructionsPage)
    return shown


def test_what_is_typed_is_written_to_the_file_after_a_pause(
    page: InstructionsPage, room: Room, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.editor.judged):
        qtbot.keyClicks(page.editor.box, "Be brief. ")
    assert room.file.load().instructions == "Be brief."


def test_what_is_too_long_is_not_written(page: InstructionsPage, room: Room) -> None:
    page.editor.set_text("Be brief.")
    page.editor.set_text("word " * 2_100)
    assert room.file.load().instructions == "Be brief."


def test_a_preset_is_written_anew_under_a_name_of_its_own(
    page: InstructionsPage, room: Room
) -> None:
    room.current.change(presets=(MINE,))
    page.presets.new.click()
    form = page.presets.form
    assert form is not None
    assert not form.keep.isEnabled()
    form.name.setText("Mine")
    form.editor.set_text("Be exact.")
    form.keep.click()
    assert room.file.load().presets == (MINE, Preset(name="Mine 2", text="Be exact."))
    assert [row.preset.name for row in page.presets.rows] == ["Mine", "Mine 2"]


def test_a_preset_gets_another_name_and_keeps_its_place(page: InstructionsPage, room: Room) -> None:
    room.current.change(presets=(MINE, YOURS))
    page.presets.rows[0].edit.click()
    form = page.presets.form
    assert form is not None
    assert form.editor.text == "Call me Kim."
    form.name.setText("Ours")
    form.keep.click()
    assert room.file.load().presets == (Preset(name="Ours", text="Call me Kim."), YOURS)


def test_a_deleted_preset_comes_back_to_its_place(page: InstructionsPage, room: Room) -> None:
    room.current.change(presets=(MINE, YOURS))
    page.presets.rows[0].delete.click()
    assert room.file.load().presets == (YOURS,)
    assert page.presets.said.text() == "The preset “Mine” is deleted."
    page.presets.undo.click()
    assert room.file.load().presets == (MINE, YOURS)
    assert not page.presets.undo.isVisible()


def test_an_older_deletion_is_final_when_the_page_is_opened_anew(
    page: InstructionsPage, room: Room, screen: SettingsScreen
) -> None:
    room.current.change(presets=(MINE,))
    page.presets.rows[0].delete.click()
    screen.open_named(PageName.INSTRUCTIONS)
    assert not page.presets.undo.isVisible()


def test_tab_leaves_the_box(page: InstructionsPage, qtbot: QtBot) -> None:
    page.editor.box.setFocus()
    qtbot.keyClick(page.editor.box, Qt.Key.Key_Tab)
    assert not page.editor.box.hasFocus()
    assert page.editor.text == ""
