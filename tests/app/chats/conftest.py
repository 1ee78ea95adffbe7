"""Stores over an encrypted file of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.chats.database import StorageError, open_database, open_memory_database
from app.chats.store import ChatStore
from app.chats.writer import Writer
from app.secrets import DatabaseKey

OpenStore = Callable[..., ChatStore]


@pytest.fixture
def key() -> DatabaseKey:
    return DatabaseKey(bytes(range(32)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chats.db"


@pytest.fixture
def open_store(file: Path, key: DatabaseKey) -> Iterator[OpenStore]:
    """Opens another store over the same file; what is open at the end is closed."""
    opened: list[ChatStore] = []

    def opener(writer: Writer | None = None) -> ChatStore:
        opened.append(ChatStore(open_database(file, key), writer))
        return opened[-1]

    yield opener
    for store in opened:
        with suppress(StorageError):
            store.close()


@pytest.fixture
def store(open_store: OpenStore) -> ChatStore:
    return open_store()


@pytest.fixture
def memory() -> Iterator[ChatStore]:
    """A store without a file, for many commits: a file is synced at each of them."""
    store = ChatStore(open_memory_database())
    yield store
    store.close()
