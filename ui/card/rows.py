"""The rows of the card page: a compared fact, a statement, a figure."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.card.comparison import Comparison, Verdict
from app.card.sentences import file_text, published, verdict_text
from app.card.values import Figure, ModelCard, Statement, write_bar
from app.words import Words
from ui.card.bars import BarRow, Bars
from ui.controls.chip import Chip, Tone
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_NO_BREAK: Final = "\u00a0"
_NARROW: Final = 560
_TIGHT: Final = 340
_VALUE: Final = 104
_VERDICT: Final = 118
_LOOKS: Final[dict[Verdict, tuple[str, Tone]]] = {
    Verdict.AGREES: ("check", "accent"),
    Verdict.DIFFERS: ("circle-alert", "neutral"),
    Verdict.NOT_IN_FILE: ("", "outline"),
}


def cited(text: str, section: str) -> str:
    """A text and where in the card it stands, which never begins a line."""
    return f"{text}{_NO_BREAK}[{section.replace(' ', _NO_BREAK)}]"


class _Values(QWidget):
    """What the card says, what the file says, and the verdict: in columns, or below each other."""

    def __init__(self, theme: Theme, *cells: tuple[Label, Label], last: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._cells = cells
        self._last = last
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.ROOM)
        self._grid.setVerticalSpacing(0)
        self._is_column: bool | None = None

    def place(self, *, is_column: bool, has_captions: bool) -> None:
        """Lay out anew; captions are there where nothing above names the columns."""
        if is_column != self._is_column:
            self._is_column = is_column
            for at, (caption, value) in enumerate(self._cells):
                self._grid.addWidget(caption, *((at, 0) if is_column else (0, at)))
                self._grid.addWidget(value, *((at, 1) if is_column else (1, at)))
            end = len(self._cells)
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            if is_column:
                self._grid.addWidget(self._last, end, 0, 1, 3, side)
            else:
                self._grid.addWidget(self._last, 1, end, side)
            self._grid.setColumnStretch(end, 1)
        for caption, _ in self._cells:  # after they were placed: alone each would be a window
            caption.setVisible(has_captions)
        least = (0, 0, 0) if is_column else (_VALUE, _VALUE, _VERDICT)
        for column, width in enumerate(least):
            self._grid.setColumnMinimumWidth(column, self._theme.scaled(width))


class FactRow(QWidget):
    """A fact with its meaning; beside or below it the card's value, the file's, the verdict.

    Args:
        theme: the look.
        words: the user's language.
        card: the model card.
        row: the fact, compared.
        is_first: it names the columns for those below.
        has_note: say why the file may differ or say nothing.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        card: ModelCard,
        row: Comparison,
        *,
        is_first: bool,
        has_note: bool,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._is_first = is_first
        fact, language = row.fact, words.language
        said = [fact.meaning.of(language)]
        if fact.note is not None and has_note:
            said.append(fact.note.of(language))
        self.name = Label(theme, fact.name.of(language), wrap=True)
        self.meaning = Label(
            theme, cited(" ".join(said), fact.section), size=TypeSize.CODE, role="muted", wrap=True
        )
        self.card = Label(theme, card.write(fact, row.card, language))
        self.file = Label(theme, file_text(words, card, row))
        icon, tone = _LOOKS[row.verdict]
        self.verdict = Chip(theme, verdict_text(words, row.verdict), icon=icon, tone=tone)
        self._values = _Values(
            theme,
            (Label(theme, words("Card"), size=TypeSize.SMALL, role="muted"), self.card),
            (Label(theme, words("This file"), size=TypeSize.SMALL, role="muted"), self.file),
            last=self.verdict,
        )
        self.setAccessibleName(
            f"{fact.name.of(language)}: {words('Card')} {self.card.text()}, "
            f"{words('This file')} {self.file.text()}, {self.verdict.text()}"
        )
        said_box = QVBoxLayout()
        said_box.setSpacing(Space.HAIR)
        said_box.addWidget(self.name)
        said_box.addWidget(self.meaning)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Space.PAD, Space.ROOM - 2, Space.PAD, Space.ROOM - 2)
        self._box.addLayout(said_box, stretch=1)
        self._box.addWidget(self._values)
        theme.changed.connect(self._place)
        self._place()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        is_narrow = self.width() < self._theme.scaled(_NARROW)
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._box.setSpacing(Space.GAP if is_narrow else Space.SECTION)
        self._values.place(
            is_column=self.width() < self._theme.scaled(_TIGHT),
            has_captions=is_narrow or self._is_first,
        )


class StatementRow(QWidget):
    """One thing the card says, and what Sotto does about it.

    Args:
        theme: the look.
        words: the user's language.
        statement: what is said.
    """

    def __init__(self, theme: Theme, words: Words, statement: Statement) -> None:
        super().__init__()
        language = words.language
        said = cited(statement.of(language), statement.section)
        self.said = Label(theme, said, wrap=True)
        self.sotto: Label | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM - 2, Space.PAD, Space.ROOM - 2)
        column.setSpacing(Space.TINY)
        column.addWidget(self.said)
        if statement.sotto is not None:
            does = words("Sotto: {does}", does=statement.sotto.of(language))
            self.sotto = Label(theme, does, size=TypeSize.CODE, role="accent", wrap=True)
            column.addWidget(self.sotto)
        self.setAccessibleName(said)


class FigureRow(QWidget):
    """Numbers as bars, what they mean, and whose they are.

    Args:
        theme: the look.
        words: the user's language.
        figure: the numbers.
    """

    def __init__(self, theme: Theme, words: Words, figure: Figure) -> None:
        super().__init__()
        language = words.language
        title = figure.title.of(language)
        self.bars = Bars(
            theme,
            title,
            [
                BarRow(
                    bar.name.of(language),
                    write_bar(figure, bar, language),
                    bar.value / figure.most,
                    is_focus=bar.is_focus,
                )
                for bar in figure.bars
            ],
        )
        meaning = cited(figure.meaning.of(language), figure.section)
        self.meaning = Label(theme, meaning, size=TypeSize.CODE, role="muted", wrap=True)
        self.whose = Label(theme, published(words), size=TypeSize.SMALL, role="subtle", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.SMALL)
        column.addWidget(Label(theme, title, bold=True, wrap=True))
        column.addWidget(self.bars)
        column.addWidget(self.meaning)
        column.addWidget(self.whose)
        self.setAccessibleName(f"{title}. {self.bars.accessibleDescription()}. {meaning}")
