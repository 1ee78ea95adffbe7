"""The form of a chat's answers in the store."""

from __future__ import annotations

from dataclasses import replace

from app.chats.store import ChatStore
from app.chats.values import MessageStatus
from engine.harmony.messages import Effort, ResponseFormat

TRIP = ResponseFormat("여행", '{"type":"object","title":"Trip"}', "Where to.")


def test_a_chat_keeps_the_form_of_its_answers(store: ChatStore) -> None:
    chat, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    store.answer_forms.keep(chat.id, TRIP)
    bound = replace(chat, response_format=TRIP)
    assert store.chats() == (bound,)
    assert store.chat(chat.id) == bound
    answer = store.begin_answer(question.id, Effort.LOW, 1)
    assert answer.format_name == TRIP.name
    store.finish_answer(replace(answer, text="{}", status=MessageStatus.COMPLETE))

    chat, question = store.append_user(chat.id, answer.id, "And?", Effort.LOW, 2, title="")
    assert chat.response_format == TRIP
    store.answer_forms.keep(chat.id, None)
    free = store.begin_answer(question.id, Effort.LOW, 2)
    assert free.format_name == ""
    assert [message.format_name for message in store.branch(chat.id)] == ["", TRIP.name, "", ""]
    (chat,) = store.chats()
    assert chat.response_format is None


def test_halves_of_surrogate_pairs_in_a_format_do_no_harm(store: ChatStore) -> None:
    chat, _ = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    store.answer_forms.keep(chat.id, ResponseFormat("a\ud800", '{"title":"\udfff"}'))
    (chat,) = store.chats()
    assert chat.response_format == ResponseFormat("a\ufffd", '{"title":"\ufffd"}')
