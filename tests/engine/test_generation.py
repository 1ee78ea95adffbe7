from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import pytest

from engine.analysis_filter import AnalysisFilter, ThoughtPiece, WithheldKind
from engine.errors import EngineError
from engine.events import (
    Phase,
    PreambleAdded,
    PromptRead,
    StopReason,
    TextAdded,
    ToolCalled,
)
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.tokens import CALL, RETURN
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.binding import DecodeError
from engine.llama.restriction import OnlyThese, Restriction, sorted_ids
from engine.requests import Sampling
from tests.engine.conftest import OpenFilter, ScriptedMemory
from tests.engine.stage import CALL_WEATHER, CONVERSATION, TURN, Stage


@pytest.fixture
def stage(vocabulary: Vocabulary, writer: HarmonyWriter, scripted_memory: ScriptedMemory) -> Stage:
    return Stage(vocabulary, writer, scripted_memory)


def test_a_turn_tells_phases_thoughts_and_text_in_order(stage: Stage) -> None:
    turn = stage.turn(
        "<|channel|>analysis<|message|>They greet me.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Hello, 세계!<|return|>"
    )
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.phases == [Phase.READING, Phase.THINKING, Phase.ANSWERING]
    assert "".join(piece.text for piece in stage.thoughts) == "They greet me."
    assert stage.text == "Hello, 세계!"
    progress = [event for event in stage.events if isinstance(event, PromptRead)]
    assert progress[0].done_tokens == 0
    assert progress[-1].done_tokens == progress[-1].total_tokens == turn.usage.read_tokens
    markup = (
        "They greet me.<|end|><|start|>assistant<|channel|>final<|message|>Hello, 세계!<|return|>"
    )
    assert turn.usage.reply_tokens == 3 + len(stage.ids(markup))
    assert turn.usage.thought_tokens == 1 + len(stage.ids("They greet me."))
    assert turn.usage.repairs == 0
    assert turn.usage.tokens_per_second > 0


def test_a_call_waits_and_its_result_is_appended_to_the_ids_as_sampled(stage: Stage) -> None:
    thinking = "<|channel|>analysis<|message|>Ask the tool.<|end|><|start|>assistant"
    turn = stage.turn(thinking + CALL_WEATHER)
    prompt = stage.writer.prompt(CONVERSATION)
    assert turn.run() is None
    assert stage.calls == [
        ToolCalled(TURN, "functions.get_weather", '{"place":"Busan"}', Channel.COMMENTARY)
    ]
    result = ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny <|end|>")
    turn.take_result(result)
    stage.memory.script = stage.ids("<|channel|>final<|message|>Sunny.<|return|>")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "Sunny."
    assert stage.memory.tokens == [
        *prompt,
        *stage.ids(thinking + CALL_WEATHER),
        *stage.writer.message_ids(result),
        *stage.ids("<|start|>assistant<|channel|>final<|message|>Sunny."),
    ]
    assert stage.phases == [
        Phase.READING,
        Phase.THINKING,
        Phase.CALLING,
        Phase.READING,
        Phase.ANSWERING,
    ]
    assert turn.usage.reused_tokens == 0
    assert turn.usage.read_tokens > len(prompt)


