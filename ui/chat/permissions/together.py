"""Several calls that wait, in this chat or in others: one answer for those that are in view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.permissions.values import PermissionRequest
from ui.chat.permissions.placing import place_choices
from ui.chat.permissions.waiting_row import WaitingCall, WaitingRow, needs_own_look
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize


class Together(QWidget):
    """Name the calls that wait besides one, and take one answer for several.

    A no may go for all.  A yes goes once, for the one in question and for those that the user
    has opened, so that the whole of each is in view; never for one that a warning goes with.
    Hidden while nothing else waits.

    Signals:
        allowed: (request_ids: list[int]) these may run once.
        denied: (request_ids: list[int]) none of these may.
        chat_requested: (chat_id: ChatId) the user wants to see a call in its chat.
        changed: (by_user: bool) it needs another height, and its buttons mean something else.

    Args:
        context: shared with all messages.
        request: the call in question.
        parent: its card.
    """

    allowed = Signal(list)
    denied = Signal(list)
    chat_requested = Signal(object)
    changed = Signal(bool)

    def __init__(
        self, context: MarkdownContext, request: PermissionRequest, parent: QWidget
    ) -> None:
        super().__init__(parent)
        theme = context.theme
        self._context = context
        self._request = request
        self._is_edited = False
        self.rows: tuple[WaitingRow, ...] = ()
        self.title = Label(theme, bold=True, wrap=True, parent=self)
        self.hint = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.allow = TextButton(theme, "", compact=True, parent=self)
        self.deny = TextButton(theme, "", compact=True, parent=self)
        self.allow.clicked.connect(lambda: self.allowed.emit(self._to_allow()))
        self.deny.clicked.connect(lambda: self.denied.emit(self._all()))
        self.hide()

    @property
    def calls(self) -> tuple[WaitingCall, ...]:
        """What waits besides the call in question."""
        return tuple(row.call for row in self.rows)

    def show_waiting(self, calls: Sequence[WaitingCall]) -> None:
        """These calls wait besides; rows that are open stay open, new ones are closed."""
        if tuple(calls) == self.calls:
            return
        kept = {row.call: row for row in self.rows if row.call in calls}
        for row in self.rows:
            if row.call not in kept:
                row.hide()
                row.deleteLater()
        self.rows = tuple(kept.get(call) or self._make(call) for call in calls)
        self.setVisible(bool(self.rows))
        self._follow(by_user=False)

    def set_edited(self, is_edited: bool) -> None:
        """The call in question is being edited; it is decided alone then."""
        if is_edited != self._is_edited:
            self._is_edited = is_edited
            self._follow(by_user=True)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = Space.ROOM + Space.HAIR
        height = self.title.heightForWidth(width)
        self.title.setGeometry(0, y, width, height)
        y += height + Space.TINY
        for row in self.rows:
            height = row.fit(width)
            row.setGeometry(0, y, width, height)
            y += height + Space.TINY
        if not self.hint.isHidden():
            height = self.hint.heightForWidth(width)
            self.hint.setGeometry(0, y, width, height)
            y += height + Space.TINY
        y += Space.TINY
        return y + place_choices(self._context.theme, (self.allow,), (self.deny,), 0, y, width)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        line = QRectF(0, 0, self.width(), 1)
        QPainter(self).fillRect(line, self._context.theme.color("border"))

    def _make(self, call: WaitingCall) -> WaitingRow:
        row = WaitingRow(self._context, call, self)
        row.toggled.connect(lambda: self._follow(by_user=True))
        row.chat_requested.connect(self.chat_requested)
        row.show()
        return row

    def _all(self) -> list[int]:
        return [self._request.id, *(row.call.request.id for row in self.rows)]

    def _to_allow(self) -> list[int]:
        """The call in question and those in view; nothing where that makes no two."""
        if self._is_edited or needs_own_look(self._request):
            return []
        opened = [row.call.request.id for row in self.rows if row.may_be_allowed]
        return [self._request.id, *opened] if opened else []

    def _follow(self, *, by_user: bool) -> None:
        words, count = self._context.words, len(self.rows)
        one = words("1 more call waits")
        self.title.setText(one if count == 1 else words("{count} more calls wait", count=count))
        to_allow = self._to_allow()
        self.allow.setVisible(bool(to_allow))
        self._name(self.allow, words("Allow these {count} once", count=len(to_allow)))
        self._name(self.deny, words("Deny all {count}", count=count + 1))
        could = not self._is_edited and not needs_own_look(self._request)
        is_one_closed = any(
            not row.is_open and not needs_own_look(row.call.request) for row in self.rows
        )
        self.hint.setText(words("Calls that you open here can be allowed together with this one."))
        self.hint.setVisible(could and is_one_closed and not to_allow)
        stops = [part for row in self.rows for part in (row.head, row.go)]
        for before, after in pairwise([*stops, self.allow, self.deny]):
            QWidget.setTabOrder(before, after)
        self.changed.emit(by_user)

    @staticmethod
    def _name(button: TextButton, text: str) -> None:
        button.setText(text)
        button.setAccessibleName(text)
