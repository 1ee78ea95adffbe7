"""The second step: where the model goes, its download, or a file that is already here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.values import Download, DownloadState, LibraryModel, OfferedModel
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.signs import IconSign
from ui.controls.wrapping_row import WrappingRow
from ui.first_start.folder_line import FolderLine
from ui.first_start.step_card import StepCard
from ui.models.download_row import DownloadRow
from ui.models.wording import file_size, joined, told
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_FILES: Final = 64
ChooseFolder = Callable[[QWidget, str, Path], str]
"""Asks for a folder: who asks, what to ask for, where to begin; "" for none."""


def ask_for_folder(parent: QWidget, title: str, start: Path) -> str:
    """Ask for a folder with the system's dialog."""
    return QFileDialog.getExistingDirectory(parent, title, str(start))


class ModelStep(StepCard):
    """A folder and a button; then the download as it goes; then that the model is here.

    Signals:
        start_requested: fetch it.
        folder_chosen: (folder: Path) put models there.
        other_requested: take the other model that is offered.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        choose_folder: asks for a folder.
    """

    start_requested = Signal()
    folder_chosen = Signal(object)
    other_requested = Signal()
    resized = Signal()

    def __init__(
        self, theme: Theme, words: Words, choose_folder: ChooseFolder = ask_for_folder
    ) -> None:
        super().__init__(theme, words, 2, words("Model file"))
        self._choose_folder = choose_folder
        self._needed = 0
        self.folder = FolderLine(theme, words)
        self.change = TextButton(theme, words("Change…"))
        self.change.setAccessibleName(words("Change the folder of models…"))
        self.room = Label(theme, size=TypeSize.CODE, role="danger", wrap=True)
        self._is_short = False
        self.start = TextButton(theme, words("Download"), kind=ButtonKind.PRIMARY, icon="download")
        self.row = DownloadRow(theme, words, is_named=False)
        self.here = Label(theme, size=TypeSize.BODY, wrap=True)
        self.problem = Label(theme, size=TypeSize.CODE, role="danger", wrap=True)
        checked = words("Sotto checks the file against its published SHA-256 before it is used.")
        self.note = Label(theme, checked, size=TypeSize.CODE, role="muted", wrap=True)
        self.other = TextButton(theme, "", kind=ButtonKind.GHOST, compact=True)
        self.files = QVBoxLayout()
        """For models that are on this computer already."""
        self._files = QWidget()
        self._place = QWidget()
        self._choice = QWidget()
        self._note = QWidget()
        self._fill()
        self.change.clicked.connect(self._change_folder)
        self.start.clicked.connect(self.start_requested)
        self.other.clicked.connect(self.other_requested)
        self.row.resized.connect(self.resized)
        for hidden in (self.row, self.here, self.problem, self.other, self.room):
            hidden.hide()

    def show_model(self, model: OfferedModel | None) -> None:
        """Offer a model; None before it is known which there are."""
        words = self._words
        self.start.setEnabled(model is not None)
        if model is None:
            return
        self._needed = model.size_bytes
        size = file_size(model.size_bytes)
        self.set_fact(words("{size} needed", size=size) if model.size_bytes else "")
        text = words("Download {name}", name=model.name)
        self.start.set_look(text, "download", self.start.kind)
        self.resized.emit()

    def show_other(self, text: str) -> None:
        """Offer another model quietly; "" for none."""
        self.other.setText(text)
        self.other.setAccessibleName(text)
        self.other.setVisible(bool(text) and self._choice.isVisibleTo(self))
        self.other.updateGeometry()
        self.resized.emit()

    def show_folder(self, path: Path) -> None:
        """Show where the model will be."""
        self.folder.show_path(path)

    def show_room(self, free_bytes: int) -> None:
        """Say how much room there is in the folder."""
        free, words = file_size(free_bytes), self._words
        needed = words("{size} needed", size=file_size(self._needed)) if self._needed else ""
        self.set_fact(joined(needed, words("{free} free there", free=free)))
        is_short = free_bytes < self._needed
        if is_short:
            self.room.setText(
                words(
                    "Only {free} are free there, and {needed} are needed. Choose another folder, "
                    "or free some space.",
                    free=free,
                    needed=file_size(self._needed),
                )
            )
        self._is_short = is_short
        self.room.setVisible(is_short and self._choice.isVisibleTo(self))
        self.resized.emit()

    def show_download(self, download: Download) -> None:
        """Show the download as it stands."""
        is_begun = not self.row.isVisibleTo(self)
        had_focus = self.start.hasFocus()
        self.row.show_download(download)
        self._show(self.row)
        self.show_folder(download.folder)
        if had_focus:
            self.row.pause.setFocus()
        if is_begun or download.state in {DownloadState.FAILED, DownloadState.DONE}:
            self.resized.emit()

    def show_cancelled(self) -> None:
        """The download is cancelled; it can be taken up again, or begun anew."""
        self.row.show_cancelled()
        self._show(self._choice)
        self.row.show()
        self.resized.emit()

    def show_here(self, model: LibraryModel) -> None:
        """The model is here."""
        size = file_size(model.size_bytes)
        said = self._words("{name} is on this computer: {size}.", name=model.name, size=size)
        if self.here.text() != said or not self.here.isVisibleTo(self):
            self.here.setText(said)
            self._show(self.here)
            self.set_fact("")
            self.resized.emit()

    def show_choice(self) -> None:
        """Nothing is being fetched: offer the ways to a model."""
        if not self._choice.isVisibleTo(self):
            self._show(self._choice)
            self.resized.emit()

    def say(self, problem: Problem | None) -> None:
        """Say why nothing began; None for nothing."""
        self.problem.setText(told(self._words, problem) if problem else "")
        self.problem.setVisible(problem is not None)
        self.resized.emit()

    def set_loud(self, *, is_loud: bool) -> None:
        """Whether its button is the one to press."""
        kind = ButtonKind.PRIMARY if is_loud else ButtonKind.SECONDARY
        if self.start.kind is not kind:
            self.start.set_look(self.start.text(), "download", kind)

    def add_files(self, panel: QWidget) -> None:
        """Put the way to files that are here already below the button."""
        self.files.addWidget(panel)
        self.files.addStretch(1)

    def _change_folder(self) -> None:
        title = self._words("Folder for models")
        start = next(
            (one for one in (self.folder.path, *self.folder.path.parents) if one.is_dir()),
            Path.home(),
        )
        if chosen := self._choose_folder(self, title, start):
            self.folder_chosen.emit(Path(chosen))

    def _show(self, shown: QWidget) -> None:
        is_choice, is_row = shown is self._choice, shown is self.row
        self._choice.setVisible(is_choice)
        self._place.setVisible(shown is not self.here)
        self.change.setVisible(is_choice)
        self.room.setVisible(is_choice and self._is_short)
        self.row.setVisible(is_row)
        self.here.setVisible(shown is self.here)
        self.other.setVisible(is_choice and bool(self.other.text()))
        self._note.setVisible(is_choice or is_row)

    def _fill(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.GAP)
        line.addWidget(self.folder, stretch=1)
        line.addWidget(self.change)
        place = QVBoxLayout(self._place)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(Space.SMALL)
        place.addLayout(line)
        place.addWidget(self.room)
        choice = QVBoxLayout(self._choice)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.setSpacing(Space.ROOM)
        choice.addWidget(WrappingRow(self.start, self.other))
        choice.addWidget(self.problem)
        self._files.setLayout(self.files)
        self.files.setContentsMargins(0, 0, 0, 0)
        # So much its buttons and their line take: the step below stays where it is.
        self._files.setMinimumHeight(self._theme.scaled(_FILES))
        choice.addWidget(self._files)
        note = QHBoxLayout(self._note)
        note.setContentsMargins(0, 0, 0, 0)
        note.setSpacing(Space.GAP)
        top = Qt.AlignmentFlag.AlignTop
        sign = IconSign(self._theme, "shield-check", "muted", Size.ICON_SMALL)
        note.addWidget(sign, alignment=top)
        note.addWidget(self.note, stretch=1)
        for widget in (self._place, self._choice, self.row, self.here, self._note):
            self.body.addWidget(widget)
