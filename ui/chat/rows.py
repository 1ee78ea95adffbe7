"""Where the messages of a chat stand, measured or guessed.  Knows no widgets.

A chat may hold thousands of messages; only those near the viewport have widgets, the
others a guessed height that is put right when they come near.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole
from app.thoughts.display import ThoughtsDisplay

TOP: Final = 20
BETWEEN: Final = 24
BOTTOM: Final = 24
BELOW_USER: Final = 2
"""Below a user's message, whose row of actions is room enough."""
_ACTIONS: Final = 20

_LINE: Final = 25
_LETTER: Final = 7.6
_USER_EXTRA: Final = 50
_ANSWER_EXTRA: Final = 78
_CALL: Final = 56
_SHOWN: Final = 240
_USER_WIDTH: Final = 0.76


_TO_COME: Final = Message(MessageId(0), ChatId(0), None, MessageRole.USER, "", 0)
_USUAL_HEIGHT: Final = 160
"""Of a message that is not read yet."""


@dataclass(slots=True, weakref_slot=True)
class Row:
    """One message.

    Attributes:
        height: in logical px; a guess until `is_measured`.
        is_open: the user opened its thoughts.
        display: how the user wants them shown; None is as the settings say.
        open_calls: numbers of the calls whose cards the user opened.
        left_out: messages above it that the model does not read, where this is the first it does.
    """

    message: Message
    height: int = 0
    is_measured: bool = False
    is_open: bool = False
    display: ThoughtsDisplay | None = None
    open_calls: frozenset[int] = frozenset()
    left_out: int = 0

    def note_card(self, number: int, is_open: bool) -> None:
        """The user opened or closed the card of a call."""
        rest = self.open_calls - {number}
        self.open_calls = rest | {number} if is_open else rest


class Rows:
    """Rows from top to bottom and their offsets.  All distances in logical px.

    Attributes:
        gap: between two rows; `forget_heights` must follow a change.
    """

    def __init__(self) -> None:
        self.gap = BETWEEN
        self._rows: list[Row] = []
        self._by_id: dict[MessageId, int] = {}
        self._tops: list[int] = []
        self._changed_from = 0
        self.total = TOP + BOTTOM
        """Height of everything."""

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def reset(self, messages: tuple[Message, ...], width: int) -> None:
        """Start over with these messages, all guessed."""
        self._rows = []
        self._by_id = {}
        self.replace_from(0, messages, width)

    def replace_from(self, first: int, messages: Sequence[Message], width: int) -> None:
        """Have these messages, all guessed, in place of the rows from one on."""
        for row in self._rows[first:]:
            self._by_id.pop(row.message.id, None)
        del self._rows[first:]
        for message in messages:
            self._by_id[message.id] = len(self._rows)
            self._rows.append(Row(message, guessed_height(message, width)))
        self._changed_from = min(self._changed_from, first)
        self.lay_out()

    def reset_to_end(self, end: tuple[Message, ...], earlier: int, width: int) -> None:
        """Start over with the last messages of a chat and empty rows for those before."""
        self._rows = [Row(_TO_COME, _USUAL_HEIGHT) for _ in range(earlier)]
        self._rows += [Row(message, guessed_height(message, width)) for message in end]
        self._by_id = {message.id: index for index, message in enumerate(end, earlier)}
        self._changed_from = 0
        self.lay_out()

    def fill(self, earlier: tuple[Message, ...], width: int) -> None:
        """The messages of the empty rows came."""
        for row, message in zip(self._rows, earlier, strict=False):
            row.message, row.height = message, guessed_height(message, width)
        self._by_id |= {message.id: index for index, message in enumerate(earlier)}
        self._changed_from = 0
        self.lay_out()

    def index_of(self, message_id: MessageId) -> int | None:
        """Where a message stands; None where it is not shown."""
        return self._by_id.get(message_id)

    def place_after(self, parent_id: MessageId | None) -> int:
        """Where what follows a message stands."""
        above = self._by_id.get(parent_id) if parent_id is not None else None
        return 0 if above is None else above + 1

    @property
    def messages(self) -> tuple[Message, ...]:
        """All of them, as last known."""
        return tuple(row.message for row in self._rows)

    def append(self, message: Message, width: int) -> int:
        """Add a message at the end; returns its index."""
        self._by_id[message.id] = len(self._rows)
        self._rows.append(Row(message, guessed_height(message, width)))
        self.lay_out()
        return len(self._rows) - 1

    def forget_heights(self, width: int) -> None:
        """The width changed: guess again."""
        for row in self._rows:
            row.height = guessed_height(row.message, width)
            row.is_measured = False
        self._changed_from = 0
        self.lay_out()

    def mark_left_out(self, count: int) -> list[int]:
        """The model reads from row `count` on; returns the rows that say something else now."""
        changed = []
        for index, row in enumerate(self._rows):
            messages = count if index == count else 0
            if row.left_out != messages:
                row.left_out = messages
                changed.append(index)
        return changed

    def measure(self, index: int, height: int) -> bool:
        """Note a row's true height; True if it is another one.  `lay_out` must follow."""
        row = self._rows[index]
        row.is_measured = True
        if row.height == height:
            return False
        row.height = height
        self._changed_from = min(self._changed_from, index + 1)
        return True

    def lay_out(self) -> None:
        """Work out the offsets below the first row that changed."""
        tops = self._tops
        first = min(self._changed_from, len(tops))
        del tops[first:]
        y = tops[-1] + self._room(self._rows[first - 1]) if first else TOP
        for row in self._rows[first:]:
            tops.append(y)
            y += self._room(row)
        last = tops[-1] + self._rows[-1].height if self._rows else TOP
        self.total = last + BOTTOM
        self._changed_from = len(self._rows)

    def _room(self, row: Row) -> int:
        """What a row takes with what parts it from the next."""
        is_user = row.message.role is MessageRole.USER
        return row.height + (max(BELOW_USER, self.gap - _ACTIONS) if is_user else self.gap)

    def top(self, index: int) -> int:
        """Where a row begins."""
        return self._tops[index]

    def at(self, y: int) -> int:
        """The row that holds `y`, or the nearest one; -1 without rows."""
        return max(0, bisect_right(self._tops, y) - 1) if self._rows else -1

    def between(self, top: int, bottom: int) -> range:
        """Rows of which something lies between two offsets."""
        if not self._rows:
            return range(0)
        first = self.at(top)
        if self._tops[first] + self._rows[first].height < top:
            first += 1
        return range(first, self.at(bottom) + 1)


def guessed_height(message: Message, width: int) -> int:
    """A height from the number of letters; wide letters (Korean, Chinese) count twice."""
    text = message.text
    letters = len(text) if text.isascii() else len(text.encode()) * 0.67
    room, extra = width / _LETTER, _ANSWER_EXTRA
    if message.role is MessageRole.USER:
        room, extra = room * _USER_WIDTH, _USER_EXTRA
    lines = letters / room + text.count("\n") * 0.7
    extra += _CALL * len(message.calls)
    extra += _SHOWN * sum(len(call.attachments) for call in message.calls)
    return int(lines * _LINE if lines > 1 else _LINE) + extra
