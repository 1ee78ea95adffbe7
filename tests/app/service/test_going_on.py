"""An answer that broke off goes on where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.changes import (
    AnswerTextAdded,
    BusyChanged,
    ChatOpened,
    MessageEnded,
    NoticeRaised,
)
from app.chats.values import Message, MessageStatus
from app.permissions.strictness import Strictness
from app.permissions.values import Decision
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    StopReason,
    TextAdded,
    ThinkingCut,
    ThoughtAdded,
    Usage,
)
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    ResponseFormat,
    ToolMessage,
    UserMessage,
)
from engine.requests import AnswerRequest
from tests.app.service.calls_bench import Loop
from tests.app.service.conftest import Bench, ScriptedEngine, reply
from tests.app.service.test_tree import chat_id, say, shown, stored, texts, waits

FIRST = Usage(
    reused_tokens=100,
    read_tokens=20,
    thought_tokens=5,
    reply_tokens=9,
    reply_seconds=2.0,
    context_tokens=129,
    thinking_cut=ThinkingCut.ASKED,
)


def thinks_and_stops(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    turn = request.turn_id
    return [
        ThoughtAdded(turn, ThoughtPiece("Hm.")),
        TextAdded(turn, "half an "),
        Finished(turn, StopReason.CANCELLED, FIRST),
    ]


def goes_on(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    second = Usage(reused_tokens=128, read_tokens=1, reply_tokens=4, reply_seconds=1.0)
    return [
        TextAdded(request.turn_id, " answer."),
        Finished(request.turn_id, StopReason.END_OF_TURN, replace(second, context_tokens=133)),
    ]


def go_on(bench: Bench) -> Message:
    bench.service.tree.go_on(shown(bench)[-1].id)
    bench.settle()
    return shown(bench)[-1]


def test_the_answer_grows_where_it_stands_from_its_very_words(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, goes_on]
    say(bench, "first")
    before = shown(bench)[1]
    told = len(bench.changes)
    answer = go_on(bench)
    del bench.changes[1:told]

    opened = bench.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    assert (opened.messages[1].status, opened.messages[1].text) == (
        MessageStatus.STREAMING,
        "half an",
    )
    assert bench.of(AnswerTextAdded) == [AnswerTextAdded(before.id, " answer.")]
    assert (answer.id, answer.text, answer.status) == (
        before.id,
        "half an answer.",
        MessageStatus.COMPLETE,
    )
    assert answer.thoughts == before.thoughts
    assert shown(bench) == stored(bench)
    request = bench.engine.requests[1]
    assert request.begun == "half an"
    assert request.conversation == bench.engine.requests[0].conversation
    assert bench.of(BusyChanged)[-1] == BusyChanged(is_busy=False)


def test_what_both_parts_took_adds_up(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, goes_on]
    say(bench, "first")
    usage = go_on(bench).usage
    assert (usage.read_tokens, usage.reused_tokens, usage.reply_tokens) == (21, 228, 13)
    assert (usage.thought_tokens, usage.reply_seconds) == (5, 3.0)
    assert (usage.context_tokens, usage.thinking_cut) == (133, ThinkingCut.ASKED)
    assert stored(bench)[1].usage == usage


def test_it_can_be_stopped_and_go_on_once_more(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, waits, goes_on]
    say(bench, "first")
    assert go_on(bench).status is MessageStatus.STREAMING
    bench.service.stop()
    bench.settle()
    assert shown(bench)[1].status is MessageStatus.STOPPED
    assert shown(bench)[1].text == "half anhalf an"
    assert go_on(bench).text == "half anhalf an answer."
    assert shown(bench) == stored(bench)


def test_stopping_before_the_engine_hears_of_it_loses_nothing(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, waits]
    say(bench, "first")
    bench.service.tree.go_on(shown(bench)[-1].id)
    bench.service.stop()
    bench.settle()
    assert shown(bench)[1].status is MessageStatus.STOPPED
    assert shown(bench)[1].text.startswith("half an")
    assert shown(bench) == stored(bench)


@pytest.mark.parametrize("text", ["", " \ufffd"])
def test_without_words_it_is_made_again(bench: Bench, text: str) -> None:
    def only_thinks(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        turn = request.turn_id
        events: list[EngineEvent] = [ThoughtAdded(turn, ThoughtPiece("Hm."))]
        events += [TextAdded(turn, text)] if text else []
        return [*events, Finished(turn, StopReason.CANCELLED, Usage())]

    bench.engine.scripts = [only_thinks, reply("whole")]
    say(bench, "first", effort=Effort.HIGH)
    old = shown(bench)[1]
    answer = go_on(bench)
    assert answer.id != old.id
    assert (answer.text, answer.effort) == ("whole", Effort.HIGH)
    assert bench.engine.requests[1].begun == ""


def test_half_a_character_is_left_behind(bench: Bench) -> None:
    def breaks_off(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [TextAdded(request.turn_id, "Owl: \ufffd"), Failed(request.turn_id, "It broke.")]

    bench.engine.scripts = [breaks_off, goes_on]
    say(bench, "first")
    assert shown(bench)[1].problem is not None
    answer = go_on(bench)
    assert (answer.text, answer.problem) == ("Owl: answer.", None)


def test_an_answer_that_is_whole_or_not_the_newest_is_left_alone(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, reply("two")]
    say(bench, "first", "second")
    before = shown(bench)
    bench.service.tree.go_on(before[3].id)
    bench.service.tree.go_on(before[2].id)
    bench.settle()
    assert not bench.of(NoticeRaised)
    bench.service.tree.go_on(before[1].id)
    bench.settle()
    raised = bench.of(NoticeRaised)[-1]
    assert isinstance(raised, NoticeRaised)
    assert raised.problem.title.startswith("More was said since")
    assert shown(bench) == before
    assert len(bench.engine.requests) == 2


def test_an_answer_with_another_form_than_the_chats_is_made_again(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, reply("{}")]
    say(bench, "first")
    bench.service.form.choose(ResponseFormat("trip", '{"type":"object"}'))
    bench.settle()
    assert go_on(bench).text == "{}"
    assert len(bench.of(MessageEnded)) == 2


def test_two_windows_cannot_both_go_on_with_it(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, goes_on]
    say(bench, "first")
    answer = shown(bench)[1]
    bench.storage.submit(lambda store: store.take_up_answer(answer.id, 5)).result()
    go_on(bench)
    raised = bench.of(NoticeRaised)[-1]
    assert isinstance(raised, NoticeRaised)
    assert raised.problem.title == "This answer cannot go on any more."
    assert not bench.service.is_busy
    assert len(bench.engine.requests) == 1


def test_an_answer_that_a_crash_interrupted_goes_on(bench: Bench) -> None:
    bench.engine.scripts = [waits, goes_on]
    say(bench, "first")
    turn = bench.engine.requests[0].turn_id
    bench.engine.play(Failed(turn, "", was_interrupted=True))
    bench.settle()
    assert shown(bench)[1].status is MessageStatus.INTERRUPTED
    assert go_on(bench).text == "half an answer."
    assert shown(bench) == stored(bench)


def test_the_chat_is_the_newest_again(bench: Bench) -> None:
    bench.engine.scripts = [thinks_and_stops, reply("other"), goes_on]
    say(bench, "first")
    first = chat_id(bench)
    bench.service.new_chat()
    bench.now_ms += 10
    say(bench, "second")
    bench.service.open_chat(first)
    bench.settle()
    bench.now_ms += 10
    go_on(bench)
    assert bench.storage.submit(lambda store: store.chats()[0].id).result() == first
    assert texts(shown(bench)) == ["first", "half an answer."]


def test_what_was_called_before_the_first_word_is_read_again() -> None:
    loop = Loop(strictness=Strictness.NORMAL)
    loop.found.set()
    loop.service.start()
    loop.settle()
    loop.begin("How much?")
    loop.call("python", "1+1", Channel.ANALYSIS)
    loop.decide(Decision(is_allowed=True))
    loop.wait_for_result()
    turn = loop.engine.requests[-1].turn_id
    loop.engine.play(TextAdded(turn, "It is"), Finished(turn, StopReason.CANCELLED, Usage()))
    loop.wait_for(lambda: bool(loop.of(MessageEnded)))
    stopped = loop.ended
    loop.engine.scripts = [goes_on]
    loop.service.tree.go_on(stopped.id)
    loop.wait_for(lambda: len(loop.of(MessageEnded)) > 1)
    loop.settle()

    *_, question, call, result = loop.engine.requests[-1].conversation
    assert question == UserMessage("How much?")
    assert isinstance(call, AssistantMessage)
    assert (call.recipient, call.text) == ("python", "1+1")
    assert isinstance(result, ToolMessage)
    assert (loop.ended.text, loop.ended.calls) == ("It is answer.", stopped.calls)
    assert loop.stored() == loop.ended
    loop.service.close()
