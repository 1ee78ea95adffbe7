"""What a turn says, kept as the messages that later prompts are made of."""

from __future__ import annotations

from engine.analysis_filter import ThoughtPiece
from engine.events import TurnEvent
from engine.harmony.history import answer_history
from engine.harmony.messages import AssistantMessage, Channel, ToolMessage
from engine.harmony.reader import MessageEnded
from engine.requests import TurnId
from engine.telling import Telling
from engine.thought_stream import ThoughtStream
from engine.turn_meter import TurnMeter
from tests.engine.conftest import open_filter

CALL = AssistantMessage(Channel.COMMENTARY, "{}", "functions.fjson")
RESULT = ToolMessage("functions.f", Channel.COMMENTARY, "1")


def telling() -> Telling:
    told: list[ThoughtPiece | TurnEvent] = []
    thoughts = ThoughtStream(open_filter, (), told.append)
    return Telling(TurnId(1), thoughts, TurnMeter(lambda _: None), told.append)


def test_an_attempt_in_vain_takes_nothing_back_that_has_a_result() -> None:
    turn = telling()
    turn.tell([MessageEnded(CALL)])
    assert turn.call == CALL
    turn.take_result(RESULT)
    turn.tell([MessageEnded(AssistantMessage(Channel.ANALYSIS, "hm"))])
    turn.forget()
    assert turn.said == (CALL, RESULT)
    turn.tell([MessageEnded(AssistantMessage(Channel.FINAL, "One."))])
    assert answer_history(turn.said) == (
        AssistantMessage(Channel.COMMENTARY, "{}", "functions.f"),
        RESULT,
        AssistantMessage(Channel.FINAL, "One."),
    )


def test_an_attempt_in_vain_before_any_call_leaves_nothing() -> None:
    turn = telling()
    turn.tell([MessageEnded(AssistantMessage(Channel.ANALYSIS, "hm"))])
    turn.forget()
    assert turn.said == ()
