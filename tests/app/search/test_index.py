from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.attachments.values import AttachedFile, FileKind
from app.chats.database import open_database
from app.chats.migrations import MIGRATIONS
from app.chats.split_database import SplitDatabase
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from app.search.finding import LOOKED_AT
from app.secrets import DatabaseKey
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import Effort
from tests.app.search.conftest import NOW_MS, History

BEFORE_THE_INDEX = next(
    number for number, step in enumerate(MIGRATIONS) if any("message_index" in one for one in step)
)


def index_bytes(store: ChatStore) -> bytes:
    """Everything that the index keeps, decrypted."""
    tables = [
        row[0]
        for row in store.database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'message_index_%'"
        )
    ]
    assert "message_index_data" in tables
    rows = [row for table in tables for row in store.database.rows(f"SELECT * FROM {table}")]  # noqa: S608 - names of the test's own
    return b"".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


def test_questions_answers_and_what_is_said_before_calls_are_found(history: History) -> None:
    question = history.ask("Where do walruses live?")
    answer = history.answer(question, "In the Arctic.", preamble="Let me look that up.")

    assert history.hits("walrus") == [question.id]
    assert history.hits("arctic") == [answer.id]
    assert history.hits("look up") == [answer.id]


def test_thoughts_are_not_found(history: History) -> None:
    question = history.ask("Hello")
    history.answer(question, "Hi.", thoughts=(ThoughtPiece("The user greets me.", ()),))

    assert history.hits("greets") == []


def test_a_withheld_answer_is_not_found_until_the_user_wants_it_shown(history: History) -> None:
    question = history.ask("Hello")
    answer = history.answer(question, "Forbidden fruit.")
    checks = StoredChecks(history.store.database)
    checks.keep(answer.id, MessageCheck(CheckState.VIOLATION))
    assert history.hits("fruit") == []

    checks.appeal(answer.id)
    assert history.hits("fruit") == [answer.id]


def test_an_answer_being_written_costs_the_index_nothing_until_it_ends(history: History) -> None:
    begun = history.store.begin_answer(history.ask("Hello").id, Effort.LOW, NOW_MS)
    history.store.search.index.work(60)
    for text in ("One", "One two", "One two three"):
        history.store.update_answer(replace(begun, text=text))
        assert not history.store.search.index.has_work()

    history.store.finish_answer(replace(begun, text="One two", status=MessageStatus.STOPPED))
    assert history.hits("two") == [begun.id]


def test_an_interrupted_answer_is_found(history: History, reopen: Callable[[], ChatStore]) -> None:
    begun = history.store.begin_answer(history.ask("Hello").id, Effort.LOW, NOW_MS)
    history.store.update_answer(replace(begun, text="as far as it came"))
    reopen()

    assert history.hits("came") == [begun.id]


def test_a_file_is_found_by_its_name_and_by_what_it_says(history: History) -> None:
    file = AttachedFile("quarterly-report.pdf", FileKind.PDF, "Revenue rose by a tenth.")
    message = history.ask("Sum this up", files=(file,))

    assert history.hits("quarterly") == [message.id]
    (hit,) = history.find("revenue").hits
    assert hit.snippet == "quarterly-report.pdf Revenue rose by a tenth."


def test_a_history_from_before_the_index_is_indexed_in_steps(history: History) -> None:
    history.store.close()
    file = history.file.with_name("old.db")
    old = open_database(file, history.key, MIGRATIONS[:BEFORE_THE_INDEX])
    old.rows("INSERT INTO chat (id, title, created_ms, updated_ms) VALUES (1, 'Old', 1, 1)")
    for number in range(1, 61):
        old.rows(
            "INSERT INTO message (id, chat_id, role, text, created_ms, status, effort)"
            " VALUES (?1, 1, 'user', 'word' || ?1, 1, 'complete', 'low')",
            (number,),
        )
    old.close()

    history.store = ChatStore(open_database(file, history.key))
    index = history.store.search.index
    assert index.waiting() == 60
    assert index.work(0.0)
    assert 0 < index.waiting() < 60
    found = history.store.search.find("word60", history.store.chats(), NOW_MS)
    assert [hit.message_id for hit in found.hits] == [60]
    assert found.waiting == index.waiting()
    while index.work(0.0):
        pass
    assert history.hits('"word1"') == [1]
    assert history.find("word1").waiting == 0


def test_a_deleted_chat_is_found_again_once_it_is_restored(history: History) -> None:
    message = history.ask("Where is the otter?")
    assert history.hits("otter") == [message.id]

    history.store.delete_chat(message.chat_id, NOW_MS)
    assert history.hits("otter") == []

    history.store.restore_chat(message.chat_id)
    assert history.hits("otter") == [message.id]


def test_a_deleted_message_is_not_found_until_it_is_restored(history: History) -> None:
    question = history.ask("Where is the otter?")
    answer = history.answer(question, "The otter is here.")
    part = history.store.trash.delete_messages(answer.id, NOW_MS)
    assert history.hits("otter") == [question.id]

    history.store.trash.restore_messages(part.number)
    assert set(history.hits("otter")) == {question.id, answer.id}

    part = history.store.trash.delete_messages(answer.id, NOW_MS)
    history.store.trash.purge_messages(part.number)
    assert b"here" not in index_bytes(history.store).replace(b"where", b"")


