"""The palette over the window: one field, and below it what the letters in it may mean."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.announcing import announce
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.palette.entries import EntryIndex, Hit
from ui.palette.rows import HitDelegate, HitModel, HitRole, spoken
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

_WIDTH: Final = 620
_SCRIM_ALPHA: Final = 90
_ROWS: Final = 9
_MOVES: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}


class _Card(QWidget):
    """The box with field and list."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # it is not a click beside the box

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        fill, line = self._theme.color("bg"), self._theme.color("edge")
        draw_box(QPainter(self), self.rect().toRectF(), Radius.CARD, fill=fill, line=line)


class Palette(QWidget):
    """Find and run; the focus stays in the field, the arrows move in the list.

    Lies over its parent while it is shown.  Esc, a click beside it, or the focus going
    elsewhere takes it away.

    Signals:
        chosen: (entry: Entry) the user wants this one; the palette is gone already.

    Args:
        theme: the look.
        words: the user's language.
        parent: the window.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._window = parent
        self._index = EntryIndex(())
        self._focus_before: QWidget | None = None
        self._is_leaving = False
        self.setAccessibleName(words("Palette"))
        self.card = _Card(theme, self)
        name = words("Find an action, a chat or a setting")
        self.field = Field(theme, name, placeholder=name, icon="search")
        self.model = HitModel(self)
        self.list = QListView()
        self.said = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True)
        self._dress_list()
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(Space.ROOM, Space.ROOM, Space.ROOM, Space.ROOM)
        layout.setSpacing(Space.GAP)
        for part in (self.field, self.list, self.said):
            layout.addWidget(part)
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda _: self._choose())
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._tell())
        parent.installEventFilter(self)
        theme.changed.connect(self._place)
        QApplication.instance().focusObjectChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        self.hide()

    def open(self, index: EntryIndex) -> None:
        """Come up with an empty field over these entries."""
        if self.isHidden():
            self._focus_before = QApplication.focusWidget()
        self._index = index
        self.field.clear()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._find("")

    def leave(self) -> None:
        """Go away; the focus goes where it was."""
        if self.isHidden():
            return
        before, self._focus_before = self._focus_before, None
        if before is not None and before.isVisible():
            # Before it is hidden, for Qt would pass the focus through the first button there is.
            self._is_leaving = True
            before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._is_leaving = False
        self.hide()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What is listed."""
        rows = (self.model.index(row) for row in range(self.model.rowCount()))
        return tuple(row.data(HitRole.HIT) for row in rows)

    @property
    def current(self) -> Hit | None:
        """What Return would run."""
        hit = self.list.currentIndex().data(HitRole.HIT)
        return hit if isinstance(hit, Hit) else None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._take(event)
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.leave()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlpha(_SCRIM_ALPHA)
        QPainter(self).fillRect(self.rect(), shade)

    def _dress_list(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(HitDelegate(self._theme, self.list))
        self.list.setAccessibleName(self._words("What is found"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def _take(self, event: QKeyEvent) -> bool:
        """Keys that the field has no use for."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key in _MOVES:
            self._move(_MOVES[key])
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):  # the field is all there is
            return False
        return True

    def _move(self, by: int) -> None:
        """One step goes round at the ends; a page stops there."""
        count = self.model.rowCount()
        if not count:
            return
        wanted = self.list.currentIndex().row() + by
        wanted = wanted % count if abs(by) == 1 else min(count - 1, max(0, wanted))
        self.list.setCurrentIndex(self.model.index(wanted))

    def _find(self, query: str) -> None:
        self.model.show_hits(self._index.find(query))
        self.list.setCurrentIndex(self.model.index(0))
        self._place()
        self._tell()

    def _tell(self) -> None:
        """Say what is current, for eyes only where it cannot be done."""
        hit = self.current
        words = self._words
        if hit is None:
            query = self.field.text()
            self.said.setText(words("Nothing is called “{query}”.", query=query))
        else:
            self.said.setText(hit.entry.why_not or words("Enter runs it, Esc goes back."))
        self.said.set_role("warn" if hit is not None and hit.entry.why_not else "muted")
        if self.isVisible():
            announce(self.field, self.said.text() if hit is None else spoken(hit))

    def _choose(self) -> None:
        hit = self.current
        if hit is None:
            return
        if hit.entry.why_not:
            announce(self.field, hit.entry.why_not)
            return
        self.leave()
        self.chosen.emit(hit.entry)

    def _place(self) -> None:
        """In the upper middle, as high as the list needs and the window allows."""
        self.setGeometry(self._window.rect())
        width = min(self._theme.scaled(_WIDTH), self.width() - 2 * Space.ROOM)
        row = self.list.sizeHintForRow(0)
        shown = max(1, min(_ROWS, self.model.rowCount()))
        self.list.setFixedHeight(max(1, row) * shown + Space.TINY)
        self.list.setVisible(self.model.rowCount() > 0)
        height = self.card.sizeHint().height()
        top = min(self._theme.scaled(72), max(Space.ROOM, (self.height() - height) // 4))
        self.card.setGeometry((self.width() - width) // 2, top, width, height)

    def _follow_focus(self, focused: QObject | None) -> None:
        """Keys of an action, or a click elsewhere, may have led away."""
        if self._is_leaving or not self.isVisible() or focused is self.field:
            return
        if isinstance(focused, QWidget) and focused.window() is self._window:
            self._focus_before = None
            QTimer.singleShot(0, self, self.leave)  # not while the focus is on its way
