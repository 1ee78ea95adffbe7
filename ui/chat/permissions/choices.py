"""The answers a permission card takes: yes at the left, no at the right, and what a yes lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.permissions.values import PermissionRequest, Scope
from app.tools.values import TargetKind
from ui.chat.permissions.lasting import Lasting, lasting_name
from ui.chat.permissions.placing import place_choices
from ui.chat.permissions.visible import breakable
from ui.chat.permissions.wording import always_label, rule_sentence
from ui.controls.button import ButtonKind, TextButton
from ui.controls.choice_button import ChoiceButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize

_LASTINGS: Final = tuple(Lasting)
_LEAST_SENTENCE: Final = 220


class Choices(QWidget):
    """Buttons, a field for a reason, and what a rule would cover.

    Signals:
        allowed: (scope: Scope) the user says yes.
        denied: (reason: str) the user says no.
        warned: (text: str) something has to be said before a yes counts.
        height_changed: it needs another height at the same width.

    Args:
        context: shared with all messages.
        request: what is asked.
        parent: the card.
    """

    allowed = Signal(str)
    denied = Signal(str)
    warned = Signal(str)
    height_changed = Signal()

    def __init__(
        self, context: MarkdownContext, request: PermissionRequest, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._request = request
        self._is_sure = False
        self._make_buttons(context)
        self._make_reason(context)
        self._make_rule(context)
        self.keys: dict[int, TextButton] = {
            Qt.Key.Key_1: self.once,
            Qt.Key.Key_2: self.chat,
            Qt.Key.Key_3: self.always,
            Qt.Key.Key_D: self.deny,
            Qt.Key.Key_R: self.deny_with_reason,
            Qt.Key.Key_L: self.lasts,
        }

    @property
    def lasting(self) -> Lasting:
        """How long a rule is to last."""
        return _LASTINGS[self.lasts.index]

    @property
    def in_tab_order(self) -> tuple[QWidget, ...]:
        """What can have the focus, in order."""
        yes = (self.once, self.chat, self.always)
        return (*yes, self.reason, self.send_reason, self.deny, self.deny_with_reason, self.lasts)

    def settle(self) -> None:
        """The answer is given; there is no second one."""
        for button in (*self.keys.values(), self.send_reason, self.reason):
            button.setEnabled(False)

    def leave_reason(self) -> None:
        """Put the field for a reason away; what was typed stays in it."""
        self._show_reason(is_shown=False)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        if not self.reason.isHidden():
            y += self._place_reason(width) + Space.ROOM
        self._name_always(width)
        yes = (self.once, self.chat, self.always)
        no = (self.deny, self.deny_with_reason)
        y += place_choices(self._context.theme, yes, no, 0, y, width)
        if not self.remembered.isHidden():
            y += Space.GAP
            y += self._place_rule(y, width)
        return y

    def _make_buttons(self, context: MarkdownContext) -> None:
        words, request = context.words, self._request
        is_usual = not request.suggested_by and not request.view.runs_outside
        first = ButtonKind.PRIMARY if is_usual else ButtonKind.SECONDARY
        pattern = request.pattern
        self.once = self._button(words("Once"), "1", lambda: self.allowed.emit(Scope.ONCE), first)
        self.chat = self._button(words("This chat"), "2", lambda: self.allowed.emit(Scope.CHAT))
        self.always = self._button(words("Always"), "3", self._on_always)
        self.deny = self._button(words("Deny"), "D", lambda: self.denied.emit(""))
        self.deny_with_reason = self._button(
            words("Deny with a reason"), "R", lambda: self._show_reason(is_shown=True)
        )
        self.chat.setVisible(request.offers_chat and pattern is not None)
        self.always.setVisible(request.offers_always and pattern is not None)

    def _button(
        self,
        text: str,
        key: str,
        act: Callable[[], None],
        kind: ButtonKind = ButtonKind.SECONDARY,
    ) -> TextButton:
        made = TextButton(self._context.theme, text, kind=kind, key_hint=key, parent=self)
        made.clicked.connect(act)
        return made

    def _make_reason(self, context: MarkdownContext) -> None:
        words = context.words
        self.reason = Field(
            context.theme,
            words("Reason"),
            placeholder=words("What the model should know"),
            parent=self,
        )
        self.send_reason = self._button(words("Deny"), "", self._on_reason, ButtonKind.DANGER)
        self.send_reason.setAccessibleName(words("Deny for this reason"))
        self.reason.returnPressed.connect(self._on_reason)
        self.reason.hide()
        self.send_reason.hide()

    def _make_rule(self, context: MarkdownContext) -> None:
        words, pattern = context.words, self._request.pattern
        self.remembered = Label(
            context.theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self
        )
        names = [lasting_name(words, lasting) for lasting in _LASTINGS]
        self.lasts = ChoiceButton(context.theme, words("How long a rule lasts"), names, self)
        self.lasts.chosen.connect(lambda _: self.height_changed.emit())
        self.lasts.setToolTip(words("How long a rule lasts") + "  (L)")
        self.remembered.setVisible(pattern is not None)
        self.lasts.setVisible(pattern is not None)
        if pattern is not None:
            said = words("A rule would cover: {rule}", rule=rule_sentence(words, pattern))
            self.remembered.setText(breakable(said))
            for button in (self.chat, self.always):
                button.setToolTip(said)
                button.setAccessibleDescription(said)

    def _on_always(self) -> None:
        """Any code in every chat is much to allow: that is asked twice."""
        pattern, words = self._request.pattern, self._context.words
        if pattern is None or pattern.kind is not TargetKind.CODE or self._is_sure:
            self.allowed.emit(Scope.ALWAYS)
            return
        self._is_sure = True
        self.warned.emit(
            words("All code the model writes will then run without a question, in every chat.")
        )
        self.height_changed.emit()

    def _name_always(self, width: int) -> None:
        """Say for what on the button itself, where there is room; the sentence below says it."""
        words, pattern = self._context.words, self._request.pattern
        if self._is_sure:
            names = [words("Yes, always")]
        else:
            full = [always_label(words, pattern)] if pattern is not None else []
            names = [*full, words("Always")]
        for name in names:
            if self.always.text() != name:
                self.always.set_look(name, "", ButtonKind.SECONDARY, "3")
            if self.always.sizeHint().width() <= width:
                return

    def _on_reason(self) -> None:
        self.denied.emit(self.reason.text().strip())

    def _show_reason(self, *, is_shown: bool) -> None:
        for one in (self.reason, self.send_reason):
            one.setVisible(is_shown)
        for one in (self.deny, self.deny_with_reason):
            one.setVisible(not is_shown)
        self.height_changed.emit()
        if is_shown:
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _place_reason(self, width: int) -> int:
        button = self.send_reason.sizeHint()
        height = self.reason.sizeHint().height()
        self.reason.setGeometry(0, 0, width - button.width() - Space.GAP, height)
        self.send_reason.setGeometry(
            width - button.width(), (height - button.height()) // 2, button.width(), button.height()
        )
        return height

    def _place_rule(self, y: int, width: int) -> int:
        lasts = self.lasts.sizeHint()
        room = width - lasts.width() - Space.ROOM
        is_narrow = room < self._context.theme.scaled(_LEAST_SENTENCE)
        height = self.remembered.heightForWidth(width if is_narrow else room)
        if is_narrow:
            self.remembered.setGeometry(0, y, width, height)
            self.lasts.setGeometry(0, y + height + Space.SMALL, lasts.width(), lasts.height())
            return height + Space.SMALL + lasts.height()
        height = max(height, lasts.height())
        self.remembered.setGeometry(0, y, room, height)
        self.lasts.setGeometry(width - lasts.width(), y, lasts.width(), lasts.height())
        return height
