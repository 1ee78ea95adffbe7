"""What a search found: a line that says how much, and the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLocale, QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from app.search.values import SearchResults
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.label import Label
from ui.search.results_model import ResultRole, ResultRow, ResultsModel
from ui.search.results_rows import ResultRowDelegate
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_OPEN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOUSE_REASONS: Final = (
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class ResultsList(QListView):
    """The rows.  Arrows move, Return opens; Up from the first leads back, and so do letters.

    Signals:
        chosen: (row: ResultRow) the user wants to see it.
        left: (typed: str) back to the field, where `typed` goes on.
    """

    chosen = Signal(object)
    left = Signal(str)

    def __init__(
        self, model: ResultsModel, theme: Theme, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = ResultRowDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(words("What was found"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)  # a wider row may need one line less
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._choose)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def first(self) -> QModelIndex:
        """The first row that leads somewhere; an invalid index for none."""
        return next((one for one in self._indexes() if _row(one).leads), QModelIndex())

    def choose_current(self) -> None:
        """Open the row that is pointed out."""
        self._choose(self.currentIndex())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_first = self.currentIndex() == self.first()
        typed = event.text()
        if event.key() in _OPEN_KEYS:
            self.choose_current()
        elif event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Up and is_first):
            self.left.emit("")
        elif typed.isprintable() and typed.strip():
            self.left.emit(typed)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = event.reason() not in _MOUSE_REASONS
        super().focusInEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = False
        super().focusOutEvent(event)

    def _indexes(self) -> list[QModelIndex]:
        model = self.model()
        return [model.index(number, 0) for number in range(model.rowCount())]

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and _row(index).leads:
            self.chosen.emit(_row(index))


class SearchResultsView(QWidget):
    """Shows the results of one search after the other.

    Args:
        theme: the look.
        words: the user's language.
        parent: the sidebar.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.model = ResultsModel(words, self)
        self.list = ResultsList(self.model, theme, words)
        self.count = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self.count.setContentsMargins(10, 0, 10, 0)
        self.empty = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.empty.setContentsMargins(10, Space.TINY, 10, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TINY)
        layout.addWidget(self.count)
        layout.addWidget(self.empty)
        layout.addWidget(self.list, stretch=1)
        layout.addStretch(0)
        self.setFocusProxy(self.list)

    def show_results(self, results: SearchResults) -> None:
        """Show what was found, or how to find more."""
        pointed = self.list.currentIndex()
        before = _row(pointed) if pointed.isValid() else None
        self.model.show_results(results)
        found = self._found(results)
        self.count.setText(found)
        self.count.setVisible(bool(found))
        is_empty = not self.model.rows
        self.list.setVisible(not is_empty)
        self.empty.setVisible(is_empty)
        if is_empty:
            self.empty.setText(self._advice(results))
        self.list.setCurrentIndex(self._same(before))
        self.list.scrollTo(self.list.currentIndex())
        announce(self, found or self.empty.text())

    def _same(self, row: ResultRow | None) -> QModelIndex:
        """Where a row is that was pointed out before, else the first."""
        for number, one in enumerate(self.model.rows):
            ids = (one.kind, one.chat_id, one.message_id)
            if row is not None and ids == (row.kind, row.chat_id, row.message_id):
                return self.model.index(number)
        return self.list.first()

    def _found(self, results: SearchResults) -> str:
        words, locale = self._words, QLocale(self._words.language)
        said = []
        total = locale.toString(results.total)
        if results.is_more:
            said.append(words("The newest {count} messages were looked at.", count=total))
        elif results.total > 1:
            said.append(words("{count} messages", count=total))
        elif results.total:
            said.append(words("1 message"))
        if results.waiting:
            waiting = locale.toString(results.waiting)
            said.append(words("{count} messages cannot be found yet.", count=waiting))
        return " · ".join(said)

    def _advice(self, results: SearchResults) -> str:
        words = self._words
        found = words("Nothing was found for “{query}”.", query=results.text.strip())
        how = words(
            "Words are found by how they begin. “Quotes” find words in a row, and -word leaves"
            " out what holds it."
        )
        return f"{found}\n\n{how}"


def _row(index: QModelIndex) -> ResultRow:
    row = index.data(ResultRole.ROW)
    assert isinstance(row, ResultRow)  # noqa: S101 - the model of this list has no others
    return row
