"""One selection across all texts of a message: with the mouse, with the keyboard, as a whole.

Each text is a document of its own.  Where a selection leaves one of them, it goes on in the next;
what lies between is selected whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QScrollArea, QTextEdit, QWidget
from shiboken6 import isValid

from ui.markdown.segment import Segment

SCOPE: Final = "selection_scope"
"""A widget with this property holds the texts that can be selected together."""

_SCROLL_MS: Final = 30
_SLOWER: Final = 4
"""A pointer so many px outside of the view scrolls it by one px each time."""

_Keys = QKeySequence.StandardKey
_Move = QTextCursor.MoveOperation
_EXTEND: Final = {
    _Keys.SelectNextChar: _Move.Right,
    _Keys.SelectPreviousChar: _Move.Left,
    _Keys.SelectNextWord: _Move.WordRight,
    _Keys.SelectPreviousWord: _Move.WordLeft,
    _Keys.SelectNextLine: _Move.Down,
    _Keys.SelectPreviousLine: _Move.Up,
    _Keys.SelectEndOfLine: _Move.EndOfLine,
    _Keys.SelectStartOfLine: _Move.StartOfLine,
    _Keys.SelectEndOfDocument: _Move.End,
    _Keys.SelectStartOfDocument: _Move.Start,
}
_STEP: Final = {
    _Keys.MoveToNextChar: _Move.Right,
    _Keys.MoveToPreviousChar: _Move.Left,
    _Keys.MoveToNextLine: _Move.Down,
    _Keys.MoveToPreviousLine: _Move.Up,
}
_PAGES: Final = (_Keys.MoveToNextPage, _Keys.MoveToPreviousPage)
_SIDEWAYS: Final = {
    _Move.Right: True,
    _Move.WordRight: True,
    _Move.Left: False,
    _Move.WordLeft: False,
}


@runtime_checkable
class TextPart(Protocol):
    """A text that a selection can pass through; a `QTextEdit`."""

    def excerpt_text(self) -> str:
        """What is selected in it, as plain text."""
        ...

    def excerpt_html(self) -> str:
        """The same as HTML without fonts and colours."""
        ...


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place between two letters."""

    part: QWidget
    position: int


