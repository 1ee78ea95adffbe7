"""The list of settings pages, and the ways back to the chats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import ButtonKind, PaintedButton, TextButton
from ui.controls.label import Label
from ui.controls.painting import RING, draw_box
from ui.settings.search import SettingsSearch
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class _PageRow(PaintedButton):
    """One page of the list."""

    def __init__(self, theme: Theme, owner: PageList, text: str, icon: str) -> None:
        super().__init__(theme, owner)
        self._owner = owner
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), self._theme.scaled(Size.ROW + 4))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self._owner.step(step)
            return
        text = event.text()
        if text.isprintable() and text.strip() and not event.modifiers() & ~_SHIFT:
            self._owner.search.begin(text)
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect())
        color = self._theme.color
        is_current = self.isChecked() and not self._owner.is_alone
        if is_current or self.is_hovered:
            draw_box(painter, rect, Radius.BUTTON, fill=color("pressed" if is_current else "hover"))
        if is_current:
            bar = QRectF(0, rect.height() * 0.22, 3, rect.height() * 0.56)
            draw_box(painter, bar, 1.5, fill=color("accent"))
            if self._theme.colors.is_high_contrast:
                draw_box(painter, rect, Radius.BUTTON, line=color("border"))
        if self.has_ring:
            draw_box(painter, rect, Radius.BUTTON, line=color("focus"), width=RING)
        ink: Role = "text" if is_current or self.is_hovered else "muted"
        edge = self._theme.scaled(Size.ICON_SMALL)
        pixmap = self._theme.pixmap(self._icon, ink, Size.ICON_SMALL, self.devicePixelRatio())
        painter.drawPixmap(Space.ROOM, (self.height() - edge) // 2, pixmap)
        painter.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        painter.setPen(color("text"))
        words = self.rect().adjusted(Space.ROOM + edge + Space.ROOM, 0, -Space.GAP, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self._owner.is_alone:
            ratio = self.devicePixelRatio()
            way = self._theme.pixmap("chevron-right", "muted", Size.ICON_SMALL, ratio)
            right = self.width() - edge - Space.ROOM
            painter.drawPixmap(right, (self.height() - edge) // 2, way)


class PageList(QWidget):
    """The pages by name; arrow keys move between them, Tab leads on.

    Signals:
        chosen: (index: int) show this page.
        left: back to the chats.

    Args:
        theme: the look.
        words: the user's language.
        pages: name and icon of each.
    """

    chosen = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme, words: Words, pages: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        self.is_alone = False
        """Nothing stands beside it, so that no page is the shown one."""
        self.setAccessibleName(words("Settings"))
        self.back = TextButton(
            theme,
            words("Back to chats"),
            kind=ButtonKind.GHOST,
            icon="chevron-left",
            align_left=True,
            parent=self,
        )
        self.search = SettingsSearch(theme, words, self)
        self._box = QWidget()
        self.rows = tuple(_PageRow(theme, self, name, icon) for name, icon in pages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.ROOM, Space.ROOM, Space.ROOM, Space.PAD)
        layout.setSpacing(Space.HAIR)
        layout.addWidget(self.back)
        layout.addSpacing(Space.GAP)
        layout.addWidget(self.search)
        layout.addSpacing(Space.GAP)
        layout.addWidget(self._box, stretch=1)
        self._lay_out_rows()
        note = Label(
            theme,
            words("Changes are saved at once."),
            size=TypeSize.SMALL,
            role="muted",
            wrap=True,
        )
        note.setIndent(Space.ROOM)
        layout.addWidget(note)
        self.back.clicked.connect(self.left)
        theme.changed.connect(self.update)
        self.set_index(0)

    def _lay_out_rows(self) -> None:
        column = QVBoxLayout(self._box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HAIR)
        for index, row in enumerate(self.rows):
            column.addWidget(row)
            row.clicked.connect(lambda _=False, at=index: self._choose(at))
        column.addStretch()
        self.search.searching.connect(self._show_results)

    def _show_results(self, is_searching: bool) -> None:
        self._box.setVisible(not is_searching)

    @property
    def index(self) -> int:
        """The page that is shown."""
        return self._index

    def set_index(self, index: int) -> None:
        """Mark another page as the one that is shown."""
        self._index = index
        self.rows[index].setChecked(True)
        for at, row in enumerate(self.rows):
            is_stop = at == index
            row.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_stop else Qt.FocusPolicy.NoFocus)
        if any(row.hasFocus() for row in self.rows):  # the ring must not stay on another page
            self.rows[index].setFocus(Qt.FocusReason.MouseFocusReason)

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) page, as an arrow key does; stops at the ends."""
        wanted = min(len(self.rows) - 1, max(0, self._index + by))
        if self.is_alone:
            self.set_index(wanted)
        elif wanted != self._index:
            self._choose(wanted)
        self.rows[wanted].setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        QPainter(self).fillRect(self.rect(), self._theme.color("bg" if self.is_alone else "side"))

    def _choose(self, index: int) -> None:
        self.set_index(index)
        self.chosen.emit(index)
