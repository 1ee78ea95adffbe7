from __future__ import annotations

from itertools import pairwise

import pytest

from engine.context_fit import ContextFit, MessageTooLongError, room_for_answer
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

SYSTEM = SystemMessage(Effort.LOW, "2026-01-02")
HEAD: tuple[HarmonyMessage, ...] = (SYSTEM, DeveloperMessage("Be kind."))


def talk(turns: int, words: int = 20) -> tuple[HarmonyMessage, ...]:
    """Whole turns and one more question."""
    said: list[HarmonyMessage] = list(HEAD)
    for turn in range(turns):
        said.append(UserMessage(f"{turn} " + "blue " * words))
        said.append(AssistantMessage(Channel.FINAL, "green " * words))
    return (*said, UserMessage("And now?"))


def test_a_chat_that_fits_is_read_whole(writer: HarmonyWriter) -> None:
    fitted = ContextFit(writer, 4096).prompt(talk(5))
    assert fitted.conversation == talk(5)
    assert fitted.left_out_messages == 0


def test_whole_turns_go_and_the_instructions_and_the_newest_stay(writer: HarmonyWriter) -> None:
    conversation = talk(40)
    fitted = ContextFit(writer, 1024).prompt(conversation)
    assert fitted.left_out_messages > 0
    assert fitted.left_out_messages % 2 == 0
    assert fitted.conversation == (
        *HEAD,
        *conversation[len(HEAD) + fitted.left_out_messages :],
    )
    assert isinstance(fitted.conversation[2], UserMessage)
    room = room_for_answer(1024, Effort.LOW)
    assert len(writer.prompt(fitted.conversation)) <= 1024 - room


def test_the_place_stays_for_several_turns_before_it_moves(writer: HarmonyWriter) -> None:
    fit = ContextFit(writer, 1024)
    places = [fit.prompt(talk(turns)).left_out_messages for turns in range(60)]
    moves = [second - first for first, second in pairwise(places)]
    assert min(moves) == 0, "a place never moves back while more is said"
    assert places[-1] > 0
    moved = [turn for turn, step in enumerate(moves) if step]
    assert all(later - sooner >= 3 for sooner, later in pairwise(moved))


def test_the_history_is_cut_where_the_next_prompt_will_be(writer: HarmonyWriter) -> None:
    fit = ContextFit(writer, 1024)
    for turns in range(1, 40):
        history = fit.history(talk(turns)[:-1])
        prompt = fit.prompt((*talk(turns)[:-1], UserMessage("")))
        assert history.left_out_messages == prompt.left_out_messages
        assert prompt.conversation[:-1] == history.conversation


def test_a_larger_context_reads_everything_again(writer: HarmonyWriter) -> None:
    assert ContextFit(writer, 1024).prompt(talk(40)).left_out_messages > 0
    assert ContextFit(writer, 8192).prompt(talk(40)).left_out_messages == 0


def test_what_was_said_just_before_is_kept_where_it_fits(writer: HarmonyWriter) -> None:
    long = AssistantMessage(Channel.FINAL, "blue " * 600)
    conversation = (*talk(3)[:-1], UserMessage("Go on."), long, UserMessage("And now?"))
    fitted = ContextFit(writer, 1024).prompt(conversation)
    assert fitted.conversation[len(HEAD) :] == conversation[-3:]


@pytest.mark.parametrize("before", [0, 3])
def test_a_message_that_alone_is_too_long_is_an_error(writer: HarmonyWriter, before: int) -> None:
    conversation = (*talk(before)[:-1], UserMessage("blue " * 1000))
    with pytest.raises(MessageTooLongError) as caught:
        ContextFit(writer, 1024).prompt(conversation)
    assert caught.value.fields == {"tokens": "1,024"}
    assert caught.value.hint


def test_high_effort_keeps_more_room() -> None:
    for context in (512, 2048, 8192, 32_768, 131_072):
        low, high = (room_for_answer(context, effort) for effort in (Effort.LOW, Effort.HIGH))
        assert 0 < low < high <= context // 2
