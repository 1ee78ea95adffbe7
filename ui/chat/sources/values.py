"""Pages that answers cite, and wishes to see them.  Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from app.chats.ids import MessageId
from app.tools.records import PageRef


@dataclass(frozen=True, slots=True)
class PageSpot:
    """A page and the call that read it, by which the store finds its lines."""

    message_id: MessageId
    number: int
    page: PageRef


@dataclass(frozen=True, slots=True)
class SourceWish:
    """A reader wants to see a page.

    Attributes:
        first, last: the lines to show, from 0; None for the beginning.
    """

    spot: PageSpot
    first: int | None = None
    last: int | None = None
