"""Who hears of changes."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import ChatChange


class Subscribers:
    """Callbacks that hear every change, in the order they came.  Confined to one thread."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[ChatChange], None]] = []

    def add(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call back with every change from now on; returns the way to end that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self, change: ChatChange) -> None:
        """Tell all of a change."""
        for callback in tuple(self._callbacks):
            callback(change)
