"""What a file of another app would bring, before anything is taken over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.chats.values import Problem
from app.tools.mcp.servers import FoundServer, ImportPreview
from app.words import Words
from ui.chat.tools.wording import one_line
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label, breakable
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.tools.rows import ChangingRows, sentence
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_HEIGHT: Final = 280


class ImportDialog(PlainDialog):
    """Servers of a file, each with a switch; what cannot be taken over says why.

    Signals:
        chosen: (servers: tuple[FoundServer, ...]) take these over; `say_problem` or `accept`
            must follow.

    Args:
        theme: the look.
        words: the user's language.
        preview: what the file holds.
        parent: the page.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, words: Words, preview: ImportPreview, parent: QWidget) -> None:
        super().__init__(theme, words("Servers of {app}", app=preview.origin), parent)
        self._words = words
        self._preview = preview
        self.switches: list[Switch] = []
        rows: list[QWidget] = [self._row(server) for server in preview.servers]
        for problem in preview.refused:
            row = SettingRow(theme, breakable(problem.fields.get("server", "")), "")
            row.complain(sentence(words, problem))
            rows.append(row)
        listed = ChangingRows(theme)
        listed.show_rows(rows, words("There is no server in it."))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(listed)
        area.setFixedHeight(theme.scaled(_HEIGHT))
        about = words(
            "Programs run with all your rights once they are on. The file stays as it is."
        )
        note = Label(theme, about, size=TypeSize.CODE, role="muted", wrap=True)
        self.take = TextButton(theme, words("Take over"), kind=ButtonKind.PRIMARY)
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.lay_out((note, area), (cancel, self.take))
        self.take.setEnabled(bool(preview.servers))
        self.take.clicked.connect(self._on_take)
        cancel.clicked.connect(self.reject)

    def say_problem(self, problem: Problem) -> None:
        """They could not be taken over."""
        self.take.setEnabled(True)
        self.say(sentence(self._words, problem), is_wrong=True)

    def _row(self, server: FoundServer) -> SettingRow:
        words, entry = self._words, server.entry
        switch = Switch(self._theme, words("Take over {server}", server=entry.name))
        switch.setChecked(True)
        self.switches.append(switch)
        said = [one_line(" ".join((entry.command, *entry.args)) or entry.url)]
        said += [sentence(words, note) for note in server.notes]
        if server.secrets.values:
            names = ", ".join(name for name, _ in server.secrets.values)
            said.append(words("Into the keyring: {names}.", names=names))
        if server.missing:
            names = ", ".join(server.missing)
            said.append(words("Off until you fill in: {names}.", names=names))
        return SettingRow(self._theme, breakable(entry.name), breakable(" ".join(said)), switch)

    def _on_take(self) -> None:
        pairs = zip(self._preview.servers, self.switches, strict=True)
        self.take.setEnabled(False)
        self.chosen.emit(tuple(server for server, switch in pairs if switch.isChecked()))
