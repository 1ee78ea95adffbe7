"""The end of the sidebar: which model answers, how it is, and the look."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.signs import Hairline
from ui.controls.theme_menu import THEME_ICONS, make_theme_menu, theme_name
from ui.practice_sign import PracticeSign
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize


class _ModelName(TextButton):
    """The name of the model; however long it is, its state has room beside it."""

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(64), self.sizeHint().height())


class SidebarFoot(QWidget):
    """Show the model and its state; choose the look.

    Signals:
        models_requested: show the models.
        card_requested: show what is known about the practice model.
    """

    models_requested = Signal()
    card_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.practice_sign = PracticeSign(theme, words, is_short=True, parent=self)
        self.model_name = _ModelName(theme, "", kind=ButtonKind.GHOST, icon="cpu", align_left=True)
        self.model_state = Label(theme, size=TypeSize.SMALL, role="muted")
        self.model_name.clicked.connect(lambda _=False: self.models_requested.emit())
        self.practice_sign.clicked.connect(self.card_requested)
        self.look = TextButton(theme, "", kind=ButtonKind.GHOST, icon="monitor", align_left=True)
        self.look.clicked.connect(self._choose_look)
        self._lay_out()
        self._name_model(words("No model"), "cpu")
        self.practice_sign.hide()
        self._name_look()
        theme.changed.connect(self._name_look)

    def show_status(self, status: StatusChanged) -> None:
        """Say which model there is and what it can do now."""
        name = status.model_name or self._words("No model")
        text, role = self._state(status)
        self.model_state.setText(text)
        self.model_state.set_role(role)
        self._name_model(name, "circle-alert" if role == "danger" else "cpu")
        self.practice_sign.setVisible(status.is_practice)

    def _state(self, status: StatusChanged) -> tuple[str, Role]:
        match status.state:
            case ModelState.READY:
                return self._words("ready"), "muted"
            case ModelState.RESTING:
                return self._words("resting"), "muted"
            case ModelState.LOADING:
                percent = round(100 * status.load_fraction)
                return self._words("loading {percent} %", percent=percent), "muted"
            case ModelState.FAILED:
                return self._words("failed"), "danger"
        return "", "muted"

    def _name_model(self, name: str, icon: str) -> None:
        where = self._words("Models…")
        self.model_name.set_look(name, icon, ButtonKind.GHOST)
        self.model_name.setToolTip(f"{name}\n{where}")
        self.model_name.setAccessibleDescription(where)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, Space.ROOM, 0)
        row.setSpacing(Space.GAP)
        row.addWidget(self.model_name, stretch=1)
        row.addWidget(self.model_state)
        sign = QHBoxLayout()
        sign.setContentsMargins(Space.ROOM, 0, Space.ROOM, Space.TINY)
        sign.addWidget(self.practice_sign)
        sign.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Hairline(self._theme))
        layout.addSpacing(Space.GAP)
        layout.addLayout(row)
        layout.addLayout(sign)
        layout.addWidget(self.look)
        self.setTabOrder(self.model_name, self.practice_sign)
        self.setTabOrder(self.practice_sign, self.look)

    def _name_look(self) -> None:
        mode = self._theme.mode
        text = self._words("Look: {look}", look=theme_name(self._words, mode))
        self.look.set_look(text, THEME_ICONS[mode], ButtonKind.GHOST)

    def _choose_look(self) -> None:
        menu = make_theme_menu(self._theme, self._words, self)
        menu.aboutToHide.connect(menu.deleteLater)
        above = QPoint(0, -menu.sizeHint().height() - Space.TINY)
        menu.popup(self.look.mapToGlobal(above))
