"""Answers that broke off go on from their last word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import EngineError
from engine.events import Failed, Finished, Phase, StopReason
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    HarmonyMessage,
    ResponseFormat,
    ToolMessage,
    UserMessage,
)
from engine.harmony.tokens import CHANNEL, MESSAGE, RETURN, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.requests import AnswerRequest
from engine.structured.grammar import GrammarVocabulary
from tests.engine.conftest import GREEDY, ScriptedMemory, Talk
from tests.engine.stage import CONVERSATION, Stage

TRIP = ResponseFormat(
    "trip",
    '{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},'
    '"required":["city","days"],"additionalProperties":false}',
)


@pytest.fixture
def stage(vocabulary: Vocabulary, writer: HarmonyWriter, scripted_memory: ScriptedMemory) -> Stage:
    return Stage(vocabulary, writer, scripted_memory)


def test_only_what_is_new_is_told_and_nothing_is_thought_again(stage: Stage) -> None:
    turn = stage.turn(" three four<|return|>", begun="one two")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == " three four"
    assert stage.phases == [Phase.READING, Phase.ANSWERING]
    opening = stage.ids("<|start|>assistant<|channel|>final<|message|>one two")
    assert turn._ids[-len(opening) - 3 : -3] == opening
    assert turn.usage.repairs == 0
    assert turn.usage.reply_tokens == 3


def test_later_prompts_hold_the_answer_in_one_piece(stage: Stage) -> None:
    turn = stage.turn(" three<|return|>", begun="one two")
    turn.run()
    whole = (*CONVERSATION, AssistantMessage(Channel.FINAL, "one two three"))
    assert turn.history_ids() == stage.writer.render(whole)


def test_an_answer_that_is_at_its_end_ends(stage: Stage) -> None:
    turn = stage.turn("<|return|>", begun="one two.")
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == ""
    assert turn.usage.retries == 0
    assert turn._ids[-1] == RETURN


def test_an_answer_goes_on_where_no_thoughts_are_wanted(stage: Stage) -> None:
    turn = stage.turn(" three<|return|>", begun="one two", thinking_budget_tokens=0)
    turn.run()
    assert stage.text == " three"
    assert turn._ids.count(CHANNEL) == turn._writer.prompt(CONVERSATION).count(CHANNEL) + 1


def test_what_stands_before_the_answer_in_its_turn_is_read_as_well(stage: Stage) -> None:
    conversation = (
        *CONVERSATION,
        AssistantMessage(Channel.COMMENTARY, "{}", "functions.get_weather"),
        ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny"),
    )
    turn = stage.turn(" it is.<|return|>", conversation=conversation, begun="Sunny")
    turn.run()
    whole = (*conversation, AssistantMessage(Channel.FINAL, "Sunny it is."))
    assert turn.history_ids() == stage.writer.render(whole)


def test_markers_that_are_spelled_in_the_answer_stay_text(stage: Stage) -> None:
    turn = stage.turn("!<|return|>", begun="Say <|return|> and <|channel|>")
    before = stage.writer.prompt(CONVERSATION)
    added = turn._ids[len(before) :]
    assert [one for one in added if one in (START, CHANNEL, MESSAGE, RETURN)] == [CHANNEL, MESSAGE]
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == "!"


def test_an_answer_that_fills_the_context_says_so(stage: Stage) -> None:
    with pytest.raises(EngineError, match="as long as the model's context of 300 tokens"):
        stage.turn("", begun="word " * 400, context_tokens=300)


def test_older_turns_give_way_to_an_answer_that_goes_on(stage: Stage) -> None:
    older: list[HarmonyMessage] = [
        UserMessage("word " * 300),
        AssistantMessage(Channel.FINAL, "word " * 300),
    ]
    conversation = (*CONVERSATION[:2], *older, UserMessage("Hello"))
    turn = stage.turn("!<|return|>", conversation=conversation, begun="one " * 300)
    assert turn.usage.left_out_messages == 0
    short = stage.turn(
        "!<|return|>", conversation=conversation, begun="one " * 300, context_tokens=900
    )
    assert short.usage.left_out_messages == 2


def test_a_character_that_stop_cut_in_two_is_left_out(stage: Stage) -> None:
    turn = stage.turn("<|channel|>final<|message|>Hi 🦉🦉<|return|>")
    said = stage.ids("<|channel|>final<|message|>Hi 🦉🦉")
    almost = len(turn._ids) + len(said) - 1

    def stop_before_the_last_byte() -> bool:
        stage.is_stopped = len(turn._ids) >= almost
        return not stage.is_stopped

    stage.memory.on_decode = stop_before_the_last_byte
    assert turn.run() is StopReason.CANCELLED
    assert stage.text == "Hi 🦉"


def test_an_answer_held_to_a_schema_goes_on_inside_it(stage: Stage) -> None:
    grammar = GrammarVocabulary(stage.vocabulary).grammar(TRIP)
    turn = stage.turn(' "Busan", "days": 3}<|return|>', begun='{"city":', answer_guard=grammar)
    assert turn.run() is StopReason.END_OF_TURN
    assert stage.text == ' "Busan", "days": 3}'
    assert grammar.is_complete


# ---- with a model


def test_what_goes_on_is_what_would_have_been_written_at_once(talk: Talk) -> None:
    request = replace(talk.request("Tell me a story."), thinking_budget_tokens=0)
    talk.engine.answer(replace(request, max_reply_tokens=60))
    talk.wait_for(Finished)
    whole = talk.text_of(request.turn_id)
    assert len(whole) > 60

    half = replace(talk.request("Tell me a story."), thinking_budget_tokens=0)
    conversation = request.conversation
    talk.engine.answer(replace(half, conversation=conversation, max_reply_tokens=30))
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.TOKEN_LIMIT
    begun = talk.text_of(half.turn_id)
    assert whole.startswith(begun)
    assert talk.engine.wait_until_idle(60)

    rest = AnswerRequest(
        talk.request("").turn_id, conversation, GREEDY, max_reply_tokens=20, begun=begun
    )
    talk.engine.answer(rest)
    end = talk.wait_for(Finished, Failed)
    assert isinstance(end, Finished)
    told = begun + talk.text_of(rest.turn_id)
    assert len(told) > len(begun)
    assert whole.startswith(told)
    assert end.usage.read_tokens <= 1, "all of it was in the cache, up to the last word"
    assert end.usage.reused_tokens > 60
    assert end.usage.thought_tokens == 0
