"""The menu in which light, dark, high contrast or the desktop's own look is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.words import Words
from ui.theme.theme import Theme, ThemeMode
from ui.theme.tokens import Size

THEME_ICONS: Final = {
    ThemeMode.SYSTEM: "monitor",
    ThemeMode.LIGHT: "sun",
    ThemeMode.DARK: "moon",
    ThemeMode.HIGH_CONTRAST: "contrast",
}


def theme_name(words: Words, mode: ThemeMode) -> str:
    """What a look is called."""
    return {
        ThemeMode.SYSTEM: words("Like the system"),
        ThemeMode.LIGHT: words("Light"),
        ThemeMode.DARK: words("Dark"),
        ThemeMode.HIGH_CONTRAST: words("High contrast"),
    }[mode]


def make_theme_menu(theme: Theme, words: Words, parent: QWidget) -> QMenu:
    """A menu over all looks; the one in force is ticked, choosing one puts it in force."""
    menu = QMenu(words("Look"), parent)
    group = QActionGroup(menu)
    tick = theme.pixmap("check", "accent", Size.ICON_SMALL, parent.devicePixelRatio())
    for mode in ThemeMode:
        action = menu.addAction(theme_name(words, mode))
        # Fusion marks a checked row that has an icon by its frame alone: the icon is the tick.
        if mode is theme.mode:
            action.setIcon(tick)
        action.setCheckable(True)
        action.setChecked(mode is theme.mode)
        action.triggered.connect(lambda _=False, wanted=mode: theme.set_mode(wanted))
        group.addAction(action)
    return menu
