from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.chats.database import Database, StorageError, open_database
from app.chats.migrations import MIGRATIONS
from app.chats.store import ChatStore
from app.chats.values import TitleBy
from app.secrets import DatabaseKey

# A step that has been published may never change: files out there have taken it already.
PUBLISHED = (
    "55be62a6",
    "d655a90e",
    "88f68fc1",
    "b5ab3959",
    "3d8d979a",
    "313cd699",
    "68eb2483",
    "88a05519",
    "9a9e1635",
    "bef4f9fe",
    "509fd8c3",
    "9e4129fd",
    "2e14066d",
    "fd1056c7",
    "51cb38a7",
    "b8096022",
    "86507027",
    "9d75c4c2",
)

# What a file of each version holds, in the words of that version, where those are other words.
ROWS_OF_VERSION = {
    1: (
        "INSERT INTO chat (id, title, created_ms, updated_ms, leaf_id) VALUES (7, 'Old', 1, 2, 9)",
        "INSERT INTO message (id, chat_id, role, text, created_ms, status, effort)"
        " VALUES (8, 7, 'user', 'Who are you?', 1, 'complete', 'low')",
        "INSERT INTO message (id, chat_id, parent_id, role, text, created_ms, status, effort,"
        " preamble, thoughts, usage, problem) VALUES (9, 7, 8, 'assistant', 'Me.', 2, 'failed',"
        """ 'low', 'Well', '[["A thought.", "secret"]]', '{"reply_tokens": 3}',"""
        """ '{"title": "T", "hint": "", "detail": "", "fields": {}}')""",
    ),
}


def digest(step: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(step).encode()).hexdigest()[:8]


def schema(database: Database) -> list[tuple[object, ...]]:
    return database.rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name")


def test_published_steps_have_not_changed() -> None:
    assert tuple(digest(step) for step in MIGRATIONS) == PUBLISHED


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_file_of_every_version_is_brought_up_to_date_with_all_it_holds(
    file: Path, key: DatabaseKey, version: int
) -> None:
    old = open_database(file, key, MIGRATIONS[:version])
    for row in ROWS_OF_VERSION.get(version, ROWS_OF_VERSION[1]):
        old.rows(row)
    old.close()

    store = ChatStore(open_database(file, key))
    (chat,) = store.chats()
    branch = store.branch(chat.id)
    store.close()

    assert chat.title == "Old"
    assert [message.text for message in branch] == ["Who are you?", "Me."]
    assert branch[1].thoughts[0].text == "A thought."
    assert branch[1].problem is not None
    assert chat.response_format is None
    assert chat.instructions == ""
    assert (chat.folder_id, chat.is_pinned, chat.tags) == (None, False, ())
    assert chat.title_by is TitleBy.USER, "nobody knows any more whose it is"
    assert branch[1].check is None
    assert branch[1].format_name == ""


def test_a_file_that_grew_step_by_step_has_the_schema_of_a_new_one(
    tmp_path: Path, key: DatabaseKey
) -> None:
    for count in range(len(MIGRATIONS) + 1):
        open_database(tmp_path / "grown.db", key, MIGRATIONS[:count]).close()
    grown, new = (open_database(tmp_path / name, key) for name in ("grown.db", "new.db"))

    assert schema(grown) == schema(new)
    grown.close()
    new.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(file: Path, key: DatabaseKey) -> None:
    old = open_database(file, key)
    before = schema(old)
    old.close()
    broken = (*MIGRATIONS, ("CREATE TABLE extra (id INTEGER)", "CREATE TABLE chat (id INTEGER)"))
    with pytest.raises(StorageError):
        open_database(file, key, broken)

    database = open_database(file, key)
    assert schema(database) == before
    database.close()


def test_a_later_step_runs_once(file: Path, key: DatabaseKey) -> None:
    open_database(file, key).close()
    later = (*MIGRATIONS, ("ALTER TABLE chat ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'",))
    for _ in range(2):
        database = open_database(file, key, later)
        assert database.rows("SELECT colour FROM chat") == []
        assert database.rows("PRAGMA user_version") == [(len(later),)]
        database.close()


def test_a_file_of_a_newer_version_is_refused_and_not_touched(file: Path, key: DatabaseKey) -> None:
    newer = (*MIGRATIONS, ("CREATE TABLE novelty (id INTEGER)",))
    open_database(file, key, newer).close()
    before = file.read_bytes()

    with pytest.raises(StorageError, match="newer version"):
        open_database(file, key)

    assert file.read_bytes() == before


def test_a_step_that_another_process_took_in_the_meantime_is_not_taken_again(
    file: Path, key: DatabaseKey
) -> None:
    class Meanwhile(tuple[tuple[str, ...], ...]):
        """Steps that somebody else takes just after it was seen that they are needed."""

        is_taken = False

        def __len__(self) -> int:
            if not self.is_taken:
                self.is_taken = True
                open_database(file, key).close()
            return super().__len__()

    database = open_database(file, key, Meanwhile(MIGRATIONS))

    assert database.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert database.rows("SELECT * FROM chat") == []
    database.close()
