"""One server of tools: how it is, in a sign and in words, and what can be done with it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.tools.mcp.servers import ServerState, ServerStatus
from app.words import Words
from ui.controls.button import IconButton
from ui.controls.label import breakable
from ui.controls.setting_row import SettingRow
from ui.controls.signs import IconSign
from ui.controls.switch import Switch
from ui.settings.tools.rows import sentence
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space

_SIGNS: Final[dict[ServerState, tuple[str, Role]]] = {
    ServerState.OFF: ("ban", "muted"),
    ServerState.STARTING: ("hourglass", "muted"),
    ServerState.READY: ("circle-check", "accent"),
    ServerState.FAILED: ("circle-x", "danger"),
}


class ServerRow(QWidget):
    """A sign, a name, a sentence, a switch and a menu.

    Signals:
        enabled: (name: str, is_on: bool) the user turned the switch.
        look_requested: (name: str) show its tools and its log.
        edit_requested: (name: str)
        restart_requested: (name: str)
        remove_requested: (name: str)

    Args:
        theme: the look.
        words: the user's language.
        status: how the server is.
    """

    enabled = Signal(str, bool)
    look_requested = Signal(str)
    edit_requested = Signal(str)
    restart_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, theme: Theme, words: Words, status: ServerStatus) -> None:
        super().__init__()
        self._words = words
        self.name = name = status.entry.name
        self.sign = IconSign(theme, "ban", "muted", Size.ICON)
        self.switch = Switch(theme, words("{server} is on", server=name))
        self.more = IconButton(
            theme, "ellipsis", words("More about {server}", server=name), size=Size.BUTTON_COMPACT
        )
        self.row = SettingRow(theme, breakable(name), "", self.switch, self.more)
        box = QHBoxLayout(self)
        box.setContentsMargins(Space.PAD, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(self.row, 1)
        self.switch.clicked.connect(lambda is_on: self.enabled.emit(name, is_on))
        self.more.clicked.connect(self._open_menu)
        self.show_status(status)

    def show_status(self, status: ServerStatus) -> None:
        """Say how the server is now."""
        icon, role = _SIGNS[status.state]
        self.sign.set_look(icon, role)
        self.switch.setChecked(status.entry.is_enabled)
        if status.state is ServerState.FAILED and status.problem is not None:
            self.row.complain(sentence(self._words, status.problem))
        else:
            self.row.set_hint(state_text(self._words, status))
        self.setAccessibleName(f"{self.name}: {self.row.hint.text()}")

    def make_menu(self) -> QMenu:
        """What can be done with the server."""
        words, name = self._words, self.name
        menu = QMenu(name, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(words("Tools and log…"), lambda: self.look_requested.emit(name))
        menu.addAction(words("Edit…"), lambda: self.edit_requested.emit(name))
        menu.addAction(words("Start again"), lambda: self.restart_requested.emit(name))
        menu.addSeparator()
        menu.addAction(words("Remove"), lambda: self.remove_requested.emit(name))
        return menu

    def _open_menu(self) -> None:
        self.make_menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height() + Space.TINY)))


def state_text(words: Words, status: ServerStatus) -> str:
    """How a server is, in a sentence."""
    offered = sum(tool.is_offered and tool.problem is None for tool in status.tools)
    reach = words("over the network") if status.entry.is_over_network else words("on this computer")
    match status.state:
        case ServerState.OFF:
            return words("Off; {reach}", reach=reach)
        case ServerState.STARTING:
            return words("Starting…")
        case ServerState.FAILED:
            return words("It does not answer.")
        case ServerState.READY:
            if offered == 1:
                return words("Ready, 1 tool; {reach}", reach=reach)
            return words("Ready, {count} tools; {reach}", count=offered, reach=reach)
