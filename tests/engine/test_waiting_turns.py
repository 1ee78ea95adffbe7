"""A turn that waits for a tool, maybe for minutes: others are answered, and it loses nothing."""

from __future__ import annotations

from pathlib import Path

from engine.events import Finished, ModelLoaded, ThoughtAdded, ToolCalled
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.requests import AnswerRequest, LoadRequest, PrepareRequest, TurnId
from tests.engine.conftest import GREEDY, MakeTalk, Talk
from tests.engine.test_warm_turns import LONG, Chats

RESULT = ToolMessage("python", Channel.ANALYSIS, "84")
WAITING = TurnId(1)


def question() -> AnswerRequest:
    system = SystemMessage(Effort.LOW, "2026-01-02", python=True)
    return AnswerRequest(WAITING, (system, UserMessage("What is 12 * 7?")), GREEDY, chat="a")


def ask(talk: Talk) -> None:
    """Begin a turn that calls Python, and waits."""
    talk.engine.answer(question())
    talk.wait_for(ToolCalled)


def go_on(talk: Talk) -> Finished:
    """Hand the result over; returns the end of the turn."""
    talk.engine.continue_turn(WAITING, RESULT)
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    assert end.turn_id == WAITING
    return end


def said(talk: Talk) -> tuple[str, str]:
    thoughts = "".join(one.piece.text for one in talk.seen if isinstance(one, ThoughtAdded))
    return talk.text_of(WAITING), thoughts


def test_the_next_prompt_of_another_chat_is_read_ahead_while_a_turn_waits(talk: Talk) -> None:
    ask(talk)
    chats = Chats(talk)
    chats.say("b", LONG)
    again = chats.say("b", "And now?")  # what it costs must be what was foreseen
    assert again.usage.read_tokens < 20


def test_what_is_typed_in_another_chat_is_read_ahead_while_a_turn_waits(talk: Talk) -> None:
    ask(talk)
    chats = Chats(talk)
    chats.said["b"] = [UserMessage(LONG), AssistantMessage(Channel.FINAL, "Green tree.")]
    talk.engine.prepare(PrepareRequest("b", chats.conversation("b")))
    assert talk.engine.wait_until_idle(60)
    assert chats.say("b", "And now?").usage.read_tokens < 20


def test_a_turn_whose_place_was_taken_goes_on_as_if_nothing_had_been(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    undisturbed = make_talk()
    undisturbed.load(practice_model_path)
    ask(undisturbed)
    usual = go_on(undisturbed)

    talk = make_talk()
    talk.load(practice_model_path)
    ask(talk)
    chats = Chats(talk)
    for number in range(2):
        chats.say("b", f"{number} {LONG}")
    end = go_on(talk)
    assert said(talk)[0] == said(undisturbed)[0]
    assert "84" in said(talk)[0]
    assert end.usage.context_tokens == usual.usage.context_tokens
    assert end.usage.reply_tokens == usual.usage.reply_tokens
    assert end.usage.read_tokens > usual.usage.read_tokens


def test_a_tool_that_is_quick_costs_the_turn_nothing(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    """What was to be read ahead before the turn began must not take its place."""
    talk = make_talk()
    long_ago = (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage(LONG))

    def both() -> None:
        talk.engine.prepare(PrepareRequest("b", long_ago))
        talk.engine.answer(question())  # gives the reading no time

    talk.at(lambda event: isinstance(event, ModelLoaded), both)
    talk.engine.load(LoadRequest(practice_model_path, 2048, 512, threads=1))
    talk.wait_for(ToolCalled)
    assert talk.engine.wait_until_idle(60)
    hurried = go_on(talk)

    calm = make_talk()
    calm.load(practice_model_path)
    ask(calm)
    assert hurried.usage.read_tokens == go_on(calm).usage.read_tokens


def test_a_turn_that_is_stopped_while_it_waits_tells_its_own_size(talk: Talk) -> None:
    ask(talk)
    other = Chats(talk).say("b", "Hello!")
    talk.engine.stop(WAITING)
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    assert end.turn_id == WAITING
    assert end.usage.context_tokens > 200 > other.usage.context_tokens
