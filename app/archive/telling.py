"""A chat as people read it in a file: what each message says, in its order.  Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.archive.values import ArchivedAttachment, ArchivedChat, ArchivedMessage
from app.chats.values import MessageRole, MessageStatus
from app.tools.browser.citations import citations
from app.tools.records import CallRecord, PageRef
from app.words import Words
from engine.harmony.messages import Effort


@dataclass(frozen=True, slots=True)
class Source:
    """A page that is cited; `number` counts in the file."""

    number: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message.

    Attributes:
        heading: who says it, when, and with what effort.
        text: Markdown; of the user's own words, exactly those.
        sources: what `[^1]` and so on in the text stand for.
        remark: how it ended, where that is worth a word, or "".
    """

    heading: str
    is_users: bool
    text: str
    thoughts: tuple[str, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    attachments: tuple[ArchivedAttachment, ...] = ()
    sources: tuple[Source, ...] = ()
    remark: str = ""


def without_thoughts(chat: ArchivedChat, *, but_checked: bool = False) -> ArchivedChat:
    """The chat without the (filtered) thoughts of its answers.

    Args:
        chat: as it is stored.
        but_checked: thoughts that were judged by the policy stay.
    """

    def stripped(one: ArchivedMessage) -> ArchivedMessage:
        is_checked = bool(one.summary) and json.loads(one.summary).get("is_checked") is True
        return one if but_checked and is_checked else replace(one, thoughts=(), summary="")

    return replace(chat, messages=tuple(stripped(one) for one in chat.messages))


def told(chat: ArchivedChat, words: Words) -> tuple[Told, ...]:
    """The branch that is shown, message by message."""
    branch = chat.branch()
    pages = [call.page for one in branch for call in one.calls if call.page is not None]
    numbers: dict[int, Source] = {}
    return tuple(_told(one, words, pages, numbers) for one in branch)


def stamp(time_ms: int) -> str:
    """A time of this place, for people: date and minute."""
    return datetime.fromtimestamp(time_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def iso(time_ms: int) -> str:
    """A time of this place, for programs."""
    return datetime.fromtimestamp(time_ms / 1000).astimezone().isoformat(timespec="seconds")


def effort_name(words: Words, effort: Effort) -> str:
    """An effort in words."""
    return {
        Effort.LOW: words("Low effort"),
        Effort.MEDIUM: words("Medium effort"),
        Effort.HIGH: words("High effort"),
    }[effort]


def _told(
    one: ArchivedMessage, words: Words, pages: list[PageRef], numbers: dict[int, Source]
) -> Told:
    when = stamp(one.created_ms)
    if one.role is MessageRole.USER:
        return Told(f"{words('You')} · {when}", is_users=True, text=one.text)
    text, cited = _with_notes(one.text, pages, numbers)
    if one.preamble.strip():
        text = f"{one.preamble.strip()}\n\n{text}"
    return Told(
        f"{words('Answer')} · {when} · {effort_name(words, one.effort)}",
        is_users=False,
        text=text,
        thoughts=tuple(piece.text for piece in one.thoughts),
        calls=one.calls,
        attachments=one.attachments,
        sources=tuple(cited),
        remark=_remark(one, words),
    )


def _with_notes(
    text: str, pages: Iterable[PageRef], numbers: dict[int, Source]
) -> tuple[str, list[Source]]:
    """The text with its citations as notes, and what those stand for."""
    pieces, at = [], 0
    cited: dict[int, Source] = {}
    for mark in citations(text, pages):
        source = numbers.setdefault(
            mark.cursor, Source(len(numbers) + 1, mark.title or mark.host, mark.url)
        )
        cited[source.number] = source
        pieces += [text[at : mark.start], f"[^{source.number}]"]
        at = mark.end
    return "".join([*pieces, text[at:]]), list(cited.values())


def _remark(one: ArchivedMessage, words: Words) -> str:
    if one.check is not None and one.check.withholds:
        return words("This answer is withheld by the check against the policy.")
    if one.problem is not None and one.status is MessageStatus.FAILED:
        return words(one.problem.title, **one.problem.fields)
    return {
        MessageStatus.STOPPED: words("The answer was stopped here."),
        MessageStatus.LIMIT: words("The answer reached its limit here."),
        MessageStatus.INTERRUPTED: words("The answer breaks off here."),
        MessageStatus.STREAMING: words("The answer breaks off here."),
    }.get(one.status, "")


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text; one line where it is empty."""
    yield from text.splitlines() or [""]
