"""Between a service and its window: what is told while the window is locked waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.chats.changes import (
    ChatChange,
    ChatMarksChanged,
    EffortTimesChanged,
    NoticeRaised,
    PermissionAsked,
    PermissionSettled,
    RuleMade,
    SendRefused,
    StatusChanged,
    UndoOffered,
)

_LATEST: Final = (StatusChanged, ChatMarksChanged, EffortTimesChanged)
_EACH: Final = (
    PermissionAsked,
    PermissionSettled,
    RuleMade,
    SendRefused,
    UndoOffered,
    NoticeRaised,
)


class Curtain:
    """Hands changes on, or keeps those that nobody would tell again.

    The open chat and the list are told anew when a chat is opened.

    Args:
        show: the window's.
    """

    def __init__(self, show: Callable[[ChatChange], None]) -> None:
        self._show = show
        self._is_closed = False
        self._latest: dict[type[ChatChange], ChatChange] = {}
        self._each: list[ChatChange] = []

    def take(self, change: ChatChange) -> None:
        """Take a change of the service."""
        if not self._is_closed:
            self._show(change)
        elif isinstance(change, _LATEST):
            self._latest[type(change)] = change
        elif isinstance(change, _EACH):
            self._each.append(change)

    def close(self) -> None:
        """Hand nothing on from now on."""
        self._is_closed = True

    def open(self) -> None:
        """Hand on what waited, and all else from now on."""
        self._is_closed = False
        waited = [*self._latest.values(), *self._each]
        self._latest.clear()
        self._each.clear()
        for change in waited:
            self._show(change)
