"""A button that shows the choice that holds and opens a menu over all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ui.controls.button import ButtonKind, TextButton
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space


class ChoiceButton(TextButton):
    """Choose one of several whose names are too long for a row of segments.

    Signals:
        chosen: (index: int) the user chose another one; not sent by `set_index`.

    Args:
        theme: the look.
        name: what is chosen, for screen readers.
        choices: the texts, already in the user's language.
        parent: the widget it lives in.
    """

    chosen = Signal(int)

    def __init__(
        self, theme: Theme, name: str, choices: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "", icon="chevron-down", compact=True, parent=parent)
        self._name = name
        self._choices = tuple(choices)
        self._index = 0
        self.clicked.connect(self._open)
        self.set_index(0)

    @property
    def index(self) -> int:
        """The choice that holds."""
        return self._index

    def set_index(self, index: int) -> None:
        """Make another choice hold."""
        self._index = index
        text = self._choices[index]
        self.set_look(text, "chevron-down", ButtonKind.SECONDARY)
        self.setAccessibleName(f"{self._name}: {text}")

    def set_choices(self, choices: Sequence[str], index: int) -> None:
        """Offer other choices, of which one holds."""
        self._choices = tuple(choices)
        self.set_index(index)

    def choose(self, index: int) -> None:
        """Choose, as the user does in the menu."""
        if index != self._index:
            self.set_index(index)
            self.chosen.emit(index)

    def make_menu(self) -> QMenu:
        """The menu; the choice that holds is ticked."""
        menu = QMenu(self._name, self)
        group = QActionGroup(menu)
        ratio = self.devicePixelRatio()
        tick = self._theme.pixmap("check", "accent", Size.ICON_SMALL, ratio)
        for index, text in enumerate(self._choices):
            action = menu.addAction(text)
            if index == self._index:
                action.setIcon(tick)  # Fusion marks a checked row by its frame alone
            action.setCheckable(True)
            action.setChecked(index == self._index)
            action.triggered.connect(lambda _=False, at=index: self.choose(at))
            group.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open(self) -> None:
        menu = self.make_menu()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + Space.TINY)))
        menu.setActiveAction(menu.actions()[self._index])
        menu.setFocus(Qt.FocusReason.PopupFocusReason)
