"""The settings, in place of the chats: a list of pages and the page that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import ChatChange, ChatMarksChanged, StatusChanged
from ui.controls.button import ButtonKind, TextButton
from ui.controls.signs import Hairline
from ui.settings.desk import SettingsDesk
from ui.settings.load_strip import LoadStrip
from ui.settings.navigation import PageList
from ui.settings.page import SettingsPage
from ui.settings.page_name import PageName
from ui.settings.row_index import Place
from ui.theme.tokens import Size, Space


@dataclass(frozen=True, slots=True)
class PageDoor:
    """One page of the list, which is made when it is first opened.

    Attributes:
        name: what other rooms call it.
        make: makes it.
        title: its name in the list, which is the page's own title.
        icon: name of its icon.
    """

    name: PageName
    make: Callable[[SettingsDesk], SettingsPage]
    title: str
    icon: str


class SettingsScreen(QWidget):
    """Pages beside their list; where the window is narrow, one after the other.

    Signals:
        closed: back to the chats.

    Args:
        desk: what the pages work with.
        doors: the pages in the order of the list.
    """

    closed = Signal()

    def __init__(self, desk: SettingsDesk, doors: Sequence[PageDoor]) -> None:
        super().__init__()
        self._desk = desk
        self._doors = tuple(doors)
        self._made: dict[int, SettingsPage] = {}
        self._status: StatusChanged | None = None
        self._is_busy = False
        self._theme = desk.theme
        self._words = desk.words
        self._is_page_open = False
        self.setAccessibleName(desk.words("Settings"))
        self.list = PageList(desk.theme, desk.words, [(one.title, one.icon) for one in doors])
        self.up = TextButton(
            desk.theme, desk.words("Settings"), kind=ButtonKind.GHOST, icon="chevron-left"
        )
        self.strip = LoadStrip(desk)
        self.stack = QStackedWidget()
        for _ in self._doors:
            self.stack.addWidget(QWidget())
        self._line = Hairline(desk.theme, is_vertical=True)
        self._content = QWidget()
        self._lay_out()
        self.list.left.connect(self.closed)
        self.list.chosen.connect(self.open_page)
        self.list.search.chosen.connect(self.open_place)
        self.up.clicked.connect(self._go_up)
        desk.theme.changed.connect(self._arrange)
        self._arrange()

    @property
    def pages(self) -> tuple[SettingsPage, ...]:
        """All pages, in the order of the list; those never opened are made now."""
        return tuple(self._page(index) for index in range(len(self._doors)))

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for list and page beside each other."""
        return self.width() < self._theme.scaled(Size.SIDEBAR_HIDDEN_BELOW)

    def open(self) -> None:
        """Begin with the page that was shown last, or with the list where it is narrow."""
        self._is_page_open = False
        self._page(self.list.index).refresh()
        self._arrange()
        self.list.rows[self.list.index].setFocus(Qt.FocusReason.OtherFocusReason)

    def open_page(self, index: int) -> None:
        """Show a page."""
        self._is_page_open = True
        page = self._page(index)
        self.list.set_index(index)
        self.stack.setCurrentIndex(index)
        self._arrange()
        page.refresh()
        if self.is_narrow:
            self.up.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_named(self, name: PageName) -> None:
        """Show the page of this name."""
        self.open_page(next(at for at, door in enumerate(self._doors) if door.name is name))

    def open_subject(self, name: PageName, subject: str) -> None:
        """Show the page of this name, and on it what is called so."""
        self.open_named(name)
        self._page(self.list.index).show_subject(subject)

    def open_place(self, place: Place) -> None:
        """Show a page, and on it a row that was looked for."""
        self.open_named(place.page)
        if place.name:
            self._page(self.list.index).seek(place.name)

    def show_change(self, change: ChatChange) -> None:
        """Take a change of the chat service that a page may care about."""
        match change:
            case StatusChanged():
                self._status = change
                self.strip.show_status(change)
                for page in self._made.values():
                    page.show_status(change)
            case ChatMarksChanged():
                self._is_busy = change.has_open_answer
                self.strip.show_busy(is_busy=self._is_busy)
                for page in self._made.values():
                    page.show_busy(is_busy=self._is_busy)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.is_narrow and self._is_page_open:
            self._go_up()
        else:
            self.closed.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _page(self, index: int) -> SettingsPage:
        """The page at this place of the list, made if it is not there yet."""
        if index not in self._made:
            page = self._made[index] = self._doors[index].make(self._desk)
            if self._status is not None:
                page.show_status(self._status)
            page.show_busy(is_busy=self._is_busy)
            page.page_requested.connect(self.open_subject)
            was_shown = self.stack.currentIndex() == index
            if (place := self.stack.widget(index)) is not None:
                self.stack.removeWidget(place)
                place.deleteLater()
            self.stack.insertWidget(index, page)
            if was_shown:
                self.stack.setCurrentIndex(index)
        return self._made[index]

    def _go_up(self) -> None:
        self._is_page_open = False
        self._arrange()
        self.list.rows[self.list.index].setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        # The list comes first, so that Tab leads from it into the page.
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self._line)
        row.addWidget(self._content, stretch=1)
        head = QHBoxLayout()
        head.setContentsMargins(Space.TINY, Space.TINY, Space.TINY, 0)
        head.addWidget(self.up, alignment=Qt.AlignmentFlag.AlignLeft)
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addLayout(head)
        content.addWidget(self.stack, stretch=1)
        content.addWidget(self.strip)

    def _arrange(self) -> None:
        narrow = self.is_narrow
        self.list.is_alone = narrow
        if narrow:
            self.list.setMinimumWidth(0)
            self.list.setMaximumWidth(16_777_215)
        else:
            self.list.setFixedWidth(self._theme.scaled(Size.SIDEBAR))
        self.list.setVisible(not narrow or not self._is_page_open)
        self._line.setVisible(not narrow)
        self._content.setVisible(not narrow or self._is_page_open)
        self.up.setVisible(narrow)
        self.list.update()
