"""The user's own functions: the folder, what is in it, and what keeps some from being offered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal

from app.chats.values import Problem
from app.tools.own.functions import OwnFile, OwnFolder
from ui.controls.button import IconButton, TextButton
from ui.controls.label import breakable
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import ChangingRows, sentence
from ui.theme.tokens import Size


class FunctionsSection(SettingsSection):
    """Functions by their files.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the pages work with.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        words, theme = desk.words, desk.theme
        self._desk = desk
        self._tools = tools = desk.tools
        self.rows: tuple[SettingRow, ...] = ()
        self.open_button = TextButton(theme, words("Open"), icon="folder", compact=True)
        self.again_button = IconButton(
            theme, "refresh-cw", words("Read again"), size=Size.BUTTON_COMPACT
        )
        self.example_button = TextButton(theme, words("Add"), icon="plus", compact=True)
        path = breakable(str(tools.functions.path))
        self.place = SettingRow(theme, words("Folder"), path, self.open_button, self.again_button)
        example = SettingRow(
            theme,
            words("An example"),
            words("A file that shows how a function is written."),
            self.example_button,
        )
        self.choose_button = TextButton(theme, words("Choose…"), icon="folder", compact=True)
        another = SettingRow(
            theme,
            words("Another folder"),
            words("Take functions from a folder of your choice instead."),
            self.choose_button,
        )
        self.open_button.setAccessibleName(words("Open the folder"))
        self.example_button.setAccessibleName(words("Add an example"))
        self._listed = ChangingRows(theme)
        remark = words("Python functions in a folder of yours become tools; they run in the box.")
        super().__init__(
            theme, words("Your functions"), remark, self.place, another, example, self._listed
        )
        self.open_button.clicked.connect(self._open)
        self.example_button.clicked.connect(self._add_example)
        self.choose_button.clicked.connect(self._choose)
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

    def _choose(self) -> None:
        folder = self._tools.choose_folder(self)
        if folder:
            self._desk.change(functions_folder=folder)
            self.place.set_hint(breakable(str(self._tools.functions.path)))
            self.refresh()

    def _add_example(self) -> None:
        def added(_: Path) -> None:
            self.refresh()

        self._desk.chores.run(self._tools.functions.add_example, added, self._complain)

    def _complain(self, problem: Problem) -> None:
        self.place.complain(sentence(self._desk.words, problem))
        self.resized.emit()
