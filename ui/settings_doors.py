"""The ways from the window into its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QStackedWidget

from ui.settings.page import SettingsPage
from ui.settings.screen import SettingsScreen


def connect_settings(
    rooms: QStackedWidget,
    settings: SettingsScreen,
    doors: Iterable[tuple[SignalInstance, type[SettingsPage] | None]],
) -> Callable[[], None]:
    """Put the settings into the window; returns what shows them.

    Args:
        rooms: where they are shown.
        settings: the screen.
        doors: signals without arguments that show it, and the page they lead to.
    """
    rooms.addWidget(settings)

    def show(kind: type[SettingsPage] | None) -> None:
        rooms.setCurrentWidget(settings)
        settings.open()
        if kind is not None:
            settings.open_kind(kind)

    for signal, kind in doors:
        signal.connect(lambda to=kind: show(to))
    return lambda: show(None)
