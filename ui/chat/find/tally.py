"""How often something stands in each message of a chat; counted in short steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.chats.values import Message, MessageStatus
from ui.chat.find.needle import Needle

_STEP_SECONDS: Final = 0.006
"""The window must not be felt to stand still."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where it stands.

    Attributes:
        row: of the message.
        number: which one in this message, from 0 on.
    """

    row: int
    number: int


class Tally(QObject):
    """Counts; the messages that are read now first.  UI thread.

    Signals:
        counted: more is known now.

    Args:
        count: how many messages there are.
        message_of: a message as it is now, given its row.
        texts_of: what is read of a message, given its row.
        parent: the owner.
        clock: seconds of a clock that never goes back.
    """

    counted = Signal()

    def __init__(
        self,
        count: Callable[[], int],
        message_of: Callable[[int], Message],
        texts_of: Callable[[int], tuple[str, ...]],
        parent: QObject,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._count_messages = count
        self._message_of = message_of
        self._texts_of = texts_of
        self._clock = clock
        self._needle: Needle | None = None
        self._counts: dict[int, int] = {}
        self._left: list[int] = []
        self._texts: dict[tuple[int, int, int], tuple[str, ...]] = {}
        self._steps = QTimer(self, interval=0)
        self._steps.timeout.connect(self._step)

    @property
    def total(self) -> int:
        """How often it stands in what was looked at by now."""
        return sum(self._counts.values())

    @property
    def is_whole(self) -> bool:
        """Whether all messages were looked at."""
        return not self._left

    def begin(self, needle: Needle | None, first: int = 0) -> None:
        """Count something else, from a row on and then from the beginning."""
        self._needle = needle
        self._counts.clear()
        count = self._count_messages() if needle is not None else 0
        self._left = [*range(first, count), *range(min(first, count))]
        self._left.reverse()
        if needle is None:
            self._texts.clear()
            self._steps.stop()
        else:
            self._step()

    def recount(self, row: int) -> None:
        """A message is another one, or is new."""
        if self._needle is not None and row not in self._left:
            self._count(row)
            self.counted.emit()

    def next(self, spot: Spot | None, *, forward: bool = True) -> Spot | None:
        """The place after another one, or before it; round and round."""
        rows = sorted(row for row, count in self._counts.items() if count)
        if not rows:
            return None
        if spot is None:
            return Spot(rows[0], 0)
        number = spot.number + (1 if forward else -1)
        if 0 <= number < self._counts.get(spot.row, 0):
            return Spot(spot.row, number)
        if forward:
            row = next((one for one in rows if one > spot.row), rows[0])
            return Spot(row, 0)
        row = next((one for one in reversed(rows) if one < spot.row), rows[-1])
        return Spot(row, self._counts[row] - 1)

    def first_from(self, row: int) -> Spot | None:
        """The first place in a message or after it, else the first of all."""
        rows = sorted(one for one, count in self._counts.items() if count)
        return Spot(next((one for one in rows if one >= row), rows[0]), 0) if rows else None

    def rank(self, spot: Spot) -> int:
        """The how-manieth a place is, from 1 on."""
        above = sum(count for row, count in self._counts.items() if row < spot.row)
        return above + spot.number + 1

    def holds(self, spot: Spot) -> bool:
        """Whether there is still such a place."""
        return spot.number < self._counts.get(spot.row, 0)

    def _step(self) -> None:
        end = self._clock() + _STEP_SECONDS
        while self._left:
            self._count(self._left.pop())
            if self._clock() >= end:
                break
        if self._left:
            self._steps.start()
        else:
            self._steps.stop()
        self.counted.emit()

    def _count(self, row: int) -> None:
        if self._needle is None or row >= self._count_messages():
            return
        needle, message = self._needle, self._message_of(row)
        if message.status is MessageStatus.STREAMING:
            texts = self._texts_of(row)  # it is another one each time
        elif needle.may_be_in(message):
            texts = self._remembered(row, message)
        else:
            texts = ()
        self._counts[row] = sum(len(needle.marks(text)) for text in texts)

    def _remembered(self, row: int, message: Message) -> tuple[str, ...]:
        key = (message.id, len(message.text), len(message.preamble))
        if key not in self._texts:
            self._texts[key] = self._texts_of(row)
        return self._texts[key]
