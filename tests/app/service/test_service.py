from __future__ import annotations

from dataclasses import replace

from app.chats.calling import GAVE_UP
from app.chats.changes import (
    AnswerCallChanged,
    AnswerTextAdded,
    AnswerThoughtAdded,
    BusyChanged,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    ModelState,
    SendRefused,
    StatusChanged,
    UndoOffered,
)
from app.chats.values import Chat, Message, MessageStatus
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    PreambleAdded,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
    Usage,
)
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    SystemMessage,
    UserMessage,
)
from engine.requests import AnswerRequest
from tests.app.service.conftest import Bench, ScriptedEngine, reply


def ended(bench: Bench) -> Message:
    change = bench.of(MessageEnded)[-1]
    assert isinstance(change, MessageEnded)
    return change.message


def open_chat(bench: Bench) -> Chat:
    listed = bench.of(ChatsChanged)[-1]
    assert isinstance(listed, ChatsChanged)
    return next(chat for chat in listed.chats if chat.id == listed.current)


def stored_branch(bench: Bench, chat: Chat) -> tuple[Message, ...]:
    return bench.storage.submit(lambda store: store.branch(chat.id)).result()


def waits(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    return [TextAdded(request.turn_id, "half an")]


def test_start_lists_the_chats_and_loads_the_model_that_was_found(bench: Bench) -> None:
    assert bench.of(ChatsChanged) == [ChatsChanged((), None)]
    assert [load.path.name for load in bench.engine.loads] == ["a-model.gguf"]
    status = bench.of(StatusChanged)[-1]
    assert isinstance(status, StatusChanged)
    assert status.state is ModelState.LOADING
    assert status.is_practice


def test_an_answer_streams_ends_and_is_stored(bench: Bench) -> None:
    bench.engine.scripts = [reply("hello there you")]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()

    texts = [c.text for c in bench.of(AnswerTextAdded) if isinstance(c, AnswerTextAdded)]
    assert texts == ["hello", "there", "you"]
    assert ended(bench).status is MessageStatus.COMPLETE
    assert ended(bench).text == "hellothereyou"
    assert [m.text for m in stored_branch(bench, open_chat(bench))] == ["Hi", "hellothereyou"]
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=False)


def test_the_question_is_committed_before_the_engine_hears_of_it(bench: Bench) -> None:
    seen: list[str] = []

    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        chats = bench.storage.submit(lambda store: store.chats()).result()
        seen.extend(message.text for message in stored_branch(bench, chats[0]))
        return [Finished(request.turn_id, StopReason.END_OF_TURN, Usage())]

    bench.engine.scripts = [script]
    bench.service.send("remember this", Effort.MEDIUM)
    bench.settle()

    assert seen == ["remember this", ""]


