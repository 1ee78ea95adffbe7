"""The user's own functions: the folder, what is in it, and what keeps some from being offered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.tools.own.functions import OwnFile, OwnFolder
from ui.controls.button import TextButton
from ui.controls.label import breakable
from ui.controls.setting_row import SettingRow
from ui.controls.signs import Hairline
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import ChangingRows, sentence
from ui.theme.tokens import Space


class FunctionsSection(QWidget):
    """Functions by their files.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the pages work with.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        words, theme = desk.words, desk.theme
        self._desk = desk
        self._tools = tools = desk.tools
        self.rows: tuple[SettingRow, ...] = ()
        self.open_button = TextButton(theme, words("Open the folder"), icon="folder", compact=True)
        self.example_button = TextButton(theme, words("Add an example"), icon="plus", compact=True)
        self.again_button = TextButton(theme, words("Read again"), icon="refresh-cw", compact=True)
        self.place = SettingRow(theme, words("Folder"), breakable(str(tools.functions.path)))
        self._listed = ChangingRows(theme)
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(Space.PAD, 0, Space.PAD, Space.ROOM)
        for button in (self.open_button, self.example_button, self.again_button):
            row.addWidget(button)
        row.addStretch(1)
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.place, buttons, Hairline(theme), self._listed):
            column.addWidget(part)
        remark = words("Python functions in a folder of yours become tools; they run in the box.")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(SettingsSection(theme, words("Your functions"), remark, head))
        self.open_button.clicked.connect(self._open)
        self.example_button.clicked.connect(self._add_example)
        self.again_button.clicked.connect(self.refresh)
        self._show(OwnFolder(str(tools.functions.path)))

    def refresh(self) -> None:
        """Read the folder again."""
        self._desk.chores.run(self._tools.functions.read, self._show, self._complain)

    def _show(self, folder: OwnFolder) -> None:
        words = self._desk.words
        self.place.complain(sentence(words, folder.problem) if folder.problem else "")
        rows: list[SettingRow] = []
        for file in folder.files:
            rows += self._rows_of(file)
        self.rows = tuple(rows)
        self._listed.show_rows(rows, words("No functions yet."))
        self.resized.emit()

    def _rows_of(self, file: OwnFile) -> list[SettingRow]:
        words, theme = self._desk.words, self._desk.theme
        if file.problem is not None:
            row = SettingRow(theme, breakable(file.name), "")
            row.complain(sentence(words, file.problem))
            return [row]
        rows = []
        for function in file.functions:
            place = words("{file}, line {line}", file=file.name, line=function.line)
            row = SettingRow(theme, function.name, breakable(f"{function.description} ({place})"))
            if function.problems:
                said = " ".join(sentence(words, one) for one in function.problems)
                row.complain(f"{words('Not offered:')} {said} ({place})")
            rows.append(row)
        return rows

    def _open(self) -> None:
        self._tools.functions.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tools.open_url(QUrl.fromLocalFile(str(self._tools.functions.path)))

    def _add_example(self) -> None:
        def added(_: Path) -> None:
            self.refresh()

        self._desk.chores.run(self._tools.functions.add_example, added, self._complain)

    def _complain(self, problem: Problem) -> None:
        self.place.complain(sentence(self._desk.words, problem))
        self.resized.emit()
