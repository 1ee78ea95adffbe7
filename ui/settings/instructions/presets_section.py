"""The user's own presets: new ones, other names and texts, deleting with a way back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.values import Problem
from app.instructions.presets import Preset
from ui.controls.announcing import announce
from ui.controls.button import IconButton, TextButton
from ui.controls.setting_row import SettingRow
from ui.instructions.doors import InstructionDoors
from ui.settings.desk import SettingsDesk
from ui.settings.instructions.preset_form import PresetForm
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import ChangingRows
from ui.settings.undo_bar import UndoBar
from ui.theme.tokens import Size, Space


class PresetRow(SettingRow):
    """One preset.

    Args:
        desk: what the page works with.
        preset: what is shown.
    """

    def __init__(self, desk: SettingsDesk, preset: Preset) -> None:
        words = desk.words
        self.preset = preset
        self.edit = IconButton(desk.theme, "pencil", words("Edit"), size=Size.BUTTON_COMPACT)
        self.delete = IconButton(desk.theme, "trash-2", words("Delete"), size=Size.BUTTON_COMPACT)
        first = " ".join(preset.text.split())
        shown = first if len(first) <= 120 else f"{first[:119].rstrip()}…"
        super().__init__(desk.theme, preset.name, shown, self.edit, self.delete)
        self.edit.setAccessibleName(words("Edit the preset {name}", name=preset.name))
        self.delete.setAccessibleName(words("Delete the preset {name}", name=preset.name))


class PresetsSection(QWidget):
    """The list.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
        doors: where the presets are.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk, doors: InstructionDoors) -> None:
        super().__init__()
        words, theme = desk.words, desk.theme
        self._desk = desk
        self._doors = doors
        self._deleted: tuple[Preset, int] | None = None
        self.rows: tuple[PresetRow, ...] = ()
        self.form: PresetForm | None = None
        self.new = TextButton(theme, words("New…"), icon="plus", compact=True)
        self._listed = ChangingRows(theme)
        self._shown: tuple[Preset, ...] | None = None
        remark = words("Instructions under a name, to choose from in a chat.")
        self.section = SettingsSection(
            theme, words("Your presets"), remark, self._listed, action=self.new
        )
        self._undo_bar = UndoBar(theme, words)
        self.said, self.undo = self._undo_bar.said, self._undo_bar.undo
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.section)
        column.addWidget(self._undo_bar)
        self.new.clicked.connect(lambda: self._open_form(None))
        self.undo.clicked.connect(self._on_undo)
        self.refresh()

    def refresh(self) -> None:
        """Show what is there now."""
        own = self._doors.shelf.own
        if own == self._shown:
            return
        self._shown = own
        self.rows = tuple(PresetRow(self._desk, preset) for preset in own)
        for row in self.rows:
            row.edit.clicked.connect(lambda _=False, one=row.preset: self._open_form(one))
            row.delete.clicked.connect(lambda _=False, one=row.preset: self._delete(one))
        self._listed.show_rows(self.rows, self._desk.words("None yet."))
        is_full = self._doors.shelf.is_full
        self.new.setEnabled(not is_full)
        why = self._desk.words("There are as many presets as there can be.") if is_full else ""
        self.new.setToolTip(why)
        self.resized.emit()

    def forget_undo(self) -> None:
        """The page is opened anew: what was deleted before stays so."""
        self._deleted = None
        self._undo_bar.hide()

    def _open_form(self, preset: Preset | None) -> None:
        desk, shelf = self._desk, self._doors.shelf
        self.form = form = PresetForm(desk.theme, desk.words, preset, self._doors, self)

        def keep(name: str, text: str) -> None:
            self._tell(
                shelf.add(name, text) if preset is None else shelf.change(preset, name, text)
            )
            self.refresh()

        form.written.connect(keep)
        form.open()

    def _delete(self, preset: Preset) -> None:
        shelf = self._doors.shelf
        self._deleted = preset, shelf.own.index(preset)
        self._tell(shelf.remove(preset))
        said = self._desk.words("The preset “{name}” is deleted.", name=preset.name)
        self.said.setText(said)
        self._undo_bar.show()
        announce(self, said)
        self.refresh()
        self.undo.setFocus()

    def _on_undo(self) -> None:
        deleted = self._deleted
        self.forget_undo()
        if deleted is not None:
            self._tell(self._doors.shelf.put_back(*deleted))
            self.refresh()

    def _tell(self, problem: Problem | None) -> None:
        if problem is not None:
            self._doors.on_problem(problem)
