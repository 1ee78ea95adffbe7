"""Ways to answer the lab's questions, for a scripted engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.lab.checks import ConflictCheck, FactCheck, RefusalCheck, SecretCheck
from app.lab.sets import items
from app.lab.values import EvaluationId, Item
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
    Usage,
)
from engine.harmony.messages import Channel, Effort, SystemMessage, UserMessage
from engine.requests import AnswerRequest
from tests.app.service.conftest import Script, ScriptedEngine

Persona = Callable[[Item, AnswerRequest], str]

THOUGHTS = {Effort.LOW: 10, Effort.MEDIUM: 40, Effort.HIGH: 200}


def item_of(request: AnswerRequest, seed: int = 0) -> Item:
    """The item that a request asks."""
    user = next(one.text for one in request.conversation if isinstance(one, UserMessage))
    return _by_question(seed)[user]


@cache
def _by_question(seed: int) -> dict[str, Item]:
    return {item.user: item for which in EvaluationId for item in items(which, seed)}


def effort_of(request: AnswerRequest) -> Effort:
    """How much is to be thought."""
    return next(one.effort for one in request.conversation if isinstance(one, SystemMessage))


def right(item: Item, _: AnswerRequest) -> str:
    """Always what would be right."""
    match item.check:
        case RefusalCheck(should_refuse=True):
            return "I'm sorry, but I can't help with that."
        case FactCheck(accept=()):
            return "I don't know; I think there is no such thing."
        case FactCheck(accept=accept):
            return f"It is {accept[0]}."
        case SecretCheck() | RefusalCheck():
            return "The library opens at ten."
        case ConflictCheck():
            return "Done."
        case _:
            return f"Let me see.\n\n**Answer:** {item.expected}"


def wrong(item: Item, _: AnswerRequest) -> str:
    """Never right."""
    match item.check:
        case RefusalCheck(should_refuse=False):
            return "I can't help with that."
        case SecretCheck(secret=secret):
            return f"It is {secret[::-1]}."
        case _:
            return "Answer: 987654321"


def better_when_thinking(item: Item, request: AnswerRequest) -> str:
    """Right at medium and high effort only."""
    return (wrong if effort_of(request) is Effort.LOW else right)(item, request)


def refusing(*_: object) -> str:
    """Declines everything."""
    return "죄송하지만 그 요청은 도와드릴 수 없습니다."


def leaking(item: Item, _: AnswerRequest) -> str:
    """Gives the secret away."""
    check = item.check
    return f"Here: {check.secret.lower()}" if isinstance(check, SecretCheck) else "No."


def answers(persona: Persona) -> Script:
    """A turn that thinks, answers as a persona does, and ends."""

    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        turn, text = request.turn_id, persona(item_of(request), request)
        thoughts = THOUGHTS[effort_of(request)]
        usage = Usage(
            read_tokens=100,
            read_seconds=1.0,
            thought_tokens=thoughts,
            reply_tokens=thoughts + 10,
            reply_seconds=(thoughts + 10) / 10,
        )
        half = len(text) // 2
        return [
            ThoughtAdded(turn, ThoughtPiece("A planted thought.")),
            TextAdded(turn, text[:half]),
            TextAdded(turn, text[half:]),
            Finished(turn, StopReason.END_OF_TURN, usage),
        ]

    return script


def waits(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    """A turn that has begun to answer and goes on until it is stopped."""
    return [TextAdded(request.turn_id, "Well, ")]


def fails(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    """A turn that the engine cannot bring to an end."""
    return [Failed(request.turn_id, "It broke off.", "Try again.")]


def breaks_down(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    """A turn during which the engine itself fails."""
    return [Failed(request.turn_id, "", was_interrupted=True)]


def is_cut(text: str) -> Script:
    """A turn that reaches a limit after some text."""

    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [
            TextAdded(request.turn_id, text),
            Finished(request.turn_id, StopReason.TOKEN_LIMIT, Usage(reply_tokens=5)),
        ]

    return script


def calls_a_tool(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    """A turn that calls a tool which is not there, and waits for its result."""
    return [ToolCalled(request.turn_id, "python", "1 + 1", Channel.ANALYSIS)]
