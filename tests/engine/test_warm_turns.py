"""Chats side by side on the practice model: what they cost, and that it was told beforehand."""

from __future__ import annotations

from pathlib import Path

from engine.events import Finished, Forecast, MessagesLeftOut
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.requests import AnswerRequest, ForecastRequest, PrepareRequest, TurnId
from tests.engine.conftest import GREEDY, MakeTalk, Talk

LONG = "blue sky and green tree " * 40


class Chats:
    """Several chats on one engine, each with its conversation."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.said: dict[str, list[HarmonyMessage]] = {}
        self._turns = 1000

    def conversation(self, chat: str, effort: Effort = Effort.LOW) -> tuple[HarmonyMessage, ...]:
        return (SystemMessage(effort, "2026-01-02"), *self.said.setdefault(chat, []))

    def foresee(self, chat: str, conversation: tuple[HarmonyMessage, ...]) -> Forecast:
        self._turns += 1
        self.talk.engine.forecast(ForecastRequest(self._turns, chat, conversation))
        told = self.talk.wait_for(Forecast)
        assert isinstance(told, Forecast)
        assert told.number == self._turns
        return told

    def say(self, chat: str, text: str, effort: Effort = Effort.LOW) -> Finished:
        """One turn; what it costs must be what was foreseen just before."""
        conversation = (*self.conversation(chat, effort), UserMessage(text))
        foreseen = self.foresee(chat, conversation)
        self._turns += 1
        turn = TurnId(self._turns)
        self.talk.engine.answer(
            AnswerRequest(turn, conversation, GREEDY, max_reply_tokens=12, chat=chat)
        )
        end = self.talk.wait_for(Finished)
        assert isinstance(end, Finished)
        usage = end.usage
        assert (usage.reused_tokens, usage.read_tokens) == (
            foreseen.reused_tokens,
            foreseen.read_tokens,
        )
        assert usage.left_out_messages == foreseen.left_out_messages
        answer = AssistantMessage(Channel.FINAL, self.talk.text_of(turn) or "Well.")
        self.said[chat] += [UserMessage(text), answer]
        assert self.talk.engine.wait_until_idle(60)
        return end


def test_what_is_foreseen_is_what_a_turn_costs(talk: Talk) -> None:
    chats = Chats(talk)
    first = chats.say("a", LONG)
    assert first.usage.read_tokens > 150
    chats.say("b", "Hello! " + LONG)
    back = chats.say("a", "And now?")
    assert back.usage.reused_tokens > 150
    assert back.usage.read_tokens < 40
    changed = chats.say("a", "Think hard.", Effort.HIGH)
    assert changed.usage.read_tokens > 150
    again = chats.say("a", "Never mind.")
    assert again.usage.reused_tokens > 150
    chats.said["a"] = chats.said["a"][:2]  # the second question written anew
    edited = chats.say("a", "Or then?")
    assert edited.usage.reused_tokens > 150
    talk.engine.forget("b")
    assert chats.say("b", "Still there?").usage.reused_tokens < 100


def test_seconds_are_told_once_reading_was_measured(talk: Talk) -> None:
    chats = Chats(talk)
    assert chats.foresee("a", (*chats.conversation("a"), UserMessage(LONG))).seconds is None
    chats.say("a", LONG)
    other = (*chats.conversation("b"), UserMessage("Hello! " + LONG))
    seconds = chats.foresee("b", other).seconds
    assert seconds is not None
    assert seconds > 0


def test_a_prepared_chat_costs_its_new_words_only(talk: Talk) -> None:
    chats = Chats(talk)
    chats.said["a"] = [UserMessage(LONG), AssistantMessage(Channel.FINAL, "Green tree.")]
    talk.engine.prepare(PrepareRequest("a", chats.conversation("a")))
    assert talk.engine.wait_until_idle(60)
    assert chats.say("a", "And now?").usage.read_tokens < 20


def test_a_long_chat_leaves_its_beginning_out_and_says_so(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    talk.load(practice_model_path, context_tokens=1024, ubatch_tokens=256)
    chats = Chats(talk)
    ends = [chats.say("a", f"{number} {LONG}") for number in range(6)]
    left_out = [end.usage.left_out_messages for end in ends]
    assert left_out[0] == 0
    assert left_out[-1] > 0
    assert left_out == sorted(left_out)
    told = [event.messages for event in talk.seen if isinstance(event, MessagesLeftOut)]
    assert told == [count for count in left_out if count]
    assert all(end.usage.context_tokens <= 1024 for end in ends)
