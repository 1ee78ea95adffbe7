"""Walks through trees of chats, drawn at random: nothing is lost, and the view shows the store."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.chats.changes import DeletedMessages
from app.chats.database import open_database
from app.chats.ids import ChatId
from tests.app.service.tree_walk_bench import KEY, Deeds, TreeBench

PICKS = st.integers(0, 11)
TREE_DEEDS = (
    *("do_send", "do_send", "do_edit", "do_again", "do_show", "do_delete"),
    *("do_go_on", "do_stop", "do_undo", "do_words", "do_end"),
)
CHAT_DEEDS = ("do_fork", "do_open", "do_new", "do_delete_chat", "do_undo")
ENDS = ("end", "end", "stay", "stop")


class TreeWalk(Deeds, RuleBasedStateMachine):
    """A person who changes their mind all the time, and programs that end without warning."""

    template: ClassVar[Path]

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "chats.db"
        shutil.copy(self.template, file)  # a new one takes a quarter of a second
        self.bench = TreeBench(file)
        self.written: set[str] = set()
        self.purged: set[str] = set()
        self.came_back: set[str] = set()
        for at in range(3):
            self.a_turn(at, "end")
        self.do_again(3)
        self.settle()
        self.bench.line.compute("text")
        self.settle()

    # ---- one after the other

    @precondition(lambda self: not self.bench.view.is_busy)
    @rule(pick=PICKS, ends=st.sampled_from(ENDS))
    def another_turn(self, pick: int, ends: str) -> None:
        self.a_turn(pick, ends)

    def a_turn(self, pick: int, ends: str) -> None:
        self.do_send(pick)
        self.settle()
        self.bench.line.compute("text")
        if ends == "end":
            self.bench.line.compute("end")
        elif ends == "stop":
            self.do_stop(pick)
        self.settle()

    @precondition(lambda self: bool(self.bench.line.line))
    @rule(name=st.sampled_from(("do_words", "do_thought", "do_end", "do_stop")), pick=PICKS)
    def the_model_goes_on(self, name: str, pick: int) -> None:
        getattr(self, name)(pick)
        self.settle()

    @precondition(lambda self: bool(self.ids))
    @rule(name=st.sampled_from(("do_edit", "do_again", "do_go_on", "do_delete")), pick=PICKS)
    def another_branch(self, name: str, pick: int) -> None:
        getattr(self, name)(pick)
        self.settle()

    @precondition(lambda self: bool(self.bench.view.places))
    @rule(pick=PICKS, deletes=st.booleans())
    def look_at_a_sibling(self, pick: int, deletes: bool) -> None:
        self.do_show(pick)
        self.settle()
        if deletes:
            ids = [one for place in self.bench.view.places.values() for one in place.ids]
            self.bench.service.tree.delete(ids[pick % len(ids)])
            self.settle()

    @rule(name=st.sampled_from(("do_fork", "do_open", "do_open", "do_undo")), pick=PICKS)
    def another_chat(self, name: str, pick: int) -> None:
        getattr(self, name)(pick)
        self.settle()

    @rule(
        deeds=st.lists(st.tuples(st.sampled_from(TREE_DEEDS), PICKS), min_size=2, max_size=3),
        last=st.tuples(st.sampled_from(CHAT_DEEDS + TREE_DEEDS), PICKS),
    )
    def several_things_at_once(self, deeds: list[tuple[str, int]], last: tuple[str, int]) -> None:
        """Faster than anything is stored."""
        for name, pick in (*deeds, last):
            getattr(self, name)(pick)
        self.settle()

    # ---- there and back

    @precondition(lambda self: bool(self.ids) and not self.bench.view.is_busy)
    @rule(pick=PICKS, how_often=st.integers(1, 3))
    def delete_and_undo(self, pick: int, how_often: int) -> None:
        before = list(self.bench.view.branch)
        deleted = 0
        while deleted < how_often and self.ids:
            self.do_delete(pick + deleted)
            self.settle()
            deleted += 1
        for _ in range(deleted):
            self.bench.service.undo()
            self.settle()
        assert self.bench.view.branch == before

    @precondition(lambda self: self.bench.view.is_busy and bool(self.bench.view.places))
    @rule(pick=PICKS, ends=st.booleans())
    def look_away_while_it_is_written(self, pick: int, ends: bool) -> None:
        before = list(self.ids)
        others = [
            one
            for place in self.bench.view.places.values()
            for one in place.ids
            if one not in before
        ]
        self.bench.service.tree.show(others[pick % len(others)])
        self.settle()
        self.do_words(pick)
        if ends:
            self.do_end(pick)
        self.settle()
        self.bench.check()
        self.bench.service.tree.show(before[-1])
        self.settle()
        assert self.ids == before

    @precondition(lambda self: bool(self.ids) and not self.bench.view.is_busy)
    @rule(pick=PICKS)
    def answer_again_and_go_back(self, pick: int) -> None:
        before = list(self.ids)
        self.bench.service.tree.answer_again(before[-1 - pick % len(before)])
        self.settle()
        self.bench.line.compute("end")
        self.settle()
        if self.ids == before or before[-1] in self.ids:
            return  # it was a question without an answer
        place = self.bench.view.places[next(one for one in self.ids if one not in before)]
        self.bench.service.tree.show(next(one for one in before if one in place.ids))
        self.settle()
        assert self.ids == before

    @rule(
        name=st.sampled_from(("delete", "trash", "part", "new", "empty", "close", "die")),
        pick=PICKS,
    )
    def what_is_seldom(self, name: str, pick: int) -> None:
        match name:
            case "delete":
                self.do_delete_chat(pick)
            case "trash":
                self.delete_a_chat_and_find_it_in_the_trash(pick)
            case "part":
                self.bring_a_part_back(pick)
            case "new":
                self.do_new(pick)
            case "empty":
                self.empty_the_trash()
            case "close":
                self.come_again(self.bench.service.close)
            case _:
                self.come_again(self.bench.die)
        self.settle()

    def delete_a_chat_and_find_it_in_the_trash(self, pick: int) -> None:
        if not (listed := self.bench.view.listed):
            return
        chat_id = listed[pick % len(listed)]
        self.bench.service.delete_chat(chat_id)
        self.settle()
        found: list[ChatId] = []
        self.bench.service.trash.list(lambda them: found.extend(one.chat.id for one in them))
        self.settle()
        assert chat_id in found
        self.bench.service.trash.restore(chat_id)
        self.settle()
        assert chat_id in self.bench.view.listed

    def bring_a_part_back(self, pick: int) -> None:
        found: list[DeletedMessages] = []
        self.bench.service.trash.parts(found.extend)
        self.settle()
        if found:
            self.bench.service.trash.restore_part(found[pick % len(found)])

    def empty_the_trash(self) -> None:
        before = self.bench.texts()
        self.bench.service.trash.empty()
        self.settle()
        self.purged |= before - self.bench.texts()
        deleted = "SELECT count(*) FROM message WHERE deletion_id IS NOT NULL"
        assert self.bench.rows(deleted) == [(0,)]
        assert self.bench.rows("SELECT count(*) FROM chat WHERE deleted_ms > 0") == [(0,)]

    # ---- programs end

    def come_again(self, end: Callable[[], object]) -> None:
        chat = self.bench.view.chat
        self.came_back |= set(self.bench.view.refused)
        end()
        self.bench = TreeBench(self.bench.file)
        if chat in self.bench.view.listed and chat is not None:
            self.bench.service.open_chat(chat)
            self.settle()

    # ---- what holds at all times

    @invariant()
    def nothing_that_was_written_is_lost(self) -> None:
        back = self.came_back | set(self.bench.view.refused)
        assert self.written <= self.bench.texts() | back | self.purged

    @invariant()
    def there_is_one_branch_and_the_view_shows_it(self) -> None:
        self.bench.check()

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.bench.service.close()
            self.folder.cleanup()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """An empty history of the newest version."""
    file = tmp_path / "template.db"
    open_database(file, KEY).close()
    return file


def test_whatever_is_done_to_a_tree_nothing_is_lost_and_the_view_shows_it(template: Path) -> None:
    TreeWalk.template = template
    run_state_machine_as_test(
        TreeWalk,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
