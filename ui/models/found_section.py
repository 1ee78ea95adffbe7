"""Models that are on this computer already: looked for, chosen as files, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.file_work import StopSign
from app.models.values import FoundModel, LibraryModel
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.label import Label, breakable
from ui.controls.row_card import RowCard
from ui.controls.setting_row import SettingRow
from ui.controls.signs import ActivityDots
from ui.controls.wrapping_row import WrappingRow
from ui.models.doors import ModelDoors
from ui.models.wording import facts_line, joined, told
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space, TypeSize


class FoundRow(SettingRow):
    """A file that was found.

    Signals:
        add_requested: take it into the library.

    Args:
        desk: what the page works with.
        found: what was found.
    """

    add_requested = Signal()

    def __init__(self, desk: SettingsDesk, found: FoundModel) -> None:
        words, theme = desk.words, desk.theme
        self.found = found
        self.add = TextButton(theme, words("Add"), icon="plus", compact=True)
        self.here = Label(theme, words("In your models"), size=TypeSize.CODE, role="muted")
        super().__init__(theme, breakable(found.name), "", self.here, self.add)
        self._words = words
        source = joined(found.keeper.value, found.source)
        facts = facts_line(words, found.size_bytes, found.quantisation, found.layers, "", "")
        where = str(found.paths[0])
        self.set_hint(breakable("\n".join((joined(facts, source), where))))
        self.add.setAccessibleName(words("Add {name}", name=found.name))
        self.add.clicked.connect(self.add_requested)
        self.here.hide()
        if found.problem is not None:
            self.add.hide()
            self.set_hint(breakable(f"{told(words, found.problem)}\n{where}"))

    def show_here(self, *, is_here: bool) -> None:
        """Whether it is in the library."""
        self.here.setVisible(is_here)
        self.add.setVisible(not is_here and self.found.problem is None)


class FoundSection(QWidget):
    """Results come in while the search goes on.

    Signals:
        resized: it needs another height.
        added: (model: LibraryModel) it is one of the user's models now.

    Args:
        desk: what the page works with.
        models: the models.
        doors: questions to the user.
    """

    resized = Signal()
    added = Signal(object)

    def __init__(self, desk: SettingsDesk, models: ModelDesk, doors: ModelDoors) -> None:
        super().__init__()
        self._desk, self._models, self._doors = desk, models, doors
        self._words = desk.words
        self._sign: StopSign | None = None
        self.rows: tuple[FoundRow, ...] = ()
        words, theme = desk.words, desk.theme
        self.scan = TextButton(
            theme, words("Find models on this computer"), icon="folder-search", compact=True
        )
        self.choose = TextButton(theme, words("Choose files…"), icon="folder-open", compact=True)
        self.dots = ActivityDots(theme)
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self._held = QVBoxLayout()
        self._held.setContentsMargins(0, 0, 0, 0)
        self._card = self._make_card()
        remark = words("No copy is made: the file is linked, or used where it is.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            SettingsSection(theme, words("Already on this computer"), remark, self._card)
        )
        self.scan.clicked.connect(self._on_scan)
        self.choose.clicked.connect(self._choose)
        self.destroyed.connect(models.library.subscribe(while_alive(self, self._show_which_here)))
        self._say("")

    def take_files(self, paths: Sequence[Path]) -> None:
        """Look at files or folders that the user chose or dropped, and take what can be used."""
        self._stop()
        self._clear()
        self._say(self._words("Looking at the files…"), is_busy=True)

        def examined(found: tuple[FoundModel, ...]) -> None:
            for one in found:
                self._show(one)
            usable = [one for one in found if one.problem is None]
            self._say("" if found else self._words("There is no GGUF file among them."))
            for one in usable:
                self._take(one)

        self._models.examine(
            paths, while_alive(self, examined), while_alive(self, self._say_problem)
        )

    def _make_card(self) -> QWidget:
        head = QWidget()
        said = QHBoxLayout()
        said.setSpacing(Space.GAP)
        said.addWidget(self.dots)
        said.addWidget(self.said, stretch=1)
        column = QVBoxLayout(head)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.GAP)
        column.addWidget(WrappingRow(self.scan, self.choose))
        column.addLayout(said)
        column.addLayout(self._held)
        return head

    # ---- the search

    def _on_scan(self) -> None:
        if self._sign is not None:
            self._stop()
            self._say(self._told_end())
            return
        self._clear()
        looking = self._words("Looking in the folders of LM Studio, Ollama, Jan, GPT4All, …")
        self._say(looking, is_busy=True)
        self.scan.set_look(self._words("Stop"), "x", self.scan.kind)

        def ended() -> None:
            if self._sign is not None:
                self._stop()
                self._say(self._told_end())
                announce(self, self.said.text())

        def failed(problem: Problem) -> None:
            self._stop()
            self._say_problem(problem)

        self._sign = StopSign()  # what is done at once ends before the real one is here
        sign = self._models.scan(
            while_alive(self, self._show), while_alive(self, ended), while_alive(self, failed)
        )
        if self._sign is not None:
            self._sign = sign

    def _stop(self) -> None:
        sign, self._sign = self._sign, None
        if sign is not None:
            sign.stop()
            look = self._words("Find models on this computer")
            self.scan.set_look(look, "folder-search", self.scan.kind)

    def _told_end(self) -> str:
        count = len(self.rows)
        if not count:
            return self._words("No gpt-oss model was found in the folders of other programs.")
        one = self._words("1 model was found.")
        return one if count == 1 else self._words("{count} models were found.", count=count)

    def _choose(self) -> None:
        title = self._words("Choose gpt-oss model files")
        files = self._doors.ask_files(self, self._words, title)
        if files:
            self.take_files(files)

    # ---- what was found

    def _show(self, found: FoundModel) -> None:
        row = FoundRow(self._desk, found)
        row.add_requested.connect(lambda: self._take(found))
        self.rows = (*self.rows, row)
        self._held.addWidget(RowCard(self._desk.theme, row))
        self._show_which_here()
        self.resized.emit()

    def _clear(self) -> None:
        self.rows = ()
        while (item := self._held.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.resized.emit()

    def _show_which_here(self) -> None:
        models = self._models.library.models()
        here = {path for one in models for path in one.paths if not one.is_missing}
        for row in self.rows:
            row.show_here(is_here=any(path in here for path in row.found.paths))

    def _take(self, found: FoundModel) -> None:
        self._models.take(
            found,
            while_alive(self, partial(self._taken, found)),
            while_alive(self, self._say_problem),
        )

    def _taken(self, found: FoundModel, model: LibraryModel) -> None:
        for row in self.rows:
            if row.found == found:
                row.show_here(is_here=True)
        said = self._words("{name} is one of your models now.", name=model.name)
        self._say(said)
        announce(self, said)
        self.added.emit(model)

    def _say_problem(self, problem: Problem) -> None:
        self._say(told(self._words, problem), is_wrong=True)
        announce(self, self.said.text())

    def _say(self, text: str, *, is_wrong: bool = False, is_busy: bool = False) -> None:
        usual = self._words("Files can be dropped anywhere on this page, too.")
        self.said.setText(text or usual)
        self.said.set_role("danger" if is_wrong else "muted")
        self.dots.setVisible(is_busy)
        self.resized.emit()
