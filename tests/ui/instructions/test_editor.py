from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.instructions.presets import MAX_PRESETS, Preset
from app.words import Words
from tests.ui.instructions.conftest import Desk
from ui.instructions.editor import InstructionsEditor
from ui.theme.theme import Theme


@pytest.fixture
def editor(desk: Desk, theme: Theme, words: Words, qtbot: QtBot) -> InstructionsEditor:
    made = InstructionsEditor(theme, words, "Instructions", desk.doors(), 120)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_length_is_told_in_tokens_after_a_pause(
    editor: InstructionsEditor, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(editor.judged) as judged:
        qtbot.keyClicks(editor.box, "Be brief.")
    assert judged.args == ["Be brief.", True]
    assert editor.said.text() == "3 of 2,000 tokens"


def test_what_is_too_long_is_said_and_cannot_be_used(
    editor: InstructionsEditor, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(editor.judged) as judged:
        editor.set_text("word " * 2_100)
    assert judged.args is not None
    assert judged.args[1] is False
    assert editor.said.text().startswith("These instructions are too long: 2,000 tokens")
    assert not editor.save.isEnabled()


def test_a_preset_takes_the_place_of_nothing_or_of_another_and_one_undo_brings_it_back(
    editor: InstructionsEditor, desk: Desk
) -> None:
    first, second = desk.doors().shelf.shipped[:2]
    editor.take(first)
    assert editor.text == first.text
    editor.take(second)
    assert editor.text == second.text
    editor.box.undo()
    assert editor.text == first.text


def test_a_preset_stands_below_what_the_user_wrote(editor: InstructionsEditor, desk: Desk) -> None:
    first = desk.doors().shelf.shipped[0]
    editor.set_text("Call me Kim.")
    editor.take(first)
    assert editor.text == f"Call me Kim.\n\n{first.text}"


def test_the_menu_has_those_that_ship_and_the_users_own(
    editor: InstructionsEditor, desk: Desk
) -> None:
    desk.current.change(presets=(Preset(name="R&D", text="Be exact."),))
    actions = [one for one in editor.make_menu().actions() if not one.isSeparator()]
    assert [one.text() for one in actions[:2]] == ["Short answers", "Explain like to a colleague"]
    assert actions[-1].text() == "R&&D"  # shown as R&D
    actions[-1].trigger()
    assert editor.text == "Be exact."


def test_what_is_written_can_be_saved_once(editor: InstructionsEditor, desk: Desk) -> None:
    editor.set_text("Call me Kim.\nAnd be brief.")
    editor.save.click()
    assert desk.current.value.presets == (
        Preset(name="Call me Kim.", text="Call me Kim.\nAnd be brief."),
    )
    assert editor.said.text() == "Saved as the preset “Call me Kim.”."
    assert not editor.save.isEnabled()
    assert editor.save.toolTip() == "This is a preset already."


def test_a_full_shelf_takes_no_more_and_says_so(editor: InstructionsEditor, desk: Desk) -> None:
    many = tuple(Preset(name=str(number), text=f"{number}") for number in range(MAX_PRESETS))
    desk.current.change(presets=many)
    editor.set_text("Call me Kim.")
    assert not editor.save.isEnabled()
    assert editor.save.toolTip() == "There are as many presets as there can be."
