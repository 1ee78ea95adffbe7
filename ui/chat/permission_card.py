"""The question whether a call may run, in its place in the answer.  It waits for ever.

Keys count only while the focus is in the card, and not at once: what someone was typing when the
card came up is no answer.  The card never takes the focus; it is announced instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.permissions.values import Decision, PermissionRequest, Scope
from ui.chat.permissions.call_text import CallBox
from ui.chat.permissions.choices import Choices
from ui.chat.permissions.lasting import expires_ms
from ui.chat.permissions.notes import Notes
from ui.chat.permissions.together import Together
from ui.chat.permissions.visible import breakable, visible
from ui.chat.permissions.waiting_row import WaitingCall
from ui.chat.permissions.wish_head import WishHead
from ui.chat.permissions.wording import wish
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind
from ui.controls.label import Label
from ui.controls.painting import RING, draw_box
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Radius, Space, TypeSize

WAIT_MS: Final = 500
"""So long after it came up a card takes no answer."""

_PAD: Final = 16
_STRIPE: Final = 3


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class PermissionCard(QWidget):
    """Show a call that waits, whole, and take the answer.

    Signals:
        decided: (request_id: int, decision: Decision) the user has answered.
        decided_together: (request_ids: list[int], decision: Decision) several at once.
        chat_requested: (chat_id: ChatId) the user wants to see another call in its chat.
        height_changed: (by_user: bool) it needs another height at the same width.

    Args:
        context: shared with all messages.
        request: what is asked.
        objection: says why an edited body cannot run, or "" (`PermissionDesk.objection`).
        now_ms: Unix time in milliseconds.
        announce: has a screen reader say something.
        parent: the card of the call.
    """

    decided = Signal(int, object)
    decided_together = Signal(list, object)
    chat_requested = Signal(object)
    height_changed = Signal(bool)

    def __init__(
        self,
        context: MarkdownContext,
        request: PermissionRequest,
        objection: Callable[[int, str], str],
        now_ms: Callable[[], int] = _now_ms,
        announce: Callable[[QWidget, str], None] = announce,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        theme, words = context.theme, context.words
        self._context = context
        self._objection = objection
        self._now_ms = now_ms
        self._announce = announce
        self._shown_ms: int | None = None
        self._others_changed_ms = 0
        self._is_decided = False
        self.request = request
        self.head = WishHead(context, request.view, self)
        self.title, self.edit = self.head.title, self.head.edit
        self.notes = Notes(context, request, self)
        self.box = CallBox(context, request.view.language, request.view.body, self)
        self.trouble = Label(theme, size=TypeSize.CODE, role="danger", wrap=True, parent=self)
        self.trouble.hide()
        self.choices = Choices(context, request, self)
        self.together = Together(context, request, self)
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wish(words, request.view))
        self.setAccessibleDescription(" ".join(self.notes.texts))
        order = (self, self.edit, self.box.text, self.box.editor, *self.choices.in_tab_order)
        for one, after in pairwise(order):
            QWidget.setTabOrder(one, after)

    def _connect(self) -> None:
        self.edit.clicked.connect(self._on_edit)
        self.box.editor.textChanged.connect(self._on_edited)
        self.choices.allowed.connect(lambda scope: self._allow(Scope(scope)))
        self.choices.denied.connect(lambda reason: self._decide(Decision(False, reason=reason)))
        self.choices.warned.connect(self._say)
        self.choices.height_changed.connect(lambda: self.height_changed.emit(True))
        self.together.allowed.connect(lambda ids: self._decide_all(ids, Decision(True)))
        self.together.denied.connect(lambda ids: self._decide_all(ids, Decision(False)))
        self.together.chat_requested.connect(self.chat_requested)
        self.together.changed.connect(self._on_others_changed)
        self._context.theme.changed.connect(self.update)

    def focus_card(self) -> None:
        """Give the card the focus, since the user asked for it; no button has it then."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_waiting(self, calls: Sequence[WaitingCall]) -> None:
        """These calls wait besides; several can be decided together."""
        self.together.show_waiting(calls)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        inner = max(1, width - 2 * _PAD)
        y = _PAD - Space.HAIR
        height = self.head.fit(inner)
        self.head.setGeometry(_PAD, y, inner, height)
        y += height + Space.GAP
        for part in (self.notes, self.box, self.trouble, self.choices, self.together):
            if part.isHidden():
                continue
            height = part.heightForWidth(inner) if isinstance(part, Label) else part.fit(inner)
            part.setGeometry(_PAD, y, inner, height)
            y += height + (Space.ROOM if height else 0)
        return y + Space.TINY

    @override
    def event(self, event: QEvent) -> bool:
        """Escape within a field is the field's: it must not stop the answer."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._is_typing()
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys come here from the card itself and from what it holds, unless that took them."""
        has_more = bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
        is_typing = self._is_typing()
        if event.key() == Qt.Key.Key_Escape and is_typing:
            self.choices.leave_reason()
            self.focus_card()
            return
        keys = {**self.choices.keys, Qt.Key.Key_E: self.edit}
        button = keys.get(event.key())
        if button is None or has_more or is_typing:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() and not button.isHidden():
            button.click()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._shown_ms is None:
            self._shown_ms = self._now_ms()
            words = self._context.words
            self._announce(
                self,
                words(
                    "{wish}. It waits for your answer; F6 leads to it.", wish=self.accessibleName()
                ),
            )

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = self._context.theme, QPainter(self)
        rect = QRectF(self.rect())
        draw_box(painter, rect, Radius.CARD, fill=theme.color("warn"))
        inside = rect.adjusted(_STRIPE, 0, 0, 0)
        draw_box(painter, inside, Radius.CARD - 2, fill=theme.color("surface"))
        line = theme.color("focus" if self.hasFocus() else "edge")
        draw_box(painter, rect, Radius.CARD, line=line, width=RING if self.hasFocus() else 1.0)

    # ---- answers

    def _allow(self, scope: Scope) -> None:
        body = self.box.editor.toPlainText() if self.box.is_edited else None
        if body == self.request.view.body:
            body = None
        if body is not None and (objection := self._objection(self.request.id, body)):
            self._say(objection)
            return
        ends_ms = 0
        if scope is not Scope.ONCE:
            ends_ms = expires_ms(self.choices.lasting, self._now_ms())
        self._decide(Decision(True, scope, arguments=body, expires_ms=ends_ms))

    def _decide(self, decision: Decision) -> None:
        if self._takes_answers():
            self._settle()
            self.decided.emit(self.request.id, decision)

    def _decide_all(self, request_ids: list[int], decision: Decision) -> None:
        """A button that has just come to mean something else takes no answer either."""
        if self._takes_answers() and self._now_ms() - self._others_changed_ms >= WAIT_MS:
            self._settle()
            self.decided_together.emit(request_ids, decision)

    def _on_others_changed(self, by_user: bool) -> None:
        self._others_changed_ms = self._now_ms()
        self.height_changed.emit(by_user)

    def _takes_answers(self) -> bool:
        if self._is_decided or self._shown_ms is None:
            return False
        return self._now_ms() - self._shown_ms >= WAIT_MS

    def _is_typing(self) -> bool:
        return self.box.editor.hasFocus() or self.choices.reason.hasFocus()

    def _settle(self) -> None:
        self._is_decided = True
        self.choices.settle()
        for part in (self.edit, self.box.editor, self.together):
            part.setEnabled(False)

    # ---- the editor

    def _on_edit(self) -> None:
        is_editing = not self.box.is_edited
        words = self._context.words
        self.box.set_editing(is_editing)
        self.together.set_edited(is_editing)
        text = words("Undo the edit") if is_editing else words("Edit")
        icon = "undo-2" if is_editing else "pencil"
        self.edit.set_look(text, icon, ButtonKind.GHOST, "E")
        self._say("")
        self.height_changed.emit(True)
        if is_editing:
            self.box.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.focus_card()

    def _on_edited(self) -> None:
        if self.box.is_edited:
            self._say(self._objection(self.request.id, self.box.editor.toPlainText()))
            self.height_changed.emit(True)

    def _say(self, text: str) -> None:
        """Say what stands against a yes; "" for nothing any more."""
        if breakable(visible(text)) == self.trouble.text():
            return
        self.trouble.setText(breakable(visible(text)))
        self.trouble.setVisible(bool(text))
        self.height_changed.emit(True)
        if text:
            self._announce(self, text)
