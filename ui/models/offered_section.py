"""Models that can be fetched, and where others are named."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.values import OfferedModel
from engine.errors import UserFacingError
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.models.offered_row import OfferedRow
from ui.models.wording import file_size, joined, told
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space, TypeSize


class OfferedSection(QWidget):
    """Rows of what is offered and neither here nor on its way.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
        models: the models.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk, models: ModelDesk) -> None:
        super().__init__()
        self._desk, self._models = desk, models
        self._words = desk.words
        self.rows: tuple[OfferedRow, ...] = ()
        self.choices: tuple[SettingRow, ...] = ()
        self._give_up: Callable[[], None] | None = None
        words, theme = desk.words, desk.theme
        self._held = _column()
        self.field = Field(
            theme, words("Repository or address"), placeholder=words("owner/name or https://…")
        )
        self.look_up = TextButton(theme, words("Look up"))
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self._found = _column()
        form = self._make_form()
        held = QWidget()
        held.setLayout(self._held)
        remark = words("From the Hugging Face Hub; nothing is sent but the request for the file.")
        column = _column(self)
        column.addWidget(SettingsSection(theme, words("Get a model"), remark, held, form))
        self.field.returnPressed.connect(self._look_up)
        self.look_up.clicked.connect(self._on_button)
        self.field.textEdited.connect(lambda _: self._say(""))
        for subscribe in (
            models.library.subscribe,
            models.downloads.subscribe,
            models.catalogue.subscribe,
        ):
            self.destroyed.connect(subscribe(while_alive(self, self.show_offered)))
        self._say("")
        self.show_offered()

    def refresh(self) -> None:
        """Look at the machine and at the disk anew."""
        for row in self.rows:
            self._ask_for(row)

    def show_offered(self) -> None:
        """Show what there is now."""
        here = {one.id for one in self._models.library.models() if not one.is_missing}
        here |= {one.model.id for one in self._models.downloads.all()}
        shown = tuple(one for one in self._models.catalogue.offered() if one.id not in here)
        if shown == tuple(row.model for row in self.rows) and self._held.count():
            return
        self.rows = tuple(self._make_row(one) for one in shown)
        if not any(one.id != "practice" for one in self._models.library.models()) and self.rows:
            self.rows[0].make_primary()
        all_here = self._words("All models of Sotto's list are here.")
        none = Label(self._desk.theme, all_here, role="muted", wrap=True)
        none.setMargin(Space.PAD)
        _replace(self._held, PlainRows(self._desk.theme, *(self.rows or (none,))))
        self.refresh()
        self.resized.emit()

    # ---- rows

    def _make_row(self, model: OfferedModel) -> OfferedRow:
        row = OfferedRow(self._desk.theme, self._words, model)
        row.fetch_requested.connect(lambda: self._fetch(model))
        row.remove_requested.connect(lambda: self._remove(model))
        return row

    def _ask_for(self, row: OfferedRow) -> None:
        models = self._models

        def unknown(problem: Problem) -> None:
            row.outlook.show_note(told(self._words, problem))
            self.resized.emit()

        models.outlook(row.model, while_alive(row, row.show_outlook), while_alive(row, unknown))
        models.free_bytes(models.folder, while_alive(row, row.show_room))

    def _fetch(self, model: OfferedModel) -> None:
        self._models.download(model)
        announce(self, self._words("The download of {name} begins.", name=model.name))

    def _remove(self, model: OfferedModel) -> None:
        try:
            self._models.catalogue.remove(model.id)
        except UserFacingError as error:
            self._say_error(error)
            return
        self.show_offered()
        self._offer_undo(model)

    def _offer_undo(self, model: OfferedModel) -> None:
        """What was taken off the list can be put back."""
        words = self._words
        undo = TextButton(self._desk.theme, words("Undo"), icon="undo-2", compact=True)
        row = SettingRow(
            self._desk.theme, words("{name} is off the list.", name=model.name), "", undo
        )
        undo.clicked.connect(lambda _=False: self._add(model))
        self._show_choices((row,))

    # ---- others

    def _make_form(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.SMALL)
        title = self._words("Add by repository or address")
        column.addWidget(Label(self._desk.theme, title, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.field, stretch=1)
        row.addWidget(self.look_up)
        column.addLayout(row)
        column.addWidget(self.said)
        column.addLayout(self._found)
        return form

    def _on_button(self) -> None:
        if self._give_up is None:
            self._look_up()
        else:
            self._stop_looking()
            self._say("")

    def _look_up(self) -> None:
        text = self.field.text().strip()
        if not text or self._give_up is not None:
            return
        self._show_choices(())
        self._say(self._words("Looking it up…"))
        self._give_up = lambda: None  # the answer may come before the way to give it up
        give_up = self._models.hub.look_up(
            text, while_alive(self, self._show_found), while_alive(self, self._show_unfound)
        )
        if self._give_up is not None:
            self._give_up = give_up
            self.look_up.set_look(self._words("Stop"), "", self.look_up.kind)

    def _stop_looking(self) -> None:
        give_up, self._give_up = self._give_up, None
        self.look_up.set_look(self._words("Look up"), "", self.look_up.kind)
        if give_up is not None:
            give_up()

    def _show_unfound(self, problem: Problem) -> None:
        self._stop_looking()
        self._say(told(self._words, problem), is_wrong=True)
        announce(self, self.said.text())

    def _show_found(self, found: tuple[OfferedModel, ...]) -> None:
        self._stop_looking()
        if len(found) == 1:
            self._add(found[0])
            return
        words = self._words
        said = words("There are {count} models. Choose one:", count=len(found))
        self._say(said)
        announce(self, said)
        self._show_choices(tuple(self._choice(one) for one in found))

    def _choice(self, model: OfferedModel) -> SettingRow:
        words = self._words
        add = TextButton(self._desk.theme, words("Add"), icon="plus", compact=True)
        add.setAccessibleName(words("Add {name}", name=model.name))
        size = file_size(model.size_bytes) if model.size_bytes else ""
        add.clicked.connect(lambda _=False: self._add(model))
        facts = joined(size, model.quantisation, model.parts[0].name if model.parts else "")
        return SettingRow(self._desk.theme, model.name, facts, add)

    def _add(self, model: OfferedModel) -> None:
        try:
            added = self._models.catalogue.add(model)
        except UserFacingError as error:
            self._say_error(error)
            return
        self.field.clear()
        self._show_choices(())
        self.show_offered()
        row = next((one for one in self.rows if one.model.id == added.id), None)
        words, name = self._words, added.name
        is_here = words("{name} is on this computer already.", name=name)
        said = words("{name} is on the list now.", name=name) if row is not None else is_here
        self._say(said)
        announce(self, said)
        if row is not None:
            row.fetch.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_choices(self, rows: tuple[SettingRow, ...]) -> None:
        self.choices = rows
        _replace(self._found, PlainRows(self._desk.theme, *rows) if rows else None)
        self.resized.emit()

    def _say_error(self, error: UserFacingError) -> None:
        problem = Problem(error.title, error.hint, "", dict(error.fields))
        self._say(told(self._words, problem), is_wrong=True)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        usual = self._words("Any gpt-oss model in one or several GGUF files.")
        self.said.setText(text or usual)
        self.said.set_role("danger" if is_wrong else "muted")
        self.resized.emit()


def _column(owner: QWidget | None = None) -> QVBoxLayout:
    column = QVBoxLayout() if owner is None else QVBoxLayout(owner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column


def _replace(column: QVBoxLayout, widget: QWidget | None) -> None:
    while (item := column.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
    if widget is not None:
        column.addWidget(widget)
