"""The way to exports and imports, which are made ready when somebody first wants them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.archive.desk import ArchiveDesk
    from app.chats.background import Background
    from app.chats.listing import ChatList


class ArchiveDoor:
    """Leads to one `ArchiveDesk`.  The service's own thread.

    Args:
        background: where files are read and written, and where the store is.
        clock_ms: Unix time in milliseconds.
        chats: the list of chats.
    """

    def __init__(
        self, background: Background, clock_ms: Callable[[], int], chats: ChatList
    ) -> None:
        self._background = background
        self._clock_ms = clock_ms
        self._chats = chats

    @cached_property
    def desk(self) -> ArchiveDesk:
        """Where chats go out and come in."""
        from app.archive.desk import ArchiveDesk  # noqa: PLC0415 - not before the first frame

        chats = self._chats
        return ArchiveDesk(
            self._background,
            self._clock_ms,
            lambda: tuple(chat.id for chat in chats.chats if not chat.is_private),
            chats.refresh,
        )
