"""What an empty chat shows: what Sotto is, and prompts to begin with."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.chat.example_card import ExampleCard
from ui.controls.label import Label
from ui.controls.signs import Logo
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_WIDTH: Final = 620
_TWO_COLUMNS_FROM: Final = 560
_MARGIN: Final = 16


class EmptyState(QScrollArea):
    """Teach by example.

    Signals:
        prompt_chosen: (text: str) the user pressed an example.

    Args:
        theme: the look.
        words: the user's language.
        parent: the panel.
    """

    prompt_chosen = Signal(str)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._is_practice: bool | None = None
        self._columns = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = QWidget(self)
        self._page.setAutoFillBackground(True)
        self._inner = QWidget(self._page)
        self.title = Label(theme, size=TypeSize.DISPLAY, bold=True, wrap=True)
        self.sentence = Label(theme, size=TypeSize.BODY, role="muted", wrap=True)
        self.cards: list[ExampleCard] = []
        """The examples, in order."""
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.ROOM)
        self._lay_out()
        self.set_practice(False)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def set_practice(self, is_practice: bool) -> None:
        """Show prompts that the loaded model can do."""
        if is_practice == self._is_practice:
            return
        self._is_practice = is_practice
        words = self._words
        self.title.setText(words("What is on your mind?"))
        self.sentence.setText(
            words(
                "This is the practice model: tiny, and made for trying out the app. "
                "It understands these prompts; for real answers load a gpt-oss model."
            )
            if is_practice
            else words(
                "Sotto answers with an open model that runs inside this app, on your own computer."
            )
        )
        self._make_cards(_practice_prompts(words) if is_practice else _prompts(words))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width() - 2 * _MARGIN
        self._inner.setFixedWidth(max(1, min(self._theme.scaled(_WIDTH), room)))
        self._place_cards()

    def _lay_out(self) -> None:
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, Space.ROOM, 0, Space.ROOM)
        inner.setSpacing(Space.GAP)
        inner.addWidget(Logo(self._theme, 40), 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(Space.TINY)
        inner.addWidget(self.title)
        inner.addWidget(self.sentence)
        inner.addSpacing(Space.PAD)
        inner.addLayout(self._grid)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.addStretch(2)
        page.addWidget(self._inner, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)
        self.setWidget(self._page)

    def _make_cards(self, prompts: tuple[tuple[str, str], ...]) -> None:
        for card in self.cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [
            ExampleCard(self._theme, icon, prompt, self._inner) for icon, prompt in prompts
        ]
        for card in self.cards:
            card.clicked.connect(partial(self.prompt_chosen.emit, card.text()))
        self._columns = 0
        self._place_cards()

    def _place_cards(self) -> None:
        is_wide = self._inner.width() >= self._theme.scaled(_TWO_COLUMNS_FROM)
        columns = 2 if is_wide else 1
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)
            card.show()

    def _follow_theme(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self._theme.color("bg"))
        self._page.setPalette(palette)


def _prompts(words: Words) -> tuple[tuple[str, str], ...]:
    return (
        ("lightbulb", words("Explain how noise-cancelling headphones work")),
        ("terminal", words("Write a Python function that finds duplicate files")),
        ("pencil", words("Write a kind note that declines a wedding invitation")),
        ("gauge", words("Plan a week of quick dinners with a shopping list")),
    )


def _practice_prompts(words: Words) -> tuple[tuple[str, str], ...]:
    """What the practice model was trained on; it knows English only."""
    del words
    return (
        ("message-square", "Hello"),
        ("pencil", "My name is Sam."),
        ("file-text", "Show me everything you can render"),
        ("search", "Look up my contact card"),
    )
