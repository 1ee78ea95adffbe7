"""What a screen reader hears of an answer while it is written: whole sentences, in chunks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QAccessible

from app.chats.changes import AnswerTextAdded, ChatChange, ChatOpened, MessageEnded
from app.words import Words

_ENOUGH_CHARACTERS: Final = 160
_PAUSE_SECONDS: Final = 2.0
"""Sentences that come closer to each other are said together: each announcement of its own
would cut off or queue behind the one before."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…。！？])[\"')\]”’」』]*\s+|\n+")
_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_MARKS: Final = re.compile(
    r"^\s*(?:#{1,6}|>|[-*+]|\d+[.)])\s+|[*`|]+|(?<!\w)_+|_+(?!\w)|【[^】]*】"
)


class LiveRegion:
    """Collects the words of one answer and announces what is complete.  UI thread.

    Code is not read out: its place is told.  It costs nothing where nothing listens.

    Args:
        words: the user's language.
        say: announces a text.
        now: seconds of a clock that never goes back.
        is_heard: whether something listens; Qt knows.
    """

    def __init__(
        self,
        words: Words,
        say: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
        is_heard: Callable[[], bool] = QAccessible.isActive,
    ) -> None:
        self._words = words
        self._announce = say
        self._now = now
        self._is_heard = is_heard
        self._rest = ""
        self._is_in_code = False
        self._unsaid: list[str] = []
        self._said_at = 0.0

    def apply(self, change: ChatChange) -> None:
        """Take what the chat service tells of the open chat."""
        if isinstance(change, AnswerTextAdded):
            self.add(change.text)
        elif isinstance(change, MessageEnded):
            self.end()
        elif isinstance(change, ChatOpened):
            self.forget()

    def add(self, text: str) -> None:
        """More of the answer came."""
        if not self._is_heard():
            return
        self._rest += text
        *whole, self._rest = _split(self._rest)
        self._unsaid += [said for part in whole if (said := self._spoken(part))]
        length = sum(map(len, self._unsaid))
        is_time = self._now() - self._said_at >= _PAUSE_SECONDS
        if self._unsaid and (is_time or length >= _ENOUGH_CHARACTERS):
            self._say()

    def end(self) -> None:
        """The answer is final: say what is left, and that it is."""
        if self._rest and (said := self._spoken(self._rest)):
            self._unsaid.append(said)
        self._unsaid.append(self._words("Sotto answered"))
        self._say()
        self._rest, self._is_in_code = "", False

    def forget(self) -> None:
        """Another chat is shown."""
        self._rest, self._is_in_code = "", False
        self._unsaid.clear()

    def _say(self) -> None:
        self._announce(" ".join(self._unsaid))
        self._unsaid.clear()
        self._said_at = self._now()

    def _spoken(self, part: str) -> str:
        if _FENCE.match(part):
            self._is_in_code = not self._is_in_code
            return self._words("A block of code.") if self._is_in_code else ""
        if self._is_in_code:
            return ""
        return " ".join(_MARKS.sub("", _LINK.sub(r"\1", part)).split())


def _split(text: str) -> list[str]:
    """Whole sentences and lines, and behind them what is not whole yet."""
    parts, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        parts.append(text[start : end.end()])
        start = end.end()
    return [*parts, text[start:]]
