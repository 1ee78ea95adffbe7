"""A permission desk over a real encrypted store, all on the test's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from app.chats.background import Background
from app.chats.changes import ChatChange
from app.chats.database import open_database
from app.chats.ids import ChatId, MessageId
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.values import Problem
from app.cli.loop import CallLoop
from app.permissions.book import PermissionBook
from app.permissions.desk import PermissionDesk
from app.permissions.gate import CallInQuestion, Review, Verdict
from app.permissions.record import Entry
from app.permissions.rules import Pattern
from app.permissions.strictness import Strictness
from app.permissions.values import PermissionRequest
from app.secrets import DatabaseKey
from app.tools.values import CallView
from engine.harmony.messages import Effort
from tests.app.permissions.calls import NOW

_T = TypeVar("_T")

ANSWER = MessageId(2)


def as_it_was(body: str) -> CallView:
    raise AssertionError(f"nobody edits here, and yet: {body}")


@dataclass
class Loop:
    """Stands where the agent loop stands: asks, and keeps what it is told."""

    desk: PermissionDesk
    asked: list[PermissionRequest] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def ask(
        self,
        view: CallView,
        *,
        chat: ChatId,
        message: MessageId = ANSWER,
        in_turn: tuple[str, ...] = (),
        in_chat: tuple[str, ...] = (),
        review: Review = as_it_was,
    ) -> None:
        self.desk.consider(
            CallInQuestion(chat, message, 0, view.body, view, in_turn, in_chat),
            review,
            on_asked=self.asked.append,
            on_answered=self.verdicts.append,
        )


class Bench:
    """A desk, its store and what was told."""

    def __init__(self, file: Path) -> None:
        self.calls = CallLoop()
        self.file = file
        self.now_ms = NOW
        self.strictness = Strictness.NORMAL
        self.changes: list[ChatChange] = []
        self.problems: list[Problem] = []
        self.chores = ThreadPoolExecutor(1)
        self.opened: list[StorageThread] = []
        self.desk = self.open_desk()
        self.loop = Loop(self.desk)
        self.chat = self.new_chat("One")

    def open_desk(self, *allowed: Pattern) -> PermissionDesk:
        """A desk over the file as another start of the program would have it."""
        key = DatabaseKey(bytes(range(32)))
        self.storage = StorageThread(lambda: ChatStore(open_database(self.file, key)))
        self.opened.append(self.storage)
        background = Background(self.storage, self.chores, self.calls.post, self.problems.append)
        self.book = PermissionBook(background, lambda: self.now_ms)
        desk = PermissionDesk(
            background,
            clock_ms=lambda: self.now_ms,
            strictness=lambda: self.strictness,
            chat_folder=lambda chat: f"/data/chats/{chat}",
            allowed=allowed,
        )
        desk.subscribe(self.changes.append)
        return desk

    def new_chat(self, title: str) -> ChatId:
        def add(store: ChatStore) -> ChatId:
            return store.append_user(None, None, title, Effort.LOW, NOW, title=title)[0].id

        return self.storage.submit(add).result()

    def in_store(self, function: Callable[[ChatStore], _T]) -> _T:
        return self.storage.submit(function).result()

    def entries(self) -> tuple[Entry, ...]:
        """The whole record, the oldest first."""
        return self.in_store(lambda store: store.permissions.entries_after(0, 1000))

    def settle(self) -> None:
        """Run everything that is under way."""
        for _ in range(4):
            self.in_store(lambda _: None)
            self.calls.post(self.calls.finish)
            self.calls.run()
            self.calls.reopen()

    def close(self) -> None:
        for storage in self.opened:
            storage.close()
        self.chores.shutdown()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data" / "chats.db")
    yield made
    made.close()
