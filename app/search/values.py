"""What a search finds.  Frozen; crosses threads freely."""

from __future__ import annotations

from dataclasses import dataclass

from app.chats.ids import ChatId, MessageId
from app.chats.values import MessageRole

Marks = tuple[tuple[int, int], ...]
"""Stretches of a text that were searched for: (start, end) in characters, in order."""


@dataclass(frozen=True, slots=True)
class TitleHit:
    """A chat whose title holds what was searched for.

    Attributes:
        updated_ms: Unix time of its last message, in milliseconds, UTC.
    """

    chat_id: ChatId
    title: str
    updated_ms: int
    marks: Marks


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that holds what was searched for.

    Attributes:
        snippet: one line of it around the words, in plain text; "…" stands where it is cut.
        marks: of the words in `snippet`.
        created_ms: Unix time in milliseconds, UTC.
    """

    chat_id: ChatId
    chat_title: str
    message_id: MessageId
    role: MessageRole
    created_ms: int
    snippet: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to one search.

    Attributes:
        text: what was searched for, as it was typed.
        titles: chats by their titles, the newest first.
        hits: messages, the best chat's first; those of a chat follow each other.
        total: messages found, of which `hits` are the best.
        is_more: there are older ones that were not looked at.
        waiting: messages that are not in the index yet.
    """

    text: str
    titles: tuple[TitleHit, ...] = ()
    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    is_more: bool = False
    waiting: int = 0
