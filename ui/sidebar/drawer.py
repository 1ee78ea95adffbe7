"""Puts the sidebar beside the chat, or over it where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.sidebar.sidebar import Sidebar
from ui.theme.theme import Theme
from ui.theme.tokens import Size

_SCRIM_ALPHA = 110


class _Scrim(QWidget):
    """Darkens what lies under the open drawer; a click on it closes the drawer."""

    pressed = Signal()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        shade = QColor(Qt.GlobalColor.black)
        shade.setAlpha(_SCRIM_ALPHA)
        QPainter(self).fillRect(self.rect(), shade)


class Drawer(QWidget):
    """Lay out a sidebar and a content.

    From 760 px on the sidebar stands beside the content and stays as the user left it;
    below, it is hidden and comes as a drawer over the content until a chat is chosen, Esc
    is pressed or something beside it is clicked.

    Signals:
        sidebar_moved: the sidebar came, went, or changed between beside and over.
        drawer_closed: the drawer over the content went away; the focus needs a place.

    Args:
        sidebar: the column.
        content: the rest.
        theme: the look.
        is_wanted: whether the user wants the sidebar where there is room.
        parent: the widget it lives in.
    """

    sidebar_moved = Signal()
    drawer_closed = Signal()

    def __init__(
        self,
        sidebar: Sidebar,
        content: QWidget,
        theme: Theme,
        *,
        is_wanted: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sidebar = sidebar
        self._content = content
        self._theme = theme
        self._is_wanted = is_wanted
        self._is_open = False
        self._scrim = _Scrim(self)
        content.setParent(self)
        self._scrim.raise_()
        sidebar.setParent(self)
        self._scrim.pressed.connect(self.close_drawer)
        sidebar.hide_requested.connect(self.toggle)
        sidebar.chat_chosen.connect(self.close_drawer)
        sidebar.message_chosen.connect(self.close_drawer)
        sidebar.new_chat_requested.connect(self.close_drawer)
        theme.changed.connect(self._arrange)
        self._arrange()

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for the sidebar beside the content."""
        return self.width() < self._theme.scaled(Size.SIDEBAR_HIDDEN_BELOW)

    @property
    def is_sidebar_shown(self) -> bool:
        """Whether the sidebar is there, beside the content or over it."""
        return self._is_open if self.is_narrow else self._is_wanted

    @property
    def is_wanted(self) -> bool:
        """Whether the user wants the sidebar where there is room; worth remembering."""
        return self._is_wanted

    def toggle(self) -> None:
        """Bring the sidebar or take it away."""
        if self._is_open:
            self.close_drawer()
        elif self.is_narrow:
            self._is_open = True
            self._arrange()
            self._sidebar.new_chat.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._is_wanted = not self._is_wanted
            self._arrange()

    def open_sidebar(self) -> None:
        """Bring the sidebar if it is not there."""
        if not self.is_sidebar_shown:
            self.toggle()

    def close_drawer(self) -> None:
        """Take the drawer away; a sidebar that stands beside the content stays."""
        if self._is_open:
            self._is_open = False
            self._arrange()
            self.drawer_closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_narrow and self._is_open:
            self.close_drawer()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self.is_narrow:
            self._is_open = False
        shown, over = self.is_sidebar_shown, self.is_narrow
        width = self._theme.scaled(Size.SIDEBAR)
        if over:
            width = min(width, max(0, self.width() - self._theme.scaled(48)))
        left = width if shown and not over else 0
        self._content.setGeometry(left, 0, self.width() - left, self.height())
        self._scrim.setGeometry(self.rect())
        self._sidebar.setGeometry(0, 0, width, self.height())
        self._sidebar.is_modal = over and shown
        if self._sidebar.isVisibleTo(self) != shown or self._scrim.isVisibleTo(self) != over:
            self._sidebar.setVisible(shown)
            self._scrim.setVisible(shown and over)
            self._sidebar.raise_()
        self.sidebar_moved.emit()
