"""Answers that are JSON: the dialog, the chip by the composer, the code block."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerTextAdded,
    ChatOpened,
    MessageAdded,
    MessageEnded,
)
from app.chats.values import MessageStatus
from app.words import Words
from engine.harmony.messages import ResponseFormat
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from ui.chat.schema_dialog import SchemaDialog
from ui.markdown.code_segment import CodeSegment
from ui.theme.theme import Theme

TRIP = ResponseFormat("trip", '{"title":"trip","type":"object"}')
SCHEMA = '{"title": "여행", "type": "object"}'


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, words: Words) -> SchemaDialog:
    made = SchemaDialog(theme, words, None)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # qtbot closes it at the end
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_schema_is_checked_while_it_is_typed(qtbot: QtBot, dialog: SchemaDialog) -> None:
    assert not dialog.use_button.isEnabled()
    dialog.editor.setPlainText(SCHEMA)
    qtbot.waitUntil(dialog.use_button.isEnabled)
    assert dialog.message.text() == "This schema can be used. Name: 여행"
    dialog.editor.setPlainText(SCHEMA[:-1])
    assert not dialog.use_button.isEnabled()
    qtbot.waitUntil(lambda: "not JSON" in dialog.message.text())
    dialog.editor.setPlainText('{"type": "strin"}')
    qtbot.waitUntil(lambda: "Invalid type: strin" in dialog.message.text())
    assert not dialog.use_button.isEnabled()


def test_a_schema_is_handed_over(qtbot: QtBot, dialog: SchemaDialog) -> None:
    dialog.editor.setPlainText(SCHEMA)
    qtbot.waitUntil(dialog.use_button.isEnabled)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.use_button.click()
    assert chosen.args == [ResponseFormat("여행", '{"title":"여행","type":"object"}')]


def test_a_file_fills_the_editor_or_says_why_not(
    qtbot: QtBot, theme: Theme, words: Words, tmp_path: Path
) -> None:
    good, bad = tmp_path / "list.json", tmp_path / "bad.json"
    good.write_text('{"type":"array","items":{"type":"string"}}', encoding="utf-8")
    bad.write_text("[", encoding="utf-8")
    files = [str(bad), "", str(good)]
    dialog = SchemaDialog(theme, words, TRIP, ask_file=lambda _parent: files.pop(0))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert json.loads(dialog.editor.toPlainText())["title"] == "trip"
    dialog.file_button.click()
    assert dialog.message.text().startswith("The schema is not JSON")
    dialog.file_button.click()
    dialog.file_button.click()
    assert dialog.message.text() == "This schema can be used. Name: list"
    assert dialog.editor.toPlainText().startswith('{\n  "type": "array"')


def test_the_chip_names_the_schema_and_sets_the_chat_free(stage: Stage, qtbot: QtBot) -> None:
    chip = stage.panel.composer.format
    assert not chip.chip.isVisible()
    assert not chip.remove_button.isVisible()
    chip.show_format(TRIP)
    assert chip.chip.isVisible()
    assert chip.chip.text() == "trip"
    with qtbot.waitSignal(stage.panel.composer.format.chosen) as chosen:
        chip.remove_button.click()
    assert chosen.args == [None]
    chip.show_format(None)
    assert not chip.chip.isVisible()


def test_the_button_opens_the_dialog_and_its_schema_is_passed_on(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.panel.composer.format.button.click()
    (dialog,) = stage.panel.window().findChildren(SchemaDialog)
    dialog.editor.setPlainText(SCHEMA)
    dialog.check()
    with qtbot.waitSignal(stage.panel.composer.format.chosen):
        dialog.use_button.click()


def test_json_stands_in_a_code_block_while_it_grows_and_is_copied_raw(stage: Stage) -> None:
    stage.panel.apply(ChatOpened(CHAT, (user(1, "Go"),)))
    begun = replace(answer(2, ""), status=MessageStatus.STREAMING, format_name="trip")
    stage.panel.apply(MessageAdded(begun))
    shown = stage.panel.view.answer(ANSWER)
    assert shown is not None
    stage.panel.apply(AnswerTextAdded(ANSWER, '{"a": "```", '))
    stage.panel.apply(AnswerTextAdded(ANSWER, '"b": 2}'))
    shown.flush()
    text = '{"a": "```", "b": 2}'
    assert [type(part) for part in shown.body.segments] == [CodeSegment]
    stage.panel.apply(MessageEnded(replace(answer(2, text), format_name="trip")))
    assert [type(part) for part in shown.body.segments] == [CodeSegment]
    assert shown.markdown == text
    assert shown.foot.mark.text() == ""


def test_json_that_was_cut_says_so(stage: Stage) -> None:
    cut = replace(answer(2, '{"a": "'), status=MessageStatus.LIMIT, format_name="trip")
    stage.panel.apply(ChatOpened(CHAT, (user(1, "Go"), cut)))
    shown = stage.panel.view.answer(ANSWER)
    assert shown is not None
    assert shown.foot.mark.text() == "The context is full: the JSON is not complete"
