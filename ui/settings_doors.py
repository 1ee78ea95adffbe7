"""The ways from the window into its settings, which are made when they are first wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget

from app.chats.changes import ChatChange, ChatMarksChanged, StatusChanged
from ui.settings.page_name import PageName
from ui.settings.row_index import Place

if TYPE_CHECKING:  # made when it is first opened
    from ui.settings.screen import SettingsScreen


class SettingsDoors(QObject):
    """Opens the settings; a window that never shows them never makes them.

    Signals:
        closed: back to the chats.

    Args:
        make: makes the screen; takes a good part of a second on a slow machine.
    """

    closed = Signal()

    def __init__(self, make: Callable[[], SettingsScreen]) -> None:
        super().__init__()
        self._make = make
        self._rooms: QStackedWidget | None = None
        self._screen: SettingsScreen | None = None
        self._told: dict[type[ChatChange], ChatChange] = {}

    @property
    def screen(self) -> SettingsScreen:
        """The screen, made if it is not there yet; it knows what was told before."""
        if self._screen is None:
            self._screen = screen = self._make()
            screen.closed.connect(self.closed)
            for change in self._told.values():
                screen.show_change(change)
            if self._rooms is not None:
                self._rooms.addWidget(screen)
        return self._screen

    def show_change(self, change: ChatChange) -> None:
        """Take a change of the chat service that a page may care about."""
        if isinstance(change, StatusChanged | ChatMarksChanged):
            self._told[type(change)] = change
            if self._screen is not None:
                self._screen.show_change(change)

    def connect_to(
        self, rooms: QStackedWidget, doors: Iterable[tuple[SignalInstance, PageName | None]]
    ) -> None:
        """Put the settings into the window.

        Args:
            rooms: where they are shown.
            doors: signals without arguments that show them, and the page they lead to.
        """
        self._rooms = rooms
        for signal, name in doors:
            signal.connect(lambda *_, to=name: self.show(to))

    def open(self) -> None:
        """Show the settings where they were left."""
        self.show()

    def forget(self) -> None:
        """Let go of the screen and of all that it shows; it is made anew when it is wanted."""
        if self._screen is not None:
            self._screen.hide()
            self._screen.deleteLater()
            self._screen = None

    def show_place(self, place: Place) -> None:
        """Show a page, and on it the row that was looked for."""
        self.show()
        self.screen.open_place(place)

    def show(self, name: PageName | None = None) -> None:
        """Show the settings, at a page or where they were left."""
        screen = self.screen
        if self._rooms is not None:
            self._rooms.setCurrentWidget(screen)
        screen.open()
        if name is not None:
            screen.open_named(name)
