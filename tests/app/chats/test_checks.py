"""Checks of messages in the store: what is withheld does not come out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.database import StorageError
from app.chats.ids import MessageId
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import Message, MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import Effort
from tests.app.chats.conftest import OpenStore

FOUND = MessageCheck(CheckState.VIOLATION, "욕설")


@pytest.fixture
def answer(store: ChatStore) -> Message:
    """An answer that is being written and to be checked, with something in it."""
    _, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    made = store.begin_answer(question.id, Effort.LOW, 1)
    StoredChecks(store.database).keep(made.id, MessageCheck())
    written = replace(made, text="Bad word.", preamble="So.", thoughts=(ThoughtPiece("Hm."),))
    store.update_answer(written)
    return written


def stored(store: ChatStore, message: Message) -> Message:
    return store.branch(message.chat_id)[-1]


def test_what_is_not_checked_yet_does_not_come_out(store: ChatStore, answer: Message) -> None:
    found = stored(store, answer)
    assert found.is_withheld
    assert (found.text, found.preamble, found.thoughts) == ("", "", ())


def test_what_is_fine_comes_out_whole(store: ChatStore, answer: Message) -> None:
    StoredChecks(store.database).keep(answer.id, MessageCheck(CheckState.FINE))
    store.finish_answer(replace(answer, status=MessageStatus.COMPLETE))
    found = stored(store, answer)
    assert (found.text, found.preamble) == ("Bad word.", "So.")
    assert found.thoughts == (ThoughtPiece("Hm."),)


def test_an_appeal_brings_it_out_and_is_remembered(store: ChatStore, answer: Message) -> None:
    StoredChecks(store.database).keep(answer.id, FOUND)
    store.finish_answer(replace(answer, status=MessageStatus.COMPLETE))
    assert stored(store, answer).text == ""
    assert stored(store, answer).check == FOUND
    shown = StoredChecks(store.database).appeal(answer.id)
    assert shown.text == "Bad word."
    assert stored(store, answer) == shown
    assert shown.check == replace(FOUND, is_appealed=True)


def test_an_answer_that_was_interrupted_before_its_check_stays_withheld(
    open_store: OpenStore,
) -> None:
    first = open_store()
    chat, question = first.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    made = first.begin_answer(question.id, Effort.LOW, 1)
    StoredChecks(first.database).keep(made.id, MessageCheck())
    first.update_answer(replace(made, text="Bad word."))
    first.close()
    found = open_store().branch(chat.id)[-1]
    assert found.status is MessageStatus.INTERRUPTED
    assert found.is_withheld
    assert found.text == ""


def test_a_question_is_the_users_own_and_stays_readable(store: ChatStore) -> None:
    chat, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    StoredChecks(store.database).keep(question.id, FOUND)
    (found,) = store.branch(chat.id)
    assert found.is_withheld
    assert found.text == "Hi"


def test_what_was_never_checked_cannot_be_appealed(store: ChatStore) -> None:
    _, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title="Chat")
    for message_id in (question.id, MessageId(99)):
        with pytest.raises(StorageError):
            StoredChecks(store.database).appeal(message_id)
