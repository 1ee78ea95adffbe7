"""The field over the list of pages, and the rows of the settings that its letters mean."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.words import Words
from ui.controls.announcing import announce
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.palette.entries import Entry, EntryIndex, EntryKind
from ui.settings.row_index import Place, places
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

Index = QModelIndex | QPersistentModelIndex
_PLACE: Final = int(Qt.ItemDataRole.UserRole) + 1
_MOVES: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class _PlaceModel(QAbstractListModel):
    """The places that were found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.places: tuple[Place, ...] = ()

    def show_places(self, found: tuple[Place, ...]) -> None:
        """Show others."""
        self.beginResetModel()
        self.places = found
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.places)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = self.places[index.row()]
        if role == _PLACE:
            return place
        if role == Qt.ItemDataRole.DisplayRole:
            return place.name or place.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(place)
        return None


class _PlaceDelegate(QStyledItemDelegate):
    """A name over the page it stands on."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(10, self._theme.scaled(46))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = index.data(_PLACE)
        if not isinstance(place, Place):
            return
        painter.save()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            line = self._theme.color("edge") if self._theme.colors.is_high_contrast else None
            box = QRectF(rect.adjusted(0, 1, 0, -1))
            draw_box(painter, box, Radius.BUTTON, fill=self._theme.color("pressed"), line=line)
        room = rect.adjusted(Space.ROOM, 0, -Space.GAP, 0)
        if not place.name:
            self._write(painter, room, place.title, TypeSize.CONTROL, is_muted=False)
            painter.restore()
            return
        half = room.height() // 2
        upper, lower = QRect(room), QRect(room)
        upper.setHeight(half + 4)
        lower.setTop(room.y() + half - 1)
        self._write(painter, upper, place.name, TypeSize.CONTROL, is_muted=False)
        self._write(painter, lower, place.title, TypeSize.SMALL, is_muted=True)
        painter.restore()

    def _write(
        self, painter: QPainter, room: QRect, text: str, size: int, *, is_muted: bool
    ) -> None:
        font = self._theme.fonts.text(size)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted" if is_muted else "text"))
        end = Qt.TextElideMode.ElideRight
        shown = QFontMetrics(font).elidedText(text, end, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)


class SettingsSearch(QWidget):
    """Find rows on all pages, made or not; the focus stays in the field.

    Signals:
        chosen: (place: Place) the user wants to go there.
        searching: (is_searching: bool) the results stand in place of the pages' list, or no more.

    Args:
        theme: the look.
        words: the user's language.
        parent: the list of pages.
    """

    chosen = Signal(object)
    searching = Signal(bool)

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._places = places(words)
        self._index = EntryIndex(
            Entry(str(at), EntryKind.SETTING, one.name or one.title, one.title, also=one.also)
            for at, one in enumerate(self._places)
        )
        name = words("Find a setting")
        self.field = Field(theme, name, placeholder=name, icon="search")
        self.model = _PlaceModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_PlaceDelegate(theme, self.list))
        self.list.setAccessibleName(words("What is found"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.viewport().setAutoFillBackground(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.GAP)
        layout.addWidget(self.field)
        layout.addWidget(self.said)
        layout.addWidget(self.list, stretch=1)
        self.list.hide()
        self.said.hide()
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._find)
        self.list.clicked.connect(lambda _: self._choose())

    @property
    def is_searching(self) -> bool:
        """Whether results stand there."""
        return bool(self.field.text().strip())

    def begin(self, letters: str) -> None:
        """Somebody typed beside the field: it takes over."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.insert(letters)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take(self, key: Qt.Key) -> bool:
        if not self.is_searching:
            return False
        if key == Qt.Key.Key_Escape:
            self.field.clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key in _MOVES and self.model.rowCount():
            count = self.model.rowCount()
            wanted = (self.list.currentIndex().row() + _MOVES[key]) % count
            self.list.setCurrentIndex(self.model.index(wanted))
            announce(self.field, _spoken(self.model.places[wanted]))
        else:
            return key in _MOVES
        return True

    def _find(self, query: str) -> None:
        is_searching = self.is_searching
        hits = self._index.find(query) if is_searching else ()
        self.model.show_places(tuple(self._places[int(hit.entry.id)] for hit in hits))
        self.list.setCurrentIndex(self.model.index(0))
        self.list.setVisible(is_searching)
        self.said.setVisible(is_searching and not hits)
        self.said.setText(self._words("No setting is called “{query}”.", query=query))
        if is_searching:
            announce(self.field, _spoken(self.model.places[0]) if hits else self.said.text())
        self.searching.emit(is_searching)

    def _choose(self) -> None:
        place = self.list.currentIndex().data(_PLACE)
        if isinstance(place, Place):
            self.chosen.emit(place)


def _spoken(place: Place) -> str:
    return f"{place.name}, {place.title}" if place.name else place.title
