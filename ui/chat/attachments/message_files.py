"""The files of a message that was sent, as cards above its words."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtWidgets import QWidget

from app.attachments.values import AttachedFile, Files
from ui.chat.attachments.card import FileCard
from ui.chat.attachments.wording import ICONS, details, name_of
from ui.controls.flowing import flow
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space


class MessageFiles(QWidget):
    """Cards at the right, like the words below them; a press shows what the model read.

    Args:
        context: shared with all messages.
        files: of the message.
        parent: the message.

    Attributes:
        cards: one for each file.
        dialog: the one that was opened last.
    """

    def __init__(self, context: MarkdownContext, files: Files, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.dialog: QWidget | None = None
        self.cards = [self._card(file) for file in files]

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        height = flow(self.cards, width, across=Space.GAP, down=Space.GAP)
        for _, row in groupby(self.cards, key=lambda card: card.y()):
            cards = list(row)
            shift = width - cards[-1].geometry().right() - 1
            for card in cards:
                card.move(card.x() + shift, card.y())
        return height

    def _card(self, file: AttachedFile) -> FileCard:
        words = self._context.words
        card = FileCard(self._context.theme, words, name_of(words, file), can_go=False, parent=self)
        card.show_state(ICONS[file.kind], details(words, file))
        card.clicked.connect(lambda: self._show(file))
        return card

    def _show(self, file: AttachedFile) -> None:
        # Dialogs are loaded with the first of them.
        from ui.chat.attachments.view_dialog import ViewDialog  # noqa: PLC0415 - see above

        dialog = ViewDialog(self._context.theme, self._context.words, file, self)
        self.dialog = dialog
        dialog.open()
