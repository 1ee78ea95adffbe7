"""The parts of a file, each with a box to tick and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from app.attachments.parts import FilePart, ReadFile
from app.attachments.values import PartUnit
from app.words import Words
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_LONGEST_TITLE: Final = 60
_ROW: Final = 28


def part_name(words: Words, unit: PartUnit, part: FilePart) -> str:
    """What a part is called: its heading, or its numbers."""
    if part.title:
        title = part.title
        return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
    a, b = f"{part.first:,}", f"{part.last:,}"
    is_one = part.first == part.last
    match unit:
        case PartUnit.PAGE:
            return words("Page {number}", number=a)
        case PartUnit.ROW:
            return words("Row {number}", number=a) if is_one else words("Rows {a}–{b}", a=a, b=b)
        case PartUnit.SECTION:
            return words("Part {number}", number=a)
        case PartUnit.LINE:
            return words("Line {number}", number=a) if is_one else words("Lines {a}–{b}", a=a, b=b)


class PartsList(QListView):
    """Lists parts; Space ticks the current one.

    Signals:
        chosen_changed: other parts are ticked.
        current_changed: (index: int) another part is looked at.

    Args:
        theme: the look.
        words: the user's language.
        file: whose parts.
        chosen: indexes of those that are ticked.
        parent: the dialog.
    """

    chosen_changed = Signal()
    current_changed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        file: ReadFile,
        chosen: Collection[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self._is_setting = False
        for index, part in enumerate(file.parts):
            tokens = words("{count} tokens", count=f"{part.tokens:,}")
            item = QStandardItem(f"{part_name(words, file.unit, part)} · {tokens}")
            item.setEditable(False)
            item.setCheckable(True)
            item.setCheckState(_state(index in chosen))
            item.setSizeHint(QSize(0, theme.scaled(_ROW)))
            self._items.appendRow(item)
        self.setModel(self._items)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFont(theme.fonts.text(TypeSize.CODE))
        self.setTabKeyNavigation(False)
        self.setAccessibleName(words("Parts of the file"))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("pressed"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.setPalette(palette)
        self._items.itemChanged.connect(self._on_item_changed)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentChanged.connect(self._on_current)

    @property
    def chosen(self) -> frozenset[int]:
        """Indexes of the ticked parts."""
        rows = range(self._items.rowCount())
        ticked = Qt.CheckState.Checked
        return frozenset(row for row in rows if self._items.item(row).checkState() == ticked)

    def choose(self, chosen: Collection[int]) -> None:
        """Tick these parts and no others."""
        self._is_setting = True
        for row in range(self._items.rowCount()):
            self._items.item(row).setCheckState(_state(row in chosen))
        self._is_setting = False
        self.chosen_changed.emit()

    def _on_item_changed(self, _item: QStandardItem) -> None:
        if not self._is_setting:
            self.chosen_changed.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index)

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.current_changed.emit(current.row())


def _state(is_on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
