"""Chats whose answers are bound to a JSON schema."""

from __future__ import annotations

from app.chats.changes import ChatsChanged, MessageEnded, ResponseFormatChanged
from app.chats.values import Message
from engine.harmony.messages import DeveloperMessage, Effort, ResponseFormat
from tests.app.service.conftest import Bench

TRIP = ResponseFormat("trip", '{"type":"object"}')


def ask(bench: Bench, text: str) -> Message:
    bench.service.send(text, Effort.LOW)
    bench.settle()
    ended = bench.of(MessageEnded)[-1]
    assert isinstance(ended, MessageEnded)
    return ended.message


def test_a_new_chat_is_bound_from_its_first_answer_on(bench: Bench) -> None:
    bench.service.new_chat()
    bench.service.form.choose(TRIP)
    assert bench.of(ResponseFormatChanged)[-1] == ResponseFormatChanged(TRIP)
    assert ask(bench, "Where to?").format_name == "trip"
    assert ask(bench, "And then?").format_name == "trip"
    for request in bench.engine.requests:
        assert request.response_format == TRIP
    listed = bench.of(ChatsChanged)[-1]
    assert isinstance(listed, ChatsChanged)
    assert listed.chats[0].response_format == TRIP


def test_a_chat_is_set_free_again_and_another_was_never_bound(bench: Bench) -> None:
    bench.service.form.choose(TRIP)
    chat_id = ask(bench, "Where to?").chat_id
    bench.service.form.choose(None)
    assert ask(bench, "Just talk").format_name == ""
    assert bench.engine.requests[-1].response_format is None
    assert not any(
        isinstance(message, DeveloperMessage) for message in bench.engine.requests[-1].conversation
    )
    bench.service.form.choose(TRIP)
    bench.service.new_chat()
    assert bench.of(ResponseFormatChanged)[-1] == ResponseFormatChanged(None)
    assert ask(bench, "Hello").format_name == ""
    bench.service.open_chat(chat_id)
    bench.settle()
    assert bench.of(ResponseFormatChanged)[-1] == ResponseFormatChanged(TRIP)
