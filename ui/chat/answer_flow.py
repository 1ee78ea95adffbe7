"""What an answer says and does, in the order it happened: words, calls, words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.chats.values import Message
from app.tools.browser.citations import finished_length
from app.tools.records import CallRecord
from ui.chat.tools.card import ToolCard
from ui.chat.tools.doors import ToolDoors
from ui.markdown.blocks import Block
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.markdown.selection import SCOPE, TextPart
from ui.theme.tokens import Role

JSON_FENCE: Final = "```json\n"
_GAP: Final = 12
_BETWEEN_CARDS: Final = 8

Piece = tuple[str, str] | CallRecord
"""("preamble" or "text", Markdown), or a call."""

_TEXT: Final = "text"
_PREAMBLE: Final = "preamble"


class AnswerFlow(QWidget):
    """A column of Markdown columns and cards.

    Signals:
        height_changed: (by_user: bool) it needs another height at the same width.
        card_toggled: (number: int, is_open: bool) the user opened or closed a card.
        page_requested: (number: int) the user wants to see the page that a call read.

    Args:
        context: of this answer.
        parser: shared with all messages.
        doors: what cards ask of the chat service.
        rewrite: has the last word on the blocks of the answer's text.
        parent: the answer.
    """

    height_changed = Signal(bool)
    card_toggled = Signal(int, bool)
    page_requested = Signal(int)

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        doors: ToolDoors,
        rewrite: Callable[[tuple[Block, ...]], tuple[Block, ...]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._parser = parser
        self._doors = doors
        self._rewrite = rewrite
        self._kinds: list[str] = []
        self._parts: list[MarkdownColumn | ToolCard] = []
        self._opened: frozenset[int] = frozenset()
        self._held = ""
        self._changed: dict[int, CallRecord] = {}
        self._grown: list[MarkdownColumn] = []
        self.setProperty(SCOPE, True)
        self.has_json = False
        """The text is JSON and stands in a code block."""

    @property
    def cards(self) -> dict[int, ToolCard]:
        """The cards by the numbers of their calls."""
        return {part.call.number: part for part in self._parts if isinstance(part, ToolCard)}

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """The calls in their order."""
        known = {number: card.call for number, card in self.cards.items()}
        return tuple((known | self._changed).values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return all(_is_blank(part) for part in self._parts)

    def column(self, kind: str) -> MarkdownColumn:
        """The last column of a kind, "text" or "preamble".

        Raises:
            LookupError: there is none yet.
        """
        for own, part in zip(reversed(self._kinds), reversed(self._parts), strict=True):
            if own == kind and isinstance(part, MarkdownColumn):
                return part
        raise LookupError(kind)

    def open_cards(self, numbers: frozenset[int]) -> None:
        """Open the cards of these calls, also those that are still to come."""
        self._opened = numbers
        for number, card in self.cards.items():
            card.set_open(number in numbers)

    def add_text(self, text: str) -> None:
        """Take more of the answer; half a citation is held back until it is whole."""
        text = self._held + text
        ready = finished_length(text)
        self._held = text[ready:]
        if ready:
            self._grow(_TEXT, text[:ready])

    def add_preamble(self, text: str) -> None:
        """Take more of what is said before a call."""
        self._grow(_PREAMBLE, text)

    def put_call(self, call: CallRecord) -> None:
        """A call is new, or is further than it was; `flush` shows it."""
        if call.number in self.cards:
            self._changed[call.number] = call
            return
        self._release()
        self.flush()
        self._insert(len(self._parts), call)

    def flush(self) -> None:
        """Show everything that was added; `fit` must follow."""
        for number, call in self._changed.items():
            self.cards[number].show_call(call)
        self._changed.clear()
        for column in self._grown:
            column.flush()
        self._grown.clear()

    def show_message(self, message: Message) -> None:
        """Show a finished answer; what differs is drawn again.  `fit` must follow."""
        self._held = ""
        self._changed.clear()
        self._grown.clear()
        pieces = list(pieces_of(message))
        for number, piece in enumerate(pieces):
            if number >= len(self._parts) or self._kinds[number] != _kind(piece):
                self._insert(number, piece)
            self._fill(self._parts[number], piece)
        while len(self._parts) > len(pieces):
            self._kinds.pop()
            _discard(self._parts.pop())

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y, last = 0, None
        for part in self._parts:
            part.setVisible(not _is_blank(part))
            if _is_blank(part):
                continue
            if last is not None:
                is_pair = isinstance(last, ToolCard) and isinstance(part, ToolCard)
                y += _BETWEEN_CARDS if is_pair else _GAP
            height = part.fit(width)
            part.setGeometry(0, y, width, height)
            y += height
            last = part
        return y

    def place_at(self, y: int) -> Callable[[], int]:
        """What stands `y` px below the top, told as where it stands whenever it is asked later."""
        shown = [(at, part) for at, part in enumerate(self._parts) if not _is_blank(part)]
        above = [(at, part) for at, part in shown if part.y() <= y]
        if not above:
            return lambda: y
        number, part = above[-1]
        inside = y - part.y()
        place = part.place_at(inside) if isinstance(part, MarkdownColumn) else lambda: inside

        def stands() -> int:
            is_there = number < len(self._parts) and self._parts[number] is part
            return part.y() + place() if is_there else y

        return stands

    def focus_text(self) -> None:
        """Put the caret at the beginning of the first text."""
        texts = self.findChildren(QTextEdit)
        shown = [one for one in texts if one.isVisible() and isinstance(one, TextPart)]
        if shown:
            first = min(shown, key=lambda one: one.mapTo(self, QPoint(0, 0)).y())
            first.moveCursor(QTextCursor.MoveOperation.Start)
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end_of_text(self) -> QRect | None:
        """Where the next letter will stand; None where the last thing is no text."""
        last = self._parts[-1] if self._parts else None
        caret = last.end_of_text() if isinstance(last, MarkdownColumn) else None
        return caret.translated(last.pos()) if caret is not None and last is not None else None

    def _release(self) -> None:
        """What was held back was no citation after all."""
        if self._held:
            self._grow(_TEXT, self._held)
            self._held = ""

    def _grow(self, kind: str, text: str) -> None:
        column = self._column_at_end(kind)
        column.add(text)
        if column not in self._grown:
            self._grown.append(column)

    def _column_at_end(self, kind: str) -> MarkdownColumn:
        last = self._parts[-1] if self._parts else None
        if isinstance(last, MarkdownColumn) and self._kinds[-1] == kind:
            return last
        column = self._make_column(kind)
        self._put(len(self._parts), kind, column)
        if kind == _TEXT and self.has_json:
            column.add(JSON_FENCE)
        return column

    def _insert(self, place: int, piece: Piece) -> None:
        part: MarkdownColumn | ToolCard
        if isinstance(piece, CallRecord):
            part = self._make_card(piece)
        else:
            part = self._make_column(piece[0])
        self._put(place, _kind(piece), part)

    def _put(self, place: int, kind: str, part: MarkdownColumn | ToolCard) -> None:
        self._kinds.insert(place, kind)
        self._parts.insert(place, part)  # `fit` gives it its place, then shows it

    def _make_column(self, kind: str) -> MarkdownColumn:
        role: Role = "muted" if kind == _PREAMBLE else "text"
        column = MarkdownColumn(self._context, self._parser, role=role, parent=self)
        if kind == _TEXT:
            column.rewrite = self._rewrite
        column.height_changed.connect(lambda: self.height_changed.emit(False))
        return column

    def _make_card(self, call: CallRecord) -> ToolCard:
        card = ToolCard(self._context, self._doors, call, parent=self)
        if call.number in self._opened:
            card.set_open(True)
        card.height_changed.connect(self.height_changed)
        card.toggled.connect(lambda is_open: self._on_toggled(call.number, is_open))
        card.page_requested.connect(self.page_requested)
        return card

    def _fill(self, part: MarkdownColumn | ToolCard, piece: Piece) -> None:
        if isinstance(part, ToolCard):
            if isinstance(piece, CallRecord) and piece != part.call:
                part.show_call(piece)
        elif not isinstance(piece, CallRecord):
            part.set_markdown(piece[1])

    def _on_toggled(self, number: int, is_open: bool) -> None:
        self._opened = self._opened | {number} if is_open else self._opened - {number}
        self.card_toggled.emit(number, is_open)


def pieces_of(message: Message) -> Iterator[Piece]:
    """The parts of a message in the order they came."""
    said = shown = 0
    for call in message.calls:
        yield from _words(message, said, call.preamble_chars, shown, call.text_chars)
        said, shown = max(said, call.preamble_chars), max(shown, call.text_chars)
        yield call
    yield from _words(message, said, len(message.preamble), shown, len(message.text))


def _words(
    message: Message, said: int, said_to: int, shown: int, shown_to: int
) -> Iterator[tuple[str, str]]:
    if message.preamble[said:said_to]:
        yield _PREAMBLE, message.preamble[said:said_to]
    text = message.text[shown:shown_to]
    if text:
        # JSON stands in a code block, which no line of JSON can close.
        yield _TEXT, f"{JSON_FENCE}{text}\n```" if message.format_name else text


def _kind(piece: Piece) -> str:
    return f"call {piece.number}" if isinstance(piece, CallRecord) else piece[0]


def _is_blank(part: MarkdownColumn | ToolCard) -> bool:
    return isinstance(part, MarkdownColumn) and part.is_empty


def _discard(part: QWidget) -> None:
    part.hide()
    part.deleteLater()
