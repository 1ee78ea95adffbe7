"""What changes of a tree take in the history: a chat of 10,000 messages with forks in it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from app.chats.database import open_database
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort

MESSAGES: Final = 10_000
_FORKED_AT: Final = (1, MESSAGES // 2, MESSAGES - 2)
_NOW_MS: Final = 1_790_000_000_000
_TEXT: Final = "word " * 60
_ADD: Final = (
    "INSERT INTO message (chat_id, parent_id, role, text, created_ms, status, effort)"
    " VALUES (?, ?, ?, ?, ?, 'complete', 'low') RETURNING id"
)


def run(folder: Path, *, is_brief: bool = False) -> dict[str, Any]:
    """Measure; medians in ms, the copy and the purge once.

    Args:
        folder: for the history.
        is_brief: fewer tries.
    """
    store = ChatStore(open_database(folder / "tree.db", DatabaseKey(bytes(range(32)))))
    chat_id, ids = _chat(store)
    siblings = [
        store.append_user(chat_id, ids[at], "another way", Effort.LOW, _NOW_MS, title="-")[1].id
        for at in _FORKED_AT
    ]
    tries = 3 if is_brief else 11

    def there_and_back() -> None:
        store.tree.show(chat_id, siblings[1])
        store.tree.show(chat_id, ids[_FORKED_AT[1] + 1])

    deleting: list[float] = []
    restoring: list[float] = []
    for _ in range(tries):
        began = time.perf_counter()
        part = store.trash.delete_messages(ids[_FORKED_AT[1]], _NOW_MS)
        middle = time.perf_counter()
        store.trash.restore_messages(part.number)
        deleting.append(middle - began)
        restoring.append(time.perf_counter() - middle)
    figures = {
        "messages": MESSAGES,
        "forks_ms": _median(lambda: store.tree.forks(chat_id), tries),
        "switch_there_and_back_ms": _median(there_and_back, tries),
        "delete_half_ms": _milliseconds(deleting),
        "bring_back_half_ms": _milliseconds(restoring),
        "copy_ms": _median(lambda: store.tree.copy(chat_id, ids[-1], _NOW_MS), 1),
    }
    part = store.trash.delete_messages(ids[_FORKED_AT[1]], _NOW_MS)
    figures["purge_half_ms"] = _median(lambda: store.trash.purge_messages(part.number), 1)
    store.close()
    return figures


def _chat(store: ChatStore) -> tuple[ChatId, list[MessageId]]:
    chat = store.create_chat("A long chat", _NOW_MS)
    ids: list[MessageId] = []
    with store.database.transaction():
        for at in range(MESSAGES):
            role = ("user", "assistant")[at % 2]
            row = (chat.id, ids[-1] if ids else None, role, _TEXT, _NOW_MS)
            ids.append(store.database.rows(_ADD, row)[0][0])
    store.set_leaf(chat.id, ids[-1])
    return chat.id, ids


def _median(call: Callable[[], object], tries: int) -> float:
    took: list[float] = []
    for _ in range(tries):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return _milliseconds(took)


def _milliseconds(took: list[float]) -> float:
    return round(statistics.median(took) * 1000, 2)
