"""The messages of the prompt, as they are read or by who counts most."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.words import Words
from engine.prompt_view import PromptMessage
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.segmented import SegmentedControl
from ui.inspector.card import MessageCard
from ui.inspector.wording import RANKS, meaning_of, name_of, rank_of
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

PAGE: Final = 12
"""So many messages are shown at first, and so many more with each press of the button."""
_BY_RANK: Final = 1


class MessageList(QWidget):
    """Cards of messages under a choice of their order; of a long chat the newest first.

    Args:
        theme: the look.
        words: the user's language.
        parent: the panel.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._messages: tuple[PromptMessage, ...] = ()
        self._newest = PAGE
        self.order = SegmentedControl(
            theme, words("Order of the messages"), (words("As it is read"), words("By authority"))
        )
        self.order_note = self._muted("")
        self.earlier = TextButton(theme, "", kind=ButtonKind.GHOST, compact=True)
        self.cards: list[MessageCard] = []
        """The messages that are shown, from above to below."""
        self.headings: list[Label] = []
        """Who counts how much, above the messages of each."""
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.TINY, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.order, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.order_note)
        column.addLayout(self._column)
        self.earlier.hide()
        self.order.chosen.connect(lambda _: self._show())
        self.earlier.clicked.connect(self._show_earlier)

    def begin(self) -> None:
        """Show the newest messages only, as at first, and take the focus."""
        self._newest = PAGE
        self.order.segments[self.order.index].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_messages(self, messages: tuple[PromptMessage, ...]) -> None:
        """Show other messages; those that were there stay as they are."""
        self._messages = messages
        self._show()

    def _show(self) -> None:
        is_by_rank = self.order.index == _BY_RANK
        words = self._words
        self.order_note.setText(
            words("Where messages disagree, what stands higher counts more.")
            if is_by_rank
            else words("The model reads from above to below.")
        )
        shown = self._chosen()
        if is_by_rank:
            shown = sorted(shown, key=lambda one: rank_of(one.message))
        hidden = len(self._messages) - len(shown)
        self.earlier.setText(words("Show earlier messages ({count})", count=hidden))
        self.earlier.setAccessibleName(self.earlier.text())
        self.earlier.setVisible(hidden > 0)
        self._fill(shown)
        self._place(shown, is_by_rank)

    def _chosen(self) -> list[PromptMessage]:
        """What begins the prompt, and the newest messages."""
        newest = len(self._messages) - self._newest
        return [
            one
            for at, one in enumerate(self._messages)
            if at >= newest or rank_of(one.message) <= 1
        ]

    def _fill(self, shown: list[PromptMessage]) -> None:
        """As many cards as messages; one keeps its message where it can."""
        spare, placed = self.cards, []
        for one in shown:
            card = _same(spare, one) or MessageCard(self._theme, self._words, self)
            placed.append(card)
            card.show_message(one)
        for card in spare:
            card.hide()
            card.deleteLater()
        self.cards = placed

    def _place(self, shown: list[PromptMessage], is_by_rank: bool) -> None:
        while self._column.count():
            self._column.takeAt(0)
        for heading in self.headings:
            heading.hide()
            heading.deleteLater()
        self.headings = []
        rank = -1
        for one, card in zip(shown, self.cards, strict=True):
            if is_by_rank and rank_of(one.message) != rank:
                rank = rank_of(one.message)
                self._column.addWidget(self._heading(rank))
            elif not is_by_rank and rank_of(one.message) > 1 and rank <= 1:
                rank = RANKS
                self._column.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)
            self._column.addWidget(card)
            card.show()
        if is_by_rank:
            self._column.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)

    def _heading(self, rank: int) -> Label:
        name = name_of(self._words, rank)
        heading = self._muted(f"{rank + 1}  {name}. {meaning_of(self._words, rank)}")
        self.headings.append(heading)
        return heading

    def _show_earlier(self) -> None:
        self._newest += PAGE
        self._show()

    def _muted(self, text: str) -> Label:
        return Label(self._theme, text, size=TypeSize.SMALL, role="muted", wrap=True, parent=self)


def _same(spare: list[MessageCard], wanted: PromptMessage) -> MessageCard | None:
    """The card that shows a message already, taken from among others."""
    for at, card in enumerate(spare):
        if card.seen is not None and card.seen.message == wanted.message:
            return spare.pop(at)
    return None
