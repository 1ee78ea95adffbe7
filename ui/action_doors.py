"""The ways to all actions of a window: palette, menu, the page of keys, and the looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QMainWindow, QMenu

from app.chats.changes import ChatChange
from app.chats.ids import ChatId
from app.settings import SettingsFile
from app.words import Words
from ui.action_menu import add_menu_bar, open_menu
from ui.actions import ActionId, Actions
from ui.palette.door import PaletteDoor
from ui.palette.settings import settings_entries
from ui.settings.row_index import Place
from ui.theme.theme import Theme, ThemeMode
from ui.top_bar import TopBar

LOOKS: Final = {
    ActionId.LOOK_SYSTEM: ThemeMode.SYSTEM,
    ActionId.LOOK_LIGHT: ThemeMode.LIGHT,
    ActionId.LOOK_DARK: ThemeMode.DARK,
    ActionId.LOOK_HIGH_CONTRAST: ThemeMode.HIGH_CONTRAST,
}


class ActionDoors:
    """Opens palette, menu and keys; each is made when it is wanted.  UI thread.

    Args:
        theme: the look.
        words: the user's language.
        window: what they belong to.
        actions: what can be done in it; gets the doors' own.
        top_bar: has the button of the menu.
        settings: where the palette remembers what was used last.
        open_chat: shows a chat.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        window: QMainWindow,
        actions: Actions,
        top_bar: TopBar,
        settings: SettingsFile,
        open_chat: Callable[[ChatId], object],
    ) -> None:
        self._theme, self._words, self._window = theme, words, window
        self._actions, self._top_bar = actions, top_bar
        self.palette = PaletteDoor(theme, words, window, actions, settings, open_chat)
        actions.add(ActionId.PALETTE, self.palette.open)
        actions.add(ActionId.MENU, self.open_menu)
        actions.add(ActionId.KEYS, self.open_keys)
        for action_id, mode in LOOKS.items():
            actions.add(action_id, partial(theme.set_mode, mode))
        top_bar.menu_requested.connect(self.open_menu)
        add_menu_bar(words, actions, window)

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        self.palette.apply(change)

    def add_settings(self, show: Callable[[Place], object]) -> None:
        """Have the palette find rows of the settings.

        Args:
            show: shows the row that is wanted.
        """
        self.palette.find_settings = lambda: settings_entries(self._words, show)

    def open_menu(self) -> QMenu:
        """Show the menu below its button."""
        return open_menu(self._words, self._actions, self._top_bar.menu)

    def open_keys(self) -> None:
        """Show the page of keys."""
        from ui.keys_help import KeysDialog  # noqa: PLC0415 - not before it is wanted

        KeysDialog(self._theme, self._words, self._window).open()
