from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from app.chats.database import Database, StorageError, open_database, open_memory_database
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort


@pytest.fixture
def storage() -> Iterator[StorageThread]:
    thread = StorageThread(lambda: ChatStore(open_memory_database()))
    yield thread
    thread.close()


def test_work_runs_in_order_on_one_thread_that_is_not_the_askers(storage: StorageThread) -> None:
    order: list[int] = []
    names: set[str] = set()

    def work(number: int) -> Callable[[ChatStore], int]:
        def run(_store: ChatStore) -> int:
            order.append(number)
            names.add(threading.current_thread().name)
            return number * 2

        return run

    futures = [storage.submit(work(number)) for number in range(100)]

    assert [future.result() for future in futures] == [number * 2 for number in range(100)]
    assert order == list(range(100))
    assert names == {"storage"}


def test_a_failure_goes_to_its_asker_and_the_next_work_runs(storage: StorageThread) -> None:
    def fail(_store: ChatStore) -> None:
        raise ZeroDivisionError

    failed = storage.submit(fail)

    assert storage.submit(ChatStore.chats).result() == ()
    assert isinstance(failed.exception(), ZeroDivisionError)


def test_work_that_was_cancelled_in_time_does_not_run(storage: StorageThread) -> None:
    may_go_on = threading.Event()
    ran: list[str] = []
    storage.submit(lambda _: may_go_on.wait(60))
    dropped = storage.submit(lambda _: ran.append("dropped"))
    assert dropped.cancel()
    may_go_on.set()
    storage.submit(lambda _: ran.append("kept")).result()

    assert ran == ["kept"]


def test_closing_does_everything_that_was_asked_before(file: Path, key: DatabaseKey) -> None:
    storage = StorageThread(lambda: ChatStore(open_database(file, key)))
    for number in range(50):
        storage.submit(lambda store, n=number: store.create_chat(f"chat {n}", n))  # type: ignore[misc]
    storage.close()
    storage.close()

    store = ChatStore(open_database(file, key))
    assert len(store.chats()) == 50
    store.close()


def test_after_closing_work_comes_back_cancelled(storage: StorageThread) -> None:
    storage.submit(ChatStore.chats).result()
    storage.close()

    with pytest.raises(CancelledError):
        storage.submit(ChatStore.chats).result()


def test_a_thread_that_was_never_used_closes() -> None:
    opened: list[str] = []

    def open_store() -> ChatStore:
        opened.append("opened")
        return ChatStore(open_memory_database())

    StorageThread(open_store).close()

    assert opened == []


def test_a_store_that_does_not_open_fails_the_work_and_is_tried_again() -> None:
    attempts: list[str] = []

    def open_store() -> ChatStore:
        attempts.append("open")
        if len(attempts) == 1:
            raise StorageError("The disk is full.")
        return ChatStore(open_memory_database())

    storage = StorageThread(open_store)
    failed = storage.submit(ChatStore.chats)
    fine = storage.submit(ChatStore.chats)
    storage.close()

    assert isinstance(failed.exception(), StorageError)
    assert fine.result() == ()


def test_a_thread_whose_store_never_opened_closes() -> None:
    def open_store() -> ChatStore:
        raise StorageError("The disk is full.")

    storage = StorageThread(open_store)
    failed = storage.submit(ChatStore.chats)
    storage.close()

    assert isinstance(failed.exception(), StorageError)


def test_a_store_that_cannot_be_closed_in_order_is_noted_and_nothing_hangs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    databases: list[Database] = []

    def open_store() -> ChatStore:
        databases.append(open_memory_database())
        return ChatStore(databases[-1])

    storage = StorageThread(open_store)
    storage.submit(
        lambda store: store.append_user(None, None, "secret words", Effort.LOW, 1, title="t")
    ).result()
    storage.submit(lambda _: databases[0].close())
    with caplog.at_level(logging.ERROR):
        storage.close()

    assert "not closed in order" in caplog.text
    assert "secret words" not in caplog.text
