"""Models that are on this computer already: found in other programs' folders, chosen, dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ParamSpec

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.file_work import StopSign
from app.models.values import FoundModel, LibraryModel
from app.words import Words
from ui.chat.attachments.drop_place import DropPlace
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.controls.signs import ActivityDots
from ui.controls.wrapping_row import WrappingRow
from ui.models.found_row import FoundRow
from ui.models.wording import told
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_P = ParamSpec("_P")


class FindingPanel(QWidget):
    """Two buttons, a line that says what goes on, and the finds as they come.

    Signals:
        taken: (model: LibraryModel) one is in the library now.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        desk: the ways to models.
        choose_files: asks for files; None is the system's dialog.
        adds: finds come into the library, and are not used at once.
    """

    taken = Signal(object)
    resized = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        desk: ModelDesk,
        choose_files: Callable[[], Sequence[Path]] | None = None,
        *,
        adds: bool = False,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._desk = desk
        self._adds = adds
        self._choose_files = choose_files or self._ask_for_files
        self._scan: StopSign | None = None
        self.drop_place: DropPlace | None = None
        self.rows: list[FoundRow] = []
        self.search = TextButton(
            theme, words("Find models on this computer"), icon="folder-search", compact=True
        )
        self.choose = TextButton(theme, words("Choose files…"), icon="folder-open", compact=True)
        ghost = ButtonKind.GHOST
        self.stop = TextButton(theme, words("Stop"), kind=ghost, icon="x", compact=True)
        self.stop.setAccessibleName(words("Stop looking for models"))
        self.dots = ActivityDots(theme)
        self.said = Label(theme, size=TypeSize.CONTROL, role="muted", wrap=True)
        self._card: RowCard | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.ROOM)
        self._column.addWidget(WrappingRow(self.search, self.choose, self.stop))
        line = QHBoxLayout()
        line.setSpacing(Space.GAP)
        line.addWidget(self.dots)
        line.addWidget(self.said, stretch=1)
        self._column.addLayout(line)
        self.stop.hide()
        self._say("")
        self._unsubscribe = desk.library.subscribe(self._here(self._follow_library))
        self.destroyed.connect(self._unsubscribe)
        self.search.clicked.connect(self.look)
        self.choose.clicked.connect(lambda: self.examine(self._choose_files()))
        self.stop.clicked.connect(self.stop_looking)

    def take_drops(self, host: QWidget) -> None:
        """Take files and folders that are dropped on a widget, from now on."""
        words = self._words
        self.drop_place = place = DropPlace(
            self._theme,
            words,
            host,
            title=words("Drop models to use them"),
            kinds=words("GGUF files, and folders with such files"),
            icon="library",
        )
        place.dropped.connect(self.examine)
        place.begin()

    # ---- looking

    def look(self) -> None:
        """Look through the folders of other programs; a look that goes on is left to go on."""
        if self._scan is not None:
            return
        self._clear()
        self._say(self._words("Looking through the folders of other programs…"), is_busy=True)
        had_focus = self.search.hasFocus()
        self.search.hide()
        self.stop.show()
        if had_focus:
            self.stop.setFocus()
        self._scan = self._desk.scan(
            self._here(self._found), self._here(self._looked), self._here(self._failed)
        )

    def stop_looking(self) -> None:
        """End the look; what was found stays."""
        if self._scan is not None:
            self._scan.stop()

    def examine(self, paths: Sequence[Path]) -> None:
        """Look at files and folders that the user names, and take what can be used."""
        if not paths:
            return
        self._say(self._words("Looking at the files…"), is_busy=True)
        self._desk.examine(paths, self._here(self._examined), self._here(self._failed))

    def _ask_for_files(self) -> Sequence[Path]:
        words = self._words
        kinds = words("GGUF files (*.gguf)") + ";;" + words("All files (*)")
        chosen, _ = QFileDialog.getOpenFileNames(
            self, words("Choose models"), str(Path.home()), kinds
        )
        return [Path(one) for one in chosen]

    def _examined(self, found: tuple[FoundModel, ...]) -> None:
        self._say("")
        for one in found:
            row = next((row for row in self.rows if row.found.paths == one.paths), None)
            row = row or self._show(one)
            if one.problem is None and not self._is_known(one):
                self._take(row)

    def _looked(self, _: object = None) -> None:
        was_stopped = self._scan is not None and self._scan.is_set
        self._scan = None
        had_focus = self.stop.hasFocus()
        self.stop.hide()
        self.search.show()
        if had_focus:
            self.search.setFocus()
        self._say(self._summary(was_stopped=was_stopped))
        announce(self, self.said.text())

    def _summary(self, *, was_stopped: bool) -> str:
        words, count = self._words, len(self.rows)
        if was_stopped:
            return words("Stopped.")
        if not count:
            return words("No other program keeps a gpt-oss model here.")
        if count == 1:
            return words("One model was found.")
        return words("{count} models were found.", count=count)

    def _failed(self, problem: Problem) -> None:
        if self._scan is not None:
            self._looked()
        self._say(told(self._words, problem))

    # ---- finds

    def _found(self, found: FoundModel) -> None:
        self._show(found)

    def _show(self, found: FoundModel) -> FoundRow:
        is_known = self._is_known(found)
        row = FoundRow(self._theme, self._words, found, is_known=is_known, adds=self._adds)
        row.take_requested.connect(partial(self._take, row))
        row.copy_requested.connect(partial(self._copy, row))
        row.resized.connect(self.resized)
        self.rows.append(row)
        if self._card is None:
            self._card = RowCard(self._theme)
            self._column.addWidget(self._card)
        self._card.add(row)
        self.resized.emit()
        return row

    def _follow_library(self) -> None:
        """A model may have been taken out of the library, or come into it another way."""
        for row in self.rows:
            if not row.is_at_work:
                is_known = self._is_known(row.found)
                if is_known != row.is_known:
                    row.show_known() if is_known else row.show_stopped()

    def _is_known(self, found: FoundModel) -> bool:
        return any(_is_of(model, found) for model in self._desk.library.models())

    def _take(self, row: FoundRow) -> None:
        row.show_busy()
        self._desk.take(
            row.found,
            self._here(partial(self._took, row)),
            self._here(partial(self._not_taken, row)),
        )

    def _copy(self, row: FoundRow) -> None:
        row.show_copying(0, row.found.size_bytes)
        sign = self._desk.rewrite(
            row.found,
            self._here(partial(self._copied, row)),
            self._here(partial(self._took, row)),
            self._here(partial(self._not_taken, row)),
        )
        row.stop_requested.connect(sign.stop)

    def _copied(self, row: FoundRow, done_bytes: int, total_bytes: int) -> None:
        if row in self.rows:
            row.show_copying(done_bytes, total_bytes)

    def _took(self, row: FoundRow, model: LibraryModel | None) -> None:
        if row in self.rows:
            row.show_known(model.origin) if model else row.show_stopped()
        if model is not None:
            self.taken.emit(model)

    def _not_taken(self, row: FoundRow, problem: Problem) -> None:
        if row in self.rows:
            row.show_problem(problem)

    def _clear(self) -> None:
        self.rows = []
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None

    def _say(self, text: str, *, is_busy: bool = False) -> None:
        """Say what goes on; where nothing does, that files can be dropped."""
        usual = self._words("Files and folders can be dropped here, too.")
        self.said.setText(text or usual)
        self.dots.setVisible(is_busy)
        self.resized.emit()

    def _here(self, act: Callable[_P, None]) -> Callable[_P, None]:
        """The act, unless this is gone when it is wanted: then nobody looks any more."""

        def done(*args: _P.args, **kwargs: _P.kwargs) -> None:
            if isValid(self):
                act(*args, **kwargs)
            else:
                self.stop_looking()

        return done


def _is_of(model: LibraryModel, found: FoundModel) -> bool:
    """Whether a model of the library is this find, or the copy that was made of it."""
    if found.can_be_rewritten:
        return (model.name, model.source) == (found.name, found.source or found.keeper.value)
    return _is_same(model.paths[0], found.paths[0])


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
