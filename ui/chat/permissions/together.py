"""Several calls that wait: one answer for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.permissions.values import PermissionRequest
from ui.chat.permissions.placing import place_choices
from ui.chat.permissions.visible import breakable, visible_line
from ui.chat.permissions.wording import wish
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize


class Together(QWidget):
    """Name the calls that wait and take one answer for all; hidden while there is but one.

    Signals:
        allowed: all of them may run once.
        denied: none of them may.

    Args:
        context: shared with all messages.
        parent: the card.
    """

    allowed = Signal()
    denied = Signal()

    def __init__(self, context: MarkdownContext, parent: QWidget) -> None:
        super().__init__(parent)
        theme, words = context.theme, context.words
        self._context = context
        self.requests: tuple[PermissionRequest, ...] = ()
        self.title = Label(theme, bold=True, wrap=True, parent=self)
        self.calls = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.allow = TextButton(theme, words("Allow all once"), compact=True, parent=self)
        self.deny = TextButton(theme, words("Deny all"), compact=True, parent=self)
        self.allow.clicked.connect(self.allowed)
        self.deny.clicked.connect(self.denied)
        self.hide()

    def show_waiting(self, requests: Sequence[PermissionRequest]) -> None:
        """These calls wait now; `fit` must follow."""
        words = self._context.words
        self.requests = tuple(requests)
        self.setVisible(len(requests) > 1)
        self.title.setText(words("{count} calls wait", count=len(requests)))
        self.calls.setText(
            "\n".join(
                breakable(
                    f"{wish(words, one.view)}: {visible_line(one.view.target.value)}".rstrip(": ")
                )
                for one in requests
            )
        )

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        for label in (self.title, self.calls):
            height = label.heightForWidth(width)
            label.setGeometry(0, y, width, height)
            y += height + Space.TINY
        y += Space.TINY
        return y + place_choices(self._context.theme, (self.allow,), (self.deny,), 0, y, width)
