"""What the model sees, in the panel beside the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.chats.prompt_values import Dropped, NextPrompt
from app.words import Words
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from tests.ui.inspector.conftest import SAID, MakePrompt
from ui.inspector.message_list import PAGE
from ui.inspector.panel import InspectorPanel
from ui.theme.theme import Theme


@pytest.fixture
def room(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(1100, 800)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def panel(theme: Theme, words: Words, room: QWidget) -> Iterator[InspectorPanel]:
    made = InspectorPanel(theme, words, room)
    made.open()
    yield made
    made.leave()


def names(panel: InspectorPanel) -> list[str]:
    return [card.name.text() for card in panel.messages.cards]


def test_messages_stand_in_the_order_in_which_they_are_read(
    panel: InspectorPanel, make_prompt: MakePrompt
) -> None:
    prompt = make_prompt()
    panel.show_prompt(prompt)
    assert names(panel) == ["System", "Developer", "You", "Model", "Tool", "Model"]
    assert [card.detail.text() for card in panel.messages.cards] == [
        "",
        "",
        "",
        "calls functions.weather",
        "functions.weather",
        "answer",
    ]
    assert panel.messages.cards[0].tokens.text() == f"{prompt.messages[0].tokens} tokens"
    tops = [card.mapTo(panel, card.rect().topLeft()).y() for card in panel.messages.cards]
    assert tops == sorted(tops)


def test_by_authority_the_highest_stands_first_and_says_what_it_is(
    panel: InspectorPanel, make_prompt: MakePrompt, qtbot: QtBot
) -> None:
    panel.show_prompt(make_prompt(said=(*SAID, UserMessage("And now?"))))
    qtbot.keyClick(panel.messages.order.segments[0], Qt.Key.Key_Right)
    assert names(panel) == ["System", "Developer", "You", "You", "Model", "Model", "Tool"]
    assert "stands higher counts more" in panel.messages.order_note.text()
    said = [heading.text()[:12] for heading in panel.messages.headings]
    assert said == ["1  System. S", "2  Developer", "3  You. What", "4  Model. Wh", "5  Tool. Wha"]


def test_special_tokens_are_chips_and_cannot_be_copied_as_such(
    panel: InspectorPanel, make_prompt: MakePrompt
) -> None:
    panel.show_prompt(make_prompt())
    text = panel.messages.cards[2].text
    cursor = text.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    assert text.copied(cursor) == "[start]user[message]Say <|end|> twice[end]"
    assert "<|start|>" not in text.toPlainText()
    assert len(list(text._boxes(QRect(0, 0, 4000, 4000)))) == 3


def test_chips_say_what_they_are(panel: InspectorPanel, make_prompt: MakePrompt) -> None:
    panel.show_prompt(make_prompt())
    text = panel.messages.cards[4].text
    said = {
        text.meaning_at(box.center().toPoint()) for box, _ in text._boxes(QRect(0, 0, 4000, 4000))
    }
    assert len(said) == 2
    assert any("special token" in one for one in said)
    assert text.meaning_at(QPoint(-5, -5)) == ""
    assert "tools gave back" in panel.messages.cards[4].name.toolTip()


def test_a_part_of_a_message_is_copied_as_it_is(
    panel: InspectorPanel, make_prompt: MakePrompt
) -> None:
    panel.show_prompt(make_prompt(said=(SAID[0], UserMessage("👋🏽 hello"))))
    text = panel.messages.cards[1].text
    cursor = text.document().find("hello")
    assert text.copied(cursor) == "hello"
    cursor = text.document().find("user")
    cursor.setPosition(cursor.anchor() - 1, QTextCursor.MoveMode.KeepAnchor)
    assert text.copied(cursor) == "[start]"


def test_what_hides_is_shown(panel: InspectorPanel, make_prompt: MakePrompt) -> None:
    panel.show_prompt(make_prompt())
    assert "U+202E" in panel.messages.cards[4].text.toPlainText()
    assert "\u202e" not in panel.messages.cards[4].text.toPlainText()


def test_a_long_message_is_folded_and_stays_open_when_its_cost_changes(
    panel: InspectorPanel, make_prompt: MakePrompt, qtbot: QtBot
) -> None:
    prompt = make_prompt()
    panel.show_prompt(prompt)
    card = panel.messages.cards[-1]
    assert not card.more.isHidden()
    assert len(card.text.toPlainText()) < 500
    folded = card.text.height()
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert card.text.toPlainText().count("Sunny.") == 200
    assert card.text.height() > folded

    last = prompt.messages[-1]
    cheaper = replace(last, cached_tokens=last.tokens)
    panel.show_prompt(replace(prompt, messages=(*prompt.messages[:-1], cheaper)))
    assert panel.messages.cards[-1] is card
    assert card.memory.text() == "read already"
    assert card.text.toPlainText().count("Sunny.") == 200
    qtbot.mouseClick(card.fold, Qt.MouseButton.LeftButton)
    assert card.text.height() == folded


def test_of_a_long_chat_the_newest_messages_are_shown_first(
    panel: InspectorPanel, make_prompt: MakePrompt, qtbot: QtBot
) -> None:
    said: list[HarmonyMessage] = [SAID[0]]
    for number in range(100):
        said += [UserMessage(f"{number}"), AssistantMessage(Channel.FINAL, "Yes.")]
    panel.show_prompt(make_prompt(said=tuple(said)))
    assert len(panel.messages.cards) == PAGE + 1
    assert names(panel)[0] == "System"
    assert panel.messages.earlier.text() == f"Show earlier messages ({200 - PAGE})"
    qtbot.mouseClick(panel.messages.earlier, Qt.MouseButton.LeftButton)
    assert len(panel.messages.cards) == 2 * PAGE + 1


def test_costs_and_what_is_left_out_are_told(
    panel: InspectorPanel, make_prompt: MakePrompt
) -> None:
    prompt = make_prompt(dropped=Dropped(1234, 3, 2, 1, 1))
    first = replace(prompt.messages[2], is_left_out=True, ids=(), parts=())
    messages = (*prompt.messages[:2], first, *prompt.messages[3:])
    prompt = replace(prompt, messages=messages, reused_tokens=60)
    panel.show_prompt(prompt)
    count, rest = prompt.tokens, prompt.tokens - 60
    assert panel.total.text() == (
        f"{count} of 4,096 tokens. {rest} of them are read with your next message."
    )
    told = panel.left_out.text()
    assert "Thoughts of finished answers: 1,234 tokens." in told
    assert "The oldest messages, for want of room: 1" in told
    assert panel.messages.cards[2].memory.text() == "left out"
    assert "Say <|end|> twice" in panel.messages.cards[2].text.toPlainText()
    assert sum(part.size for part in panel.bar.parts) == 4096


@pytest.mark.parametrize(
    ("reused", "context", "said"),
    [(None, 4096, "all of them read already"), (0, 0, "No model is loaded")],
)
def test_the_sum_says_what_there_is_to_do(
    panel: InspectorPanel,
    make_prompt: MakePrompt,
    reused: int | None,
    context: int,
    said: str,
) -> None:
    prompt = make_prompt(context=context)
    panel.show_prompt(replace(prompt, reused_tokens=prompt.tokens if reused is None else reused))
    assert said in panel.total.text()


def test_a_problem_and_a_running_answer_are_told_until_they_are_over(
    panel: InspectorPanel, make_prompt: MakePrompt
) -> None:
    panel.wait()
    assert "is being written" in panel.waiting.text()
    panel.show_prompt(make_prompt())
    assert panel.waiting.isHidden()
    panel.show_prompt(NextPrompt(problem="No model is loaded yet"))
    assert panel.waiting.text() == "No model is loaded yet"
    assert panel.messages.cards == []


def test_keys_turn_pages_and_leave_from_inside_a_message(
    panel: InspectorPanel, make_prompt: MakePrompt, qtbot: QtBot
) -> None:
    panel.show_prompt(make_prompt())
    bar = panel.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(panel.messages.cards[0].text, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(panel.messages.cards[0].text, Qt.Key.Key_PageUp)
    assert bar.value() == 0
    qtbot.keyClick(panel.messages.cards[0].text, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert panel.messages.cards == [], "nothing of the chat stays behind"


@pytest.mark.parametrize(("width", "scale"), [(420, 1.0), (420, 2.0), (1280, 2.0)])
def test_nothing_is_wider_than_the_panel(
    panel: InspectorPanel,
    room: QWidget,
    theme: Theme,
    make_prompt: MakePrompt,
    width: int,
    scale: float,
) -> None:
    theme.set_text_scale(scale)
    room.resize(width, 800)
    panel.place()
    panel.show_prompt(make_prompt())
    assert panel._inner.minimumSizeHint().width() <= panel.width()
    for card in panel.messages.cards:
        assert card.width() <= panel.view.viewport().width()
        assert card.text.width() <= card.width()


def test_the_theme_is_followed(
    panel: InspectorPanel, theme: Theme, make_prompt: MakePrompt
) -> None:
    panel.show_prompt(make_prompt(said=(SystemMessage(Effort.LOW, "2026-01-02"),)))
    before = panel.messages.cards[0].text.toPlainText()
    theme.set_mode("dark")
    assert panel.messages.cards[0].text.toPlainText() == before
    assert panel.messages.cards[0].text.palette().text().color() == theme.color("text")


def test_a_prompt_that_does_not_come_soon_is_waited_for_in_words(
    panel: InspectorPanel, make_prompt: MakePrompt, qtbot: QtBot
) -> None:
    panel.show_prompt(make_prompt())
    panel.wait()
    assert len(panel.messages.cards) == len(SAID)
    panel.expect()
    panel.wait()
    assert panel.messages.cards == [], "what is shown belongs to another chat"
    panel.show_prompt(make_prompt())
    panel.expect()
    qtbot.waitUntil(lambda: "is at work" in panel.waiting.text())
    assert panel.messages.cards == []
    panel.show_prompt(make_prompt())
    assert panel.waiting.isHidden()
    assert len(panel.messages.cards) == len(SAID)
