"""Whatever an engine did before, it answers a conversation as a fresh one does."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from engine.events import Finished, ModelLoaded
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.requests import AnswerRequest, TurnId
from tests.engine.conftest import GREEDY, MakeTalk, Talk

SYSTEM = SystemMessage(Effort.LOW, "2026-01-02")
FIRST = (
    SYSTEM,
    UserMessage("Hello!"),
    AssistantMessage(Channel.FINAL, "Hello! How can I help you? " * 75),
    UserMessage("Who are you?"),
)
EDITED = (*FIRST[:-1], UserMessage("What can you do?"))
HARDER = (replace(SYSTEM, effort=Effort.HIGH), *FIRST[1:])
OTHER = (
    SYSTEM,
    UserMessage("안녕하세요! " * 40),
    AssistantMessage(Channel.FINAL, "안녕하세요. " * 30),
    UserMessage("Thank you!"),
)

_numbers = count(1)


def answer(talk: Talk, chat: str, conversation: tuple[HarmonyMessage, ...]) -> tuple[str, int]:
    """The greedy answer, and how many tokens were reused for it."""
    request = AnswerRequest(
        TurnId(next(_numbers)), conversation, GREEDY, max_reply_tokens=60, chat=chat
    )
    talk.engine.answer(request)
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    said = talk.thoughts_of(request.turn_id) + talk.text_of(request.turn_id)
    assert said
    return said, end.usage.reused_tokens


@pytest.fixture
def fresh(make_talk: MakeTalk, practice_model_path: Path) -> Talk:
    talk = make_talk()
    assert isinstance(talk.load(practice_model_path), ModelLoaded)
    return talk


@pytest.mark.parametrize(
    ("before", "last"),
    [
        pytest.param([("a", FIRST)], ("a", FIRST), id="regenerate"),
        pytest.param([("a", FIRST)], ("a", EDITED), id="edit"),
        pytest.param([("a", FIRST), ("a", EDITED)], ("a", FIRST), id="branch"),
        pytest.param([("a", FIRST), ("a", HARDER)], ("a", FIRST), id="effort and back"),
        pytest.param([("a", FIRST)], ("a", HARDER), id="effort"),
        pytest.param([("a", FIRST), ("b", OTHER)], ("a", EDITED), id="chat and back"),
        pytest.param([("a", FIRST), ("b", OTHER), ("a", FIRST)], ("b", OTHER), id="to and fro"),
    ],
)
def test_an_engine_with_a_past_answers_like_a_fresh_one(
    talk: Talk,
    fresh: Talk,
    before: list[tuple[str, tuple[HarmonyMessage, ...]]],
    last: tuple[str, tuple[HarmonyMessage, ...]],
) -> None:
    for chat, conversation in before:
        answer(talk, chat, conversation)
        assert talk.engine.wait_until_idle(60)
    said, reused = answer(talk, *last)
    assert said == answer(fresh, *last)[0]
    if last[1] is not HARDER:  # its very beginning is new
        assert reused > 100
