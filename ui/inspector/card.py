"""One message of the prompt: who speaks, what it costs, and the message itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from engine.harmony.messages import DeveloperMessage, SystemMessage
from engine.prompt_view import PromptMessage, PromptPart
from ui.controls.button import ButtonKind, TextButton
from ui.controls.chip import Chip, Tone
from ui.controls.label import ElidedLabel, Label
from ui.controls.painting import draw_box
from ui.inspector.pieces import Piece, first, pieces_of
from ui.inspector.prompt_text import PromptText
from ui.inspector.wording import (
    color_of,
    detail_of,
    meaning_of,
    memory_meaning,
    memory_text,
    name_of,
    rank_of,
    tokens_text,
)
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

FOLDED: Final = 420
"""Characters of a long message that are shown at first."""
STEP: Final = 20_000
"""So many more come with each press of the button; text beyond takes long to lay out."""
_SLACK: Final = 80
_STRIPE: Final = 3


class MessageCard(QWidget):
    """A message, folded where it is long.

    Args:
        theme: the look.
        words: the user's language.
        parent: the column.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._seen: PromptMessage | None = None
        self._pieces: tuple[Piece, ...] = ()
        self._shown = FOLDED
        self.name = Label(theme, size=TypeSize.SMALL, bold=True)
        self.detail = ElidedLabel(theme, size=TypeSize.SMALL, role="muted")
        self.tokens = Label(theme, size=TypeSize.SMALL, role="muted")
        self.memory = Chip(theme, "", tone="neutral")
        self.text = PromptText(theme)
        self.more = TextButton(theme, words("Show more"), kind=ButtonKind.GHOST, compact=True)
        self.fold = TextButton(theme, words("Show less"), kind=ButtonKind.GHOST, compact=True)
        self._lay_out()
        self.more.clicked.connect(self._show_more)
        self.fold.clicked.connect(self._show_less)
        theme.changed.connect(self.update)

    @property
    def seen(self) -> PromptMessage | None:
        """What is shown."""
        return self._seen

    def show_message(self, seen: PromptMessage) -> None:
        """Show a message; the same one with other costs stays as far open as it is."""
        words = self._words
        is_same = self._seen is not None and self._seen.message == seen.message
        self._seen = seen
        rank = rank_of(seen.message)
        self.name.setText(name_of(words, rank))
        self.name.setToolTip(meaning_of(words, rank))
        self.detail.setText(detail_of(words, seen.message))
        self.tokens.setText(tokens_text(words, seen.tokens))
        self.tokens.setToolTip(words("A token is a piece of a word. Each one takes time to read."))
        said = memory_text(words, seen)
        self.memory.set_look(said, icon="", tone=_tone(seen), tooltip=memory_meaning(words, seen))
        self.setAccessibleName(", ".join(filter(None, self._heard(said))))
        self.text.setAccessibleName(words("The message, as the model reads it"))
        chips = words("A special token: the model's own mark, which no text can spell.")
        self.text.explain(chips, words("A character that cannot be seen."))
        self.text.setAccessibleDescription(
            words("Words such as start, message and end stand for special tokens.")
        )
        if not is_same:
            self._shown = FOLDED
        self._pieces = _pieces(seen)
        self._show_text()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme = self._theme
        box = QRectF(self.rect())
        fill, line = theme.color("bg"), theme.color("border")
        draw_box(painter, box, Radius.CODE, fill=fill, line=line)
        if self._seen is None:
            return
        stripe = QRectF(1, Space.ROOM, _STRIPE, self.height() - 2 * Space.ROOM)
        color = theme.color(color_of(rank_of(self._seen.message)))
        draw_box(painter, stripe, _STRIPE / 2, fill=color)

    def _heard(self, memory: str) -> tuple[str, ...]:
        return (self.name.text(), self.detail.text(), self.tokens.text(), memory)

    def _show_text(self) -> None:
        length = sum(len(one.text) for one in self._pieces)
        is_long = length > self._shown + _SLACK
        self.text.show_pieces(first(self._pieces, self._shown) if is_long else self._pieces)
        self.text.setVisible(bool(self._pieces))
        self.more.setVisible(is_long)
        self.fold.setVisible(self._shown > FOLDED and length > FOLDED + _SLACK)
        left = length - self._shown
        self.more.setText(self._words("Show more ({count} characters)", count=f"{left:,}"))
        self.more.setAccessibleName(self.more.text())

    def _show_more(self) -> None:
        self._shown += STEP
        self._show_text()
        if self.more.isHidden():
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_less(self) -> None:
        self._shown = FOLDED
        self._show_text()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.GAP)
        head.addWidget(self.name)
        head.addWidget(self.detail, 1)
        head.addWidget(self.tokens)
        head.addWidget(self.memory)
        foot = QHBoxLayout()
        foot.setSpacing(Space.TINY)
        foot.addWidget(self.more)
        foot.addWidget(self.fold)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.GAP, Space.ROOM, Space.GAP)
        column.setSpacing(Space.SMALL)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)


def _pieces(seen: PromptMessage) -> tuple[Piece, ...]:
    """The message; of one that is left out, what it says without its frame."""
    if seen.is_left_out:
        if isinstance(seen.message, SystemMessage | DeveloperMessage):
            return ()
        return tuple(pieces_of([PromptPart(seen.message.text)]))
    return tuple(pieces_of(seen.parts))


def _tone(seen: PromptMessage) -> Tone:
    if seen.is_left_out:
        return "warn"
    return "accent" if seen.cached_tokens >= seen.tokens else "neutral"
