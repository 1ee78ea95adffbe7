"""A history with things said in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.attachments.values import AttachedFile
from app.chats.database import open_database
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.search.values import SearchHit, SearchResults
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort

NOW_MS = 1_700_000_000_000
DAY_MS = 24 * 3600 * 1000


class History:
    """A real store, and short ways to fill and search it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.key = DatabaseKey(bytes(range(32)))
        self.store = ChatStore(open_database(file, self.key))

    def ask(
        self,
        text: str,
        *,
        chat: ChatId | None = None,
        after: Message | None = None,
        title: str = "A chat",
        days_ago: float = 0.0,
        files: tuple[AttachedFile, ...] = (),
    ) -> Message:
        """What somebody wrote."""
        at_ms = NOW_MS - int(days_ago * DAY_MS)
        parent = after.id if after else None
        return self.store.append_user(
            chat, parent, text, Effort.LOW, at_ms, title=title, files=files
        )[1]

    def answer(self, question: Message, text: str, **parts: object) -> Message:
        """The whole of an answer."""
        begun = self.store.begin_answer(question.id, Effort.LOW, question.created_ms)
        fields: dict[str, object] = {"status": MessageStatus.COMPLETE, **parts}
        ended: Message = replace(begun, text=text, **fields)  # type: ignore[arg-type]
        self.store.finish_answer(ended)
        return ended

    def find(self, text: str) -> SearchResults:
        """What is found once the index is up to date."""
        self.store.search.index.work(60)
        return self.store.search.find(text, self.store.chats(), NOW_MS)

    def hits(self, text: str) -> list[int]:
        """The messages that are found."""
        return [hit.message_id for hit in self.find(text).hits]


def marked(hit: SearchHit) -> list[str]:
    """The words that are marked in a snippet."""
    return [hit.snippet[start:end] for start, end in hit.marks]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "chats.db")
    yield made
    made.store.close()


@pytest.fixture
def reopen(history: History) -> Callable[[], ChatStore]:
    """Opens the history anew, as after a restart."""

    def reopened() -> ChatStore:
        history.store.close()
        history.store = ChatStore(open_database(history.file, history.key))
        return history.store

    return reopened