class TextSelection(QObject):
    """What is selected in the conversation; at most one selection at a time.  UI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._anchor: _Spot | None = None
        self._head: _Spot | None = None
        self._marked: list[QWidget] = []
        self._pressed: QTextEdit | None = None
        self._is_carrying = False
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll)

    @property
    def spans(self) -> bool:
        """Whether it goes beyond one text."""
        return bool(self._marked)

    def has_any(self, view: QTextEdit) -> bool:
        """Whether copying in this text would copy something."""
        return self.spans or view.textCursor().hasSelection()

    # ---- the mouse

    def press(self, view: QTextEdit, event: QMouseEvent) -> bool:
        """A button goes down on a text; True if that is all that happens."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        last = self._pressed if self._pressed is not None and isValid(self._pressed) else None
        self._pressed = view
        self._is_carrying = self._is_selected(view, event.position().toPoint())
        if self._is_carrying:
            return False
        is_extended = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_extended and last is not None and last is not view and view in self._parts(last):
            self._pressed = last
            self._drag_to(last, event.globalPosition().toPoint())
            return True
        self.clear(besides=view)
        if last is not None and last is not view:
            _unselect(last)
        return False

    def drag(self, view: QTextEdit, event: QMouseEvent) -> bool:
        """The pointer moves with a button held; True if the text itself has nothing to do."""
        if not event.buttons() & Qt.MouseButton.LeftButton or self._is_carrying:
            return False
        place = event.globalPosition().toPoint()
        self._scrolling.start() if self._beyond(view, place) else self._scrolling.stop()
        is_inside = view.rect().contains(view.mapFromGlobal(place))
        if is_inside and not self.spans:
            return False
        self._drag_to(view, place)
        return True

    def release(self, view: QTextEdit) -> None:
        """The button goes up."""
        self._scrolling.stop()
        if self._is_carrying:
            self._is_carrying = False
            self.clear(besides=view)

    # ---- the keyboard

    def key(self, view: QTextEdit, event: QKeyEvent) -> bool:
        """A key goes down in a text; True if the text itself has nothing to do."""
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if is_alt or any(event.matches(key) for key in _PAGES):
            event.ignore()  # the conversation turns its pages, the message its versions
            return True
        if event.matches(_Keys.SelectAll):
            self.select_all(view)
            return True
        if event.matches(_Keys.Copy) and self.spans:
            self.copy(view)
            return True
        for key, move in _EXTEND.items():
            if event.matches(key):
                return self._extend(view, move)
        for key, move in _STEP.items():
            if event.matches(key):
                return self._step(view, move)
        return False

    def select_all(self, view: QTextEdit) -> None:
        """Select the whole message a text belongs to."""
        parts = self._parts(view)
        self._mark(_Spot(parts[0], 0), _Spot(parts[-1], _length(parts[-1])), parts)

    def copy(self, view: QTextEdit) -> None:
        """Put what is selected on the clipboard; nothing is nothing."""
        if self.has_any(view):
            QGuiApplication.clipboard().setMimeData(self.mime(view))

    def clear(self, besides: QWidget | None = None) -> None:
        """Select nothing any more; one text may keep its own part."""
        for part in self._marked:
            if part is not besides and isValid(part):
                _unselect(part)
        self._marked = []
        self._anchor = self._head = None

    def mime(self, view: QTextEdit) -> QMimeData:
        """What is selected: text that reads well, and HTML without fonts and colours."""
        marked = [part for part in self._marked if isValid(part)] or [view]
        texts, pieces = [], []
        for part in marked:
            if isinstance(part, Segment):
                texts.append(part.whole_text())
                pieces.append(part.whole_html())
            elif isinstance(part, TextPart):
                texts.append(part.excerpt_text())
                pieces.append(part.excerpt_html())
        # Made by Qt: the clipboard outlives Python, and one of Python's own would crash it then.
        data = QTextEdit.createMimeDataFromSelection(view)
        data.text()  # Qt writes its own forms into it now, and not over ours later
        data.clear()
        data.setText("\n\n".join(text for text in texts if text))
        data.setHtml('<meta charset="utf-8">' + "".join(pieces))
        return data

    # ---- how it is done

    def _parts(self, view: QWidget) -> list[QWidget]:
        """What can be selected together with a text, from top to bottom."""
        scope = _scope(view)
        if scope is None:
            return [view]
        found = [part for part in _selectable(scope) if _scope(part) is scope]
        found.sort(key=lambda part: part.mapTo(scope, QPoint(0, 0)).y())
        return found

    def _drag_to(self, view: QTextEdit, place: QPoint) -> None:
        """Select from where the button went down to here."""
        parts = self._parts(view)
        above = [part for part in parts if part.mapToGlobal(QPoint(0, 0)).y() <= place.y()]
        target = above[-1] if above else parts[0]
        anchor = self._anchor or _Spot(view, view.textCursor().anchor())
        self._mark(anchor, _spot_at(target, place), parts)

    def _extend(self, view: QTextEdit, move: QTextCursor.MoveOperation) -> bool:
        parts = self._parts(view)
        cursor = view.textCursor()
        anchor = self._anchor or _Spot(view, cursor.anchor())
        head = self._head or _Spot(view, cursor.position())
        if move is _Move.Start:
            new: _Spot | None = _Spot(parts[0], 0)
        elif move is _Move.End:
            new = _Spot(parts[-1], _length(parts[-1]))
        else:
            new = _moved(head, move)
            if new is not None and not self.spans:
                return False  # within one text Qt knows best
            new = new or _beyond_edge(head, move, parts)
        if new is None:
            return True
        self._mark(anchor, new, parts)
        _reveal(new)
        return True

    def _step(self, view: QTextEdit, move: QTextCursor.MoveOperation) -> bool:
        """The caret alone: where it leaves a text it goes over to the next."""
        head = self._head
        if head is not None:
            self.clear()
            _put_caret(head)
            return True
        here = _Spot(view, view.textCursor().position())
        if view.textCursor().hasSelection() or _moved(here, move) is not None:
            return False
        new = _beyond_edge(here, move, self._parts(view))
        if new is not None:
            _put_caret(new)
        return new is not None

    def _mark(self, anchor: _Spot, head: _Spot, parts: Sequence[QWidget]) -> None:
        """Show the selection from `anchor` to `head`."""
        first, last = parts.index(anchor.part), parts.index(head.part)
        is_back = last < first
        low, high = min(first, last), max(first, last)
        marked = list(parts[low : high + 1])
        for part in self._marked:
            if part not in marked and isValid(part):
                _unselect(part)
        for part in marked:
            if isinstance(part, Segment):
                part.mark_whole(is_marked=True)
                continue
            begin, end = (_length(part), 0) if is_back else (0, _length(part))
            begin = anchor.position if part is anchor.part else begin
            end = head.position if part is head.part else end
            _select(part, begin, end)
        self._marked = marked if len(marked) > 1 else []
        self._anchor, self._head = (anchor, head) if self._marked else (None, None)

    def _is_selected(self, view: QTextEdit, place: QPoint) -> bool:
        """Whether a press here may begin to carry the selection away."""
        cursor = view.textCursor()
        here = view.cursorForPosition(place).position()
        return cursor.hasSelection() and cursor.selectionStart() < here < cursor.selectionEnd()

    def _beyond(self, view: QWidget, place: QPoint) -> int:
        """How far the pointer is below the conversation's view, negative above it; in px."""
        area = _area(view)
        if area is None:
            return 0
        y, height = area.viewport().mapFromGlobal(place).y(), area.viewport().height()
        return y if y < 0 else max(0, y - height)

    def _scroll(self) -> None:
        """The pointer waits outside of the view: what is selected goes on moving under it."""
        view = self._pressed
        if view is None or not isValid(view):
            self._scrolling.stop()
            return
        area, place = _area(view), QCursor.pos()
        beyond = self._beyond(view, place)
        if area is not None and beyond:
            bar = area.verticalScrollBar()
            bar.setValue(bar.value() + (beyond // _SLOWER or (1 if beyond > 0 else -1)))
            self._drag_to(view, place)


def _selectable(scope: QWidget) -> Iterator[QWidget]:
    for part in scope.findChildren(QWidget):
        is_text = isinstance(part, QTextEdit) and isinstance(part, TextPart)
        is_whole = isinstance(part, Segment) and bool(part.whole_text())
        if (is_text or is_whole) and part.isVisibleTo(scope):
            yield part


def _scope(widget: QWidget) -> QWidget | None:
    found: QWidget | None = widget
    while found is not None and not found.property(SCOPE):
        found = found.parentWidget()
    return found


def _area(widget: QWidget) -> QScrollArea | None:
    found = widget.parentWidget()
    while found is not None and not isinstance(found, QScrollArea):
        found = found.parentWidget()
    return found


def _length(part: QWidget) -> int:
    return part.document().characterCount() - 1 if isinstance(part, QTextEdit) else 0


def _select(part: QWidget, begin: int, end: int) -> None:
    """Select in one text; it must not scroll to where its own caret is."""
    if not isinstance(part, QTextEdit):
        return
    bars = part.horizontalScrollBar(), part.verticalScrollBar()
    values = [bar.value() for bar in bars]
    cursor = part.textCursor()
    cursor.setPosition(min(begin, _length(part)))
    cursor.setPosition(min(end, _length(part)), QTextCursor.MoveMode.KeepAnchor)
    part.setTextCursor(cursor)
    for bar, value in zip(bars, values, strict=True):
        bar.setValue(value)


def _unselect(part: QWidget) -> None:
    if isinstance(part, Segment):
        part.mark_whole(is_marked=False)
    elif isinstance(part, QTextEdit):
        place = part.textCursor().position()
        _select(part, place, place)


def _spot_at(part: QWidget, place: QPoint) -> _Spot:
    if not isinstance(part, QTextEdit):
        return _Spot(part, 0)
    inside = part.viewport().mapFromGlobal(QPointF(place)).toPoint()
    if inside.y() < 0:
        return _Spot(part, 0)
    if inside.y() > part.viewport().height():
        return _Spot(part, _length(part))
    return _Spot(part, part.cursorForPosition(inside).position())


def _moved(spot: _Spot, move: QTextCursor.MoveOperation) -> _Spot | None:
    """Where a key leads within the same text; None at its edge."""
    if not isinstance(spot.part, QTextEdit):
        return None
    cursor = QTextCursor(spot.part.document())
    cursor.setPosition(spot.position)
    cursor.movePosition(move)
    return _Spot(spot.part, cursor.position()) if cursor.position() != spot.position else None


def _beyond_edge(
    spot: _Spot, move: QTextCursor.MoveOperation, parts: Sequence[QWidget]
) -> _Spot | None:
    """Where a key leads from the edge of a text; None at the edge of the message."""
    if not isinstance(spot.part, QTextEdit) or spot.part not in parts:
        return None
    forward = _is_forward(spot, move)
    if forward is None:
        return None
    at = parts.index(spot.part)
    texts = [
        one for one in (parts[at + 1 :] if forward else parts[:at]) if isinstance(one, QTextEdit)
    ]
    if not texts:
        end = _length(spot.part) if forward else 0
        return _Spot(spot.part, end) if end != spot.position else None
    part = texts[0] if forward else texts[-1]
    if move in _SIDEWAYS:
        return _Spot(part, 0 if forward else _length(part))
    # Up and down: to the letter that stands nearest below or above.
    cursor = QTextCursor(spot.part.document())
    cursor.setPosition(spot.position)
    x = spot.part.viewport().mapToGlobal(spot.part.cursorRect(cursor).center()).x()
    inside = part.viewport().mapFromGlobal(QPoint(x, 0)).x()
    y = 1 if forward else part.viewport().height() - 1
    return _Spot(part, part.cursorForPosition(QPoint(inside, y)).position())


def _is_forward(spot: _Spot, move: QTextCursor.MoveOperation) -> bool | None:
    """Whether a key leads towards the end; None for one that never leaves its line."""
    if move in {_Move.Down, _Move.Up}:
        return move is _Move.Down
    if move not in _SIDEWAYS or not isinstance(spot.part, QTextEdit):
        return None
    block = spot.part.document().findBlock(spot.position)
    is_mirrored = block.textDirection() is Qt.LayoutDirection.RightToLeft
    return _SIDEWAYS[move] is not is_mirrored


def _put_caret(spot: _Spot) -> None:
    if isinstance(spot.part, QTextEdit):
        _select(spot.part, spot.position, spot.position)
        spot.part.setFocus(Qt.FocusReason.OtherFocusReason)
        _reveal(spot)


def _reveal(spot: _Spot) -> None:
    """Have the caret in view."""
    area = _area(spot.part)
    inside = area.widget() if area is not None else None
    if area is None or inside is None or not isinstance(spot.part, QTextEdit):
        return
    cursor = QTextCursor(spot.part.document())
    cursor.setPosition(spot.position)
    box = spot.part.cursorRect(cursor)
    corner = spot.part.viewport().mapTo(inside, box.bottomLeft())
    area.ensureVisible(0, corner.y(), 0, 2 * box.height())
