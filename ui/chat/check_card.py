"""What the check of a message came to, and the user's way around it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.changes import CheckStage
from app.chats.values import Message, MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_PAD_X: Final = 14
_PAD_Y: Final = 10


class CheckCard(QWidget):
    """A line while a message is checked; a card where something is withheld.

    Signals:
        appealed: the user wants it all the same.

    Args:
        theme: the look.
        words: the user's language.
        parent: the answer.

    Attributes:
        is_needed: whether there is anything to say.
        is_first: the question is being checked, so that nothing else happens yet.
    """

    appealed = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._is_card = False
        self.is_needed = False
        self.is_first = False
        self._icon = IconSign(theme, "shield", "muted", Size.ICON_SMALL, self)
        self.title = Label(theme, size=TypeSize.CONTROL, wrap=True, parent=self)
        self.hint = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        self.button = TextButton(theme, "", compact=True, parent=self)
        self.button.clicked.connect(self.appealed)
        theme.changed.connect(self.update)

    def show_stage(self, stage: CheckStage) -> None:
        """Say what is being checked just now."""
        words = self._words
        said = {
            CheckStage.NONE: "",
            CheckStage.QUESTION: words("Checking your message…"),
            CheckStage.ANSWER: words("Checking the answer…"),
        }[stage]
        self._say(said)
        self.is_first = stage is CheckStage.QUESTION

    def show_message(self, message: Message) -> None:
        """Say what became of an answer's check."""
        check = message.check
        if check is None:
            self._say("")
        elif message.status is MessageStatus.STREAMING:
            is_later = check.withholds
            self._say(self._words("The answer is shown once it is checked.") if is_later else "")
        elif check.withholds:
            self._withhold(check)
        elif check.is_appealed and check.state is CheckState.VIOLATION:
            self._say(self._over(check))
        elif check.is_appealed and check.is_of_question:
            self._say(self._words("Answered without a check, as you wanted."))
        elif check.is_appealed:
            self._say(self._words("Shown without a check, as you wanted."))
        else:
            self._say("")

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        pad_x, pad_y = (_PAD_X, _PAD_Y) if self._is_card else (0, 0)
        icon = self._icon.sizeHint().width()
        x = pad_x + icon + Space.GAP
        inner = max(1, width - x - pad_x)
        y = pad_y
        line = self.title.fontMetrics().height()
        self._icon.setGeometry(pad_x, y + (line - icon) // 2, icon, icon)
        for label in (self.title, self.hint):
            label.setVisible(bool(label.text()))
            if label.text():
                height = label.heightForWidth(inner)
                label.setGeometry(x, y, inner, height)
                y += height + Space.HAIR
        self.button.setVisible(self._is_card)
        if self._is_card:
            wish = self.button.sizeHint()
            self.button.setGeometry(x, y + Space.SMALL, min(wish.width(), inner), wish.height())
            y += Space.SMALL + wish.height() + Space.HAIR
        return y + pad_y - Space.HAIR

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._is_card:
            theme = self._theme
            line = theme.color("warn") if theme.colors.is_high_contrast else None
            fill = theme.color("warn_soft")
            draw_box(QPainter(self), QRectF(self.rect()), Radius.CARD, fill=fill, line=line)

    def _say(self, text: str, hint: str = "", wish: str = "") -> None:
        self.is_needed = bool(text)
        self.is_first = False
        self._is_card = bool(wish)
        self.title.set_role("text" if wish else "muted")
        self._icon.set_look("shield-alert" if wish else "shield", "warn" if wish else "muted")
        self.hint.setText(hint)
        self.button.setText(wish)
        self.button.setAccessibleName(wish)
        self.button.updateGeometry()
        if text != self.title.text():
            self.title.setText(text)
            self.setAccessibleName(f"{text} {hint}".strip())
            if text and self.isVisible():
                announce(self, text)
        self.update()

    def _withhold(self, check: MessageCheck) -> None:
        words, category = self._words, check.category
        is_found = check.state is CheckState.VIOLATION
        may_err = words(
            "The check is the model's own and may be wrong. Its policy is in the settings."
        )
        why_not = words("It was stopped, came to no verdict, or there was no room for it.")
        if check.is_of_question:
            title = words("Not answered: your message could not be checked.")
            if is_found and category:
                title = words(
                    "Not answered: the check found “{category}” in your message.",
                    category=category,
                )
            elif is_found:
                title = words("Not answered: the check found your message against the policy.")
            wish = words("Answer it anyway")
        else:
            title = words("Withheld: the answer could not be checked.")
            if is_found and category:
                title = words(
                    "Withheld: the check found “{category}” in the answer.", category=category
                )
            elif is_found:
                title = words("Withheld: the check found the answer against the policy.")
            wish = words("Show it anyway")
        self._say(title, may_err if is_found else why_not, wish)

    def _over(self, check: MessageCheck) -> str:
        if check.is_of_question:
            return self._words(
                "Answered as you wanted; the check found “{category}” in your message.",
                category=check.category or self._words("Policy"),
            )
        if check.category:
            return self._words(
                "Shown as you wanted; the check found “{category}”.", category=check.category
            )
        return self._words("Shown as you wanted, against the check.")
