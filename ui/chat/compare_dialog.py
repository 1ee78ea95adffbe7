"""Two versions of an answer beside each other; below each other where it is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.chats.ids import MessageId
from app.chats.values import Message
from app.words import Words
from ui.chat.answer import Answer
from ui.chat.branch_switcher import version_text
from ui.chat.wording import duration
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

MakeAnswer = Callable[[Message, QWidget], Answer]
_BESIDE_FROM: Final = 760
"""In a narrower dialog (px) the versions stand below each other."""
_PART: Final = 0.94
_WIDEST: Final = 1600


class _Sheet(QScrollArea):
    """One answer, as long as it is.

    Args:
        theme: the look.
        make: gives an answer its widget.
    """

    def __init__(self, theme: Theme, make: MakeAnswer) -> None:
        super().__init__()
        self._make = make
        self.answer: Answer | None = None
        self._page = QWidget()
        self._page.setAutoFillBackground(True)
        palette = self._page.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("bg"))
        self._page.setPalette(palette)
        self.setWidget(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that arrows and Page Down scroll it

    def show_message(self, message: Message) -> None:
        """Show another version from its beginning."""
        if self.answer is not None:
            self.answer.hide()
            self.answer.deleteLater()
        self.answer = self._make(message, self._page)
        self.answer.height_changed.connect(self._fit)
        self.answer.grew_late.connect(self._fit)
        self.answer.show()
        self._fit()
        self.verticalScrollBar().setValue(0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.answer is not None:
            width = max(1, self.viewport().width() - 2 * Space.ROOM)
            height = self.answer.fit(width)
            bleed = self.answer.bleed
            self.answer.setGeometry(Space.ROOM - bleed, Space.GAP, width + bleed, height)
            self._page.resize(self.viewport().width(), height + 2 * Space.GAP)


class Side(QWidget):
    """A version with its facts above it, the way to the others, and the choice of it.

    Signals:
        kept: (message: MessageId) the user wants this one to be shown in the chat.

    Args:
        theme: the look.
        words: the user's language.
        versions: all of them, the oldest first.
        index: which to begin with.
        make: gives an answer its widget.
    """

    kept = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        versions: Sequence[Message],
        index: int,
        make: MakeAnswer,
    ) -> None:
        super().__init__()
        self._words = words
        self._versions = tuple(versions)
        self.index = index
        self.back = IconButton(theme, "chevron-left", words("Previous version"), size=28)
        self.forth = IconButton(theme, "chevron-right", words("Next version"), size=28)
        self.number = Label(theme, size=TypeSize.CODE, bold=True)
        self.keep = TextButton(
            theme, words("Keep this one"), kind=ButtonKind.SECONDARY, compact=True
        )
        self.facts = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self.sheet = _Sheet(theme, make)
        self._lay_out()
        self.back.clicked.connect(lambda: self.show_version(self.index - 1))
        self.forth.clicked.connect(lambda: self.show_version(self.index + 1))
        self.keep.clicked.connect(lambda: self.kept.emit(self._versions[self.index].id))
        self.show_version(index)

    def show_version(self, index: int) -> None:
        """Show another version."""
        words, message, count = self._words, self._versions[index], len(self._versions)
        self.index = index
        self.number.setText(f"{index + 1}/{count}")
        name = words("Version {number} of {count}", number=index + 1, count=count)
        self.number.setAccessibleName(name)
        self.setAccessibleName(name)
        self.sheet.setAccessibleName(name)
        self.back.setEnabled(index > 0)
        self.forth.setEnabled(index + 1 < count)
        self.facts.setText(_facts(words, message))
        self.sheet.show_message(message)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.TINY)
        for part in (self.back, self.number, self.forth):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.sheet, 1)


class CompareDialog(QDialog):
    """Shows the version that is in the chat, and another one.

    Signals:
        kept: (message: MessageId) the user wants this one to be shown in the chat.

    Args:
        theme: the look.
        words: the user's language.
        versions: of an answer, the oldest first; at least two.
        shown: the one that is in the chat.
        make: gives an answer its widget.
        parent: the panel.
    """

    kept = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        versions: Sequence[Message],
        shown: MessageId,
        make: MakeAnswer,
        parent: QWidget,
    ) -> None:
        super().__init__(parent.window())
        self._theme = theme
        self.setWindowTitle(words("Compare versions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        ids = [one.id for one in versions]
        own = ids.index(shown) if shown in ids else len(ids) - 1
        other = own - 1 if own else 1
        first, second = sorted((own, other))
        self.sides = tuple(Side(theme, words, versions, index, make) for index in (first, second))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(Space.WIDE)
        for side in self.sides:
            self._row.addWidget(side, 1)
            side.kept.connect(self._keep)
        close = TextButton(theme, words("Close"), kind=ButtonKind.GHOST, key_hint="Esc")
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.PAD, Space.PAD, Space.ROOM)
        column.setSpacing(Space.ROOM)
        column.addLayout(self._row, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        room = parent.window().size()
        width = min(theme.scaled(_WIDEST), round(room.width() * _PART))
        self.setMinimumSize(min(320, width), 320)
        self.resize(width, max(320, round(room.height() * _PART)))
        self.sides[0].keep.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_wide = self.width() >= self._theme.scaled(_BESIDE_FROM)
        self._row.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)

    def _keep(self, message_id: MessageId) -> None:
        self.kept.emit(message_id)
        self.accept()


def _facts(words: Words, message: Message) -> str:
    usage = message.usage
    parts = [version_text(words, message)]
    if usage.thought_seconds:
        parts.append(words("thought for {time}", time=duration(words, usage.thought_seconds)))
    if usage.reply_seconds:
        parts.append(words("wrote for {time}", time=duration(words, usage.reply_seconds)))
    if usage.reply_tokens:
        parts.append(words("{count} tokens", count=f"{usage.reply_tokens:,}"))
    return "  ·  ".join(parts)
