"""One page of the settings: a title and sections of rows, as long as it takes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import StatusChanged
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.controls.settling import lay_out_anew
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space, TypeSize

_COLUMN: Final = 760
_SETTLE_MS: Final = 16


class SettingsPage(QScrollArea):
    """A column of sections under a title; what has the focus is scrolled into view.

    Signals:
        page_requested: (name: PageName, subject: str) show another page, and there what is
            called so.

    Args:
        desk: what the page works with.
        title: the page's name.
    """

    page_requested = Signal(object, str)

    def __init__(self, desk: SettingsDesk, title: str) -> None:
        super().__init__()
        self._desk = desk
        self._theme = desk.theme
        self._words = desk.words
        self.title = title
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(title)
        self._sought: QWidget | None = None
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(Space.SECTION)
        self.heading = Label(desk.theme, title, size=TypeSize.DISPLAY, bold=True, wrap=True)
        self._column.addWidget(self.heading)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self._settle)
        QApplication.instance().focusObjectChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        desk.theme.changed.connect(self._place)
        desk.theme.changed.connect(self._settling.start)
        self._place()

    def add(self, section: QWidget, align: Qt.AlignmentFlag | None = None) -> None:
        """Put a section below the others, as wide as the column unless it is aligned."""
        place = self._column.count() - 1  # what is left over stays below all of them
        self._column.insertWidget(place, section)
        if align is not None:
            self._column.setAlignment(section, align)

    def show_status(self, status: StatusChanged) -> None:
        """The model or the last turn is another; a page may care."""

    def show_subject(self, subject: str) -> None:
        """Show what is called so; a page may have something of that kind."""

    def show_busy(self, *, is_busy: bool) -> None:
        """An answer is being written, or has ended; a page may care."""

    def refresh(self) -> None:
        """The page is about to be shown: look at what may have changed meanwhile."""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self._settling.start()

    def seek(self, name: str) -> None:
        """Bring a row or a section of this name into view, mark it, and give it the focus."""
        rows = [one for one in self._inner.findChildren(SettingRow) if one.name.text() == name]
        found: list[QWidget] = [one for one in rows if not one.isHidden()]
        sections = self._inner.findChildren(SettingsSection)
        found += [one for one in sections if one.heading.text() == name and not one.isHidden()]
        self._sought = found[0] if found else None
        if isinstance(self._sought, SettingRow):
            self._sought.mark()
            self._sought.focus_control()
        self._settle()

    def settle(self) -> None:
        """Lay out anew in a moment: heights may have changed."""
        self._settling.start()

    def _settle(self) -> None:
        lay_out_anew(self._inner)
        sought, self._sought = self._sought, None
        if sought is not None:
            QTimer.singleShot(0, sought, lambda: self.ensureWidgetVisible(sought, 0, 48))

    def _place(self) -> None:
        """In the middle, no wider than can be read, with less margin where it is narrow."""
        width = self.viewport().width()
        least = Space.PAD if width < self._theme.scaled(560) else Space.LARGE
        margin = max(least, (width - self._theme.scaled(_COLUMN)) // 2)
        top = Space.PAD if least == Space.PAD else Space.LARGE - Space.TINY
        self._column.setContentsMargins(margin, top, margin, Space.LARGE)

    def _follow_focus(self, focused: QObject | None) -> None:
        if isinstance(focused, QWidget) and self._inner.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, self._theme.scaled(48))
