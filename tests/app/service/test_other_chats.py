"""Several answers in progress: what one chat's does to the others, which is nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.chats.changes import (
    AnswerPhaseChanged,
    AnswerQueued,
    AnswerTextAdded,
    BusyChanged,
    ChatMark,
    ChatMarksChanged,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    SendRefused,
)
from app.chats.ids import ChatId
from app.chats.values import Message, MessageStatus
from app.permissions.values import Decision
from app.tools.records import CallStatus
from engine.events import (
    EngineBroke,
    Failed,
    Finished,
    Phase,
    PhaseChanged,
    StopReason,
    TextAdded,
    ToolCalled,
    Usage,
)
from engine.harmony.messages import Channel, Effort
from engine.requests import TurnId
from tests.app.service.calls_bench import Loop, calls_nothing
from tests.app.service.conftest import Bench


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    made.found.set()
    made.service.start()
    made.settle()
    yield made
    made.service.close()


def begin(bench: Bench, text: str) -> TurnId:
    """A new chat whose answer waits for the test."""
    bench.service.new_chat()
    bench.engine.scripts = [calls_nothing]
    bench.service.send(text, Effort.LOW)
    bench.settle()
    return bench.engine.requests[-1].turn_id


def begin_asking(loop: Loop, text: str = "Ask me") -> tuple[TurnId, ChatId]:
    """A new chat whose answer waits for a decision."""
    turn_id = begin(loop, text)
    loop.engine.play(ToolCalled(turn_id, "python", "1", Channel.ANALYSIS))
    loop.wait_for_question()
    return turn_id, shown(loop)


def shown(bench: Bench) -> ChatId:
    opened = bench.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    assert opened.chat is not None
    return opened.chat.id


def ended(bench: Bench, turn_id: TurnId, text: str = "Done.") -> None:
    bench.engine.play(
        PhaseChanged(turn_id, Phase.READING),
        TextAdded(turn_id, text),
        Finished(turn_id, StopReason.END_OF_TURN, Usage()),
    )
    bench.settle()


def marks(bench: Bench) -> dict[ChatId, ChatMark]:
    told = [one for one in bench.of(ChatMarksChanged) if isinstance(one, ChatMarksChanged)]
    return dict(told[-1].marks) if told else {}


def stored(bench: Bench, chat_id: ChatId) -> tuple[Message, ...]:
    return bench.storage.submit(lambda store: store.branch(chat_id)).result()


def reopen(bench: Bench, chat_id: ChatId) -> tuple[Message, ...]:
    bench.service.open_chat(chat_id)
    bench.settle()
    opened = bench.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    return opened.messages


def test_while_a_call_waits_for_a_person_another_chat_is_answered(loop: Loop) -> None:
    _, asking = begin_asking(loop)
    other = begin(loop, "And you?")
    assert not loop.of(SendRefused)
    assert not loop.of(AnswerQueued)  # nobody is before it: the first turn waits for a person
    ended(loop, other, "Fine.")

    assert loop.ended.text == "Fine."
    assert marks(loop) == {asking: ChatMark.ASKING}
    assert [one.chat_id for one in loop.asked] == [asking]
    assert not loop.service.is_busy


def test_the_call_is_decided_after_that_and_its_answer_is_its_own(loop: Loop) -> None:
    turn_id, asking = begin_asking(loop)
    ended(loop, begin(loop, "And you?"), "Fine.")
    answered = shown(loop)
    loop.decide(Decision(True))
    loop.wait_for_result()
    ended(loop, turn_id, "It is one.")

    assert [message.text for message in stored(loop, asking)] == ["Ask me", "It is one."]
    assert [message.text for message in stored(loop, answered)] == ["And you?", "Fine."]
    assert marks(loop) == {asking: ChatMark.UNREAD}
    reopen(loop, asking)
    assert marks(loop) == {}


def test_a_message_of_another_chat_waits_its_turn_and_says_so(loop: Loop) -> None:
    first = begin(loop, "One")
    second = begin(loop, "Two")
    (queued,) = loop.of(AnswerQueued)
    assert isinstance(queued, AnswerQueued)
    assert queued.message_id == reopen(loop, shown(loop))[-1].id
    assert set(marks(loop).values()) == {ChatMark.ANSWERING}
    loop.changes.clear()
    ended(loop, first, "First.")
    assert not loop.of(AnswerTextAdded)
    assert not loop.of(AnswerQueued)
    ended(loop, second, "Second.")
    assert loop.ended.text == "Second."


def test_a_view_that_comes_late_hears_that_the_answer_waits_its_turn(loop: Loop) -> None:
    begin(loop, "One")
    second = begin(loop, "Two")
    waiting = shown(loop)
    loop.service.new_chat()
    loop.changes.clear()
    message = reopen(loop, waiting)[-1]
    assert loop.of(AnswerQueued) == [AnswerQueued(message.id)]
    assert loop.of(BusyChanged)[-1] == BusyChanged(is_busy=True, message_id=message.id)
    loop.engine.play(PhaseChanged(second, Phase.THINKING))
    loop.settle()
    loop.changes.clear()
    reopen(loop, waiting)
    assert loop.of(AnswerPhaseChanged) == [AnswerPhaseChanged(message.id, Phase.THINKING)]
    assert not loop.of(AnswerQueued)


def test_stop_takes_a_waiting_message_out_of_the_line(loop: Loop) -> None:
    first = begin(loop, "One")
    begin(loop, "Two")
    loop.service.stop()
    loop.settle()
    assert loop.ended.status is MessageStatus.STOPPED
    assert not loop.service.is_busy
    third = begin(loop, "Three")
    ended(loop, first)
    ended(loop, third, "Third.")
    assert loop.ended.text == "Third."


def test_a_result_waits_its_turn_as_well(loop: Loop) -> None:
    _, asking = begin_asking(loop)
    begin(loop, "Two")
    reopen(loop, asking)
    assert not loop.of(AnswerQueued)
    loop.decide(Decision(True))
    loop.wait_for_result()
    assert len(loop.of(AnswerQueued)) == 1


def test_the_same_chat_takes_no_second_message_while_its_call_waits(loop: Loop) -> None:
    begin_asking(loop)
    loop.service.send("More", Effort.LOW)
    loop.settle()
    assert [one.text for one in loop.of(SendRefused) if isinstance(one, SendRefused)] == ["More"]
    assert len(loop.engine.requests) == 1


def test_stop_ends_the_open_chats_answer_and_no_other(loop: Loop) -> None:
    _, asking = begin_asking(loop)
    begin(loop, "Two")
    loop.service.stop()
    loop.settle()
    assert loop.ended.chat_id != asking
    assert loop.ended.status is MessageStatus.STOPPED
    assert [one.chat_id for one in loop.asked] == [asking]


def test_deleting_a_chat_takes_its_own_question_back_and_stops_nothing_else(loop: Loop) -> None:
    _, asking = begin_asking(loop)
    other = begin(loop, "Two")
    loop.service.delete_chat(asking)
    loop.settle()
    assert loop.asked == ()
    assert loop.service.is_busy
    ended(loop, other, "Fine.")
    assert loop.ended.text == "Fine."
    assert marks(loop) == {}
    loop.service.undo()
    loop.settle()
    last = reopen(loop, asking)[-1]
    assert last.status is MessageStatus.STOPPED
    assert [call.status for call in last.calls] == [CallStatus.STOPPED]


def test_calls_of_two_chats_wait_at_once_and_one_answer_goes_for_both(loop: Loop) -> None:
    begin_asking(loop, "One")
    begin_asking(loop, "Two")
    assert len({one.chat_id for one in loop.asked}) == 2
    loop.service.permissions.decide_all([one.id for one in loop.asked], Decision(False))
    loop.wait_for(lambda: len(loop.engine.results) == 2)
    assert loop.asked == ()
    assert loop.notebook.ran == []


def test_a_broken_engine_interrupts_every_answer(loop: Loop) -> None:
    asking, _ = begin_asking(loop)
    begin(loop, "Two")
    loop.engine.play(EngineBroke("It broke.", ""))
    loop.engine.play(*(Failed(turn, "It broke.", was_interrupted=True) for turn in (asking,)))
    loop.settle()
    chats = loop.storage.submit(lambda store: store.chats()).result()
    last = [stored(loop, chat.id)[-1].status for chat in chats]
    assert last == [MessageStatus.INTERRUPTED, MessageStatus.INTERRUPTED]
    assert loop.asked == ()
    assert ChatMark.ASKING not in marks(loop).values()


def test_closing_keeps_all_answers(loop: Loop) -> None:
    begin_asking(loop)
    begin(loop, "Two")
    loop.service._answers.abandon()
    chats = loop.storage.submit(lambda store: store.chats()).result()
    last = [stored(loop, chat.id)[-1] for chat in chats]
    assert {one.status for one in last} == {MessageStatus.STOPPED}
    assert loop.asked == ()


def test_what_is_sent_in_two_chats_while_the_model_is_looked_for_is_answered(
    impatient: Bench,
) -> None:
    impatient.service.start()
    for text in ("One", "Two"):
        impatient.service.new_chat()
        impatient.engine.scripts.append(calls_nothing)
        impatient.service.send(text, Effort.LOW)
        impatient.settle_storage()
    assert impatient.engine.requests == []
    impatient.found.set()
    impatient.settle()
    assert len(impatient.engine.requests) == 2
    assert len(impatient.of(AnswerQueued)) == 1
    for request in impatient.engine.requests:
        ended(impatient, request.turn_id, f"Answer {request.turn_id}.")
    message = impatient.of(MessageEnded)[-1]
    assert isinstance(message, MessageEnded)
    assert message.message.text == "Answer 2."


def test_a_new_chat_begun_while_a_message_is_being_stored_stays_empty(loop: Loop) -> None:
    loop.engine.scripts = [calls_nothing]
    loop.service.send("One", Effort.LOW)
    loop.service.new_chat()
    assert not loop.service.is_busy
    loop.settle()
    opened = loop.of(ChatOpened)[-1]
    assert opened == ChatOpened(None, ())
    assert not loop.of(MessageAdded)
    assert list(marks(loop).values()) == [ChatMark.ANSWERING]
    assert loop.of(BusyChanged)[-1] == BusyChanged(is_busy=False)


def test_an_answer_that_ends_while_its_chat_is_being_opened_is_shown_whole(loop: Loop) -> None:
    turn_id = begin(loop, "One")
    chat_id = shown(loop)
    loop.service.new_chat()
    may_read = threading.Event()
    loop.storage.submit(lambda _store: may_read.wait(10))
    loop.service.open_chat(chat_id)  # the store is asked first, and told of the end afterwards
    loop.service.handle(TextAdded(turn_id, "Whole."))
    loop.service.handle(Finished(turn_id, StopReason.END_OF_TURN, Usage()))
    may_read.set()
    loop.settle()
    opened = loop.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    assert (opened.messages[-1].text, opened.messages[-1].status) == (
        "Whole.",
        MessageStatus.COMPLETE,
    )
    assert not loop.service.is_busy


def test_an_answer_without_a_phase_yet_is_marked_from_the_start(loop: Loop) -> None:
    loop.engine.scripts = [calls_nothing]
    loop.service.send("One", Effort.LOW)
    loop.settle()
    assert marks(loop) == {shown(loop): ChatMark.ANSWERING}
