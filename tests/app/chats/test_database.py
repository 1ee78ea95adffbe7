from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.chats.database import Database, StorageError, open_database, open_memory_database
from app.chats.store import ChatStore
from app.chats.values import MessageStatus
from app.secrets import DatabaseKey
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import Effort

OpenStore = Callable[..., ChatStore]

ROOT = Path(__file__).resolve().parents[3]


def files_of(file: Path) -> list[Path]:
    return [path for path in file.parent.iterdir() if path.name.startswith(file.name)]


def write_a_turn(store: ChatStore) -> None:
    _, question = store.append_user(
        None, None, "PLANTED-QUESTION 비밀스러운질문", Effort.LOW, 1, title="PLANTED-TITLE"
    )
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    partial = replace(answer, text="PLANTED-ANSWER", thoughts=(ThoughtPiece("PLANTED-THOUGHT"),))
    store.update_answer(partial)
    store.finish_answer(replace(partial, status=MessageStatus.COMPLETE))


def planted(file: Path) -> list[str]:
    needles = ["PLANTED", "비밀스러운질문", "SQLite format 3", "CREATE TABLE"]
    return [
        f"{needle} in {path.name}"
        for path in files_of(file)
        for needle in needles
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if needle.encode(encoding) in path.read_bytes()
    ]


def test_no_file_holds_a_word_in_plain_text(store: ChatStore, file: Path) -> None:
    write_a_turn(store)

    assert {path.name for path in files_of(file)} == {"chats.db", "chats.db-wal", "chats.db-shm"}
    assert planted(file) == []
    store.close()
    assert planted(file) == []


def test_without_encryption_the_search_for_plain_text_finds_it(file: Path) -> None:
    store = ChatStore(open_database(file, DatabaseKey(None)))
    write_a_turn(store)
    store.close()

    assert len(planted(file)) >= 4


def test_the_key_itself_is_in_no_file(store: ChatStore, file: Path, key: DatabaseKey) -> None:
    write_a_turn(store)

    assert key.raw is not None
    for path in files_of(file):
        assert key.raw not in path.read_bytes()
        assert key.raw.hex().encode() not in path.read_bytes().lower()


def test_the_files_are_for_their_owner_only(store: ChatStore, file: Path) -> None:
    write_a_turn(store)

    assert {stat.S_IMODE(path.stat().st_mode) for path in files_of(file)} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_another_key_is_told_plainly_and_leaves_the_file_alone(
    store: ChatStore, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_a_turn(store)
    store.close()
    before = file.read_bytes()
    for wrong in (DatabaseKey(bytes(32)), DatabaseKey(None)):
        with pytest.raises(StorageError, match="cannot be unlocked"):
            open_database(file, wrong)

    assert file.read_bytes() == before
    assert capfd.readouterr().err == ""


def test_a_history_without_encryption_does_not_open_with_a_key(
    file: Path, key: DatabaseKey
) -> None:
    open_database(file, DatabaseKey(None)).close()

    with pytest.raises(StorageError, match="cannot be unlocked"):
        open_database(file, key)


@pytest.mark.parametrize(("place", "length"), [(0, 64), (5000, 64), (100_000, 20_000)])
def test_a_damaged_file_is_told_and_never_read_as_something_else(
    store: ChatStore, file: Path, key: DatabaseKey, place: int, length: int
) -> None:
    for number in range(40):
        store.create_chat(f"chat {number} " + "x" * 2000, number)
    store.close()
    whole = bytearray(file.read_bytes())
    assert len(whole) > 120_000
    whole[place : place + length] = bytes(length)
    file.write_bytes(whole)

    with pytest.raises(StorageError):
        ChatStore(open_database(file, key)).chats()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path, key: DatabaseKey) -> None:
    (tmp_path / "chats.db").mkdir()

    with pytest.raises(StorageError, match="cannot be opened"):
        open_database(tmp_path / "chats.db", key)


def test_a_link_to_nowhere_is_told(tmp_path: Path, key: DatabaseKey) -> None:
    (tmp_path / "chats.db").symlink_to(tmp_path / "missing" / "chats.db")

    with pytest.raises(StorageError, match="cannot be opened"):
        open_database(tmp_path / "chats.db", key)


def test_a_full_disk_undoes_the_transaction_and_says_so(file: Path, key: DatabaseKey) -> None:
    database = open_database(file, key)
    store = ChatStore(database)
    kept = store.create_chat("kept", 1)
    database.rows("PRAGMA max_page_count = 10")

    with pytest.raises(StorageError, match="disk is full") as caught:
        store.append_user(None, None, "words " * 20_000, Effort.LOW, 1, title="too long")
    assert caught.value.hint

    database.rows("PRAGMA max_page_count = 100000")
    assert store.chats() == (kept,)
    store.append_user(None, None, "words " * 20_000, Effort.LOW, 1, title="fits")
    store.close()


