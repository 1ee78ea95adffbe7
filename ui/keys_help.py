"""All keys on one page: grouped, searchable, printable; from the same list as the actions."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextDocument
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.text_match import Searchable, holds
from app.words import N_, Words
from ui.actions import ACTIONS, GROUP_NAMES, ActionGroup
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

AT_HAND: Final = (
    (N_("In the composer"), (
        (N_("Send the message"), "Return"),
        (N_("Begin a new line"), "Shift+Return"),
        (N_("Turn the pages of the chat"), "PgUp, PgDown"),
    )),
    (N_("In the list of chats"), (
        (N_("Open the chat"), "Return"),
        (N_("Rename"), "F2"),
        (N_("Delete"), "Del"),
    )),
    (N_("At a question about a call"), (
        (N_("Allow once, in this chat, always"), "1, 2, 3"),
        (N_("Deny"), "D"),
        (N_("Deny with a reason"), "R"),
        (N_("Change the call"), "E"),
    )),
    (N_("Everywhere"), (
        (N_("Go to the next control, or back"), "Tab, Shift+Tab"),
        (N_("Close what lies over the chat"), "Esc"),
    )),
)  # fmt: skip
"""Keys that a part of the window takes while it has the focus."""

_HEIGHT: Final = 440


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the page, in the user's language."""

    name: str
    key: str
    explained: str = ""


def key_groups(words: Words) -> list[tuple[str, list[KeyLine]]]:
    """All keys under their headings; actions without a key are in the palette alone."""
    groups = [
        (
            words(GROUP_NAMES[group]),
            [
                KeyLine(words(one.words), one.shown_key, words(one.tooltip))
                for one in ACTIONS
                if one.group is group and one.keys
            ],
        )
        for group in ActionGroup
    ]
    for heading, lines in AT_HAND:
        groups.append((words(heading), [KeyLine(words(name), key) for name, key in lines]))
    return [group for group in groups if group[1]]


def as_html(words: Words) -> str:
    """The same for a printer, black on white."""
    parts = [f"<h2>{escape(words('Keys'))}</h2>"]
    for heading, lines in key_groups(words):
        rows = "".join(
            f"<tr><td width='70%'>{escape(one.name)}</td><td><b>{escape(one.key)}</b></td></tr>"
            for one in lines
        )
        parts.append(f"<h3>{escape(heading)}</h3><table width='100%'>{rows}</table>")
    return "".join(parts)


class _KeyCap(QWidget):
    """A key as it is painted on buttons."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._key = key.replace("+", " ")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.SMALL))
        return QSize(metrics.horizontalAdvance(self._key) + 14, self._theme.scaled(22))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        line, fill = self._theme.color("border"), self._theme.color("surface")
        draw_box(painter, box, Radius.HINT, line=line, fill=fill)
        painter.setFont(self._theme.fonts.text(TypeSize.SMALL))
        painter.setPen(self._theme.color("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key)


class KeyRow(QWidget):
    """What a key does, and the key."""

    def __init__(self, theme: Theme, heading: str, line: KeyLine) -> None:
        super().__init__()
        self.line = line
        self.text = Searchable.of(f"{line.name} {line.key} {line.explained} {heading}")
        self.setAccessibleName(f"{line.name}: {line.key}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, Space.TINY, 0, Space.TINY)
        layout.setSpacing(Space.ROOM)
        layout.addWidget(Label(theme, line.name, wrap=True), stretch=1)
        layout.addWidget(_KeyCap(theme, line.key))
        self.setToolTip(line.explained)


class KeysDialog(PlainDialog):
    """The page of keys.

    Args:
        theme: the look.
        words: the user's language.
        parent: the window.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(theme, words("Keys"), parent)
        self._words = words
        name = words("Find a key")
        self.field = Field(theme, name, placeholder=name, icon="search")
        self.rows: list[KeyRow] = []
        self._sections: list[tuple[QWidget, list[KeyRow]]] = []
        self.print_button = TextButton(theme, words("Print…"), kind=ButtonKind.GHOST)
        self.close_button = TextButton(theme, words("Close"), key_hint="Esc")
        self.lay_out((self.field, self._column_of_groups()), (self.print_button, self.close_button))
        self.field.textChanged.connect(self._filter)
        self.print_button.clicked.connect(self._print)
        self.close_button.clicked.connect(self.reject)
        self.field.setFocus()

    def print_on(self, printer: QPrinter) -> None:
        """Put the page on paper."""
        document = QTextDocument()
        document.setHtml(as_html(self._words))
        document.print_(printer)

    def _column_of_groups(self) -> QScrollArea:
        inner, area = QWidget(), QScrollArea()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, Space.GAP, 0)
        column.setSpacing(Space.ROOM)
        for heading, lines in key_groups(self._words):
            rows = [KeyRow(self._theme, heading, line) for line in lines]
            section = QWidget()
            layout = QVBoxLayout(section)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(Space.TINY)
            layout.addWidget(Label(self._theme, heading, size=TypeSize.CODE, bold=True))
            for row in rows:
                layout.addWidget(row)
            column.addWidget(section)
            self.rows += rows
            self._sections.append((section, rows))
        column.addStretch(1)
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self._words("Keys"))
        area.setMinimumHeight(min(self._theme.scaled(_HEIGHT), self._room()))
        return area

    def _room(self) -> int:
        window = self.parentWidget()
        return max(120, (window.height() if window else _HEIGHT) - self._theme.scaled(240))

    def _filter(self, query: str) -> None:
        for section, rows in self._sections:
            met = [holds(query, row.text) for row in rows]
            for row, is_met in zip(rows, met, strict=True):
                row.setVisible(is_met)
            section.setVisible(any(met))
        found = sum(not row.isHidden() for row in self.rows)
        self.say("" if found else self._words("No key is called “{query}”.", query=query))

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - rarely used

        printer = QPrinter()
        dialog = QPrintDialog(printer, self)
        if dialog.exec():
            self.print_on(printer)
