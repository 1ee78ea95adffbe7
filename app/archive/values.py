"""Chats as they stand in files: frozen values.  docs/EXPORT.md describes the JSON made of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Base64Bytes

from app.attachments.values import AttachedFile
from app.chats.ids import ChatId
from app.chats.values import MessageRole, MessageStatus, Problem, TitleBy
from app.safeguard.message_check import MessageCheck
from app.tools.records import CallRecord
from engine.analysis_filter import ThoughtPiece
from engine.errors import UserFacingError
from engine.events import Usage
from engine.harmony.messages import Effort, ResponseFormat

FORM: Final = 1
"""Version of the JSON form; a reader refuses newer ones."""


class ArchiveError(UserFacingError):
    """A file of chats could not be read or written."""


class ExportForm(StrEnum):
    """What a file of chats is made as."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """How chats are to be written.

    Attributes:
        has_thoughts: the filtered thoughts of answers, too.
        only_checked_thoughts: of those only what was judged by the policy, as the settings want.
        is_single: it is one chat; several as Markdown make a zip of files.
    """

    form: ExportForm
    has_thoughts: bool = False
    only_checked_thoughts: bool = False
    is_single: bool = False


class LeftOut(StrEnum):
    """What is not brought in from a file."""

    DAMAGED = "damaged"  # whole chats that make no sense
    EMPTY = "empty"  # whole chats in which nothing is left
    HIDDEN = "hidden"  # system messages and what the other program kept out of sight
    TOOLS = "tools"  # calls of tools and their results
    THOUGHTS = "thoughts"
    FILES = "files"  # images, sounds and attached files


@dataclass(frozen=True, slots=True)
class ArchivedAttachment:
    """Something that a call made; `id` is what `CallRecord.attachments` names it by."""

    id: int
    number: int
    name: str
    media_type: str
    data: Base64Bytes
    text: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """The page that call `number` opened (`app.tools.values.SourcePage`)."""

    number: int
    cursor: int
    url: str
    title: str
    lines: tuple[str, ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of the chat's folder."""

    name: str
    changed_ms: int
    data: Base64Bytes


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """One message; see `app.chats.values.Message`.

    Attributes:
        id: counts in this chat; larger than `parent`.
        summary: of the thoughts, as `app.chats.summary_rows.stored` writes it, or "".
    """

    id: int
    parent: int | None
    role: MessageRole
    text: str
    created_ms: int
    status: MessageStatus = MessageStatus.COMPLETE
    effort: Effort = Effort.MEDIUM
    preamble: str = ""
    thoughts: tuple[ThoughtPiece, ...] = ()
    summary: str = ""
    usage: Usage = field(default_factory=Usage)
    problem: Problem | None = None
    format_name: str = ""
    calls: tuple[CallRecord, ...] = ()
    check: MessageCheck | None = None
    attachments: tuple[ArchivedAttachment, ...] = ()
    pages: tuple[ArchivedPage, ...] = ()
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchivedChat:
    """A chat with the whole of its tree.

    Attributes:
        source: what tells it apart from all other chats, wherever it is brought in.
        leaf: id of the last message of the branch that is shown.
        folder: name of the one it is in, or "".
        chat_files: what tools work on in it.
        messages: each behind its parent.
    """

    source: str
    title: str
    created_ms: int
    updated_ms: int
    leaf: int | None
    messages: tuple[ArchivedMessage, ...]
    response_format: ResponseFormat | None = None
    tools: tuple[str, ...] | None = None
    instructions: str = ""
    title_by: TitleBy = TitleBy.USER
    folder: str = ""
    is_pinned: bool = False
    tags: tuple[str, ...] = ()
    chat_files: tuple[ArchivedFile, ...] = ()

    def branch(self) -> tuple[ArchivedMessage, ...]:
        """The messages from the first to the leaf."""
        by_id = {one.id: one for one in self.messages}
        found = []
        at = self.leaf
        while at is not None and at in by_id:
            found.append(by_id[at])
            at = by_id[at].parent
        return tuple(reversed(found))

    def check(self) -> None:
        """Look whether it holds together.

        Raises:
            ValueError: an id is there twice, a parent is not there or comes later.
        """
        seen: set[int] = set()
        for one in self.messages:
            if one.id in seen or (one.parent is not None and one.parent not in seen):
                raise ValueError("not a tree")
            seen.add(one.id)
        if self.leaf is not None and self.leaf not in seen:
            raise ValueError("no such leaf")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one piece of a file came to.

    Attributes:
        chat: None where there is none to bring in.
        left_out: how much of it is left out, by kind.
    """

    chat: ArchivedChat | None
    left_out: dict[LeftOut, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring.

    Attributes:
        chats, messages: that would come in.
        already: chats that are there already, by their sources.
        titles: of the first chats that would come in.
        left_out: what of the file is left out.
    """

    path: Path
    chats: int
    messages: int
    already: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    left_out: dict[LeftOut, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of an import.

    Attributes:
        chat_ids: the new chats.
        messages: in them.
        is_whole: the file was read to its end.
    """

    chat_ids: tuple[ChatId, ...]
    messages: int
    is_whole: bool = True


def source_of(created_ms: int, first_text: str) -> str:
    """What tells a chat of Sotto's apart: when it was begun, and with what words."""
    digest = hashlib.sha256(first_text.encode("utf-8", "replace")).hexdigest()[:16]
    return f"sotto:{created_ms}:{digest}"
