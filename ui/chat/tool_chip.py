"""By the composer: which tools the chat has, and the way to switch them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from shiboken6 import isValid

from app.words import Words
from ui.chat.tool_popup import ToolPopup
from ui.chat.tool_switches import icon_of, title_of, tool_switches
from ui.controls.button import IconButton
from ui.theme.theme import Theme
from ui.theme.tokens import Space

_BUTTON: Final = 28
_MOST: Final = 4
"""So many tools that are on have an icon of their own; the rest are counted in the tooltip."""


class ToolChip(QWidget):
    """A button that opens the switches; beside it an icon for each tool that is on.

    Signals:
        switched: (name: str, is_on: bool) the user turned a switch.
        files_requested: show the chat's files.
        settings_requested: show the settings of tools.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.

    Attributes:
        find_available: names of the switches that can be used; asked when the switches open.
        anchor: what the switches open over; the button, unless something stands in its place.
    """

    switched = Signal(str, bool)
    files_requested = Signal()
    settings_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._has_room = True
        self._switched_on: tuple[str, ...] = ()
        self.find_available: Callable[[], Collection[str]] = tuple
        self.anchor: Callable[[], QWidget] = lambda: self.button
        self.button = IconButton(theme, "wrench", words("Tools"), size=_BUTTON, parent=self)
        self.icons: list[IconButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.TINY)
        self._row.addWidget(self.button)
        self.popup: ToolPopup | None = None
        self.button.clicked.connect(self.open)
        self.show_on(())

    def show_on(self, switched_on: tuple[str, ...]) -> None:
        """Show what is on in the open chat."""
        self._switched_on = switched_on
        words = self._words
        names = ", ".join(title_of(words, name) for name in switched_on)
        said = words("Tools: {names}", names=names) if names else words("Tools: none is on")
        self.button.set_look("wrench", said)
        self.button.setCheckable(bool(switched_on))
        self.button.setChecked(bool(switched_on))
        self._show_icons()
        if self.popup is not None and isValid(self.popup):
            self.popup.show_tools(tool_switches(words, self.find_available()), switched_on)

    def set_room(self, has_room: bool) -> None:
        """Whether there is room for more than the one button."""
        if has_room != self._has_room:
            self._has_room = has_room
            self._show_icons()

    def open(self) -> None:
        """Show the switches."""
        self.button.setChecked(bool(self._switched_on))  # a press is no switch
        tools = tool_switches(self._words, self.find_available())
        self.popup = popup = ToolPopup(self._theme, self._words, tools, self._switched_on, self)
        popup.switched.connect(self.switched)
        popup.files_requested.connect(self.files_requested)
        popup.settings_requested.connect(self.settings_requested)
        popup.open_above(self.anchor())

    def _show_icons(self) -> None:
        for icon in self.icons:
            self._row.removeWidget(icon)
            icon.hide()
            icon.deleteLater()
        shown = self._switched_on[:_MOST] if self._has_room else ()
        self.icons = [self._make_icon(name) for name in shown]
        for icon in self.icons:
            self._row.addWidget(icon)

    def _make_icon(self, name: str) -> IconButton:
        title = title_of(self._words, name)
        said = self._words("{tool} is on. Press to switch it off.", tool=title)
        icon = IconButton(self._theme, icon_of(name), said, size=_BUTTON, parent=self)
        icon.setCheckable(True)
        icon.setChecked(True)
        icon.clicked.connect(lambda: self.switched.emit(name, False))
        return icon
