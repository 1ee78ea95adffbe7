"""Rules and the record as they lie in the encrypted file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from app.chats.database import Database, StorageError, open_database
from app.chats.ids import MessageId
from app.chats.store import ChatStore
from app.permissions.export import ExportFormat
from app.permissions.record import Entry, Event, ListedRule, RecordedCall
from app.permissions.rule_text import parse_rule, rule_text
from app.permissions.rules import Rule
from app.permissions.stored import StoredPermissions
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort
from tests.app.permissions.calls import NOW
from tests.app.permissions.conftest import ANSWER, Bench

KEY = DatabaseKey(bytes(range(32)))
BODY = "a\n\"b\",'뉴스'"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(tmp_path / "chats.db", KEY)


@pytest.fixture
def stored(database: Database) -> StoredPermissions:
    return StoredPermissions(database)


def entry(number: int, event: Event = Event.ASKED, **more: object) -> Entry:
    more.setdefault("call", f"call {number}")
    return Entry(NOW + number, event, **more)  # type: ignore[arg-type]


def texts(rules: tuple[Rule, ...]) -> list[str]:
    return [rule_text(rule.pattern) for rule in rules]


def make_rule(stored: StoredPermissions, text: str, **more: int) -> int:
    rule = Rule(parse_rule(text), created_ms=NOW, **more)  # type: ignore[arg-type]
    return stored.decide(entry(1, Event.ALLOWED), rule)


# ---- the record is only ever appended to

TAMPERING = [
    "UPDATE permission_record SET body = 'nothing'",
    "UPDATE permission_record SET id = id + 1",
    "DELETE FROM permission_record",
    "DELETE FROM permission_record WHERE id = 1",
    "REPLACE INTO permission_record SELECT * FROM permission_record",
    "INSERT OR REPLACE INTO permission_record SELECT * FROM permission_record LIMIT 1",
    "INSERT OR IGNORE INTO permission_record SELECT * FROM permission_record LIMIT 1",
]


@pytest.mark.parametrize("statement", TAMPERING)
def test_no_statement_changes_or_deletes_an_entry(
    database: Database, stored: StoredPermissions, statement: str
) -> None:
    stored.append(entry(1, body="print(1)"))
    before = stored.entries_after(0, 10)
    with pytest.raises(StorageError):
        database.rows(statement)
    assert stored.entries_after(0, 10) == before


def test_the_user_can_delete_all_of_it_which_is_recorded(
    database: Database, stored: StoredPermissions
) -> None:
    for number in range(3):
        stored.append(entry(number))
    assert stored.clear_record(NOW) == 3
    (left,) = stored.entries_after(0, 10)
    assert (left.event, left.target) == (Event.CLEARED, "3")
    with pytest.raises(StorageError):
        database.rows("DELETE FROM permission_record")


def test_what_was_deleted_is_not_in_the_file(tmp_path: Path) -> None:
    """Without encryption, so that it could be found if it were there."""
    file = tmp_path / "plain.db"
    stored = StoredPermissions(open_database(file, DatabaseKey(None)))
    stored.append(entry(1, body="a very special body " * 50))
    stored.clear_record(NOW)
    assert b"very special" not in file.read_bytes()
    assert b"very special" not in file.with_name("plain.db-wal").read_bytes()


def test_the_file_gives_nothing_away(tmp_path: Path) -> None:
    file = tmp_path / "chats.db"
    database = open_database(file, KEY)
    stored = StoredPermissions(database)
    stored.append(entry(1, body="a very special body"))
    make_rule(stored, "host:very.special.example")
    database.fold_log()
    assert b"very" not in file.read_bytes()


def test_the_record_outlives_its_chat(database: Database) -> None:
    store = ChatStore(database)
    chat, _ = store.append_user(None, None, "Hello", Effort.LOW, NOW, title="T")
    store.permissions.append(entry(1, chat_id=chat.id, message_id=MessageId(1)))
    store.delete_chat(chat.id, NOW)
    store.purge_deleted(NOW + 1)
    (kept,) = store.permissions.entries_after(0, 10)
    assert kept.chat_id == chat.id


# ---- reading it


def ids(calls: tuple[RecordedCall, ...]) -> list[str]:
    return [call.entries[0].call for call in calls]


def test_calls_come_page_by_page_the_newest_first(stored: StoredPermissions) -> None:
    for number in range(5):
        stored.append(entry(number))
    for number in (4, 0, 2):
        stored.append(entry(10 + number, Event.ENDED, call=f"call {number}"))
    first = stored.recorded_calls(limit=2)
    assert ids(first) == ["call 4", "call 3"]
    assert [one.event for one in first[0].entries] == [Event.ASKED, Event.ENDED]
    second = stored.recorded_calls(before_id=first[-1].entries[0].id, limit=2)
    third = stored.recorded_calls(before_id=second[-1].entries[0].id, limit=2)
    assert ids(second) + ids(third) == ["call 2", "call 1", "call 0"]
    assert stored.recorded_calls(before_id=third[-1].entries[0].id) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["call 2", "call 1"]),
        ("EXAMPLE.com", ["call 1"]),
        ("print", ["call 2"]),
        ("not that one", ["call 2"]),
        ("evil", ["call 1"]),
        ("100%", ["call 2"]),
        ("%", ["call 2"]),
        ("_", []),
        ("\\", []),
        ("뉴스", ["call 1"]),
    ],
)
def test_the_record_is_searched(stored: StoredPermissions, words: str, found: list[str]) -> None:
    stored.append(entry(1, target="https://example.com/뉴스", suggested_by=("evil.org",)))
    stored.append(entry(2, body="print('100%')"))
    stored.append(entry(3, Event.DENIED, call="call 2", reason="Not that one."))
    assert ids(stored.recorded_calls(words)) == found


def test_every_field_comes_back(stored: StoredPermissions) -> None:
    whole = Entry(
        NOW, Event.ENDED, "c", None, MessageId(3), "python", "t", "b", "person", "chat",
        "r", 4, ("a", "b"), "done", 12, 5, "abc",
    )  # fmt: skip
    stored.append(whole)
    (back,) = stored.entries_after(0, 1)
    assert Entry(**{**{f: getattr(back, f) for f in back.__slots__}, "id": 0}) == whole


# ---- rules


def test_the_same_rule_again_takes_the_place_of_the_first(stored: StoredPermissions) -> None:
    first = make_rule(stored, "python", expires_ms=NOW + 5)
    second = make_rule(stored, "python")
    make_rule(stored, "files/*+read")
    make_rule(stored, "files/*")
    assert first != second
    assert texts(stored.rules(NOW)) == ["files/*", "files/*+read", "python"]
    assert stored.rules(NOW)[-1].expires_ms == 0


def test_a_rule_is_revoked_and_brought_back(stored: StoredPermissions) -> None:
    one, two = make_rule(stored, "python"), make_rule(stored, "host:example.com")
    stored.revoke([one, 99], NOW + 1)
    assert texts(stored.rules(NOW)) == ["host:example.com"]
    stored.restore([one, two], NOW + 2)
    assert texts(stored.rules(NOW)) == ["host:example.com", "python"]
    events = [(one.event, one.target) for one in stored.entries_after(0, 20)]
    assert events[-2:] == [(Event.RULE_REVOKED, "python"), (Event.RULE_RESTORED, "python")]


def test_a_rule_for_a_chat_that_is_gone_is_not_made(database: Database) -> None:
    stored = StoredPermissions(database)
    assert make_rule(stored, "python", chat_id=99) == 0
    assert stored.rules(NOW) == ()


def test_expired_rules_are_swept_away(stored: StoredPermissions, database: Database) -> None:
    make_rule(stored, "python", expires_ms=NOW - 1)
    assert stored.rules(NOW) == ()
    make_rule(stored, "files/*")
    assert database.rows("SELECT count(*) FROM permission_rule") == [(1,)]


def test_two_programs_see_the_same_rules(tmp_path: Path) -> None:
    file = tmp_path / "chats.db"
    one, other = (StoredPermissions(open_database(file, KEY)) for _ in range(2))
    rule_id = make_rule(one, "python")
    assert texts(other.rules(NOW)) == ["python"]
    other.revoke([rule_id], NOW)
    assert one.rules(NOW) == ()


# ---- the book over it, and what leaves it


def test_the_whole_record_is_exported(bench: Bench, tmp_path: Path) -> None:
    count = 2_345
    for number in range(9):
        bench.desk.refused(bench.chat, ANSWER, f"tool{number}", BODY, "no such tool")
    bench.in_store(
        lambda store: store._database.rows(
            "WITH RECURSIVE n (i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO permission_record SELECT NULL, at_ms, event, 'c' || i, chat_id,"
            " message_id, tool, target, body, decided_by, scope, reason, rule_id, suggested_by,"
            " status, took_ms, result_chars, result_digest FROM permission_record, n WHERE id = 1",
            (count - 1,),
        )
    )
    done, failed = list[int](), list[object]()
    for form in ExportFormat:
        bench.book.export(tmp_path / f"record.{form}", form, done.append, failed.append)
    bench.settle()
    assert (done, failed) == ([count, count], [])
    lines = (tmp_path / "record.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == count
    assert json.loads(lines[0])["body"] == BODY
    assert json.loads(lines[0])["at"].startswith("2027-")
    rows = list(csv.reader(io.StringIO((tmp_path / "record.csv").read_text("utf-8"))))
    assert len(rows) == count + 1
    assert rows[1][rows[0].index("body")] == BODY
    assert {path.name for path in tmp_path.iterdir()} == {"data", "record.jsonl", "record.csv"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_finds_no_formula(bench: Bench, tmp_path: Path, text: str) -> None:
    bench.in_store(lambda store: store.permissions.append(entry(1, body=text)))
    bench.book.export(tmp_path / "r.csv", ExportFormat.CSV, lambda _: None, lambda _: None)
    bench.settle()
    rows = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text("utf-8"))))
    assert rows[1][rows[0].index("body")] == "'" + text


def test_an_export_that_fails_leaves_the_old_file(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "taken.csv"
    folder.mkdir()
    failed = list[object]()
    bench.book.export(folder, ExportFormat.CSV, lambda _: None, failed.append)
    bench.book.export(tmp_path / "no" / "r.csv", ExportFormat.CSV, lambda _: None, failed.append)
    bench.settle()
    assert len(failed) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"data", "taken.csv"}


def test_the_book_lists_revokes_and_restores(bench: Bench) -> None:
    rule_id = bench.in_store(lambda store: make_rule(store.permissions, "python"))
    seen = list[tuple[ListedRule, ...]]()
    bench.book.rules(seen.append)
    bench.book.revoke([rule_id], lambda: bench.book.rules(seen.append))
    bench.settle()
    bench.book.restore([rule_id], lambda: bench.book.rules(seen.append))
    bench.settle()
    assert [len(rules) for rules in seen] == [1, 0, 1]
