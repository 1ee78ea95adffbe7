from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from ui.actions import ACTIONS, GROUP_NAMES, ActionGroup, ActionId, Actions, key_hint, make_action

MAKES_KEYS = re.compile(r"\bQShortcut\(|\.setShortcuts?\(")
HINTS_ONLY = {"ui/sidebar/shelf_menus.py"}
"""Menus over one row, whose keys the list in focus takes by itself."""


def test_no_two_actions_share_keys() -> None:
    keys = Counter(one.toString() for spec in ACTIONS for one in spec.key_sequences)
    assert all(keys)  # each is one that Qt knows
    assert [key for key, times in keys.items() if times > 1] == []


def test_each_action_stands_once() -> None:
    assert Counter(spec.id for spec in ACTIONS) == Counter(ActionId)


def test_each_action_has_words_in_both_languages(words: Words, korean: Words) -> None:
    said = [text for spec in ACTIONS for text in (spec.words, spec.tooltip)]
    said += [GROUP_NAMES[group] for group in ActionGroup]
    assert [text for text in said if words(text) != text] == []
    assert [text for text in said if korean(text) == text] in ([], ["Sotto"])


def test_keys_are_made_in_one_place() -> None:
    project_root = Path(__file__).parents[2]
    made = {
        file.relative_to(project_root).as_posix()
        for file in (project_root / "ui").rglob("*.py")
        if MAKES_KEYS.search(file.read_text("utf-8"))
    }
    assert made == {"ui/actions.py"} | HINTS_ONLY


def test_a_hint_is_written_as_on_the_buttons() -> None:
    assert key_hint(ActionId.INSPECTOR) == "Ctrl Shift I"
    assert key_hint(ActionId.CHAT_FILES) == ""


def shown_page(qtbot: QtBot) -> tuple[QWidget, QLineEdit, QLineEdit]:
    page, inner = QWidget(), QWidget()
    beside, within = QLineEdit(), QLineEdit(inner)
    layout = QVBoxLayout(page)
    layout.addWidget(beside)
    layout.addWidget(inner)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page, beside, within


def test_keys_run_an_action_from_anywhere_in_the_window(words: Words, qtbot: QtBot) -> None:
    page, beside, _ = shown_page(qtbot)
    done: list[str] = []
    Actions(words, page).add(ActionId.NEW_CHAT, lambda: done.append("new"))
    beside.setFocus()
    qtbot.keySequence(beside, QKeySequence("Ctrl+N"))
    assert done == ["new"]


def test_keys_of_a_part_hold_only_within_it(words: Words, qtbot: QtBot) -> None:
    _, beside, within = shown_page(qtbot)
    done: list[str] = []
    part = within.parentWidget()
    assert part is not None
    make_action(words, ActionId.STOP, part, lambda: done.append("stop"), is_local=True)
    beside.setFocus()
    qtbot.keyClick(beside, Qt.Key.Key_Escape)
    assert done == []
    within.setFocus()
    qtbot.keyClick(within, Qt.Key.Key_Escape)
    assert done == ["stop"]


def test_what_cannot_be_done_is_not_done_and_says_why(words: Words, qtbot: QtBot) -> None:
    page, beside, _ = shown_page(qtbot)
    done: list[str] = []
    reasons = ["Not now."]
    actions = Actions(words, page)
    actions.add(ActionId.RENAME_CHAT, lambda: done.append("renamed"), lambda: reasons[0])
    (bound,) = actions.all
    assert bound.why_not() == "Not now."
    qtbot.keySequence(beside, QKeySequence("Ctrl+Shift+R"))
    actions.run(ActionId.RENAME_CHAT)
    assert done == []
    reasons[0] = ""
    with qtbot.waitSignal(actions.ran) as ran:
        actions.run(ActionId.RENAME_CHAT)
    assert (done, ran.args) == (["renamed"], [ActionId.RENAME_CHAT])


def test_a_part_switches_its_own_action_off_and_the_window_knows_why(
    words: Words, qtbot: QtBot
) -> None:
    page, _, within = shown_page(qtbot)
    actions = Actions(words, page)
    action = make_action(words, ActionId.STOP, within, lambda: None)
    actions.adopt(ActionId.STOP, action, "No answer is being written.")
    action.setEnabled(False)
    assert actions.all[0].why_not() == "No answer is being written."
    action.setEnabled(True)
    assert actions.all[0].why_not() == ""


def test_an_action_cannot_be_given_twice(words: Words, qtbot: QtBot) -> None:
    page, _, _ = shown_page(qtbot)
    actions = Actions(words, page)
    actions.add(ActionId.QUIT, page.close)
    with pytest.raises(ValueError, match="twice"):
        actions.add(ActionId.QUIT, page.close)


def test_all_stand_group_by_group(words: Words, qtbot: QtBot) -> None:
    page, _, _ = shown_page(qtbot)
    actions = Actions(words, page)
    for action_id in (ActionId.QUIT, ActionId.FIND_CHAT, ActionId.STOP, ActionId.NEW_CHAT):
        actions.add(action_id, lambda: None)
    wanted = [ActionId.NEW_CHAT, ActionId.STOP, ActionId.FIND_CHAT, ActionId.QUIT]
    assert [bound.spec.id for bound in actions.all] == wanted


def test_what_is_said_beside_an_action_is_asked_for_anew_each_time(
    words: Words, qtbot: QtBot
) -> None:
    page, _, _ = shown_page(qtbot)
    actions = Actions(words, page)
    said = ["2 s"]
    actions.add(ActionId.EFFORT_LOW, lambda: None)
    actions.set_note(ActionId.EFFORT_LOW, lambda: said[0])
    assert actions.note_of(ActionId.EFFORT_LOW) == "2 s"
    said[0] = "3 s"
    assert actions.note_of(ActionId.EFFORT_LOW) == "3 s"
    assert actions.note_of(ActionId.QUIT) == ""