def test_an_error_never_quotes_what_was_written(store: ChatStore) -> None:
    with pytest.raises(StorageError) as caught:
        store._database.rows("SELECT json('a secret of the user')")

    assert "secret" not in f"{caught.value} {caught.value.hint} {caught.value.detail}"
    assert caught.value.title


def test_a_failure_in_a_transaction_undoes_all_of_it() -> None:
    database = open_memory_database()

    def half_way() -> None:
        with database.transaction():
            database.rows("INSERT INTO chat (title, created_ms, updated_ms) VALUES ('a', 1, 1)")
            raise KeyError

    with pytest.raises(KeyError):
        half_way()

    assert database.rows("SELECT * FROM chat") == []
    database.close()
    database.close()


def test_a_transaction_that_sqlite_itself_undid_ends_with_its_error() -> None:
    database = open_memory_database()

    def undone() -> None:
        with database.transaction():
            database.rows("INSERT INTO chat (title, created_ms, updated_ms) VALUES ('a', 1, 1)")
            database.rows(
                "INSERT OR ROLLBACK INTO chat (id, title, created_ms, updated_ms)"
                " VALUES (1, 'b', 1, 1)"
            )

    with pytest.raises(StorageError):
        undone()

    assert database.rows("SELECT * FROM chat") == []
    database.close()


def test_a_lock_held_too_long_is_told_and_nothing_is_lost(
    file: Path, key: DatabaseKey, open_store: OpenStore
) -> None:
    patient = open_store()
    impatient = open_database(file, key)
    impatient.rows("PRAGMA busy_timeout = 1")
    with patient._database.transaction():
        with pytest.raises(StorageError, match="Another program"):
            ChatStore(impatient).create_chat("refused", 1)
        patient._database.rows(
            "INSERT INTO chat (title, created_ms, updated_ms) VALUES ('stored', 1, 1)"
        )

    assert [chat.title for chat in ChatStore(impatient).chats()] == ["stored"]
    impatient.close()


def test_a_reader_is_not_held_up_by_a_writer(open_store: OpenStore) -> None:
    writer, reader = open_store(), open_store()
    writer.create_chat("before", 1)
    with writer._database.transaction():
        writer._database.rows(
            "INSERT INTO chat (title, created_ms, updated_ms) VALUES ('during', 2, 2)"
        )
        assert [chat.title for chat in reader.chats()] == ["before"]

    assert [chat.title for chat in reader.chats()] == ["during", "before"]


def test_a_file_that_stays_locked_while_it_is_opened_is_told(file: Path, key: DatabaseKey) -> None:
    open_database(file, key).close()
    holder = open_database(file, key)
    holder.rows("PRAGMA locking_mode = EXCLUSIVE")
    holder.rows("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="Another program"):
        open_database(file, key, busy_seconds=0.1)
    holder.rows("COMMIT")
    holder.close()

    open_database(file, key).close()


_CHILD = """
import sys
from pathlib import Path
from app.chats.database import open_database
from app.chats.store import ChatStore
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort
name, file = sys.argv[1], Path(sys.argv[2])
sys.stdin.readline()
store = ChatStore(open_database(file, DatabaseKey(bytes(range(32)))))
for number in range(20):
    store.append_user(None, None, f"{name} {number}", Effort.LOW, number, title=name)
store.close()
"""


def test_processes_that_make_the_file_at_the_same_moment_and_all_write_lose_nothing(
    file: Path, store: ChatStore
) -> None:
    new = file.parent / "new.db"
    names = ["one", "two", "three"]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _CHILD, name, str(new)], stdin=subprocess.PIPE, cwd=ROOT
        )
        for name in names
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.close()
    assert [child.wait(60) for child in children] == [0, 0, 0]

    found = Database(open_database(new, DatabaseKey(bytes(range(32))))._connection)
    titles = [chat.title for chat in ChatStore(found).chats()]
    assert found.rows("PRAGMA integrity_check") == [("ok",)]
    found.close()
    assert sorted(titles) == sorted(names * 20)
    assert store.chats() == ()


def test_deleted_words_are_overwritten_when_they_are_purged(file: Path) -> None:
    store = ChatStore(open_database(file, DatabaseKey(None)))
    write_a_turn(store)
    (chat,) = store.chats()
    store.delete_chat(chat.id, 1)
    store.purge_deleted(2)

    assert [found for found in planted(file) if "PLANTED" in found] == []
    store.close()


def test_the_schema_keeps_a_message_from_following_itself_or_a_later_one(store: ChatStore) -> None:
    write_a_turn(store)
    with pytest.raises(StorageError):
        store._database.rows("UPDATE message SET parent_id = id")

    assert store._database.rows("SELECT count(*) FROM message WHERE parent_id = id") == [(0,)]
