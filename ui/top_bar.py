"""The bar over the chat: its title, what answers, and where the words go."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import StatusChanged
from app.words import Words
from ui.actions import ActionId, key_hint
from ui.controls.button import IconButton
from ui.controls.label import ElidedLabel
from ui.practice_sign import PracticeSign
from ui.private_sign import PrivateSign
from ui.scope_sign import Reach, ScopeSign
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_TITLE_MIN: Final = 110
_TITLE_MAX: Final = 260
_VARIANTS: Final = ((False, False), (True, False), (True, True))
"""Whether the practice sign and the scope are short, in the order in which they give way."""


class TopBar(QWidget):
    """Name the chat and say what is always true of it.

    The signs go to a second row where there is no room for them beside the title, so that
    the practice sign is never cut.

    Signals:
        sidebar_requested: bring the sidebar.
        new_chat_requested: show an empty chat.
        settings_requested: show the settings.
        inspector_requested: show or hide what the model sees.
        menu_requested: show the menu below its button.
    """

    sidebar_requested = Signal()
    new_chat_requested = Signal()
    settings_requested = Signal()
    inspector_requested = Signal()
    menu_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.sidebar_button = IconButton(
            theme, "menu", words("Show the sidebar"), key_hint=key_hint(ActionId.SIDEBAR)
        )
        self.new_chat = IconButton(
            theme, "square-pen", words("New chat"), key_hint=key_hint(ActionId.NEW_CHAT)
        )
        self.title = ElidedLabel(theme, words("New chat"), size=TypeSize.BODY, bold=True)
        self.practice_sign = PracticeSign(theme, words)
        self.private_sign = PrivateSign(theme, words)
        self.scope = ScopeSign(theme, words)
        self.inspector = IconButton(
            theme, "eye", words("What the model sees"), key_hint=key_hint(ActionId.INSPECTOR)
        )
        self.settings = IconButton(
            theme, "settings", words("Settings"), key_hint=key_hint(ActionId.SETTINGS)
        )
        self.menu = IconButton(theme, "ellipsis", words("Menu"), key_hint=key_hint(ActionId.MENU))
        self._signs = QHBoxLayout()
        self._lay_out()
        self.practice_sign.hide()
        self.sidebar_button.clicked.connect(self.sidebar_requested)
        self.new_chat.clicked.connect(self.new_chat_requested)
        self.inspector.clicked.connect(self.inspector_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.menu.clicked.connect(self.menu_requested)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def show_title(self, title: str) -> None:
        """Name the chat that is shown; "" is a new one."""
        self.title.setText(title or self._words("New chat"))
        self._place_signs()

    def show_status(self, status: StatusChanged) -> None:
        """Say whether the practice model answers, and where the words go."""
        is_other = self.scope.show_workers(status.workers)
        if self.practice_sign.isHidden() == status.is_practice:
            self.practice_sign.setVisible(status.is_practice)
            is_other = True
        if is_other:
            self._place_signs()

    def show_private(self, *, is_private: bool) -> None:
        """Say that the open chat is kept in memory only."""
        if self.private_sign.isHidden() == is_private:
            self.private_sign.setVisible(is_private)
            self._place_signs()

    def show_reach(self, reach: Reach) -> None:
        """Say what tools of the open chat can reach."""
        if self.scope.show_reach(reach):
            self._place_signs()

    def show_sidebar_button(self, *, is_shown: bool) -> None:
        """Offer the sidebar and a new chat here while the sidebar is away."""
        self.sidebar_button.setVisible(is_shown)
        self.new_chat.setVisible(is_shown)
        self._place_signs()

    @property
    def is_tall(self) -> bool:
        """Whether the signs have a row of their own."""
        return self._signs.indexOf(self.scope) >= 0

    @override
    def sizeHint(self) -> QSize:
        second = self._theme.scaled(Size.CHIP) + Space.GAP if self.is_tall else 0
        return QSize(Size.WINDOW_MIN, self._theme.scaled(Size.TOP_BAR) + second)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_signs()

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.ROOM)
        self._row.addWidget(self.sidebar_button)
        self._row.addWidget(self.title, stretch=1)
        self._row.addWidget(self.private_sign)
        self._row.addWidget(self.practice_sign)
        self._row.addWidget(self.scope)
        self._row.addWidget(self.new_chat)
        self._row.addWidget(self.inspector)
        self._row.addWidget(self.settings)
        self._row.addWidget(self.menu)
        self._signs.setSpacing(Space.ROOM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAD, 0, Space.ROOM, 0)
        layout.setSpacing(0)
        layout.addLayout(self._row, stretch=1)
        layout.addLayout(self._signs)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _place_signs(self) -> None:
        """Beside the title, in full or shortly; where that leaves no room for it, below."""
        room = self.width() - self._width_of_buttons()
        wanted = QFontMetrics(self.title.font()).horizontalAdvance(self.title.text())
        most, least = self._theme.scaled(_TITLE_MAX), self._theme.scaled(_TITLE_MIN)
        for title, variants in ((min(wanted, most), _VARIANTS[:2]), (least, _VARIANTS[2:])):
            for variant in variants:
                if self._width_of_signs(variant) + title <= room:
                    self._show_signs(variant, in_own_row=False)
                    return
        whole = self.width() - Space.PAD - Space.ROOM - Space.TINY
        fitting = [one for one in _VARIANTS if self._width_of_signs(one) <= whole]
        self._show_signs(fitting[0] if fitting else _VARIANTS[-1], in_own_row=True)

    def _show_signs(self, variant: tuple[bool, bool], *, in_own_row: bool) -> None:
        self.practice_sign.set_compact(variant[0])
        self.scope.set_compact(variant[1])
        if in_own_row == self.is_tall:
            return
        if in_own_row:
            self._signs.addWidget(self.private_sign)
            self._signs.addWidget(self.practice_sign)
            self._signs.addWidget(self.scope)
            self._signs.addStretch()
            self._signs.setContentsMargins(Space.TINY, 0, 0, Space.GAP)
        else:
            place = self._row.indexOf(self.new_chat)
            for at, sign in enumerate((self.private_sign, self.practice_sign, self.scope)):
                self._row.insertWidget(place + at, sign)
            self._signs.takeAt(0)
            self._signs.setContentsMargins(0, 0, 0, 0)
        self.updateGeometry()

    def _width_of_signs(self, variant: tuple[bool, bool]) -> int:
        scope = self.scope.width_for(compact=variant[1]) + Space.ROOM
        if not self.private_sign.isHidden():
            scope += self.private_sign.width_for(compact=False) + Space.ROOM
        if self.practice_sign.isHidden():
            return scope
        return scope + self.practice_sign.width_for(compact=variant[0]) + Space.ROOM

    def _width_of_buttons(self) -> int:
        buttons = (self.sidebar_button, self.new_chat, self.inspector, self.settings, self.menu)
        shown = [button for button in buttons if not button.isHidden()]
        widths = [button.sizeHint().width() + Space.ROOM for button in shown]
        return sum(widths) + Space.PAD + Space.ROOM

    def _follow_theme(self) -> None:
        self._place_signs()
        self.updateGeometry()
