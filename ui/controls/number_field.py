"""A number to fill in; left empty, it is chosen automatically."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.field import Field
from ui.theme.theme import Theme
from ui.theme.tokens import Space

TYPING_MS: Final = 500
"""So long after the last key a sound number counts, without leaving the field."""

Number = int | float


@dataclass(frozen=True, slots=True)
class NumberRange:
    """What may be filled in.

    Attributes:
        least, most: the smallest and the largest number.
        decimals: 0 for whole numbers.
        step: what an arrow key adds; with `doubles`, arrow keys double and halve instead.
        can_be_empty: nothing filled in is an answer, too: None.
    """

    least: Number
    most: Number
    decimals: int = 0
    step: Number = 1
    doubles: bool = False
    can_be_empty: bool = False

    def parse(self, text: str) -> Number | None:
        """The number a text says.

        Raises:
            ValueError: it says none, or one that is out of range.
        """
        plain = text.replace(",", "" if self.decimals == 0 else ".").replace(" ", "")
        if not plain and self.can_be_empty:
            return None
        number: Number = float(plain) if self.decimals else int(plain)
        if not math.isfinite(number) or not self.least <= number <= self.most:
            raise ValueError("out of range")
        return round(number, self.decimals) if self.decimals else number

    def written(self, number: Number | None) -> str:
        """The number as it is shown."""
        if number is None:
            return ""
        if not self.decimals:
            return str(number)
        text = f"{number:.{self.decimals}f}".rstrip("0")
        return text + "0" if text.endswith(".") else text


class NumberField(Field):
    """One number.  What makes no sense is marked, and given up when the field is left.

    Signals:
        changed: (number: int, float or None) the user filled in another one.
        marked: (wrong: bool) what is in the field makes no sense, or makes sense again.

    Args:
        theme: the look.
        name: what the number is, for screen readers.
        allowed: what may be filled in.
        digits: how many the field must show.
        parent: the widget it lives in.
    """

    changed = Signal(object)
    marked = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        name: str,
        allowed: NumberRange,
        *,
        digits: int = 7,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, parent=parent)
        self.allowed = allowed
        self._number: Number | None = None if allowed.can_be_empty else allowed.least
        self._digits = digits
        self._is_wrong = False
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(self._take)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMaxLength(16)
        self.textEdited.connect(self._on_edited)
        self.setText(allowed.written(self._number))

    @property
    def number(self) -> Number | None:
        """What counts now; None for nothing filled in."""
        return self._number

    def set_number(self, number: Number | None) -> None:
        """Show another number, unless the user is just writing one."""
        self._number = number
        if not self._timer.isActive() and not self._is_wrong:
            self._show()

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        shown = [
            metrics.horizontalAdvance(self.placeholderText()),
            self._digits * metrics.averageCharWidth(),
        ]
        return QSize(max(shown) + 2 * Space.PAD, super().sizeHint().height())

    @override
    def setPlaceholderText(self, text: str) -> None:
        super().setPlaceholderText(text)
        self.updateGeometry()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self._step(1)
            case Qt.Key.Key_Down:
                self._step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take()
            case Qt.Key.Key_Escape if self._timer.isActive() or self._is_wrong:
                self._give_up()
            case _:
                super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._take()
            self._give_up()

    def _on_edited(self, text: str) -> None:
        try:
            self.allowed.parse(text)
        except ValueError:
            self._timer.stop()
            self._mark(wrong=True)
        else:
            self._mark(wrong=False)
            self._timer.start()

    def _take(self) -> None:
        self._timer.stop()
        try:
            number = self.allowed.parse(self.text())
        except ValueError:
            self._mark(wrong=True)
            return
        if number != self._number:
            self._number = number
            self.changed.emit(number)

    def _give_up(self) -> None:
        self._timer.stop()
        self._mark(wrong=False)
        self._show()

    def _show(self) -> None:
        text = self.allowed.written(self._number)
        if self.text() != text:
            self.setText(text)

    def _step(self, by: int) -> None:
        now = self._number if self._number is not None else self._automatic()
        allowed = self.allowed
        if allowed.doubles:
            wanted: Number = max(1, int(now)) * 2 if by > 0 else int(now) // 2
        else:
            wanted = now + by * allowed.step
        wanted = min(allowed.most, max(allowed.least, wanted))
        self.setText(
            allowed.written(round(wanted, allowed.decimals) if allowed.decimals else wanted)
        )
        self._take()

    def _automatic(self) -> Number:
        """The number in the placeholder, where arrow keys begin."""
        digits = "".join(one for one in self.placeholderText() if one.isdigit())
        return int(digits) if digits else self.allowed.least

    def _mark(self, *, wrong: bool) -> None:
        if wrong == self._is_wrong:
            return
        self._is_wrong = wrong
        self.setProperty("state", "wrong" if wrong else "")
        self.style().unpolish(self)
        self.style().polish(self)
        self.marked.emit(wrong)