def test_the_next_turn_sends_the_whole_branch_without_thoughts(bench: Bench) -> None:
    def thinks(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [
            ThoughtAdded(request.turn_id, ThoughtPiece("It is a greeting.")),
            TextAdded(request.turn_id, "Hello!"),
            Finished(request.turn_id, StopReason.END_OF_TURN, Usage()),
        ]

    bench.engine.scripts = [thinks]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    bench.service.send("And now?", Effort.HIGH)
    bench.settle()

    system, *rest = bench.engine.requests[1].conversation
    assert isinstance(system, SystemMessage)
    assert system.effort is Effort.HIGH
    assert rest == [
        UserMessage("Hi"),
        AssistantMessage(Channel.FINAL, "Hello!"),
        UserMessage("And now?"),
    ]
    assert bench.of(AnswerThoughtAdded)
    assert ended(bench).thoughts == ()


def test_stop_keeps_what_is_there_and_marks_it(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("Tell me everything", Effort.LOW)
    bench.settle()
    bench.service.stop()
    bench.settle()

    assert ended(bench).status is MessageStatus.STOPPED
    assert [m.status for m in stored_branch(bench, open_chat(bench))] == [
        MessageStatus.COMPLETE,
        MessageStatus.STOPPED,
    ]


def test_stop_before_the_question_is_stored_still_stops_the_answer(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("Tell me everything", Effort.LOW)
    bench.service.stop()
    bench.settle()

    assert ended(bench).status is MessageStatus.STOPPED


def test_what_is_sent_before_the_model_is_found_waits_for_it(impatient: Bench) -> None:
    impatient.service.start()
    impatient.service.send("Hi", Effort.LOW)
    impatient.settle_storage()
    assert impatient.engine.requests == []

    impatient.found.set()
    impatient.settle()

    assert len(impatient.engine.loads) == 1
    assert ended(impatient).status is MessageStatus.COMPLETE


def test_stop_while_waiting_for_the_model_ends_the_answer_for_good(impatient: Bench) -> None:
    impatient.service.start()
    impatient.service.send("Hi", Effort.LOW)
    impatient.settle_storage()
    impatient.service.stop()
    impatient.found.set()
    impatient.settle()

    assert ended(impatient).status is MessageStatus.STOPPED
    assert impatient.engine.requests == []


def test_a_failed_answer_keeps_its_text_and_the_reason(bench: Bench) -> None:
    def breaks(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [
            TextAdded(request.turn_id, "so far"),
            Failed(request.turn_id, "The model stopped.", "Load it again."),
        ]

    bench.engine.scripts = [breaks]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()

    message = stored_branch(bench, open_chat(bench))[-1]
    assert (message.text, message.status) == ("so far", MessageStatus.FAILED)
    assert message.problem is not None
    assert message.problem.title == "The model stopped."


def test_a_second_send_while_busy_hands_the_text_back(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("first", Effort.LOW)
    bench.settle()
    bench.service.send("second", Effort.LOW)

    refused = bench.of(SendRefused)
    assert [c.text for c in refused if isinstance(c, SendRefused)] == ["second"]
    assert len(bench.engine.requests) == 1


def test_partial_answers_are_committed_about_once_a_second(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    turn_id = bench.engine.requests[0].turn_id
    chat = open_chat(bench)
    assert stored_branch(bench, chat)[-1].text == ""

    bench.now_ms += 1000
    bench.engine.play(TextAdded(turn_id, " answer"))
    bench.settle()

    assert stored_branch(bench, chat)[-1].text == "half an answer"
    assert stored_branch(bench, chat)[-1].status is MessageStatus.STREAMING


def test_a_tool_nobody_offered_is_answered_in_band_and_then_the_turn_goes_on(bench: Bench) -> None:
    def calls(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [
            PreambleAdded(request.turn_id, "Let me look."),
            ToolCalled(request.turn_id, "functions.fly", "{}", Channel.COMMENTARY),
        ]

    bench.engine.scripts = [calls]
    bench.service.send("Fly", Effort.LOW)
    bench.settle()

    (result,) = bench.engine.results
    assert result.name == "functions.fly"
    assert "no such tool" in result.text
    assert bench.of(AnswerCallChanged)


def test_a_model_that_only_calls_missing_tools_is_stopped(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("Fly", Effort.LOW)
    bench.settle()
    turn_id = bench.engine.requests[0].turn_id
    for _ in range(4):
        bench.engine.play(ToolCalled(turn_id, "functions.fly", "{}", Channel.COMMENTARY))
        bench.settle()

    assert len(bench.engine.results) == 3
    assert ended(bench).status is MessageStatus.FAILED
    assert ended(bench).problem == GAVE_UP
    assert ended(bench).text == "half an"


def test_deleting_offers_undo_and_undo_brings_everything_back(bench: Bench) -> None:
    bench.service.send("Keep me", Effort.LOW)
    bench.settle()
    chat = open_chat(bench)
    bench.service.delete_chat(chat.id)
    bench.settle()
    assert bench.of(ChatsChanged)[-1] == ChatsChanged((), None)
    assert bench.of(ChatOpened)[-1] == ChatOpened(None, ())
    assert [c.subject for c in bench.of(UndoOffered) if isinstance(c, UndoOffered)] == [chat]

    bench.service.undo()
    bench.settle()

    shown = bench.of(ChatOpened)[-1]
    assert isinstance(shown, ChatOpened)
    assert [m.text for m in shown.messages] == ["Keep me", "fine"]
    assert open_chat(bench).id == chat.id


def test_an_answer_goes_on_while_another_chat_is_shown(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("slow one", Effort.LOW)
    bench.settle()
    slow = open_chat(bench)
    bench.service.new_chat()
    bench.changes.clear()
    turn_id = bench.engine.requests[0].turn_id
    bench.engine.play(TextAdded(turn_id, " answer"))
    bench.settle()
    assert not bench.of(AnswerTextAdded)

    bench.service.open_chat(slow.id)
    bench.settle()
    shown = bench.of(ChatOpened)[-1]
    assert isinstance(shown, ChatOpened)
    assert shown.messages[-1].text == "half an answer"
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=True, message_id=shown.messages[-1].id)


def test_renaming_shows_the_new_title_and_a_blank_one_changes_nothing(bench: Bench) -> None:
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    chat = open_chat(bench)
    bench.service.rename_chat(chat.id, "  A   better name ")
    bench.service.rename_chat(chat.id, "   ")
    bench.settle()

    assert open_chat(bench).title == "A better name"


def test_closing_in_mid_answer_keeps_the_text_as_stopped(bench: Bench) -> None:
    bench.engine.scripts = [waits]
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    kept: list[Message] = []
    finish = bench.storage.submit
    bench.service._answers.abandon()
    kept.extend(finish(lambda store: store.branch(open_chat(bench).id)).result())

    assert (kept[-1].text, kept[-1].status) == ("half an", MessageStatus.STOPPED)


def test_late_events_of_a_turn_that_ended_change_nothing(bench: Bench) -> None:
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    turn_id = bench.engine.requests[0].turn_id
    bench.changes.clear()
    bench.engine.play(TextAdded(turn_id, "ghost"))
    bench.settle()

    assert bench.changes == []


def test_messages_are_added_question_first(bench: Bench) -> None:
    bench.service.send("Hi", Effort.LOW)
    bench.settle()
    added = [c.message for c in bench.of(MessageAdded) if isinstance(c, MessageAdded)]

    assert [message.text for message in added] == ["Hi", ""]
    assert replace(added[1], status=MessageStatus.COMPLETE).parent_id == added[0].id
