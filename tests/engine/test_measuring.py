"""What is told of the next prompt's length is what the next turn then reads."""

from __future__ import annotations

from pathlib import Path

from engine.events import Failed, Finished, MessagesLeftOut, PromptMeasured
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.writer import HarmonyWriter
from engine.requests import AnswerRequest, MeasureRequest, TurnId
from tests.engine.conftest import GREEDY, MakeTalk, Talk

LONG = "blue sky and green tree " * 40
SYSTEM = SystemMessage(Effort.LOW, "2026-01-02")


def measure(
    talk: Talk, conversation: tuple[HarmonyMessage, ...], draft: str, more_tokens: int = 0
) -> PromptMeasured:
    talk.engine.measure(MeasureRequest(3, conversation, draft, more_tokens, ((SYSTEM,),)))
    told = talk.wait_for(PromptMeasured)
    assert isinstance(told, PromptMeasured)
    assert told.number == 3
    return told


def test_a_draft_is_measured_as_long_as_the_turn_then_reads(talk: Talk) -> None:
    said: tuple[HarmonyMessage, ...] = (
        SYSTEM,
        UserMessage("Hello 안녕"),
        AssistantMessage(Channel.FINAL, "Hi."),
    )
    told = measure(talk, said, "And <|end|> now? 🤔")
    assert told.context_tokens == 2048
    assert told.left_out_messages == 0
    assert not told.is_too_long
    question = UserMessage("And <|end|> now? 🤔")
    talk.engine.answer(AnswerRequest(TurnId(1), (*said, question), GREEDY, chat="a"))
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    read = end.usage.reused_tokens + end.usage.read_tokens
    assert read == told.prompt_tokens + told.draft_tokens + told.opening_tokens
    assert 0 < told.heads[0] < told.prompt_tokens


def test_nothing_written_takes_nothing(talk: Talk, writer: HarmonyWriter) -> None:
    said: tuple[HarmonyMessage, ...] = (SYSTEM, DeveloperMessage("Be kind."))
    told = measure(talk, said, "")
    assert told.draft_tokens == 0
    assert told.prompt_tokens == len(writer.render(said))


def test_what_a_draft_leaves_out_is_told_before_it_is_sent(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    talk.load(practice_model_path, context_tokens=1024, ubatch_tokens=256)
    said: list[HarmonyMessage] = [SYSTEM]
    for number in range(3):
        said += [UserMessage(f"{number} {LONG}"), AssistantMessage(Channel.FINAL, "Well.")]
    conversation = tuple(said)
    short = measure(talk, conversation, "")
    told = measure(talk, conversation, LONG * 2)
    assert told.left_out_before == short.left_out_messages
    assert told.left_out_messages > told.left_out_before
    asked = (*conversation, UserMessage(LONG * 2))
    talk.engine.answer(AnswerRequest(TurnId(1), asked, GREEDY, chat="a"))
    left_out = talk.wait_for(MessagesLeftOut)
    assert isinstance(left_out, MessagesLeftOut)
    assert left_out.messages == told.left_out_messages
    talk.wait_for(Finished)


def test_a_draft_that_would_be_refused_says_so(talk: Talk) -> None:
    told = measure(talk, (SYSTEM,), LONG * 20)
    assert told.is_too_long
    asked = (SYSTEM, UserMessage(LONG * 20))
    talk.engine.answer(AnswerRequest(TurnId(1), asked, GREEDY, chat="a"))
    failed = talk.wait_for(Failed)
    assert isinstance(failed, Failed)
    assert failed.is_too_long


def test_files_count_with_the_draft(talk: Talk) -> None:
    alone = measure(talk, (SYSTEM,), "draft").draft_tokens
    assert measure(talk, (SYSTEM,), "draft", 700).draft_tokens == alone + 700
    assert measure(talk, (SYSTEM,), "", 1900).is_too_long


def test_sizes_are_told_without_a_model_too(make_talk: MakeTalk) -> None:
    told = measure(make_talk(), (SYSTEM, UserMessage("Hello")), "draft")
    assert told.context_tokens == 0
    assert told.prompt_tokens > 0
    assert told.draft_tokens > 0
