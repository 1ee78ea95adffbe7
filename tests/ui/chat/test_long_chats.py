from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.chats.changes import (
    AnswerBeginningLeftOut,
    ChatOpened,
    CostForeseen,
    MessageEnded,
    StatusChanged,
)
from app.chats.ids import MessageId
from app.chats.values import Message, MessageStatus
from engine.events import Usage
from tests.ui.chat.stage import CHAT, USAGE, Stage, answer, user
from ui.chat.left_out_line import LeftOutLine
from ui.chat.user_bubble import UserBubble


def talk(turns: int, left_out: int) -> tuple[Message, ...]:
    messages: list[Message] = []
    for turn in range(turns):
        messages.append(user(2 * turn + 1, f"Question {turn}"))
        messages.append(answer(2 * turn + 2, f"Answer {turn}", usage=_read(0)))
    messages[-1] = replace(messages[-1], usage=_read(left_out))
    return tuple(messages)


def _read(left_out: int) -> Usage:
    return replace(USAGE, context_tokens=900, left_out_messages=left_out)


def lines(stage: Stage) -> list[LeftOutLine]:
    found = stage.panel.view.findChildren(LeftOutLine)
    return [line for line in found if not line.isHidden()]


def test_a_line_stands_above_the_first_message_that_is_read(stage: Stage) -> None:
    stage.panel.apply(ChatOpened(CHAT, talk(3, left_out=2)))
    (line,) = lines(stage)
    assert line.label.text().endswith("2 messages left out.")
    bubble = stage.panel.view.widget_of(MessageId(3))
    assert isinstance(bubble, UserBubble)
    assert bubble.left_out is line
    assert line.geometry().bottom() < bubble.text.geometry().top()


def test_the_line_comes_with_the_answer_moves_and_goes(stage: Stage) -> None:
    stage.panel.apply(ChatOpened(CHAT, talk(3, left_out=0)))
    assert lines(stage) == []
    stage.panel.apply(AnswerBeginningLeftOut(MessageId(6), 2))
    assert len(lines(stage)) == 1
    stage.panel.apply(AnswerBeginningLeftOut(MessageId(6), 4))
    (line,) = lines(stage)
    assert "4 messages" in line.label.text()
    last = answer(6, "Answer 2", MessageStatus.COMPLETE, usage=_read(0))
    stage.panel.apply(MessageEnded(last))
    assert lines(stage) == []


def test_what_a_changed_effort_costs_is_said_until_it_is_withdrawn(stage: Stage) -> None:
    stage.panel.apply(StatusChanged())
    stage.panel.composer.set_reason("")
    stage.panel.apply(CostForeseen(9200, 4.2))
    hint = stage.panel.composer.hint
    assert not hint.isHidden()
    assert hint.text() == "Changing the effort re-reads 9,200 tokens, about 4 s"
    stage.panel.apply(CostForeseen(9200, None))
    assert hint.text() == "Changing the effort re-reads 9,200 tokens"
    stage.panel.apply(CostForeseen())
    assert hint.isHidden()


def test_in_a_narrow_window_the_cost_has_a_line_of_its_own(
    make_panel: Callable[..., Stage],
) -> None:
    stage = make_panel(420, 700)
    stage.panel.apply(StatusChanged())
    composer = stage.panel.composer
    composer.set_reason("")
    stage.panel.apply(CostForeseen(9200, 4.2))
    assert composer.note.isVisible()
    assert not composer.note.is_elided
    assert composer.hint.isHidden()
    stage.panel.apply(CostForeseen())
    assert composer.note.isHidden()


def test_an_answer_that_filled_the_context_says_what_to_do(
    make_panel: Callable[..., Stage],
) -> None:
    stage = make_panel(420, 700)
    limit = answer(2, "So far", MessageStatus.LIMIT, usage=Usage(reply_tokens=412))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "Tell me"), limit)))
    foot = stage.answer(2).foot
    assert foot.mark.text() == "The context is full"
    assert foot.go_on_button.isVisible()
    assert not foot.mark.is_elided
    assert not foot.cost.isVisible()
