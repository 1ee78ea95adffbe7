"""What was asked of the Hub, and which bytes it sent how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.servers.hub.faults import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; names of headers in lower case."""

    place: Place
    method: str
    path: str
    headers: dict[str, str]


class Record:
    """Keeps what came and went.  Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: list[Asked] = []
        self._sent: dict[str, list[tuple[int, int]]] = {}
        self.on_send: Callable[[int], None] = lambda _: None
        """Told how many bytes go out, before they do, on the thread that sends them."""

    def ask(self, asked: Asked) -> None:
        """Keep a request."""
        with self._lock:
            self._asked.append(asked)

    def send(self, name: str, start: int, end: int) -> None:
        """Keep that a file's bytes from `start` to before `end` went out."""
        with self._lock:
            self._sent.setdefault(name, []).append((start, end))
        self.on_send(end - start)

    def asked(self, place: Place | None = None) -> list[Asked]:
        """The requests so far, all or those for one place."""
        with self._lock:
            return [one for one in self._asked if place in {None, one.place}]

    def sent_bytes(self, name: str) -> int:
        """How many bytes of a file went out, each as often as it did.

        They count once they are in the system's buffers, so what a client never read of a
        connection that it closed is among them.
        """
        with self._lock:
            return sum(end - start for start, end in self._sent.get(name, []))

    def sent_again(self, name: str) -> int:
        """How many bytes of a file went out that had gone out before."""
        with self._lock:
            spans = sorted(self._sent.get(name, []))
        again, reached = 0, 0
        for start, end in spans:
            again += max(0, min(end, reached) - start)
            reached = max(reached, end)
        return again
