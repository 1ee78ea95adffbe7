"""The head of the first start: what this is, and in which language."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import LANGUAGES, Words
from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.controls.segmented import SegmentedControl
from ui.controls.signs import Logo
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_NAMES: Final = {"en": "English", "ko": "한국어"}
_NARROW: Final = 560


class Header(QWidget):
    """Logo, welcome, language and the way to the settings.

    Signals:
        language_chosen: (language: str) "en" or "ko".
        settings_requested: show the settings.
    """

    language_chosen = Signal(str)
    settings_requested = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self.title = Label(
            theme, words("Welcome to Sotto"), size=TypeSize.DISPLAY, bold=True, wrap=True
        )
        self.said = Label(
            theme,
            words("A private chat that runs on this computer. Three short steps."),
            size=TypeSize.BODY,
            role="muted",
            wrap=True,
        )
        names = [_NAMES[one] for one in LANGUAGES]
        at = LANGUAGES.index(words.language)
        self.language = SegmentedControl(theme, words("Language"), names, at)
        self.settings = IconButton(theme, "settings", words("Settings"))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lay_out()
        self.language.chosen.connect(lambda index: self.language_chosen.emit(LANGUAGES[index]))
        self.settings.clicked.connect(self.settings_requested)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        is_narrow = self.width() < self._theme.scaled(_NARROW)
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)

    def _lay_out(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(Space.HAIR)
        said.addWidget(self.title)
        said.addWidget(self.said)
        left = QHBoxLayout()
        left.setSpacing(Space.PAD)
        left.addWidget(Logo(self._theme, 44), alignment=Qt.AlignmentFlag.AlignTop)
        left.addLayout(said, stretch=1)
        right = QHBoxLayout()
        right.setSpacing(Space.GAP)
        right.addWidget(self.language)
        right.addWidget(self.settings)
        right.addStretch(1)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.ROOM)
        self._row.addLayout(left, stretch=1)
        self._row.addLayout(right)