def test_a_call_that_ends_like_a_message_is_closed_as_a_call_in_the_ids(stage: Stage) -> None:
    turn = stage.turn(CALL_WEATHER.replace("<|call|>", "<|end|>"), has_header_guard=False)
    assert turn.run() is None
    turn.take_result(ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny"))
    stage.memory.script = stage.ids("<|channel|>final<|message|>Sunny.<|return|>")
    turn.run()
    assert CALL in stage.memory.tokens


def test_a_call_that_ends_like_a_turn_is_run_and_not_led_to_an_answer(stage: Stage) -> None:
    turn = stage.turn(CALL_WEATHER.replace("<|call|>", "<|return|>"), has_header_guard=False)

    assert turn.run() is None
    assert isinstance(stage.events[-1], ToolCalled)


def test_a_result_nobody_waits_for_is_refused(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>Hi<|return|>")
    turn.run()
    with pytest.raises(EngineError, match="nothing waits for"):
        turn.take_result(ToolMessage("python", Channel.ANALYSIS, "4"))


@pytest.mark.parametrize(
    ("thinking", "lead"),
    [
        ("Only thoughts.", "<|end|><|start|>assistant<|channel|>final<|message|>"),
        ("Only thoughts.<|end|>", "<|start|>assistant<|channel|>final<|message|>"),
        ("Only thoughts.<|end|><|start|>assistant", "<|channel|>final<|message|>"),
    ],
)
def test_a_turn_of_thoughts_alone_is_led_to_an_answer(
    stage: Stage, thinking: str, lead: str
) -> None:
    thinking = "<|channel|>analysis<|message|>" + thinking
    turn = stage.turn(thinking, has_header_guard=False)
    stage.memory.script += [RETURN, *stage.ids("An answer.<|return|>")]
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "An answer."
    assert "".join(piece.text for piece in stage.thoughts) == "Only thoughts."
    assert turn.usage.repairs >= 1
    read = stage.writer.prompt(CONVERSATION)
    assert stage.memory.tokens == read + stage.ids(thinking + lead + "An answer.")


def test_what_alone_may_follow_is_evaluated_together_with_what_stands_before(stage: Stage) -> None:
    conversation = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("Hello"))
    turn = stage.turn(
        "<|channel|>analysis<|message|>Hm<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Hi<|return|>",
        conversation=conversation,
    )
    assert turn.run() is StopReason.END_OF_TURN
    chunks = -(-len(stage.writer.prompt(conversation)) // stage.memory.ubatch_tokens)
    # <|channel|>, analysis <|message|>, Hm, <|end|>, <|start|> assistant <|channel|>,
    # final <|message|>, Hi
    assert stage.memory.decoded[chunks:] == [1, 2, 1, 1, 3, 2, 1]
    assert turn.usage.guarded == 0


def test_a_lead_is_evaluated_at_once(stage: Stage) -> None:
    lead = "<|end|><|start|>assistant<|channel|>final<|message|>"
    turn = stage.turn("<|channel|>analysis<|message|>Hm", has_header_guard=False)
    stage.memory.script += [RETURN, *stage.ids("Yes.<|return|>")]
    assert turn.run() is StopReason.END_OF_TURN
    assert len(stage.ids(lead)) in stage.memory.decoded


def test_a_turn_that_stays_silent_even_then_ends(stage: Stage) -> None:
    turn = stage.turn(
        "<|channel|>analysis<|message|>Nothing.<|return|>",
        has_header_guard=False,
        sampling=Sampling(seed=1),
    )
    stage.memory.script += [RETURN] * 40
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == ""
    assert turn.usage.retries == 1


def test_thoughts_at_the_token_limit_are_not_promoted(stage: Stage) -> None:
    turn = stage.turn(
        "<|channel|>analysis<|message|>A long thought", max_reply_tokens=3, thinking_budget_tokens=9
    )
    assert turn.run() is StopReason.TOKEN_LIMIT
    assert stage.text == ""
    assert turn.usage.reply_tokens == 3


def test_a_full_context_ends_the_turn_with_what_is_there(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>" + "one two " * 200, context_tokens=400)
    assert turn.run() is StopReason.TOKEN_LIMIT
    assert stage.text.startswith("one two one two")
    assert turn.usage.context_tokens == 399  # the last token waits for what follows it


def test_nothing_is_evaluated_behind_the_last_token_that_was_asked_for(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>one two three four", max_reply_tokens=5)
    assert turn.run() is StopReason.TOKEN_LIMIT
    assert turn.usage.reply_tokens == 5
    whole = stage.writer.prompt(CONVERSATION) + stage.ids("<|channel|>final<|message|>one two")
    assert stage.memory.tokens == whole[:-1]


def test_a_prompt_longer_than_the_context_fails_with_a_hint(stage: Stage) -> None:
    with pytest.raises(EngineError) as caught:
        stage.turn("", context_tokens=len(stage.writer.prompt(CONVERSATION)))
    assert "context" in str(caught.value)
    assert caught.value.hint


def test_stop_while_reading_evaluates_no_further_chunk(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>never<|return|>")

    def stop_at_third() -> bool:
        stage.is_stopped = len(stage.memory.decoded) == 2
        return not stage.is_stopped

    stage.memory.on_decode = stop_at_third
    assert turn.run() is StopReason.CANCELLED
    assert len(stage.memory.decoded) == 2
    assert stage.text == ""
    assert turn.usage.read_tokens == 2 * stage.memory.ubatch_tokens


def test_words_that_come_at_once_are_told_together_and_none_is_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(at / 1000 for at in range(1000, 9000, 4))  # one token every 4 ms
    monkeypatch.setattr(time, "perf_counter", lambda: next(now))
    assert stage.turn(f"<|channel|>final<|message|>{' word' * 40}<|return|>").run()
    told = [one.text for one in stage.events if isinstance(one, TextAdded)]
    assert "".join(told) == " word" * 40
    assert told[0] == " word"
    assert 2 < len(told) < 20


def test_words_told_before_the_model_failed_are_not_lost(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>one two three four<|return|>")
    end = len(turn._ids) + len(stage.ids("<|channel|>final<|message|>one two three"))

    def fail_at_the_end() -> bool:
        if len(turn._ids) >= end:
            raise DecodeError(-3)
        return True

    stage.memory.on_decode = fail_at_the_end
    with pytest.raises(DecodeError):
        turn.run()
    assert stage.text == "one two three"


def test_stop_while_answering_keeps_the_text_so_far(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>one two three four<|return|>")
    said = stage.ids("<|channel|>final<|message|>one two")
    behind_two = len(turn._ids) + len(said)

    def stop_after_two() -> bool:
        stage.is_stopped = len(turn._ids) >= behind_two
        return not stage.is_stopped

    stage.memory.on_decode = stop_after_two
    assert turn.run() is StopReason.CANCELLED
    assert stage.text == "one two"
    assert (
        stage.writer.render((AssistantMessage(Channel.FINAL, "one two"),))[-3:]
        == (turn.history_ids()[-3:])
    )


def test_stop_in_the_middle_of_thoughts_judges_what_the_filter_held(stage: Stage) -> None:
    class Holding(OpenFilter):
        def feed(self, text: str) -> Sequence[ThoughtPiece]:
            self.fed.append(text)
            return []

        def end_message(self) -> Sequence[ThoughtPiece]:
            return [ThoughtPiece(f"{len(self.fed)} held")]

    turn = stage.turn(
        "<|channel|>analysis<|message|>one two three", make_filter=lambda _conversation: Holding()
    )

    def stop_after_two() -> bool:
        stage.is_stopped = turn.usage.thought_tokens == 3
        return not stage.is_stopped

    stage.memory.on_decode = stop_after_two
    assert turn.run() is StopReason.CANCELLED
    assert stage.thoughts == [ThoughtPiece("2 held")]


def test_a_preamble_is_told_apart_from_the_answer(stage: Stage) -> None:
    turn = stage.turn(
        "<|channel|>commentary<|message|>I will look.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Done.<|return|>"
    )
    assert turn.run() is StopReason.END_OF_TURN
    said = [event.text for event in stage.events if isinstance(event, PreambleAdded)]
    assert "".join(said) == "I will look."
    assert stage.text == "Done."
    told = (
        *CONVERSATION,
        AssistantMessage(Channel.COMMENTARY, "I will look."),
        AssistantMessage(Channel.FINAL, "Done."),
    )
    assert turn.history_ids() == stage.writer.render(told)


def test_the_history_of_a_turn_holds_no_thoughts_and_no_calls(stage: Stage) -> None:
    turn = stage.turn(
        "<|channel|>analysis<|message|>Secret plan.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Hi.<|return|>"
    )
    turn.run()
    told = (*CONVERSATION, AssistantMessage(Channel.FINAL, "Hi."))
    assert turn.history_ids() == stage.writer.render(told)


class BrokenFilter:
    """Raises with the thought in its message, as a careless filter would."""

    def __init__(self, works_for: int) -> None:
        self._left = works_for

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        self._left -= 1
        if self._left < 0:
            raise ValueError(f"cannot judge {text!r}")
        return [ThoughtPiece("fine")]

    def end_message(self) -> Sequence[ThoughtPiece]:
        raise ValueError("cannot end PLANTED")


def refuse_to_make(_conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    raise ValueError("cannot be made, PLANTED")


@pytest.mark.parametrize(
    ("make_filter", "pieces_before"),
    [
        (lambda _conversation: BrokenFilter(0), 0),
        (lambda _conversation: BrokenFilter(2), 2),
        (lambda _conversation: BrokenFilter(10_000), 12),
        (refuse_to_make, 0),
    ],
)
def test_a_filter_that_raises_hides_the_thoughts_and_logs_none(
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    make_filter: Callable[[Sequence[HarmonyMessage]], AnalysisFilter],
    pieces_before: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    turn = stage.turn(
        "<|channel|>analysis<|message|>PLANTED one two three four five six seven<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Hi.<|return|>",
        make_filter=make_filter,
    )
    assert turn.run() is StopReason.END_OF_TURN
    failed = ThoughtPiece("", (WithheldKind.FAILED,))
    assert stage.thoughts[-1] == failed
    assert stage.thoughts.count(failed) == 1
    assert len(stage.thoughts) <= pieces_before + 1
    assert stage.text == "Hi."
    assert caplog.records
    assert "PLANTED" not in caplog.text
    assert "one two" not in caplog.text


def test_one_filter_serves_the_whole_turn_and_sees_the_conversation(stage: Stage) -> None:
    made: list[Sequence[HarmonyMessage]] = []
    keeper = OpenFilter()

    def make(conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
        made.append(conversation)
        return keeper

    turn = stage.turn(
        "<|channel|>analysis<|message|>First.<|end|><|start|>assistant" + CALL_WEATHER,
        make_filter=make,
    )
    turn.run()
    turn.take_result(ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny"))
    stage.memory.script = stage.ids(
        "<|channel|>analysis<|message|>Second.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Sunny.<|return|>"
    )
    turn.run()
    assert made == [CONVERSATION]
    assert "".join(keeper.fed) == "First.Second."


class OneWordGuard:
    """Lets the answer be `yes` and nothing else, and remembers what it was told."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.taken: list[int] = []
        self._word = vocabulary.encode("yes")

    def restriction(self) -> Restriction:
        return OnlyThese(sorted_ids([RETURN] if self.taken == self._word else self._word))

    def take(self, token: int) -> None:
        self.taken.append(token)


def test_a_guard_of_the_answer_sees_the_text_of_the_final_channel_alone(stage: Stage) -> None:
    guard = OneWordGuard(stage.vocabulary)
    turn = stage.turn(
        "<|channel|>analysis<|message|>I say no.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>no!",
        answer_guard=guard,
    )
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "yes"
    assert guard.taken == [*stage.vocabulary.encode("yes"), RETURN]
    assert turn.usage.guarded == 2
