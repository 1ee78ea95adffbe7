"""A server's tools, each with a switch, and its log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.tools.mcp.servers import LogLine, LogSource, ServerStatus
from app.words import Words
from ui.chat.tools.wording import one_line, plain
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.label import Label, breakable
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.tools.rows import ChangingRows, sentence
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_TOOLS: Final = 240
_LOG: Final = 150


class ServerLook(PlainDialog):
    """What a server offers and what happened to it.

    Signals:
        hidden: (name: str, tools: tuple[str, ...]) tools that are not to be offered.
        refresh_requested: show both anew.

    Args:
        theme: the look.
        words: the user's language.
        name: of the server.
        parent: the page.
    """

    hidden = Signal(str, object)
    refresh_requested = Signal()

    def __init__(self, theme: Theme, words: Words, name: str, parent: QWidget) -> None:
        super().__init__(theme, name, parent)
        self._words = words
        self.name = name
        self.switches: dict[str, Switch] = {}
        self._shown: object = None
        self.version = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.tools = ChangingRows(theme)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self.tools)
        area.setFixedHeight(theme.scaled(_TOOLS))
        self.log = text_box(theme, words("Log"), "", _LOG)
        self.log.setReadOnly(True)
        again = TextButton(theme, words("Read again"), kind=ButtonKind.GHOST)
        close = TextButton(theme, words("Close"))
        caption = Label(theme, words("Log"), size=TypeSize.SMALL, role="muted")
        self.lay_out((self.version, area, caption, self.log), (again, close))
        again.clicked.connect(self.refresh_requested)
        close.clicked.connect(self.accept)

    def show_server(self, status: ServerStatus, log: Sequence[LogLine]) -> None:
        """Show how the server is now."""
        words = self._words
        self.version.setText(one_line(status.version))
        self.version.setVisible(bool(status.version))
        if status.tools != self._shown:
            self._shown = status.tools
            self._show_tools(status)
        if status.left_out:
            self.say(words("{count} more tools are left out.", count=status.left_out))
        elif status.problem is not None:
            self.say(sentence(words, status.problem), is_wrong=True)
        else:
            self.say("")
        text = "\n".join(_line(words, one) for one in log) or words("Nothing yet.")
        if text != self.log.toPlainText():
            self.log.setPlainText(text)
            bar = self.log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _show_tools(self, status: ServerStatus) -> None:
        words = self._words
        rows = []
        self.switches = {}
        for tool in status.tools:
            switch = Switch(self._theme, words("Offer {tool}", tool=one_line(tool.name)))
            switch.setChecked(tool.is_offered and tool.problem is None)
            switch.setEnabled(tool.problem is None)
            switch.clicked.connect(self._on_switched)
            self.switches[tool.name] = switch
            said = one_line(tool.description)
            if said and said[-1] not in ".!?…":
                said += "."  # another sentence may follow
            if tool.says_read_only:
                said = words("{said} It says that it changes nothing.", said=said)
            row = SettingRow(self._theme, breakable(one_line(tool.name)), said, switch)
            if tool.problem is not None:
                row.complain(sentence(words, tool.problem))
            rows.append(row)
        self.tools.show_rows(rows, words("It has named no tools yet."))

    def _on_switched(self) -> None:
        off = tuple(
            name
            for name, switch in self.switches.items()
            if switch.isEnabled() and not switch.isChecked()
        )
        self.hidden.emit(self.name, off)


def _line(words: Words, line: LogLine) -> str:
    at = time.strftime("%H:%M:%S", time.localtime(line.at_ms / 1000))
    who = "Sotto" if line.source is LogSource.SOTTO else words("server")
    return f"{at}  {who}  {plain(line.text)}"
