"""Another call that waits: where, and what it is; the whole of it once it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.permissions.values import PermissionRequest
from ui.chat.permissions.call_text import CallBox
from ui.chat.permissions.notes import Notes
from ui.chat.permissions.visible import breakable, visible_line
from ui.chat.permissions.wording import wish
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize

_INDENT: Final = 36


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that waits besides the one in question.

    Attributes:
        chat_title: of the chat that it waits in; "" where that is the same one.
    """

    request: PermissionRequest
    chat_title: str = ""


def needs_own_look(request: PermissionRequest) -> bool:
    """Whether a warning goes with the call, so that it is not allowed along with others."""
    return bool(request.suggested_by or request.why)


class WaitingRow(QWidget):
    """Name a waiting call; opened, show all that its own card shows of it.

    Signals:
        toggled: it was opened or closed; it needs another height.
        chat_requested: (chat_id: ChatId) the user wants to see it in its chat.

    Args:
        context: shared with all messages.
        call: what waits.
        parent: the list of them.
    """

    toggled = Signal()
    chat_requested = Signal(object)

    def __init__(self, context: MarkdownContext, call: WaitingCall, parent: QWidget) -> None:
        super().__init__(parent)
        theme, words = context.theme, context.words
        self._context = context
        self._words = words
        self.call = call
        view = call.request.view
        self.is_open = False
        self._title = visible_line(call.chat_title) or words("The open chat")
        self.head = TextButton(
            theme, "", kind=ButtonKind.GHOST, compact=True, align_left=True, parent=self
        )
        self.go = TextButton(
            theme, words("Go there"), kind=ButtonKind.GHOST, compact=True, parent=self
        )
        self.go.setAccessibleName(words("Go to {title}", title=self._title))
        target = visible_line(view.target.value)
        said = breakable(f"{wish(words, view)}: {target}" if target else wish(words, view))
        self.wish = Label(theme, said, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.own_look = Label(
            theme,
            words("It needs a decision of its own, in its chat."),
            size=TypeSize.CODE,
            role="warn",
            wrap=True,
            parent=self,
        )
        self.notes: Notes | None = None
        self.box: CallBox | None = None
        self.own_look.hide()
        self.head.clicked.connect(self._toggle)
        self.go.clicked.connect(lambda: self.chat_requested.emit(call.request.chat_id))
        self._show_state()

    @property
    def may_be_allowed(self) -> bool:
        """Whether all of it is in view, and no warning goes with it."""
        return self.is_open and not needs_own_look(self.call.request)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        go = self.go.sizeHint()
        indent = self._context.theme.scaled(_INDENT)
        self.head.setGeometry(0, 0, max(1, width - go.width() - Space.GAP), go.height())
        self.go.setGeometry(width - go.width(), 0, go.width(), go.height())
        y, inner = go.height(), max(1, width - indent)
        for part in (self.wish, self.notes, self.box, self.own_look):
            if part is None or part.isHidden():
                continue
            height = part.heightForWidth(inner) if isinstance(part, Label) else part.fit(inner)
            part.setGeometry(indent, y, inner, height)
            y += height + (Space.GAP if self.is_open and height else 0)
        return y

    def _toggle(self) -> None:
        self.is_open = not self.is_open
        if self.is_open and self.box is None:
            request = self.call.request
            self.notes = Notes(self._context, request, self)
            self.box = CallBox(self._context, request.view.language, request.view.body, self)
        for part in (self.notes, self.box):
            if part is not None:
                part.setVisible(self.is_open)
        self.own_look.setVisible(self.is_open and needs_own_look(self.call.request))
        self._show_state()
        self.toggled.emit()

    def _show_state(self) -> None:
        icon = "chevron-down" if self.is_open else "chevron-right"
        self.head.set_look(self._title, icon, ButtonKind.GHOST)
        tip = self._words("Hide the call") if self.is_open else self._words("Show the whole call")
        self.head.setToolTip(tip)
        self.head.setAccessibleName(f"{self._title}: {self.wish.text()}")
        self.head.setAccessibleDescription(tip)
