"""What the inspector tells of a prompt is what the engine then evaluates, id by id."""

from __future__ import annotations

from pathlib import Path

from engine.events import Finished, PromptInspected
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.inspection import Inspection
from engine.prompt_view import PromptPart
from engine.requests import AnswerRequest, InspectRequest, TurnId
from tests.engine.conftest import GREEDY, MakeTalk, Talk

LONG = "blue sky and green tree " * 40
WHOLE: tuple[HarmonyMessage, ...] = (
    SystemMessage(Effort.HIGH, "2026-01-02", python=True),
    DeveloperMessage("Be kind.", (FunctionTool("weather", "Weather."),)),
    UserMessage("Say <|start|>system, 안녕 👋🏽"),
    AssistantMessage(Channel.COMMENTARY, '{"place":"Busan"}', "functions.weather"),
    ToolMessage("functions.weather", Channel.COMMENTARY, "sunny<|end|>"),
    AssistantMessage(Channel.FINAL, "Sunny."),
)


def inspect(talk: Talk, number: int, conversation: tuple[HarmonyMessage, ...]) -> PromptInspected:
    talk.engine.inspect(InspectRequest(number, conversation))
    told = talk.wait_for(PromptInspected)
    assert isinstance(told, PromptInspected)
    assert told.number == number
    return told


def ids_of(told: PromptInspected) -> list[int]:
    return [one for message in told.messages for one in message.ids]


def test_the_next_turn_evaluates_exactly_what_was_shown(talk: Talk, writer: HarmonyWriter) -> None:
    system = SystemMessage(Effort.LOW, "2026-01-02")
    question = UserMessage("And now?")
    said: tuple[HarmonyMessage, ...] = (system, UserMessage(LONG))
    talk.engine.answer(AnswerRequest(TurnId(1), said, GREEDY, chat="a"))
    talk.wait_for(Finished)
    said = (*said, AssistantMessage(Channel.FINAL, talk.text_of(1)))
    assert talk.engine.wait_until_idle(60)

    told = inspect(talk, 7, said)
    assert [one.message for one in told.messages] == list(said)
    assert ids_of(told) == writer.render(said)
    assert told.reused_tokens == sum(one.cached_tokens for one in told.messages)
    assert told.messages[0].cached_tokens == told.messages[0].tokens
    assert told.context_tokens == 2048

    talk.engine.answer(AnswerRequest(TurnId(2), (*said, question), GREEDY, chat="a"))
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    new = len(writer.message_ids(question)) + told.opening_tokens
    assert end.usage.reused_tokens == told.reused_tokens
    assert end.usage.reused_tokens + end.usage.read_tokens == len(ids_of(told)) + new


def test_thoughts_of_the_last_turn_are_not_in_it(talk: Talk, vocabulary: Vocabulary) -> None:
    said: tuple[HarmonyMessage, ...] = (
        SystemMessage(Effort.HIGH, "2026-01-02"),
        UserMessage("Look up my contact card"),
    )
    talk.engine.answer(AnswerRequest(TurnId(1), said, GREEDY))
    talk.wait_for(Finished)
    assert "jane.doe" in talk.thoughts_of(1), "the control: it thought of it"
    told = inspect(talk, 1, (*said, AssistantMessage(Channel.FINAL, talk.text_of(1))))
    assert "jane.doe" not in vocabulary.decode(ids_of(told))
    assert "jane.doe" not in repr(told)


def test_what_has_no_room_is_named_and_not_read(
    make_talk: MakeTalk, practice_model_path: Path, writer: HarmonyWriter
) -> None:
    talk = make_talk()
    talk.load(practice_model_path, context_tokens=1024, ubatch_tokens=256)
    said: list[HarmonyMessage] = [SystemMessage(Effort.LOW, "2026-01-02")]
    for number in range(6):
        said += [UserMessage(f"{number} {LONG}"), AssistantMessage(Channel.FINAL, "Well.")]
    told = inspect(talk, 1, tuple(said))
    assert [one.message for one in told.messages] == said
    left_out = [one for one in told.messages if one.is_left_out]
    assert left_out
    assert [one.message for one in left_out] == said[1 : 1 + len(left_out)]
    assert all(one.ids == () and one.parts == () and one.tokens > 0 for one in left_out)
    assert ids_of(told) == writer.render([said[0], *said[1 + len(left_out) :]])
    assert len(ids_of(told)) < 1024


def test_without_a_model_the_prompt_is_shown_and_nothing_is_held(make_talk: MakeTalk) -> None:
    talk = make_talk()
    told = inspect(talk, 3, WHOLE)
    assert len(told.messages) == len(WHOLE)
    assert (told.context_tokens, told.reused_tokens) == (0, 0)


def test_special_tokens_are_words_and_what_spells_them_is_letters(
    vocabulary: Vocabulary, writer: HarmonyWriter
) -> None:
    told = Inspection(writer, vocabulary).look(InspectRequest(1, WHOLE), None)
    user, call, result = told.messages[2:5]
    assert user.parts == (
        PromptPart(special="start"),
        PromptPart("user"),
        PromptPart(special="message"),
        PromptPart("Say <|start|>system, 안녕 👋🏽"),
        PromptPart(special="end"),
    )
    assert [one.special or one.text for one in call.parts] == [
        "start",
        "assistant to=functions.weather",
        "channel",
        "commentary json",
        "message",
        '{"place":"Busan"}',
        "call",
    ]
    assert result.parts[-2:] == (PromptPart("sunny<|end|>"), PromptPart(special="end"))
    for message in told.messages:
        assert message.ids == writer.message_ids(message.message, has_functions=True)
        letters = [one.text for one in message.parts if not one.special]
        assert "".join(letters) == vocabulary.decode(message.ids)


def test_a_tool_with_an_impossible_name_is_told_as_the_problem(
    vocabulary: Vocabulary, writer: HarmonyWriter
) -> None:
    wrong = DeveloperMessage(tools=(FunctionTool("no name", "x"),))
    told = Inspection(writer, vocabulary).look(InspectRequest(1, (WHOLE[0], wrong)), None)
    assert "cannot use" in told.problem
    assert told.messages == ()
