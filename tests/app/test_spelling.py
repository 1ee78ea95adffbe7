"""Which words are checked, and by whom."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.assembly import open_memory_storage
from app.chats.store import ChatStore
from app.known_words import KnownWords
from app.spelling import (
    MAX_WORD,
    Availability,
    Dictionaries,
    Spelling,
    is_checkable,
    words_in,
)

ROOT = Path(__file__).parents[2]


def found(line: str) -> list[str]:
    return [word.text for word in words_in(line)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Hello wrld, it's fine.", ["Hello", "wrld", "it's", "fine"]),
        ("안녕하세요, 학교에서 봐요!", ["안녕하세요", "학교에서", "봐요"]),
        ("Python에서 NASA의 3D", []),
        ("See https://exmple.org/a_b?c and www.foo.br now", ["See", "and", "now"]),
        ("mail me@exmple.org or @somebody #tagg", ["mail", "or"]),
        ("run `git comit` in ~/wrk/src and C:\\Usrs", ["run", "in", "and"]),
        ("let $x_{alpa}$ and \\bta be", ["let", "and", "be"]),
        ("camelCase snake_case HTTP x2 iPhone", []),
        ("{{langage}} stays", ["stays"]),
        ("Café naïve Größe", ["Café", "naïve", "Größe"]),
        ("ㅋㅋㅋ ㅠㅠ 日本語 привет", []),
        ("don’t", ["don’t"]),
        ("a I", []),
    ],
)
def test_only_words_of_prose_are_checked(line: str, words: list[str]) -> None:
    assert found(line) == words


def test_words_know_their_places() -> None:
    line = "`code` wrld 한굴"
    for word in words_in(line):
        assert line[word.start : word.end] == word.text


def test_a_very_long_run_of_letters_is_no_word() -> None:
    assert found("x" * (MAX_WORD + 1) + " fine") == ["fine"]
    assert is_checkable("x" * MAX_WORD)


def test_the_systems_checker_is_asked_where_there_is_one() -> None:
    """Holds with and without Enchant: what cannot be checked is right, and the reason is told."""
    dictionaries = Dictionaries(("en_US",))
    has_english = bool(dictionaries.availability.languages)
    assert dictionaries.is_right("hello")
    assert dictionaries.is_right("wrld") is not has_english
    assert dictionaries.is_right("don’t")
    assert ("world" in dictionaries.suggestions("wrld")) is has_english
    assert dictionaries.is_right("아무말")  # no Korean was asked for


def test_a_language_nobody_has_leaves_everything_unmarked() -> None:
    dictionaries = Dictionaries(("xx_XX",))
    assert dictionaries.availability.languages == ()
    assert dictionaries.is_right("wrld")
    assert dictionaries.suggestions("wrld") == ()


def test_without_a_library_nothing_is_marked_and_the_reason_is_told() -> None:
    """In a process of its own: pyenchant looks for its library once."""
    environ = {**os.environ, "PYENCHANT_LIBRARY_PATH": "/nowhere/libenchant.so"}
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from app.spelling import Dictionaries\n"
            "made = Dictionaries(('en_US',))\n"
            "print(made.availability, made.is_right('wrld'), made.suggestions('wrld'))",
        ],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "Availability(languages=(), has_checker=False) True ()"


class Small(Dictionaries):
    """A dictionary of three words, which counts what it is asked."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.availability = Availability(tuple(tags))
        self.asked: list[str] = []

    def is_right(self, word: str) -> bool:
        self.asked.append(word)
        return word.casefold() in ("hello", "world", "안녕")

    def suggestions(self, word: str) -> tuple[str, ...]:
        if word == "crash":
            raise RuntimeError("the checker fails")
        return ("world",)


class Bench:
    """A spell check whose outcomes are run when the test says so."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.small: list[Small] = []
        self.spelling = Spelling(self.calls.put, ("en_US",), self._open)

    def _open(self, tags: Sequence[str]) -> Dictionaries:
        self.small.append(Small(tags))
        return self.small[-1]

    def run(self) -> None:
        self.calls.get(timeout=20)()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.spelling.close()


def test_verdicts_come_from_the_checkers_own_thread_and_stay(bench: Bench) -> None:
    assert bench.spelling.verdict("wrld") is None
    told: list[str] = []
    bench.spelling.check(("hello", "wrld"), lambda: told.append("done"))
    bench.run()
    assert told == ["done"]
    assert bench.spelling.verdict("hello") is True
    assert bench.spelling.verdict("wrld") is False
    assert len(bench.small) == 1


def test_words_that_are_known_pass_in_any_case(bench: Bench) -> None:
    bench.spelling.check(("Sotto",), lambda: None)
    bench.run()
    assert bench.spelling.verdict("Sotto") is False
    bench.spelling.know(("sotto",))
    assert bench.spelling.verdict("Sotto") is True


def test_a_checker_that_fails_takes_nothing_with_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, ...]] = []
    bench.spelling.suggest("crash", told.append)
    bench.spelling.suggest("wrld", told.append)
    bench.run()
    assert told == [("world",)]
    assert [one.message for one in caplog.records] == ["the spell check failed: RuntimeError"]


def test_nothing_is_opened_before_it_is_needed_and_nothing_asked_after_the_end() -> None:
    bench = Bench()
    assert bench.small == []
    bench.spelling.close()
    bench.spelling.check(("hello",), lambda: None)
    assert bench.small == []
    assert bench.calls.empty()


def test_words_to_let_pass_are_kept_in_the_history() -> None:
    storage = open_memory_storage()

    def keep(store: ChatStore) -> tuple[str, ...]:
        kept = KnownWords(store.database)
        for word in ("Haeun", "Sotto", "Haeun"):
            kept.add(word)
        kept.remove("Sotto")
        return kept.all()

    assert storage.submit(keep).result() == ("Haeun",)
    storage.close()
