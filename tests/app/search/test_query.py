from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chats.database import Database, open_memory_database
from app.search.folding import Folding
from app.search.query import parse
from app.search.words import indexed

DECOMPOSED = unicodedata.normalize("NFD", "한국어")


def marked(query: str, text: str) -> list[str]:
    return [text[start:end] for start, end in parse(query).marks(text, Folding())]


def finds(query: str, text: str) -> bool:
    """Whether SQLite's index finds a text."""
    database = open_memory_database()
    try:
        return is_found(database, query, text)
    finally:
        database.close()


def is_found(database: Database, query: str, text: str) -> bool:
    words = indexed(text, Folding())
    database.rows("INSERT INTO message_index (rowid, text) VALUES (1, ?)", (words,))
    match = parse(query).match
    rows = "SELECT rowid FROM message_index WHERE message_index MATCH ?"
    return bool(match and database.rows(rows, (match,)))


FOUND = [
    ("hel", "Hello there"),
    ("HELLO", "hello there"),
    ("there hello", "Hello, there!"),
    ("cafe", "Das Café"),
    ("café", "cafe"),
    ("uber", "Über alles"),
    ("strasse", "Die Straße"),
    ("foo-bar", "a foo bar b"),
    ("foo bar", "bar and foo"),
    ('"foo bar"', "a foo bar b"),
    ("v1.2", "since v1.2.3"),
    ("여행", "제주도 여행을 가자"),
    ("주도", "제주도 여행"),
    ("책", "새 정책을"),
    ("책", "읽은 책"),
    ("API를", "그 API를 쓴다"),
    ("api 쓴", "그 API를 쓴다"),
    ('"제주도 여행"', "제주도 여행을 가자"),
    ("한국", DECOMPOSED),
    (DECOMPOSED, "한국어"),
    ("東京", "私は東京に住んでいる"),
    ("hello -bye", "hello you"),
    ('hello -"good bye"', "hello bye good"),
    ("e\u0301te\u0301", "été"),
]

NOT_FOUND = [
    ("ello", "hello"),
    ("hello", "hell"),
    ('"hel"', "hello"),
    ('"bar foo"', "foo bar"),
    ("foo-bar", "foo and bar"),
    ("가다", "가나다"),
    ("여행기", "여행 기차"),
    ("hello -you", "hello you"),
    ('hello -"good bye"', "hello, good bye"),
    ("-hello", "anything"),
    ("", "anything"),
    ("?!", "anything?!"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_a_query_finds_a_text_and_marks_it(query: str, text: str) -> None:
    assert finds(query, text)
    assert marked(query, text)


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_a_query_does_not_find_a_text(query: str, text: str) -> None:
    assert not finds(query, text)


def test_what_is_found_is_marked_where_it_stands() -> None:
    assert marked("caf", "Das CAFÉ im café") == ["CAF", "caf"]
    assert marked("strasse", "Die Straße da") == ["Straße"]
    assert marked("여행", "제주도여행을") == ["여행"]
    assert marked("foo bar", "foo-bar") == ["foo", "bar"]
    assert marked('"foo bar"', "foo - bar") == ["foo - bar"]
    assert marked("국", DECOMPOSED) == [unicodedata.normalize("NFD", "국")]
    assert marked("ab abc", "abcd") == ["abc"]


@given(st.text(max_size=60))
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text)
    for start, end in query.marks(text, Folding()):
        assert 0 <= start < end <= len(text)


@given(st.lists(st.text(max_size=30) | st.text('ab "-*(){}:^NEAROT가여', max_size=20), max_size=9))
def test_sqlite_takes_every_query(texts: list[str]) -> None:
    database = open_memory_database()
    try:
        for text in texts:
            if match := parse(text).match:
                rows = "SELECT rowid FROM message_index WHERE message_index MATCH ?"
                assert database.rows(rows, (match,)) == []
    finally:
        database.close()


@given(st.text(alphabet="abcé가나다라여행 .ß\u0301", min_size=1, max_size=30))
def test_a_text_finds_itself_in_any_case(text: str) -> None:
    if parse(text.upper()).terms:
        assert finds(text.upper(), text)


@given(st.text(alphabet="aEéßİ가각\u1100\u1161\u11a8\u0301\ufe0f x", max_size=20))
def test_folding_leads_back_to_the_original(text: str) -> None:
    folded = Folding().fold(text)
    places = [folded.original(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)
