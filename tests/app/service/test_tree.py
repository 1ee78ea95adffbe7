"""Other words, other answers, and the way between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.chats.branch_places import BranchPlace
from app.chats.changes import (
    AnswerTextAdded,
    BranchesChanged,
    BusyChanged,
    ChatForked,
    ChatOpened,
    DeletedMessages,
    MessageAdded,
    MessageEnded,
    SendRefused,
    UndoOffered,
    UndoSubject,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageStatus
from app.chats.what_if import AnswerCost
from engine.events import EngineEvent, Failed, Forecast, TextAdded
from engine.harmony.messages import Effort, SystemMessage, UserMessage
from engine.requests import AnswerRequest
from tests.app.service.conftest import Bench, ScriptedEngine, reply


def waits(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    """Says two words and then waits."""
    return [TextAdded(request.turn_id, "half an")]


def say(bench: Bench, *texts: str, effort: Effort = Effort.LOW) -> None:
    for text in texts:
        bench.service.send(text, effort)
        bench.settle()


def shown(bench: Bench) -> tuple[Message, ...]:
    """What a view shows that applies the changes."""
    branch: list[Message] = []
    for change in bench.changes:
        match change:
            case ChatOpened(messages=messages):
                branch = list(messages)
            case MessageAdded(message=message):
                branch.append(message)
            case MessageEnded(message=message):
                branch = [message if one.id == message.id else one for one in branch]
            case _:
                pass
    return tuple(branch)


def texts(messages: Sequence[Message]) -> list[str]:
    return [one.text for one in messages]


def places(bench: Bench) -> dict[MessageId, BranchPlace]:
    told = bench.of(BranchesChanged)[-1]
    assert isinstance(told, BranchesChanged)
    return dict(told.places)


def chat_id(bench: Bench) -> ChatId:
    found = bench.service._open.id
    assert found is not None
    return found


def stored(bench: Bench) -> tuple[Message, ...]:
    chat = chat_id(bench)
    return bench.storage.submit(lambda store: store.branch(chat)).result()


def test_other_words_make_a_branch_and_the_old_ones_stay(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), reply("two"), reply("three")]
    say(bench, "first", "second")
    bench.service.tree.edit(shown(bench)[2].id, "another second", Effort.HIGH)
    bench.settle()

    assert texts(shown(bench)) == ["first", "one", "another second", "three"]
    assert shown(bench) == stored(bench)
    assert shown(bench)[3].effort is Effort.HIGH
    edited = shown(bench)[2].id
    assert places(bench) == {edited: BranchPlace((places(bench)[edited].ids[0], edited), 1)}
    asked = [
        one.text for one in bench.engine.requests[2].conversation if isinstance(one, UserMessage)
    ]
    assert asked == ["first", "another second"]


def test_a_first_message_has_siblings_like_any_other(bench: Bench) -> None:
    say(bench, "first")
    bench.service.tree.edit(shown(bench)[0].id, "better first", Effort.LOW)
    bench.settle()
    old, new = places(bench)[shown(bench)[0].id].ids
    assert texts(shown(bench)) == ["better first", "fine"]

    bench.service.tree.show(old)
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine"]
    assert places(bench)[old] == BranchPlace((old, new), 0)
    assert shown(bench) == stored(bench)


def test_an_answer_is_made_again_at_another_effort_beside_the_old_one(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), reply("better")]
    say(bench, "first")
    before = shown(bench)[1]
    bench.service.tree.answer_again(before.id, Effort.HIGH)
    bench.settle()

    question, again = shown(bench)
    assert (question.text, again.text, again.effort) == ("first", "better", Effort.HIGH)
    assert places(bench) == {again.id: BranchPlace((before.id, again.id), 1)}
    asked = bench.engine.requests[1].conversation
    assert isinstance(asked[0], SystemMessage)
    assert asked[0].effort is Effort.HIGH

    both: list[tuple[Message, ...]] = []
    bench.service.tree.siblings(again.id, both.append)
    bench.settle()
    assert texts(both[0]) == ["one", "better"]


def test_an_answer_is_made_again_at_its_own_effort(bench: Bench) -> None:
    say(bench, "first", effort=Effort.HIGH)
    bench.service.tree.answer_again(shown(bench)[1].id)
    bench.settle()
    assert [one.effort for one in shown(bench)] == [Effort.HIGH, Effort.HIGH]
    assert len(places(bench)) == 1


def test_with_a_fixed_seed_another_answer_is_another_one(bench: Bench) -> None:
    say(bench, "first")
    for _ in range(2):
        bench.service.tree.answer_again(shown(bench)[1].id)
        bench.settle()
    say(bench, "second")
    assert [one.sampling.seed for one in bench.engine.requests] == [7, 8, 9, 7]


def test_a_question_without_an_answer_gets_one(bench: Bench) -> None:
    say(bench, "first")
    chat, question = chat_id(bench), shown(bench)[0]
    bench.storage.submit(lambda store: store.set_leaf(chat, question.id)).result()
    bench.service.open_chat(chat)
    bench.settle()
    assert texts(shown(bench)) == ["first"]

    bench.service.tree.answer_again(question.id)
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine"]


def test_a_branch_is_shown_to_the_end_that_was_seen_last(bench: Bench) -> None:
    say(bench, "first", "second", "third")
    second = shown(bench)[2].id
    bench.service.tree.answer_again(shown(bench)[3].id)  # takes the place of all that follows
    bench.settle()
    say(bench, "another third")
    newest = shown(bench)[3].id
    older = next(one for one in places(bench)[newest].ids if one != newest)
    bench.service.tree.show(older)
    bench.settle()
    assert texts(shown(bench))[4:] == ["third", "fine"]

    first = shown(bench)[0].id
    bench.service.tree.edit(first, "quite another", Effort.LOW)
    bench.settle()
    bench.service.tree.show(first)
    bench.settle()
    assert second in [one.id for one in shown(bench)]
    assert texts(shown(bench))[4:] == ["third", "fine"], "and not the newest"


def test_what_is_being_written_is_stopped_where_other_words_are_wanted(bench: Bench) -> None:
    bench.engine.scripts = [waits, reply("whole")]
    say(bench, "first")
    bench.service.tree.edit(shown(bench)[0].id, "rather this", Effort.LOW)
    bench.settle()
    assert texts(shown(bench)) == ["rather this", "whole"]
    assert not bench.service.is_busy

    bench.service.tree.show(places(bench)[shown(bench)[0].id].ids[0])
    bench.settle()
    assert texts(shown(bench)) == ["first", "half an"]
    assert shown(bench)[1].status is MessageStatus.STOPPED


def test_two_wishes_while_an_answer_is_written_are_both_heeded(bench: Bench) -> None:
    bench.engine.scripts = [waits, waits, reply("whole")]
    say(bench, "first")
    first = shown(bench)[0].id
    bench.service.tree.edit(first, "rather this", Effort.LOW)
    bench.service.tree.edit(first, "or this", Effort.LOW)
    bench.settle()
    assert texts(shown(bench)) == ["or this", "whole"]
    assert len(places(bench)[shown(bench)[0].id].ids) == 3


def test_nothing_is_told_of_an_answer_on_another_branch_than_the_one_shown(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), waits]
    say(bench, "first")
    old = shown(bench)[1].id
    bench.service.tree.answer_again(old)
    bench.settle()
    running = shown(bench)[1].id
    bench.service.tree.show(old)
    bench.settle()
    bench.changes.clear()
    turn = bench.engine.requests[1].turn_id
    bench.engine.play(TextAdded(turn, " answer"))
    bench.settle()
    assert not bench.of(AnswerTextAdded)
    assert bench.service.is_busy

    bench.service.tree.show(running)
    bench.settle()
    assert texts(shown(bench)) == ["first", "half an answer"]
    bench.service.stop()
    bench.settle()
    assert shown(bench) == stored(bench)
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=False)


def test_an_answer_that_ends_while_another_branch_is_shown_is_stored(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), waits]
    say(bench, "first")
    old = shown(bench)[1].id
    bench.service.tree.answer_again(old)
    bench.settle()
    running = shown(bench)[1].id
    bench.service.tree.show(old)
    bench.settle()
    bench.service.stop()
    bench.settle()
    assert texts(shown(bench)) == ["first", "one"]
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=False)
    bench.service.tree.show(running)
    bench.settle()
    assert shown(bench)[1].status is MessageStatus.STOPPED


def test_words_that_cannot_be_stored_come_back(bench: Bench) -> None:
    say(bench, "first")
    chat, first = chat_id(bench), shown(bench)[0].id
    bench.storage.submit(lambda store: store.delete_chat(chat, 1)).result()
    bench.service.tree.edit(first, "too late", Effort.LOW)
    bench.settle()
    bench.service.new_chat()
    bench.service.tree.edit(first, "of another chat", Effort.LOW)
    bench.settle()
    assert [one.text for one in bench.of(SendRefused) if isinstance(one, SendRefused)] == [
        "too late",
        "of another chat",
    ]


def test_blank_words_change_nothing(bench: Bench) -> None:
    say(bench, "first")
    bench.service.tree.edit(shown(bench)[0].id, "  \n", Effort.LOW)
    bench.service.tree.answer_again(MessageId(99))
    bench.service.tree.show(MessageId(99))
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine"]
    assert len(bench.engine.requests) == 1


def test_another_chat_that_is_wished_meanwhile_is_what_is_shown(bench: Bench) -> None:
    say(bench, "first")
    first = chat_id(bench)
    bench.service.new_chat()
    say(bench, "other")
    bench.service.tree.edit(shown(bench)[0].id, "other words", Effort.LOW)
    bench.service.open_chat(first)
    bench.settle()
    assert chat_id(bench) == first
    assert texts(shown(bench)) == ["first", "fine"]


def test_words_that_are_too_long_go_back_and_the_old_ones_are_shown(bench: Bench) -> None:
    def too_long(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [Failed(request.turn_id, "Too long.", is_too_long=True)]

    bench.engine.scripts = [reply("one"), too_long]
    say(bench, "first")
    bench.service.tree.edit(shown(bench)[0].id, "far too long", Effort.LOW)
    bench.settle()
    assert texts(shown(bench)) == ["first", "one"]
    refused = bench.of(SendRefused)[-1]
    assert isinstance(refused, SendRefused)
    assert refused.text == "far too long"
    assert places(bench) == {}
    assert shown(bench) == stored(bench)


def test_what_waits_for_an_answer_to_end_is_stored_when_the_program_closes(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    say(bench, "first")
    bench.engine._open.clear()  # it is asked to stop, and its end comes too late
    bench.service.tree.edit(shown(bench)[0].id, "before I go", Effort.LOW)
    kept: list[tuple[Message, ...]] = []
    first = shown(bench)[0].id
    bench.service._answers.abandon()
    bench.service._quiet.end()
    bench.storage.submit(lambda store: kept.append(store.tree.siblings(first))).result()
    assert texts(kept[0]) == ["first", "before I go"]


# ---- taking away, and bringing back


def offered(bench: Bench) -> UndoSubject:
    told = bench.of(UndoOffered)[-1]
    assert isinstance(told, UndoOffered)
    return told.subject


def test_a_message_goes_with_all_that_follows_it_and_comes_back(bench: Bench) -> None:
    say(bench, "first", "second")
    whole = shown(bench)
    bench.service.tree.delete(whole[2].id)
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine"]
    assert shown(bench) == stored(bench)
    part = offered(bench)
    assert isinstance(part, DeletedMessages)
    assert (part.text, part.messages, part.message_id) == ("second", 2, whole[2].id)

    bench.service.undo()
    bench.settle()
    assert shown(bench) == whole == stored(bench)
    bench.service.undo()
    bench.settle()
    assert shown(bench) == whole, "there is nothing more to bring back"


def test_a_sibling_takes_the_place_of_what_was_deleted(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), reply("two"), reply("three")]
    say(bench, "first")
    for _ in range(2):
        bench.service.tree.answer_again(shown(bench)[1].id)
        bench.settle()
    one, two, three = next(iter(places(bench).values())).ids
    bench.service.tree.delete(three)
    bench.settle()
    assert texts(shown(bench)) == ["first", "two"]
    assert places(bench) == {two: BranchPlace((one, two), 1)}

    bench.service.tree.show(one)
    bench.settle()
    bench.service.tree.delete(one)
    bench.settle()
    assert texts(shown(bench)) == ["first", "two"], "the one behind, where none is before"
    assert places(bench) == {}

    bench.service.undo()
    bench.settle()
    assert texts(shown(bench)) == ["first", "one"]
    bench.service.undo()
    bench.settle()
    assert texts(shown(bench)) == ["first", "three"]
    assert places(bench) == {three: BranchPlace((one, two, three), 2)}


def test_a_branch_that_is_not_shown_is_deleted_without_a_move(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), reply("two")]
    say(bench, "first")
    old = shown(bench)[1].id
    bench.service.tree.answer_again(old)
    bench.settle()
    bench.service.tree.delete(old)
    bench.settle()
    assert texts(shown(bench)) == ["first", "two"]
    assert places(bench) == {}


def test_all_of_a_chat_can_be_deleted_and_something_else_be_said(bench: Bench) -> None:
    say(bench, "first")
    bench.service.tree.delete(shown(bench)[0].id)
    bench.settle()
    assert shown(bench) == stored(bench) == ()

    say(bench, "another beginning")
    bench.service.undo()
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine"]
    assert places(bench)[shown(bench)[0].id].index == 0


def test_what_is_being_written_is_stopped_before_it_is_deleted(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    say(bench, "first")
    bench.service.tree.delete(shown(bench)[1].id)
    bench.settle()
    assert texts(shown(bench)) == ["first"]
    assert not bench.service.is_busy
    bench.service.undo()
    bench.settle()
    assert texts(shown(bench)) == ["first", "half an"]
    assert shown(bench)[1].status is MessageStatus.STOPPED


def test_what_is_written_on_another_branch_goes_on(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), waits]
    say(bench, "first")
    old = shown(bench)[1].id
    bench.service.tree.answer_again(old)
    bench.settle()
    bench.service.tree.delete(old)
    bench.settle()
    assert texts(shown(bench)) == ["first", "half an"]
    assert bench.service.is_busy


def test_what_is_sent_after_something_deleted_comes_back(bench: Bench) -> None:
    say(bench, "first", "second")
    bench.service.tree.delete(shown(bench)[3].id)
    bench.service.send("on top of it", Effort.LOW)
    bench.settle()
    refused = bench.of(SendRefused)[-1]
    assert isinstance(refused, SendRefused)
    assert refused.text == "on top of it"
    assert shown(bench) == stored(bench)
    assert texts(shown(bench)) == ["first", "fine", "second"]


def test_undo_goes_back_to_the_chat_where_something_was_deleted(bench: Bench) -> None:
    say(bench, "first")
    chat = chat_id(bench)
    bench.service.tree.delete(shown(bench)[1].id)
    bench.settle()
    bench.service.new_chat()
    bench.service.undo()
    bench.settle()
    assert chat_id(bench) == chat
    assert texts(shown(bench)) == ["first", "fine"]


def test_one_thing_of_several_can_be_brought_back(bench: Bench) -> None:
    say(bench, "first", "second")
    bench.service.tree.delete(shown(bench)[2].id)
    bench.settle()
    part, chat = offered(bench), chat_id(bench)
    bench.service.delete_chat(chat)
    bench.settle()
    bench.service.undo(part)
    bench.settle()
    assert bench.of(ChatOpened)[-1] == ChatOpened(None, ()), "its chat is still deleted"
    bench.service.undo()
    bench.settle()
    assert texts(shown(bench)) == ["first", "fine", "second", "fine"]


# ---- a chat of its own


def test_a_branch_becomes_a_chat_of_its_own(bench: Bench) -> None:
    say(bench, "first", "second")
    origin, whole = chat_id(bench), shown(bench)
    bench.service.tree.fork(whole[1].id)
    bench.settle()
    copy = chat_id(bench)
    assert copy != origin
    assert texts(shown(bench)) == ["first", "fine"]
    told = bench.of(ChatForked)[-1]
    assert isinstance(told, ChatForked)
    assert (told.chat.id, told.origin.id, told.chat.title) == (copy, origin, "first (2)")

    say(bench, "another way")
    assert texts(shown(bench)) == ["first", "fine", "another way", "fine"]
    bench.service.open_chat(origin)
    bench.settle()
    assert shown(bench) == whole


def test_what_is_written_in_a_chat_goes_on_while_it_is_copied(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), waits]
    say(bench, "first", "second")
    origin = chat_id(bench)
    bench.service.tree.fork(shown(bench)[3].id)
    bench.settle()
    assert texts(shown(bench))[:3] == ["first", "one", "second"]
    assert shown(bench)[3].status is MessageStatus.INTERRUPTED
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=False)
    bench.service.open_chat(origin)
    bench.settle()
    assert bench.service.is_busy
    bench.service.stop()
    bench.settle()


# ---- what it costs


def test_what_another_answer_costs_is_foreseen_for_each_effort(bench: Bench) -> None:
    say(bench, "first", "second")
    bench.engine.forecasts.clear()
    foreseen: list[Mapping[Effort, AnswerCost]] = []
    bench.service.tree.foresee(shown(bench)[3].id, foreseen.append)
    asked = bench.engine.forecasts[-3:]
    assert [one.conversation[-1] for one in asked] == [UserMessage("second")] * 3
    for read, request in enumerate(asked):
        bench.engine.emit(Forecast(request.number, 9, read * 1000, float(read)))
    bench.settle()
    assert foreseen == [
        {
            Effort.LOW: AnswerCost(0, 0.0),
            Effort.MEDIUM: AnswerCost(1000, 1.0),
            Effort.HIGH: AnswerCost(2000, 2.0),
        }
    ]


def test_only_the_newest_question_of_costs_is_answered(bench: Bench) -> None:
    say(bench, "first")
    foreseen: list[str] = []
    bench.service.tree.foresee(shown(bench)[1].id, lambda _: foreseen.append("older"))
    older = bench.engine.forecasts[-3:]
    bench.service.tree.foresee(shown(bench)[0].id, lambda _: foreseen.append("newer"))
    newer = bench.engine.forecasts[-3:]
    for request in (*older, *newer):
        bench.engine.emit(Forecast(request.number, 0, 1, None))
    bench.settle()
    assert foreseen == ["newer"]


def test_a_branch_that_was_wished_for_is_shown_though_what_was_wished_after_it_fails(
    bench: Bench,
) -> None:
    bench.engine.scripts = [reply("one"), waits]
    say(bench, "first")
    old = shown(bench)[1].id
    bench.service.tree.answer_again(old)
    bench.settle()
    bench.service.stop()
    bench.settle()
    half = shown(bench)[1].id
    bench.service.send("more", Effort.LOW)
    bench.service.tree.show(old)
    bench.service.tree.go_on(half)  # by then something follows it
    bench.settle()
    assert texts(shown(bench)) == ["first", "one"]
    assert shown(bench) == stored(bench)
