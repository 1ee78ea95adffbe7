"""Opens chats in the real window, in a process of its own, and prints what it took as JSON.

Argument: a JSON object of lengths and ids of chats.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Sized
from typing import Any, Final

import psutil
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from app.assembly import make_words
from app.chats.changes import ChatChange, ChatGlimpsed, ChatOpened, ModelState, StatusChanged
from app.chats.ids import ChatId
from app.paths import Paths
from app.settings import SettingsFile
from tests.bench.long_chats import bench_key
from ui.collecting import collect_on_this_thread
from ui.session import WindowSession
from ui.theme.theme import Theme

_ROUNDS: Final = 7
_BEFORE_SECONDS: Final = 3.0
"""For what is done once: the index of a history that has none yet, and the warm-up."""
_BETWEEN_SECONDS: Final = 0.4


class Probe:
    """A window with a model, and what was told of its chats."""

    def __init__(self) -> None:
        self._application = QApplication(["sotto"])
        collect_on_this_thread(self._application)
        paths = Paths.from_environment(os.environ)
        settings = SettingsFile(paths.settings)
        settings.update(first_start="done")
        words = make_words(settings.load(), os.environ)
        theme = Theme(self._application, "light")
        self.session = WindowSession(paths, bench_key(), settings, words, theme)
        self._seen: list[int] = []
        self._whole: list[int] = []
        self._ready: list[bool] = []
        self.session.service.subscribe(self._hear)
        self.session.window.show()
        self.session.start()
        self._until(self._ready, 1)
        self._settle(_BEFORE_SECONDS)

    def open(self, chat_id: int) -> tuple[float, float]:
        """Milliseconds to the first paint of a chat, and until all of it is there."""
        seen, whole = len(self._seen), len(self._whole)
        began = time.perf_counter()
        self.session.service.open_chat(ChatId(chat_id))
        self._until(self._seen, seen + 1)
        self.session.window.repaint()
        painted = time.perf_counter() - began
        self._until(self._whole, whole + 1)
        self._application.processEvents()
        complete = time.perf_counter() - began
        self._settle(_BETWEEN_SECONDS)
        return painted * 1000, complete * 1000

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, ChatGlimpsed | ChatOpened):
            self._seen.append(len(change.messages))
        if isinstance(change, ChatOpened):
            self._whole.append(len(change.messages))
        elif isinstance(change, StatusChanged) and change.state is ModelState.READY:
            self._ready.append(True)

    def _until(self, told: Sized, count: int) -> None:
        while len(told) < count:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def _settle(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def main(chats: dict[str, int]) -> dict[str, Any]:
    """Open each chat, in turns."""
    probe = Probe()
    memory: dict[str, float] = {}
    found: dict[str, list[tuple[float, float]]] = {length: [] for length in chats}
    for _ in range(_ROUNDS):
        for length, chat_id in chats.items():
            found[length].append(probe.open(chat_id))
            # What was freed later is not given back: only the first time says what one takes.
            memory.setdefault(length, psutil.Process().memory_info().rss / 2**20)
    probe.session.close()
    *_, middle, longest = sorted(chats, key=int)
    more = memory[longest] - memory[middle]
    return {
        "first_paint_ms": {length: _spread([one[0] for one in ms]) for length, ms in found.items()},
        "whole_ms": {length: _spread([one[1] for one in ms]) for length, ms in found.items()},
        "mib_per_1000_messages": round(more / (int(longest) - int(middle)) * 1000, 2),
        "memory_mib": {length: round(mib, 1) for length, mib in memory.items()},
        "rounds": _ROUNDS,
    }


def _spread(found: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(found), 1),
        "least": round(min(found), 1),
        "most": round(max(found), 1),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))) + "\n")
