"""Misspelt words are marked in the composer, and mended from its menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.spelling import Availability, Dictionaries, Spelling
from app.words import Words
from tests.ui.chat.stage import Stage
from ui.bridge.dispatcher import Dispatcher
from ui.chat.prompt_edit import PromptEdit
from ui.chat.spelling import SpellMarks
from ui.spelling_door import availability_text, tags_of
from ui.theme.theme import Theme


class Small(Dictionaries):
    """Knows a few words of two languages."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.availability = Availability(tuple(tags))

    def is_right(self, word: str) -> bool:
        return word in ("hello", "good", "world", "한글")

    def suggestions(self, word: str) -> tuple[str, ...]:
        return {"wrld": ("world", "wild"), "한굴": ("한글",)}.get(word, ())


@pytest.fixture
def edit(stage: Stage) -> PromptEdit:
    return stage.panel.composer.edit


@pytest.fixture
def marks(edit: PromptEdit, theme: Theme, words: Words, qapp: QApplication) -> Iterator[SpellMarks]:
    spelling = Spelling(Dispatcher(qapp).post, ("en_US", "ko_KR"), Small)
    made = SpellMarks(edit, theme, words, spelling)
    made.set_on(True)
    yield made
    spelling.close()


def settle(marks: SpellMarks, qtbot: QtBot, *expected: str) -> None:
    marks.look()
    qtbot.waitUntil(lambda: marks.marked == expected)


def open_menu(edit: PromptEdit, marks: SpellMarks, position: int, qtbot: QtBot) -> QMenu:
    """By the Menu key, with the caret in a word."""
    marks.menu = None
    cursor = edit.textCursor()
    cursor.setPosition(position)
    edit.setTextCursor(cursor)
    reason = QContextMenuEvent.Reason.Keyboard
    event = QContextMenuEvent(reason, QPoint(1, 1), edit.mapToGlobal(QPoint(1, 1)))
    QApplication.sendEvent(edit, event)
    qtbot.waitUntil(lambda: marks.menu is not None)
    return cast("QMenu", marks.menu)


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def begins(edit: PromptEdit) -> list[int]:
    """Where the marks begin; the selections must live as long as their cursors are asked."""
    selections = edit.extraSelections()
    return [one.cursor.selectionStart() for one in selections]


def test_wrong_words_of_both_languages_are_marked_with_a_wavy_line(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("hello wrld `wrld` 한굴 한글 https://wrld.org ")
    settle(marks, qtbot, "wrld", "한굴")
    marked = edit.extraSelections()
    assert begins(edit) == [6, 18]
    styles = {one.format.underlineStyle() for one in marked}
    assert styles == {one.format.UnderlineStyle.WaveUnderline for one in marked}


def test_code_in_fences_is_left_alone(edit: PromptEdit, marks: SpellMarks, qtbot: QtBot) -> None:
    edit.setPlainText("wrld\n```python\nwrld = 1\n```\nagian\n")
    settle(marks, qtbot, "wrld", "agian")


def test_a_word_is_not_marked_while_it_is_written(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    qtbot.keyClicks(edit, "good wrld")
    settle(marks, qtbot)
    qtbot.keyClicks(edit, " ")
    qtbot.waitUntil(lambda: marks.marked == ("wrld",))


def test_a_word_that_is_mended_loses_its_mark_at_once(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("wrld good ")
    settle(marks, qtbot, "wrld")
    cursor = edit.textCursor()
    cursor.setPosition(1)
    cursor.insertText("o")
    assert marks.marked == ()


def test_the_menu_puts_another_word_in_its_place_and_undo_takes_it_back(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("good wrld today ")
    settle(marks, qtbot, "wrld", "today")
    menu = open_menu(edit, marks, 7, qtbot)
    assert texts(menu)[:2] == ["world", "wild"]
    assert "Add “wrld” to the dictionary" in texts(menu)
    menu.actions()[0].trigger()
    assert edit.toPlainText() == "good world today "
    edit.undo()
    assert edit.toPlainText() == "good wrld today "


def test_a_word_added_or_ignored_is_marked_no_more(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("Haeun agian ")
    settle(marks, qtbot, "Haeun", "agian")
    menu = open_menu(edit, marks, 2, qtbot)
    assert texts(menu)[0] == "No word like it is known"
    with qtbot.waitSignal(marks.word_added) as added:
        menu.actions()[texts(menu).index("Add “Haeun” to the dictionary")].trigger()
    assert added.args == ["Haeun"]
    assert list(marks.marked) == ["agian"]
    menu.close()
    menu = open_menu(edit, marks, 8, qtbot)
    with qtbot.assertNotEmitted(marks.word_added):
        menu.actions()[texts(menu).index("Ignore until Sotto is closed")].trigger()
    assert list(marks.marked) == []


def test_off_marks_nothing_and_forgets_what_was_marked(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("wrld ")
    settle(marks, qtbot, "wrld")
    marks.set_on(False)
    assert edit.extraSelections() == []
    marks.set_on(True)
    qtbot.waitUntil(lambda: marks.marked == ("wrld",))


def test_of_a_long_text_only_the_lines_that_are_seen_are_marked(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("\n".join(["wrld good"] * 500))
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    marks.look()
    qtbot.waitUntil(lambda: len(marks.marked) > 0)
    assert len(marks.marked) < 20
    first = begins(edit)[0]
    edit.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.waitUntil(lambda: begins(edit)[0] > first)
    assert edit.document().isUndoAvailable() is False


def test_why_nothing_is_checked_is_said_plainly(words: Words, korean: Words) -> None:
    assert availability_text(words, Availability(("en_US", "ko"))).startswith("Checks: ")
    assert "한국어" in availability_text(words, Availability(("ko_KR",)))
    assert "libenchant" in availability_text(words, Availability(has_checker=False))
    assert "hunspell" in availability_text(korean, Availability())


def test_the_languages_looked_for_are_the_desktops_and_sottos() -> None:
    tags = tags_of("ko")
    assert {"ko", "en_US"} <= set(tags)
    assert len(set(tags)) == len(tags)


def test_the_usual_menu_is_left_alone_where_nothing_is_wrong(
    edit: PromptEdit, marks: SpellMarks, qtbot: QtBot
) -> None:
    edit.setPlainText("good ")
    settle(marks, qtbot)
    reason = QContextMenuEvent.Reason.Keyboard
    event = QContextMenuEvent(reason, QPoint(1, 1), edit.mapToGlobal(QPoint(1, 1)))
    assert marks.eventFilter(edit, event) is False
    assert edit.contextMenuPolicy() == Qt.ContextMenuPolicy.DefaultContextMenu
