"""A model that can be fetched: what it is, what it would be like here, and its download."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.outlook import Outlook
from app.models.values import OfferedModel
from app.words import Words
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import Label, breakable
from ui.controls.wrapping_row import WrappingRow
from ui.models.outlook_view import OutlookView
from ui.models.wording import facts_line, file_size, joined
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize


class OfferedRow(QWidget):
    """One model of the catalogue.

    Signals:
        fetch_requested: download it.
        remove_requested: take away what the user added.

    Args:
        theme: the look.
        words: the user's language.
        model: what is offered.
    """

    fetch_requested = Signal()
    remove_requested = Signal()

    def __init__(self, theme: Theme, words: Words, model: OfferedModel) -> None:
        super().__init__()
        self._words = words
        self.model = model
        self.setAccessibleName(model.name)
        size = file_size(model.size_bytes) if model.size_bytes else ""
        text = words("Download {size}", size=size) if size else words("Download")
        self.name = Label(theme, breakable(model.name), bold=True, size=TypeSize.BODY, wrap=True)
        self.facts = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.outlook = OutlookView(theme, words)
        self.room = Label(theme, size=TypeSize.CODE, role="warn", wrap=True)
        self.fetch = TextButton(theme, text, icon="download", compact=True)
        self.remove = IconButton(
            theme, "x", words("Take {name} off the list", name=model.name), size=Size.BUTTON_COMPACT
        )
        self.fetch.setAccessibleName(words("Download {name}", name=model.name))
        self.remove.setVisible(model.is_added)
        self._say_facts(0)
        self._lay_out()
        self.room.hide()
        self.fetch.clicked.connect(self.fetch_requested)
        self.remove.clicked.connect(self.remove_requested)

    def show_outlook(self, outlook: Outlook) -> None:
        """Show what it would be like here."""
        self._say_facts(outlook.planned.facts.layers)
        self.outlook.show_outlook(outlook)

    def show_room(self, free_bytes: int) -> None:
        """Say whether there is room for it on the disk."""
        words, size = self._words, self.model.size_bytes
        is_short = size > free_bytes
        free = file_size(free_bytes)
        said = words(
            "It needs {size}, and {free} are free in the folder of models.",
            size=file_size(size),
            free=free,
        )
        self.room.setText(said if is_short else "")
        self.room.setVisible(is_short)
        self.fetch.setEnabled(not is_short)
        self.fetch.setToolTip(said if is_short else "")

    def make_primary(self) -> None:
        """It is what most people want: its button is the loud one."""
        self.fetch.set_look(self.fetch.text(), "download", ButtonKind.PRIMARY)
        self.fetch.setAccessibleName(self._words("Download {name}", name=self.model.name))

    def _say_facts(self, layers: int) -> None:
        model = self.model
        source = model.repository or model.address
        facts = facts_line(
            self._words, model.size_bytes, model.quantisation, layers, model.licence, source
        )
        parts = self._words("{count} files", count=len(model.parts))
        self.facts.setText(breakable(joined(facts, parts if len(model.parts) > 1 else "")))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.GAP)
        head.addWidget(self.name, stretch=1)
        head.addWidget(self.remove, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.outlook)
        column.addWidget(self.room)
        column.addSpacing(Space.TINY)
        column.addWidget(WrappingRow(self.fetch))
