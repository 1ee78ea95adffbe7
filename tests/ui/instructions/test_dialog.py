from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened, InstructionsChanged, StatusChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from tests.ui.instructions.conftest import Desk
from ui.chat.instructions_chip import InstructionsChip
from ui.instructions.dialog import InstructionsDialog
from ui.theme.theme import Theme

Open = Callable[[], InstructionsDialog]
NOON_MS = 1_790_000_000_000


@pytest.fixture
def chip(desk: Desk, theme: Theme, words: Words, qtbot: QtBot) -> Iterator[InstructionsChip]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    made = InstructionsChip(theme, words, window)
    made.doors = desk.doors()
    window.show()
    yield made
    window.close()


@pytest.fixture
def open_dialog(chip: InstructionsChip) -> Open:
    def opened() -> InstructionsDialog:
        chip.click()
        assert chip.dialog is not None
        return chip.dialog

    return opened


def test_what_is_written_is_chosen_and_the_chip_is_lit(
    chip: InstructionsChip, open_dialog: Open, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    assert not dialog.use.isEnabled()
    assert not dialog.remove.isVisible()
    dialog.editor.set_text(" Write Korean. ")
    with qtbot.waitSignal(chip.chosen) as chosen:
        dialog.use.click()
    assert chosen.args == ["Write Korean."]
    chip.apply(InstructionsChanged("Write Korean."))
    assert chip.isChecked()
    assert chip.accessibleName() == "Instructions of this chat"
    assert "Write Korean." in chip.toolTip()


def test_they_can_be_taken_away(chip: InstructionsChip, open_dialog: Open, qtbot: QtBot) -> None:
    chip.apply(InstructionsChanged("Write Korean."))
    dialog = open_dialog()
    assert chip.isChecked()
    assert dialog.editor.text == "Write Korean."
    with qtbot.waitSignal(chip.chosen) as chosen:
        dialog.remove.click()
    assert chosen.args == [""]
    chip.apply(InstructionsChanged(""))
    assert not chip.isCheckable()


def test_what_a_change_costs_is_said_before_it_is_made(
    chip: InstructionsChip, open_dialog: Open
) -> None:
    chip.apply(StatusChanged(context_tokens=9_000))
    dialog = open_dialog()
    assert not dialog.said.isVisible()
    dialog.editor.set_text("Write Korean.")
    assert dialog.said.isVisible()
    assert "about 9,000 tokens" in dialog.said.text()


def test_too_long_ones_cannot_be_used(open_dialog: Open) -> None:
    dialog = open_dialog()
    dialog.editor.set_text("word " * 2_100)
    assert not dialog.use.isEnabled()


def test_what_stands_above_them_is_told_with_the_date_of_the_chat(
    chip: InstructionsChip, open_dialog: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.current.change(instructions="Be brief.")
    chip.apply(ChatOpened(Chat(ChatId(1), "Trip", NOON_MS, NOON_MS), ()))
    dialog = open_dialog()
    assert "2026-09-2" in dialog.above.text()
    assert dialog.note.text().endswith("after those for all chats.")
    with qtbot.waitSignal(chip.settings_requested):
        dialog.all_chats.click()
    assert not dialog.isVisible()


def test_a_new_chat_has_today_s_date(chip: InstructionsChip, open_dialog: Open) -> None:
    chip.apply(ChatOpened(None, ()))
    assert "today's date" in open_dialog().above.text()
