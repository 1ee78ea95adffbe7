"""Figures of the sidebar with 10,000 chats in it: from the history to the screen, and filtering.

Runs on Qt's offscreen platform, so painting is done by the processor.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app import resources
from app.chats.changes import ChatsChanged
from app.chats.database import open_database
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.secrets import DatabaseKey
from app.words import Words
from ui.sidebar.sidebar import Sidebar
from ui.theme.theme import Theme

CHATS: Final = 10_000
FOLDERS: Final = 20
_NOW_MS: Final = 1_790_000_000_000
_DAY_MS: Final = 86_400_000
_YEARS: Final = 3
_TRIES: Final = 15
_WORDS: Final = ("heat", "제주도", "report", "여행", "bike", "letter", "세금", "python", "garden")
_ADD: Final = (
    "INSERT INTO chat (title, created_ms, updated_ms, is_pinned, tags, title_by)"
    " VALUES (?, ?, ?, ?, ?, 'words')"
)


def run(folder: Path, *, is_brief: bool = False) -> dict[str, Any]:
    """Measure; times in ms.

    Args:
        folder: for the history.
        is_brief: fewer tries.
    """
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    store = _history(folder)
    tries = 3 if is_brief else _TRIES
    read = _median(lambda: (store.shelves.folders(), store.chats()), tries)
    folders, chats = store.shelves.folders(), store.chats()
    store.close()
    sidebar = Sidebar(
        Theme(application, "light"), Words("en", resources.path("translations")), lambda: _NOW_MS
    )
    sidebar.resize(264, 900)
    sidebar.show()
    application.processEvents()
    opened = _timed(lambda: _paint(sidebar, ChatsChanged(chats, chats[0].id, folders)))
    newest = (chats[-1], *chats[:-1])

    def move_and_back() -> None:
        _paint(sidebar, ChatsChanged(newest, chats[0].id, folders))
        _paint(sidebar, ChatsChanged(chats, chats[0].id, folders))

    def filter_and_back() -> None:
        _narrow(sidebar, ("bike",))
        _narrow(sidebar, ())

    moved, filtered = _median(move_and_back, tries), _median(filter_and_back, tries)
    found = _median(lambda: sidebar.model.index_of(ChatId(CHATS // 2)), tries)
    sidebar.close()
    return {
        "chats": CHATS,
        "read_ms": read,
        "open_ms": opened,
        "another_order_ms": moved / 2,
        "filter_ms": filtered / 2,
        "find_row_ms": found,
    }


def _history(folder: Path) -> ChatStore:
    store = ChatStore(open_database(folder / "sidebar.db", DatabaseKey(bytes(32))))
    chance = random.Random(7)
    made = [store.shelves.add(f"Folder {number}") for number in range(FOLDERS)]
    with store.database.transaction():
        for number in range(CHATS):
            at_ms = _NOW_MS - number * _YEARS * 365 * _DAY_MS // CHATS
            title = " ".join(chance.choices(_WORDS, k=4))
            tags = '["bike"]' if chance.random() < 0.1 else "[]"
            is_pinned = int(chance.random() < 0.001)
            store.database.rows(_ADD, (title, at_ms, at_ms, is_pinned, tags))
    ids = [chat.id for chat in store.chats()]
    for one in made:
        store.shelves.move(chance.sample(ids, 100), one.id)
    return store


def _paint(sidebar: Sidebar, change: ChatsChanged) -> None:
    sidebar.show_chats(change)
    sidebar.repaint()
    sidebar.chats.viewport().repaint()


def _narrow(sidebar: Sidebar, tags: tuple[str, ...]) -> None:
    sidebar.model.set_tags(tags)
    sidebar.chats.viewport().repaint()


def _median(work: Callable[[], object], tries: int) -> float:
    return statistics.median(_timed(work) for _ in range(tries))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
