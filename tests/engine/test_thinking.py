"""Thoughts that are cut: asked for, in circles, over the budget, out of room."""

from __future__ import annotations

import pytest

from engine.events import Phase, StopReason, ThinkingCut
from engine.harmony.messages import (
    Channel,
    Effort,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.requests import AnswerRequest, TurnId
from engine.thinking import BUDGET_TOKENS, budget_tokens
from tests.engine.conftest import ScriptedMemory
from tests.engine.stage import CALL_WEATHER, CONVERSATION, Stage

THINK = "<|channel|>analysis<|message|>"
LEAD = "<|end|><|start|>assistant<|channel|>final<|message|>"


@pytest.fixture
def stage(vocabulary: Vocabulary, writer: HarmonyWriter, scripted_memory: ScriptedMemory) -> Stage:
    return Stage(vocabulary, writer, scripted_memory)


def answers_when_led(stage: Stage, thinking: str) -> None:
    """The script: thoughts without an end; when the lead was put in, an answer."""
    stage.memory.script = [
        *stage.ids(thinking),
        0,  # what would have been thought next
        *stage.ids("An answer.<|return|>"),
    ]


def test_thoughts_end_at_the_budget_and_the_answer_goes_on_from_there(stage: Stage) -> None:
    thinking = THINK + "one two three"
    turn = stage.turn("", thinking_budget_tokens=4)
    answers_when_led(stage, thinking)
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert "".join(piece.text for piece in stage.thoughts) == "one two three"
    assert turn.usage.thinking_cut is ThinkingCut.BUDGET
    assert turn.usage.repairs == turn.usage.guarded == turn.usage.retries == 0
    prompt = stage.writer.prompt(CONVERSATION)
    assert stage.memory.tokens == prompt + stage.ids(thinking + LEAD + "An answer.")


def test_a_budget_of_nothing_answers_without_thinking(stage: Stage) -> None:
    turn = stage.turn("", thinking_budget_tokens=0)
    answers_when_led(stage, "")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert stage.thoughts == []
    assert Phase.THINKING not in stage.phases
    assert turn.usage.thinking_cut is ThinkingCut.BUDGET


def test_thoughts_within_the_budget_are_not_cut(stage: Stage) -> None:
    turn = stage.turn(THINK + "one" + LEAD + "Hi<|return|>", thinking_budget_tokens=50)
    assert turn.run() is StopReason.END_OF_TURN
    assert turn.usage.thinking_cut is ThinkingCut.NONE


def test_asked_for_while_thinking_the_answer_comes_at_once(stage: Stage) -> None:
    thinking = THINK + "one two three"
    turn = stage.turn("")
    answers_when_led(stage, thinking)

    def ask() -> bool:
        stage.is_hurried |= turn.usage.thought_tokens == 4
        return True

    stage.memory.on_decode = ask
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert turn.usage.thinking_cut is ThinkingCut.ASKED
    assert stage.memory.tokens[-len(stage.ids(LEAD + "An answer.")) :] == stage.ids(
        LEAD + "An answer."
    )


def test_asked_for_while_reading_nothing_is_thought(stage: Stage) -> None:
    turn = stage.turn("")
    answers_when_led(stage, "")

    def ask() -> bool:
        stage.is_hurried = True
        return True

    stage.memory.on_decode = ask
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert stage.thoughts == []
    assert turn.usage.read_tokens == len(stage.writer.prompt(CONVERSATION))
    assert turn.usage.thinking_cut is ThinkingCut.ASKED


def test_asked_for_while_answering_nothing_changes(stage: Stage) -> None:
    turn = stage.turn(THINK + "one" + LEAD + "one two three<|return|>")

    def ask() -> bool:
        stage.is_hurried = bool(stage.text)
        return True

    stage.memory.on_decode = ask
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "one two three"
    assert turn.usage.thinking_cut is ThinkingCut.NONE


def test_a_call_in_progress_is_finished_and_nothing_is_thought_about_its_result(
    stage: Stage,
) -> None:
    turn = stage.turn(THINK + "Ask.<|end|><|start|>assistant" + CALL_WEATHER)

    def ask() -> bool:
        stage.is_hurried |= Phase.CALLING in stage.phases
        return True

    stage.memory.on_decode = ask
    assert turn.run() is None
    assert stage.calls[0].arguments == '{"place":"Busan"}'
    turn.take_result(ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny"))
    answers_when_led(stage, "")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert turn.usage.thinking_cut is ThinkingCut.ASKED


def test_a_character_cut_in_half_is_not_shown(stage: Stage) -> None:
    thinking = stage.ids(THINK + "ab") + stage.ids("𝛀")[:-1]
    answers_when_led(stage, "")
    stage.memory.script = thinking + stage.memory.script
    turn = stage.turn_of(stage.memory.script, thinking_budget_tokens=len(thinking) - 2)
    assert turn.run() is StopReason.END_OF_TURN
    assert "".join(piece.text for piece in stage.thoughts) == "ab"
    assert stage.text == "An answer."


@pytest.mark.parametrize(
    "sentence", ["But wait, let me check it again.", "그런데 다시 한번 확인해 보자."]
)
def test_thoughts_in_circles_are_led_to_an_answer(stage: Stage, sentence: str) -> None:
    circle = stage.vocabulary.encode(" " + sentence)
    turn = stage.turn(THINK + sentence, context_tokens=20_000)
    stage.memory.script += circle * 400

    def answer() -> bool:
        if turn.usage.thinking_cut is ThinkingCut.LOOP and len(stage.memory.script) > 50:
            stage.memory.script = stage.ids("An answer.<|return|>")
        return True

    stage.memory.on_decode = answer
    assert turn.run() is StopReason.END_OF_TURN
    assert turn.usage.thinking_cut is ThinkingCut.LOOP
    assert turn.usage.thought_tokens < 900
    assert stage.text == "An answer."


@pytest.mark.parametrize(("max_reply", "context_room"), [(12, 0), (0, 60)])
def test_room_for_an_answer_is_kept(stage: Stage, max_reply: int, context_room: int) -> None:
    prompt = len(stage.writer.prompt(CONVERSATION))
    turn = stage.turn(
        THINK + "one two three four five six seven eight nine ten " * 8,
        max_reply_tokens=max_reply,
        context_tokens=prompt + context_room if context_room else 4000,
    )

    is_led = False

    def answer() -> bool:
        nonlocal is_led
        if turn.usage.thinking_cut is ThinkingCut.LIMIT and not is_led:
            is_led = True
            stage.memory.script = stage.ids("Yes. " * 40)
        return True

    stage.memory.on_decode = answer
    assert turn.run() is StopReason.TOKEN_LIMIT
    assert turn.usage.thinking_cut is ThinkingCut.LIMIT
    assert stage.text.startswith("Yes.")


def test_stop_while_thinking_ends_the_turn_without_an_answer(stage: Stage) -> None:
    turn = stage.turn(THINK + "one two three")

    def stop() -> bool:
        stage.is_stopped = stage.is_hurried = turn.usage.thought_tokens == 3
        return not stage.is_stopped

    stage.memory.on_decode = stop
    assert turn.run() is StopReason.CANCELLED
    assert stage.text == ""
    assert turn.usage.thinking_cut is ThinkingCut.NONE


@pytest.mark.parametrize("effort", Effort)
def test_the_budget_follows_the_effort(effort: Effort) -> None:
    conversation = (SystemMessage(effort, "2026-01-02"), UserMessage("Hi"))
    assert budget_tokens(AnswerRequest(TurnId(1), conversation)) == BUDGET_TOKENS[effort]
    asked = AnswerRequest(TurnId(1), conversation, thinking_budget_tokens=7)
    assert budget_tokens(asked) == 7


def test_more_effort_means_a_larger_budget() -> None:
    assert BUDGET_TOKENS[Effort.LOW] < BUDGET_TOKENS[Effort.MEDIUM] < BUDGET_TOKENS[Effort.HIGH]


def test_an_answer_of_nothing_is_tried_once_more(stage: Stage) -> None:
    first = THINK + "Hm." + LEAD
    # The second attempt begins with the logits that the checkpoint at the prompt's end kept.
    again = stage.ids(first + "An answer.<|return|>")[1:]
    turn = stage.turn(first + "  \n<|return|>", has_header_guard=False)
    stage.memory.script += again
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text.strip() == "An answer."
    assert turn.usage.retries == 1
    prompt = stage.writer.prompt(CONVERSATION)
    assert stage.memory.tokens == prompt + stage.ids(first + "An answer.")
    assert turn.history_ids() == stage.writer.render((*CONVERSATION, stage.final("An answer.")))


def test_with_the_guard_an_answer_of_nothing_cannot_be_sampled(stage: Stage) -> None:
    turn = stage.turn(THINK + "Hm." + LEAD + "<|return|>")
    stage.memory.script += stage.ids("<|return|>")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == stage.vocabulary.decode([0])
    assert turn.usage.guarded == 1
    assert turn.usage.retries == 0