def test_nothing_of_a_purged_chat_is_left_in_the_index(
    history: History, reopen: Callable[[], ChatStore]
) -> None:
    gone = history.ask("zanzibar xylophone")
    kept = history.ask("quokka")
    history.store.search.index.work(60)
    assert b"zanzibar" in index_bytes(history.store)

    history.store.delete_chat(gone.chat_id, 1)
    history.store.purge_deleted(2)

    left = index_bytes(history.store)
    assert b"zanzibar" not in left
    assert b"xylophone" not in left
    assert b"quokka" in left
    assert history.hits("zanzibar") == []
    assert index_bytes(reopen()).count(b"zanzibar") == 0
    assert history.hits("quokka") == [kept.id]


def test_the_pages_of_a_purged_chat_are_overwritten(history: History) -> None:
    """Looks at every byte of the file and its log, in a history without encryption."""
    history.store.close()
    file = history.file.with_name("plain.db")
    history.store = store = ChatStore(open_database(file, DatabaseKey(None)))
    gone = [history.ask(f"zanzibar{number} " * 40) for number in range(80)]
    history.ask("quokka")
    store.search.index.work(60)
    for message in gone:
        store.delete_chat(message.chat_id, 1)
    store.database.fold_log()
    assert b"zanzibar" in file.read_bytes()

    store.purge_deleted(2)

    on_disk = b"".join(one.read_bytes() for one in file.parent.glob("plain.db*"))
    assert b"quokka" in on_disk
    assert b"zanzibar" not in on_disk


def test_words_of_many_purged_messages_are_scoured_in_steps(history: History) -> None:
    chat = history.ask("walrus0").chat_id
    for number in range(1, 40):
        history.ask(f"walrus{number}", chat=chat)
        history.store.search.index.work(60)
    history.store.delete_chat(chat, 1)
    with history.store.database.transaction():
        history.store.database.rows("DELETE FROM chat WHERE id = ?", (chat,))
    index = history.store.search.index

    assert index.has_work()
    while index.scour(0.0):
        pass
    assert not index.has_work()
    assert b"walrus" not in index_bytes(history.store)


def test_two_processes_may_index_the_same_history(history: History) -> None:
    other = ChatStore(open_database(history.file, history.key))
    messages = [history.ask(f"otter number {number}") for number in range(50)]
    other.search.index.work(0.0)
    history.store.search.index.work(0.0)
    other.search.index.work(60)
    found = other.search.find("otter", other.chats(), NOW_MS)
    other.close()

    assert found.total == len(messages)
    assert not history.store.search.index.has_work()


@pytest.mark.parametrize("text", ["", " ", "?!", "\u0000", "\ud800"])
def test_messages_without_words_are_no_trouble(history: History, text: str) -> None:
    history.ask(text)
    history.store.search.index.work(60)

    assert not history.store.search.index.has_work()


def test_a_private_chat_is_found_and_its_words_never_reach_the_disk(history: History) -> None:
    history.store.close()
    file = history.file.with_name("split.db")
    ordinary = open_database(file, DatabaseKey(None))
    history.store = store = ChatStore(SplitDatabase(ordinary))
    history.ask("an open otter")
    private = store.private.begin("Private", NOW_MS)
    secret = history.ask("a secret zanzibar otter", chat=private.id)
    open_too = history.ask("another open otter")

    assert history.hits("zanzibar") == [secret.id]
    assert history.find("otter").total == 3
    ordinary.fold_log()
    on_disk = b"".join(one.read_bytes() for one in file.parent.glob("split.db*"))
    assert b"zanzibar" not in on_disk

    store.close()
    history.store = ChatStore(open_database(file, DatabaseKey(None)))
    assert history.hits("zanzibar") == []
    assert open_too.id in history.hits("otter")


def test_the_newest_of_private_and_other_messages_are_looked_at(history: History) -> None:
    history.store.close()
    history.store = store = ChatStore(SplitDatabase(open_database(history.file, history.key)))
    first = history.ask("otter")
    for _ in range(LOOKED_AT):
        history.ask("otter", chat=first.chat_id, after=first)
    secret = history.ask("otter", chat=store.private.begin("Private", NOW_MS).id)

    assert secret.id in history.hits("otter")


def test_a_deleted_message_is_not_found_until_it_comes_back(history: History) -> None:
    question = history.ask("Apples")
    answer = history.answer(question, "Forbidden fruit.")
    part = history.store.trash.delete_messages(question.id, NOW_MS)
    assert history.hits("fruit") == []

    history.store.trash.restore_messages(part.number)
    assert history.hits("fruit") == [answer.id]
    again = history.store.trash.delete_messages(answer.id, NOW_MS)
    history.store.trash.purge_messages(again.number)
    assert history.hits("fruit") == []
    assert history.hits("apples") == [question.id]
