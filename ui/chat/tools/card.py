"""One call in its place in the answer: a quiet line that opens to all of it.

What a reader wants to see at once (pictures, tables, files, a question, a warning) stands below
the line whether the card is open or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QRectF, QTimer, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.tools.records import CallRecord, CallStatus
from ui.chat.tools.details import CallDetails
from ui.chat.tools.doors import ToolDoors
from ui.chat.tools.head import CardHead
from ui.chat.tools.origins import OriginsSign
from ui.chat.tools.results import CallResults
from ui.chat.tools.wording import contents, elapsed, state, time_of, title, untrusted
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.progress import Progress
from ui.markdown.context import MarkdownContext
from ui.markdown.selection import SCOPE
from ui.theme.tokens import Radius, Space, TypeSize

_PAD: Final = 14
_TICK_MS: Final = 200


@runtime_checkable
class Fitting(Protocol):
    """A part that says how high it is at a width."""

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        ...


@runtime_checkable
class Growing(Protocol):
    """A part that tells (by_user: bool) when it needs another height."""

    height_changed: SignalInstance


class ToolCard(QWidget):
    """Show one call, stored or in progress.

    Signals:
        height_changed: (by_user: bool) it needs another height at the same width.
        toggled: (is_open: bool) the user opened or closed it.
        page_requested: (number: int) the user wants to see the page that the call read.

    Args:
        context: shared with all messages.
        doors: ways to the chat service.
        call: as far as it is.
        now_ms: Unix time in milliseconds.
        parent: the answer.
    """

    height_changed = Signal(bool)
    toggled = Signal(bool)
    page_requested = Signal(int)

    def __init__(
        self,
        context: MarkdownContext,
        doors: ToolDoors,
        call: CallRecord,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty(SCOPE, True)
        theme, words = context.theme, context.words
        self._context = context
        self._doors = doors
        self._now_ms = now_ms
        self.call = call
        self.head = CardHead(theme, self)
        self.bar = Progress(theme, words("How far it is"), self)
        self.details: CallDetails | None = None
        self.results = CallResults(context, doors, self)
        self.note = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.origins = OriginsSign(theme, self)
        self.go_on_button = TextButton(theme, words("Continue"), icon="play", parent=self)
        self.question: QWidget | None = None
        """The permission card, while the call waits for an answer."""
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._say)
        self.head.clicked.connect(self._on_clicked)
        self.go_on_button.clicked.connect(self._on_go_on)
        self.results.height_changed.connect(lambda: self.height_changed.emit(False))
        theme.changed.connect(self.update)
        self.show_call(call)

    @property
    def is_open(self) -> bool:
        """Whether the whole call is shown."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close without telling anyone (a message that comes back into view)."""
        self.head.setChecked(is_open)
        self._show_details()
        self._say()

    def show_call(self, call: CallRecord) -> None:
        """The call is further than it was; `fit` must follow."""
        self.call = call
        words = self._context.words
        self.results.show_call(call)
        self.results.setVisible(not self.results.is_empty)
        note = words(call.note) if call.note else ""
        if call.status is CallStatus.PAUSED:
            note = words("{count} calls so far. Continue?", count=call.number)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.origins.setVisible(bool(call.origins))
        if call.origins:
            said = untrusted(words, call.origins)
            tip = words(
                "What came from there may be wrong or try to give Sotto orders. "
                "Sotto takes it as text to read, not as orders."
            )
            self.origins.say(said, tip)
        self.go_on_button.setVisible(call.status is CallStatus.PAUSED)
        self.go_on_button.setEnabled(True)
        self._show_progress(call)
        self._show_details()
        self._say()

    def set_question(self, question: QWidget | None) -> None:
        """Put the question whether the call may run here, or take it away; `fit` must follow."""
        if self.question is not None and self.question is not question:
            self.question.hide()
            self.question.deleteLater()
        self.question = question
        if question is not None:
            question.setParent(self)
            if isinstance(question, Growing):
                question.height_changed.connect(self.height_changed)
            question.show()
        else:
            self.show_call(self.call)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        if self.question is not None:
            return self._fit_question(self.question, width)
        self.head.setVisible(True)
        head = self.head.height_for(width)
        self.head.setGeometry(0, 0, width, head)
        inner = max(1, width - 2 * _PAD)
        parts = [part for part in self._parts() if not part.isHidden()]
        y = head
        for part in parts:
            height = self._height_of(part, inner)
            wide = inner
            if part is self.go_on_button:
                wide = min(inner, part.sizeHint().width())
            part.setGeometry(_PAD, y, wide, height)
            y += height + Space.GAP
        return y + _PAD - Space.GAP if parts else head

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.question is not None:
            return
        theme = self._context.theme
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.CARD,
            fill=theme.color("surface"),
            line=theme.color("border"),
        )

    def _parts(self) -> tuple[QWidget, ...]:
        details = (self.details,) if self.details is not None else ()
        return (
            self.bar, *details, self.results, self.origins, self.note, self.go_on_button
        )  # fmt: skip

    def _height_of(self, part: QWidget, width: int) -> int:
        if isinstance(part, Fitting):
            return part.fit(width)
        if isinstance(part, Label):
            return part.heightForWidth(width)
        return part.sizeHint().height()

    def _fit_question(self, question: QWidget, width: int) -> int:
        """While it waits, the question is the whole card."""
        for part in (self.head, *self._parts()):
            part.hide()
        if isinstance(question, Fitting):
            height = question.fit(width)
        elif question.hasHeightForWidth():
            height = question.heightForWidth(width)
        else:
            height = max(question.sizeHint().height(), question.minimumHeight())
        question.setGeometry(0, 0, width, height)
        return height

    def _show_progress(self, call: CallRecord) -> None:
        is_running = call.status is CallStatus.RUNNING
        fraction = call.progress.fraction if is_running and call.progress else None
        self.bar.setVisible(fraction is not None)
        if fraction is not None:
            self.bar.set_fraction(fraction)
        if is_running and not self._timer.isActive():
            self._timer.start()
        elif not is_running:
            self._timer.stop()

    def _show_details(self) -> None:
        if self.is_open and self.details is None:
            self.details = CallDetails(self._context, self)
            self.details.height_changed.connect(lambda: self.height_changed.emit(True))
            self.details.page_requested.connect(lambda: self.page_requested.emit(self.call.number))
        if self.details is not None:
            self.details.setVisible(self.is_open)
            if self.is_open:
                self.details.show_call(self.call)

    def _say(self) -> None:
        words, call = self._context.words, self.call
        if call.status is CallStatus.RUNNING:
            seconds = (self._now_ms() - call.started_ms) / 1000 if call.started_ms else 0.0
            parts = [elapsed(words, max(0.0, seconds)) if call.started_ms else ""]
            if call.progress and call.progress.fraction is not None:
                percent = round(100 * call.progress.fraction)
                parts.append(words("{percent} %", percent=percent))
        else:
            parts = [state(words, call.status), time_of(words, call), contents(words, call)]
        detail = "  ·  ".join(part for part in parts if part)
        hint = words("Hide the details") if self.is_open else words("Show the details")
        self.head.set_look(call.status, title(words, call), detail, hint)
        self.setAccessibleName(self.head.accessibleName())

    def _on_clicked(self) -> None:
        self._show_details()
        self._say()
        self.toggled.emit(self.is_open)
        self.height_changed.emit(True)

    def _on_go_on(self) -> None:
        self.go_on_button.setEnabled(False)  # once is enough
        self._doors.go_on()
