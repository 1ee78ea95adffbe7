"""A table that a tool made, in a real table: it scrolls, and cells can be chosen and copied."""

from __future__ import annotations

import re
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget
from typing_extensions import override

from app.tools.values import AttachmentRef
from ui.chat.tools.doors import ToolDoors, while_alive
from ui.chat.tools.table_data import TableData, read_table
from ui.chat.tools.wording import one_line
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import ElidedLabel
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space, TypeSize

TYPES: Final = frozenset({"text/html", "text/csv"})
_ROW: Final = 32
_SHOWN_ROWS: Final = 8
_GUESSED_ROWS: Final = 5
_NUMBER: Final = re.compile(r"[-+−]?[$€£₩¥]?\d[\d.,\s]*(?:[eE][-+]?\d+)?\s?%?|NaN|nan|inf|-inf")
_WIDEST: Final = 320

_Index = QModelIndex | QPersistentModelIndex


class _Cells(QAbstractTableModel):
    def __init__(self, table: TableData, parent: QWidget) -> None:
        super().__init__(parent)
        self.table = table

    @override
    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.rows)

    @override
    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.table.columns

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.table.rows[index.row()]
        cell = row[index.column()] if index.column() < len(row) else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell
        if role == Qt.ItemDataRole.TextAlignmentRole and _NUMBER.fullmatch(cell):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation == Qt.Orientation.Vertical:
            return None
        header = self.table.header
        return header[section] if section < len(header) else ""


class _View(QTableView):
    """Scrolls by the wheel only while it has the focus; else the conversation does."""

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()  # the table's owner copies
        else:
            super().keyPressEvent(event)


class Table(QWidget):
    """A table with its size and a button that copies all of it.

    Signals:
        height_changed: its rows are there, fewer or more than was guessed.

    Args:
        context: shared with all messages.
        doors: where the bytes come from.
        ref: the stored table.
        parent: the card.
    """

    height_changed = Signal()

    def __init__(
        self, context: MarkdownContext, doors: ToolDoors, ref: AttachmentRef, parent: QWidget
    ) -> None:
        super().__init__(parent)
        words, theme = context.words, context.theme
        self._context = context
        self._doors = doors
        self._data = b""
        self._table: TableData | None = None
        self.ref = ref
        self.facts = ElidedLabel(theme, one_line(ref.name), size=TypeSize.SMALL, role="muted")
        self.facts.setParent(self)
        self.copy_button = TextButton(
            theme, words("Copy"), kind=ButtonKind.GHOST, icon="copy", compact=True, parent=self
        )
        self.save_button = TextButton(
            theme, words("Save…"), kind=ButtonKind.GHOST, icon="download", compact=True, parent=self
        )
        self.copy_button.setAccessibleName(words("Copy the table"))
        self.save_button.setAccessibleName(words("Save the table"))
        self.view = self._make_view()
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self._save)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(False)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()
        doors.load_attachment(ref.id, while_alive(self, self._take))

    @property
    def table(self) -> TableData | None:
        """The rows, once they are there."""
        return self._table

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        buttons = (self.save_button, self.copy_button)
        x = width
        for button in buttons:
            hint = button.sizeHint()
            x -= hint.width()
            button.setGeometry(x, y, hint.width(), hint.height())
        self.facts.setGeometry(Space.HAIR, y, max(1, x - Space.GAP), buttons[0].height())
        y += buttons[0].height() + Space.TINY
        height = self._height_of_rows(width)
        self.view.setGeometry(0, y, width, height)
        return y + height

    def copy(self) -> None:
        """Put the chosen cells on the clipboard, or all where fewer than two are chosen."""
        if self._table is not None:
            self._context.copy(self._chosen() or self._table.as_text())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> str:
        indexes = sorted(self.view.selectedIndexes(), key=lambda at: (at.row(), at.column()))
        if len(indexes) < 2:
            return ""
        rows: dict[int, list[str]] = {}
        for index in indexes:
            rows.setdefault(index.row(), []).append(str(index.data() or ""))
        return "\n".join("\t".join(cells) for cells in rows.values())

    def _take(self, data: bytes) -> None:
        words = self._context.words
        self._data = data
        self._table = table = read_table(data, self.ref.media_type)
        self.save_button.setEnabled(bool(data))
        if table is None:
            self.facts.setText(words("There is no table in it that can be shown."))
        else:
            self.copy_button.setEnabled(True)
            self._show(table)
        self.height_changed.emit()

    def _show(self, table: TableData) -> None:
        words = self._context.words
        size = words("{rows} rows × {columns} columns", rows=len(table.rows), columns=table.columns)
        if table.is_cut:
            size = words("{size}, the rest is left out", size=size)
        self.facts.setText(size)
        self.view.setModel(_Cells(table, self))
        self.view.horizontalHeader().setVisible(bool(table.header))
        self.view.resizeColumnsToContents()
        widest = self._context.theme.scaled(_WIDEST)
        for column in range(table.columns):
            wanted = self.view.columnWidth(column) + Space.PAD
            self.view.setColumnWidth(column, min(widest, wanted))

    def _height_of_rows(self, width: int) -> int:
        row = self._context.theme.scaled(_ROW)
        if not self._data:
            return row * _GUESSED_ROWS
        if self._table is None:
            return 0
        header = row if self._table.header else 0
        wide = sum(self.view.columnWidth(at) for at in range(self._table.columns)) > width
        bar = self.view.horizontalScrollBar().sizeHint().height() if wide else 0
        return header + row * min(_SHOWN_ROWS, len(self._table.rows)) + bar + 2

    def _save(self) -> None:
        ending = "csv" if self.ref.media_type == "text/csv" else "html"
        name = self.ref.name if "." in self.ref.name else f"{self.ref.name or 'table'}.{ending}"
        if not self._doors.save(self, name, self._data):
            self.facts.setText(self._context.words("It could not be saved there."))

    def _make_view(self) -> QTableView:
        view = _View(self)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setAlternatingRowColors(False)
        view.setShowGrid(True)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setStretchLastSection(True)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        view.horizontalHeader().setDefaultAlignment(left)
        view.setAccessibleName(self._context.words("Table"))
        return view

    def _follow_theme(self) -> None:
        theme = self._context.theme
        font = theme.fonts.text(TypeSize.CODE)
        self.view.setFont(font)
        self.view.horizontalHeader().setFont(font)
        row = theme.scaled(_ROW)
        self.view.verticalHeader().setDefaultSectionSize(row)
        self.view.horizontalHeader().setFixedHeight(row)
        palette = self.view.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.color("bg"))
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("soft"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.view.setPalette(palette)
        line, muted, surface = (theme.colors.of(role) for role in ("border", "muted", "surface"))
        self.view.setStyleSheet(
            f"QTableView{{gridline-color:{line};border:1px solid {line}}}"
            "QTableView::item{padding:0 6px}"
            f"QHeaderView{{background:{surface}}}"
            f"QHeaderView::section{{background:{surface};color:{muted};border:0;padding:0 6px;"
            f"border-bottom:1px solid {line};border-right:1px solid {line}}}"
        )
