"""What fills the context is told while a window shows it, and follows every change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.changes import ContextMeasured
from app.chats.context_values import ContextPart, ContextSize
from engine.events import ModelLoaded, PromptMeasured
from engine.harmony.messages import DeveloperMessage, Effort, ResponseFormat, SystemMessage
from engine.thinking import BUDGET_TOKENS
from tests.app.lab.conftest import FACTS, PLAN
from tests.app.service.conftest import Bench

CARD = ResponseFormat("card", '{"type":"object","properties":{},"additionalProperties":false}')


@pytest.fixture
def metered(bench: Bench) -> Bench:
    """A window shows the meter, and a model is ready."""
    bench.service.meter.begin()
    bench.engine.play(ModelLoaded(FACTS, 8192, "CPU", 1.0, PLAN))
    bench.settle()
    return bench


def told(bench: Bench) -> ContextSize:
    last = bench.of(ContextMeasured)[-1]
    assert isinstance(last, ContextMeasured)
    return last.size


def reply(bench: Bench, prompt: int, draft: int, *heads: int, **more: int | bool) -> ContextSize:
    number = bench.engine.measures[-1].number
    event = PromptMeasured(number, 8192, prompt, draft, 3, 1024, heads=heads)
    bench.engine.play(replace(event, **more))  # type: ignore[arg-type]
    bench.settle()
    return told(bench)


def test_nothing_is_asked_while_no_window_shows_it(bench: Bench) -> None:
    bench.engine.play(ModelLoaded(FACTS, 8192, "CPU", 1.0, PLAN))
    bench.service.meter.follow("words")
    bench.settle()
    assert bench.engine.measures == []


def test_the_draft_is_measured_behind_the_very_prompt_that_is_sent(metered: Bench) -> None:
    metered.service.send("Hello", Effort.LOW)
    metered.settle()
    metered.service.foresight.choose(Effort.HIGH)
    metered.service.form.choose(CARD)
    metered.settle()
    metered.service.meter.follow("And now?")
    metered.service.meter.refresh()
    metered.settle()
    asked = metered.engine.measures[-1]
    assert asked.draft == "And now?"
    metered.service.send("And now?", Effort.HIGH)
    metered.settle()
    assert metered.engine.requests[-1].conversation[:-1] == asked.conversation
    plain, _, bound, whole = asked.heads
    assert [type(one) for one in plain] == [SystemMessage]
    assert bound == whole
    assert bound[1] == DeveloperMessage(response_format=CARD)


def test_the_parts_add_up_to_what_is_read(metered: Bench) -> None:
    metered.service.meter.follow("draft")
    metered.settle()
    size = reply(metered, 500, 20, 100, 130, 160, 300)
    assert size.parts == {
        ContextPart.SYSTEM: 103,
        ContextPart.INSTRUCTIONS: 30,
        ContextPart.FORMAT: 30,
        ContextPart.TOOLS: 140,
        ContextPart.HISTORY: 200,
        ContextPart.DRAFT: 20,
    }
    assert size.used == 523
    assert size.left == 8192 - 523
    assert size.thoughts == BUDGET_TOKENS
    assert not size.will_leave_out


def test_an_answer_to_an_older_question_is_ignored(metered: Bench) -> None:
    metered.service.meter.follow("one")
    metered.settle()
    old = metered.engine.measures[-1].number
    metered.service.meter.follow("two")
    metered.settle()
    before = len(metered.of(ContextMeasured))
    metered.engine.play(PromptMeasured(old, 8192, 500, 9, 3, heads=(1, 1, 1, 1)))
    metered.settle()
    assert len(metered.of(ContextMeasured)) == before
    assert reply(metered, 500, 20, 100, 100, 100, 100).draft == 20


def test_an_answer_of_before_the_tools_changed_is_ignored(metered: Bench) -> None:
    metered.service.meter.follow("one")
    metered.settle()
    old = metered.engine.measures[-1].number
    before = len(metered.of(ContextMeasured))
    metered.service.meter.refresh()
    metered._run_loop()
    metered.chores.submit(lambda: None).result()
    # The new prompt is put together, and not asked about yet.
    metered.engine.play(PromptMeasured(old, 8192, 500, 9, 3, heads=(1, 1, 1, 1, 1)))
    metered._run_loop()
    assert len(metered.of(ContextMeasured)) == before


def test_the_same_draft_asks_once_and_typing_builds_no_new_conversation(metered: Bench) -> None:
    before = len(metered.engine.measures)
    metered.service.meter.follow("same")
    metered.service.meter.follow("same")
    metered.settle()
    metered.service.meter.follow("same!")
    metered.settle()
    first, second = metered.engine.measures[before:]
    assert first.conversation is second.conversation


def test_what_this_message_would_leave_out_is_told(metered: Bench) -> None:
    metered.service.meter.follow("long")
    metered.settle()
    size = reply(metered, 90, 20, 9, 9, 9, 9, left_out_messages=4, left_out_before=2)
    assert size.will_leave_out
    size = reply(metered, 90, 20, 9, 9, 9, 9, left_out_messages=2, left_out_before=2)
    assert not size.will_leave_out


def test_nothing_is_asked_while_an_answer_is_written(metered: Bench) -> None:
    metered.engine.scripts = [lambda _engine, _request: []]
    metered.service.send("Hello", Effort.LOW)
    metered.settle()
    before = len(metered.engine.measures)
    metered.service.meter.follow("next")
    metered.settle()
    assert len(metered.engine.measures) == before
    metered.service.stop()
    metered.settle()
    assert metered.engine.measures[-1].draft == "next"
