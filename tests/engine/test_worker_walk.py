from __future__ import annotations

import queue
import random
from collections import Counter
from pathlib import Path

import pytest

from engine.events import (
    EngineBroke,
    Failed,
    Finished,
    ModelLoaded,
    SideEnded,
    TextAdded,
    TurnEvent,
)
from engine.harmony.messages import Channel, Effort, SystemMessage, ToolMessage, UserMessage
from engine.requests import (
    AnswerRequest,
    LoadRequest,
    Sampling,
    SideJobId,
    SideRequest,
    TurnId,
)
from tests.engine.conftest import MakeTalk, Talk

QUESTIONS = (
    "Hello!",
    "What is 12 * 7?",
    "Write a long answer.",
    "Break the format.",
    "Say it again. " * 120,
)
RESULT = ToolMessage("python", Channel.ANALYSIS, "84")


def request(choose: random.Random, number: int) -> AnswerRequest:
    system = SystemMessage(Effort.LOW, "2026-01-02", python=choose.random() < 0.5)
    sampling = Sampling(seed=number, temperature=choose.choice([0.0, 1.0]))
    conversation = (system, UserMessage(choose.choice(QUESTIONS)))
    return AnswerRequest(TurnId(number), conversation, sampling, choose.choice([0, 5, 60]))


def side_request(choose: random.Random, number: int) -> SideRequest:
    conversation = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage(choose.choice(QUESTIONS)))
    return SideRequest(SideJobId(number), conversation, 30, 30, is_urgent=choose.random() < 0.3)


def act(talk: Talk, choose: random.Random, model: Path, asked: list[int], sides: list[int]) -> None:
    known = TurnId(choose.choice(asked)) if asked else TurnId(0)
    acts = ("answer", "stop", "continue", "listen", "side", "load")
    match choose.choices(acts, weights=[6, 3, 3, 8, 5, 1])[0]:
        case "answer":
            asked.append(len(asked) + 1)
            talk.engine.answer(request(choose, asked[-1]))
        case "stop":
            talk.engine.stop(known)
        case "continue":
            talk.engine.continue_turn(known, RESULT)
        case "listen":
            for _ in range(choose.randrange(40)):
                try:
                    talk.seen.append(talk.events.get(timeout=0.02))
                except queue.Empty:
                    return
        case "side":
            act_beside(talk, choose, sides)
        case "load":
            act_on_model(talk, choose, model)


def act_beside(talk: Talk, choose: random.Random, sides: list[int]) -> None:
    if sides and choose.random() < 0.3:
        talk.engine.cancel_side(SideJobId(choose.choice(sides)))
    else:
        sides.append(len(sides) + 1)
        talk.engine.side(side_request(choose, sides[-1]))


def act_on_model(talk: Talk, choose: random.Random, model: Path) -> None:
    request = LoadRequest(model, 1024, 128, threads=1)
    match choose.choices(["load", "cancel load", "unload"], weights=[5, 3, 3])[0]:
        case "load":
            talk.engine.load(request)
        case "cancel load":
            talk.engine.cancel_load()
        case "unload":
            talk.engine.unload()
            talk.engine.load(request)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_asked_in_whatever_order_each_turn_and_job_ends_once_and_nothing_follows(
    make_talk: MakeTalk, practice_model_path: Path, seed: int
) -> None:
    choose = random.Random(seed)
    talk = make_talk()
    assert isinstance(talk.load(practice_model_path, 1024, 128), ModelLoaded)
    asked: list[int] = []
    sides: list[int] = []
    for _ in range(80):
        act(talk, choose, practice_model_path, asked, sides)
    assert talk.engine.close(60)
    talk.drain()

    ends = Counter(event.turn_id for event in talk.seen if isinstance(event, Finished | Failed))
    assert ends == dict.fromkeys(asked, 1)
    jobs = Counter(event.job_id for event in talk.seen if isinstance(event, SideEnded))
    assert jobs == dict.fromkeys(sides, 1)
    over: set[int] = set()
    for event in talk.seen:
        assert not isinstance(event, EngineBroke)
        if not isinstance(event, TurnEvent):
            continue
        assert event.turn_id not in over, "something followed the end of a turn"
        if isinstance(event, Finished | Failed):
            over.add(event.turn_id)
        if isinstance(event, TextAdded):
            assert "<|" not in event.text
