"""The prompt library over a real encrypted store and real files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assembly import open_memory_storage
from app.chats.background import Background
from app.chats.values import Problem
from app.cli.loop import CallLoop
from app.prompts.library import PromptLibrary
from app.prompts.stored import StoredPrompts
from app.prompts.values import MAX_NAME_CHARACTERS, MAX_PROMPTS


class Shelf:
    """A library with what it told."""

    def __init__(self) -> None:
        self.loop = CallLoop()
        self.storage = open_memory_storage()
        self.chores = ThreadPoolExecutor(1)
        self.problems: list[Problem] = []
        self.background = Background(
            self.storage, self.chores, self.loop.post, self.problems.append
        )
        self.library = self.another()

    def another(self, language: str = "en") -> PromptLibrary:
        return PromptLibrary(self.background, language)

    def settle(self) -> None:
        for _ in range(4):
            self.chores.submit(lambda: None).result()
            self.storage.submit(lambda _: None).result()
            self.loop.post(self.loop.finish)
            self.loop.run()
            self.loop.reopen()

    @property
    def own(self) -> list[tuple[str, str]]:
        return [(one.name, one.text) for one in self.library.own]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.background.close()


def test_what_is_saved_changed_and_deleted_is_told_and_kept(shelf: Shelf) -> None:
    calls: list[int] = []
    unsubscribe = shelf.library.subscribe(lambda: calls.append(1))
    shelf.library.add("  My\n prompt ", "  Say {{x}}  ")
    shelf.library.add("Other", "Text")
    shelf.settle()
    assert shelf.own == [("My prompt", "Say {{x}}"), ("Other", "Text")]
    assert len(calls) == 2
    first = shelf.library.own[0]
    shelf.library.change(first, "Mine", "Say {{y}}")
    shelf.settle()
    assert shelf.own[0] == ("Mine", "Say {{y}}")
    assert shelf.library.own[0].key == first.key
    shelf.library.remove(first)
    shelf.settle()
    assert shelf.own == [("Other", "Text")]
    shelf.library.put_back(first)
    shelf.settle()
    assert shelf.own[0] == ("My prompt", "Say {{x}}")
    unsubscribe()
    shelf.library.refresh()
    shelf.settle()
    assert len(calls) == 5


def test_what_was_filled_in_is_there_the_next_time_also_after_an_undo(shelf: Shelf) -> None:
    shelf.library.add("A", "{{x}} {{y}}")
    shelf.settle()
    (prompt,) = shelf.library.own
    found: list[dict[str, str]] = []
    shelf.library.keep_values(prompt, {"x": "1", "y": "둘"})
    shelf.library.find_values(prompt, found.append)
    shelf.library.keep_values(prompt, {"x": "3"})
    shelf.library.find_values(prompt, found.append)
    shelf.library.remove(prompt)
    shelf.library.put_back(prompt)
    shelf.library.find_values(prompt, found.append)
    shelf.settle()
    assert found == [{"x": "1", "y": "둘"}, {"x": "3"}, {"x": "3"}]


def test_what_was_filled_into_a_deleted_prompt_is_forgotten(shelf: Shelf) -> None:
    shelf.library.add("A", "{{x}}")
    shelf.settle()
    (prompt,) = shelf.library.own
    shelf.library.keep_values(prompt, {"x": "secret"})
    shelf.library.remove(prompt)
    shelf.library.keep_values(shelf.library.shipped[0], {"topic": "tea"})
    left = shelf.storage.submit(lambda store: store.database.rows("SELECT value FROM prompt_blank"))
    assert left.result() == [("tea",)]


def test_prompts_go_into_a_file_and_come_back_once(shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "prompts.json"
    shelf.library.add("하나", "글 {{x}}\n둘째 줄")
    shelf.library.add("Two", "text")
    shelf.settle()
    written: list[int] = []
    shelf.library.export_to(file, written.append)
    shelf.settle()
    assert written == [2]
    for prompt in shelf.library.own[:1]:
        shelf.library.remove(prompt)
    added: list[int] = []
    shelf.library.import_from(file, added.append)
    shelf.settle()
    assert added == [1]
    assert sorted(shelf.own) == [("Two", "text"), ("하나", "글 {{x}}\n둘째 줄")]
    assert shelf.problems == []


def test_lists_of_other_programs_are_read(shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "others.json"
    entries = [
        {"command": "/tidy", "title": "", "content": "Tidy {{CLIPBOARD}}"},
        {"act": "Poet", "prompt": "Be a poet"},
        {"name": "n" * 500, "text": "long name"},
        {"name": "no text"},
        "no prompt",
    ]
    file.write_text(json.dumps(entries), "utf-8")
    shelf.library.import_from(file, lambda _: None)
    shelf.settle()
    assert ("Poet", "Be a poet") in shelf.own
    assert ("n" * MAX_NAME_CHARACTERS, "long name") in shelf.own
    assert len(shelf.own) == 3


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"prompts": 3}', b"[" * 100_000])
def test_a_file_without_prompts_is_named_and_changes_nothing(
    shelf: Shelf, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "wrong.json"
    file.write_bytes(content)
    shelf.library.import_from(file, lambda _: None)
    shelf.settle()
    (problem,) = shelf.problems
    assert problem.title == "There are no prompts in {file}."
    assert problem.fields == {"file": "wrong.json"}
    assert shelf.own == []


def test_a_file_that_cannot_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.export_to(tmp_path / "nowhere" / "prompts.json", lambda _: None)
    shelf.settle()
    assert [one.title for one in shelf.problems] == ["The prompts could not be saved."]


def test_there_are_only_so_many(shelf: Shelf) -> None:
    many = [(f"n{number}", "t") for number in range(MAX_PROMPTS + 5)]
    count = shelf.storage.submit(lambda store: StoredPrompts(store.database).add(many)).result()
    assert count == MAX_PROMPTS
    again = shelf.storage.submit(lambda store: StoredPrompts(store.database).add(many)).result()
    assert again == 0


def test_shipped_prompts_are_in_the_users_language_and_belong_to_nobody(shelf: Shelf) -> None:
    korean = shelf.another("ko").shipped
    english = shelf.library.shipped
    assert [one.key for one in korean] == [one.key for one in english]
    assert korean[0].name != english[0].name
    assert not any(one.is_own for one in english)
