"""The switches of a chat's tools, over the button that opens them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.chat.tool_switches import ToolSwitch
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.popover import Popover
from ui.controls.signs import Hairline, IconSign
from ui.controls.switch import Switch
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_WIDTH: Final = 340
_HIGHEST: Final = 420


class _Row(QWidget):
    """An icon, a name, a sentence and a switch."""

    def __init__(self, theme: Theme, tool: ToolSwitch) -> None:
        super().__init__()
        self.tool = tool
        self.switch = Switch(theme, tool.title)
        self.switch.setAccessibleDescription(tool.hint)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(Label(theme, tool.title, wrap=True))
        said.addWidget(Label(theme, tool.hint, size=TypeSize.SMALL, role="muted", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.ROOM, Space.SMALL, Space.ROOM, Space.SMALL)
        row.setSpacing(Space.ROOM)
        row.addWidget(IconSign(theme, tool.icon, "muted", Size.ICON), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        row.addWidget(self.switch)


class ToolPopup(Popover):
    """Switch tools of the open chat on and off.

    Signals:
        switched: (name: str, is_on: bool) the user turned a switch.
        files_requested: show the chat's files.
        settings_requested: show the settings of tools.

    Args:
        theme: the look.
        words: the user's language.
        tools: what there is.
        switched_on: names of those that are on.
        parent: the button's room; the popup is deleted when it closes.
    """

    switched = Signal(str, bool)
    files_requested = Signal()
    settings_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        tools: Sequence[ToolSwitch],
        switched_on: Collection[str],
        parent: QWidget,
    ) -> None:
        super().__init__(theme, words("Tools of this chat"), _WIDTH, parent)
        self.rows: tuple[_Row, ...] = ()
        self._room = QVBoxLayout()
        self._room.setSpacing(0)
        self.files = TextButton(
            theme, words("Files of this chat…"), kind=ButtonKind.GHOST, icon="folder", compact=True
        )
        self.settings = TextButton(
            theme, words("Set up tools…"), kind=ButtonKind.GHOST, icon="settings", compact=True
        )
        self._lay_out(words)
        self.show_tools(tools, switched_on)
        self.files.clicked.connect(self._on_files)
        self.settings.clicked.connect(self._on_settings)

    def show_tools(self, tools: Sequence[ToolSwitch], switched_on: Collection[str]) -> None:
        """Show what there is now; servers come and go while this is open."""
        if tuple(row.tool for row in self.rows) != tuple(tools):
            self._make_rows(tools)
        for row in self.rows:
            is_on = row.tool.name in switched_on
            row.switch.setChecked(is_on)
            row.switch.setEnabled(row.tool.is_available or is_on)

    def _make_rows(self, tools: Sequence[ToolSwitch]) -> None:
        for old in self.rows:
            self._room.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = tuple(_Row(self._theme, tool) for tool in tools)
        for row in self.rows:
            self._room.addWidget(row)
            row.show()  # what joins a layout later is shown later, and counts only then
            row.switch.clicked.connect(
                lambda is_on, name=row.tool.name: self.switched.emit(name, is_on)
            )
        width = self._theme.scaled(_WIDTH) - 2
        self._room.invalidate()
        needed = self._inner.heightForWidth(width)
        self._area.setFixedHeight(min(needed, self._theme.scaled(_HIGHEST)))
        if self.isVisible():
            bottom = self.geometry().bottom()
            self._column.activate()
            self.resize(self.width(), self.sizeHint().height())
            self.move(self.x(), bottom - self.height() + 1)

    def open_above(self, button: QWidget) -> None:
        """Appear over a button, inside the screen."""
        self.place_over(button)
        usable = [row.switch for row in self.rows if row.switch.isEnabled()]
        if usable:
            usable[0].setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _lay_out(self, words: Words) -> None:
        self._inner = inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        head = Label(self._theme, words("Tools of this chat"), size=TypeSize.SMALL, role="muted")
        head.setContentsMargins(Space.ROOM, Space.GAP, 0, Space.TINY)
        rows.addWidget(head)
        rows.addLayout(self._room)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(1, Space.TINY, 1, Space.TINY)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(Hairline(self._theme))
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.TINY, Space.TINY, Space.TINY, 0)
        foot.addWidget(self.files)
        foot.addStretch(1)
        foot.addWidget(self.settings)
        column.addLayout(foot)

    def _on_files(self) -> None:
        self.close()
        self.files_requested.emit()

    def _on_settings(self) -> None:
        self.close()
        self.settings_requested.emit()
