"""The buttons at the left of the composer; one button with a menu where they do not fit."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import IconButton
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space

_BUTTON: Final = 28


class OptionRow(QWidget):
    """Options of the next message, beside each other or in a menu.

    An option is an `IconButton`, or a widget with some in it.  In the menu each of its buttons
    is an entry under its accessible name.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer's row.

    Attributes:
        more: opens the menu; shown only where the options do not fit.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._options: list[QWidget] = []
        self._is_collapsed = False
        self.more = IconButton(theme, "plus", words("Options"), size=_BUTTON, parent=self)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.HAIR)
        self._row.addWidget(self.more)
        self.more.clicked.connect(self.open_menu)

    @property
    def is_collapsed(self) -> bool:
        """Whether there is only the one button."""
        return self._is_collapsed

    @property
    def whole_width(self) -> int:
        """What all options beside each other need, in logical px."""
        widths = [one.sizeHint().width() for one in self._options]
        return sum(widths) + Space.HAIR * max(0, len(widths) - 1)

    def add(self, option: QWidget, *, is_first: bool = False) -> None:
        """Give an option its place: behind the others, or before all."""
        at = 0 if is_first else len(self._options)
        self._options.insert(at, option)
        self._row.insertWidget(at + 1, option)
        option.setVisible(not self._is_collapsed)

    def anchor_of(self, option: QWidget) -> QWidget:
        """What a popup of an option stands over: itself, or the one button in its place."""
        return self.more if self._is_collapsed else option

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Show the options, or the one button in their place."""
        if is_collapsed != self._is_collapsed:
            self._is_collapsed = is_collapsed
            for option in self._options:
                option.setVisible(not is_collapsed)
            self.more.setVisible(is_collapsed)
            self.updateGeometry()
        # Lit while one of the buttons it stands for is.
        is_on = is_collapsed and any(one.isChecked() for one in self._buttons())
        self.more.setCheckable(is_on)
        self.more.setChecked(is_on)

    def make_menu(self) -> QMenu:
        """One entry for each button of the options."""
        menu = QMenu(self.more.accessibleName(), self)
        for button in self._buttons():
            ratio = self.devicePixelRatio()
            role: Role = "accent" if button.isChecked() else "muted"
            icon = self._theme.pixmap(button.icon_name, role, Size.ICON_SMALL, ratio)
            action = menu.addAction(icon, button.accessibleName().replace("&", "&&"))
            action.setToolTip(button.toolTip())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _=False, one=button: one.click())
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def open_menu(self) -> None:
        """Show the menu over the one button."""
        self.set_collapsed(self._is_collapsed)  # a press is no switch
        menu = self.make_menu()
        height = menu.sizeHint().height()
        menu.popup(self.more.mapToGlobal(QPoint(0, -height - Space.TINY)))

    @override
    def sizeHint(self) -> QSize:
        if self._is_collapsed:
            return self.more.sizeHint()
        return QSize(self.whole_width, self._theme.scaled(_BUTTON))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _buttons(self) -> list[IconButton]:
        found: list[IconButton] = []
        for option in self._options:
            own = [option] if isinstance(option, IconButton) else []
            found += [*own, *option.findChildren(IconButton)]
        return [one for one in found if not one.isHidden() or one in self._options]
