"""Where models are kept, how they are fetched, and when they leave memory."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.hub_access import HubToken, endpoint_of
from app.settings import Settings
from engine.errors import UserFacingError
from ui.chat.tools.doors import while_alive
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.choice_button import ChoiceButton
from ui.controls.field import Field
from ui.controls.label import breakable
from ui.controls.number_field import NumberField, NumberRange
from ui.controls.setting_row import SettingRow
from ui.models.doors import ModelDoors
from ui.models.wording import file_size, told
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection

MINUTES: Final = (0, 5, 15, 30, 60, 240)
_MEGABYTES: Final = NumberRange(0.1, 10_000.0, decimals=1, can_be_empty=True)
_KIB_OF_MB: Final = 1_000_000 / 1024


class KeepingSection(QWidget):
    """Rows of settings; they hold at once.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
        models: the models.
        doors: questions to the user.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk, models: ModelDesk, doors: ModelDoors) -> None:
        super().__init__()
        self._desk, self._models, self._doors = desk, models, doors
        self._words = words = desk.words
        theme = desk.theme
        self.change = TextButton(theme, words("Change…"), compact=True)
        self.folder = SettingRow(theme, words("Folder of models"), "", self.change)
        times = [words("Never"), *(self._minutes(count) for count in MINUTES[1:])]
        self.minutes = ChoiceButton(theme, words("Free memory when idle"), times)
        self.unload = SettingRow(
            theme,
            words("Free memory when idle"),
            words("The model leaves memory after so long; your next message loads it again."),
            self.minutes,
        )
        self.speed = NumberField(theme, words("Speed limit of downloads"), _MEGABYTES, digits=12)
        self.speed.setPlaceholderText(words("No limit"))
        self.limit = SettingRow(
            theme,
            words("Speed limit of downloads"),
            words("In MB/s; leaves room on the line for other programs."),
            self.speed,
        )
        self.mirror = MirrorRow(desk)
        self.token = TokenRow(desk, models)
        rows = (self.folder, self.unload, self.limit, self.mirror, self.token)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(SettingsSection(theme, words("Files and downloads"), "", *rows))
        self.change.clicked.connect(self._choose_folder)
        self.minutes.chosen.connect(lambda at: desk.change(unload_minutes=MINUTES[at]))
        self.speed.changed.connect(self._set_limit)
        follow_default(desk, self.folder, "models_folder", lambda _: "")
        follow_default(desk, self.unload, "unload_minutes", lambda _: "")
        self.destroyed.connect(desk.current.subscribe(while_alive(self, self._show)))
        self._show(desk.current.value)

    def refresh(self) -> None:
        """Look at the disk anew."""
        folder = self._models.folder
        self._models.free_bytes(folder, while_alive(self, self._show_free))

    def _minutes(self, count: int) -> str:
        if count < 60:
            return self._words("After {count} minutes", count=count)
        hours = count // 60
        one = self._words("After 1 hour")
        return one if hours == 1 else self._words("After {count} hours", count=hours)

    def _show(self, settings: Settings) -> None:
        nearest = min(MINUTES, key=lambda one: abs(one - settings.unload_minutes))
        self.minutes.set_index(MINUTES.index(nearest))
        kib = settings.download_kib_per_second
        self.speed.set_number(round(kib / _KIB_OF_MB, 1) if kib else None)
        self.folder.set_hint(breakable(str(self._models.folder)))
        self.refresh()

    def _show_free(self, free_bytes: int) -> None:
        said = self._words("{size} free", size=file_size(free_bytes))
        self.folder.set_hint(breakable(f"{self._models.folder}  ·  {said}"))
        self.resized.emit()

    def _set_limit(self, number: float | None) -> None:
        kib = 0 if number is None else max(1, round(number * _KIB_OF_MB))
        self._desk.change(download_kib_per_second=kib)

    def _choose_folder(self) -> None:
        title = self._words("Folder for models that come from now on")
        folder = self._doors.ask_folder(self, title, self._nearest_folder())
        if folder is not None:
            self._desk.change(models_folder=str(folder))

    def _nearest_folder(self) -> Path:
        """The folder, or the nearest one around it that is there."""
        folder = self._models.folder
        return next((one for one in (folder, *folder.parents) if one.is_dir()), Path.home())


class MirrorRow(SettingRow):
    """The address of a mirror of the Hub.

    Args:
        desk: what the page works with.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        words = desk.words
        self.field = Field(desk.theme, words("Mirror"), placeholder="https://…")
        hint = words("Another address to fetch models from; left empty, the Hugging Face Hub.")
        super().__init__(desk.theme, words("Mirror"), hint, self.field)
        self._desk = desk
        self.field.editingFinished.connect(self._keep)
        self.field.textEdited.connect(lambda _: self.complain(""))
        self.destroyed.connect(desk.current.subscribe(while_alive(self, self._show)))
        self._show(desk.current.value)

    def _show(self, settings: Settings) -> None:
        if not self.field.hasFocus():
            self.field.setText(settings.hub_endpoint)
            self.field.setCursorPosition(0)  # a long one is seen from its beginning
        self.field.setToolTip(settings.hub_endpoint)

    def _keep(self) -> None:
        address = self.field.text().strip()
        if address == self._desk.current.value.hub_endpoint:
            return
        try:
            endpoint_of({}, address)
        except UserFacingError as error:
            problem = Problem(error.title, error.hint, "", dict(error.fields))
            self.complain(told(self._desk.words, problem))
            return
        self.complain("")
        self._desk.change(hub_endpoint=address)


class TokenRow(SettingRow):
    """The access token for gated files; it is written, kept in the keyring, and never shown.

    Whether there is one is not looked up: a locked keyring would ask for its password.

    Args:
        desk: what the page works with.
        models: the models.
    """

    def __init__(self, desk: SettingsDesk, models: ModelDesk) -> None:
        words, theme = desk.words, desk.theme
        self.field = Field(theme, words("Access token"), placeholder="hf_…")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.save = TextButton(theme, words("Save"), compact=True)
        self.forget = TextButton(theme, words("Forget"), kind=ButtonKind.GHOST, compact=True)
        super().__init__(theme, words("Access token"), "", self.field, self.save, self.forget)
        self._models, self._words = models, words
        self.save.clicked.connect(lambda _=False: self._set(self.field.text()))
        self.forget.clicked.connect(lambda _=False: self._set(""))
        self.field.returnPressed.connect(lambda: self._set(self.field.text()))
        self.field.textEdited.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.save.setEnabled(False)
        self.set_hint(words("Only for models whose owner asks for it; kept in the keyring."))

    def _token(self) -> HubToken | None:
        """The token for the address in force; its complaint is the mirror's row's to show."""
        try:
            return self._models.hub.token
        except UserFacingError:
            return None

    def _set(self, text: str) -> None:
        """Keep a token; a blank one forgets what is kept."""
        token, words = self._token(), self._words
        if token is None:
            return
        if token.is_in_environment:
            self.complain(words("The variable HF_TOKEN holds one, and it goes first."))
            return

        def failed(problem: Problem) -> None:
            self.complain(told(words, problem))

        def done(_: object) -> None:
            self.field.clear()
            self.save.setEnabled(False)
            kept = words("It is kept in the keyring; it goes to the Hub and nowhere else.")
            said = kept if text.strip() else words("No token is kept now.")
            self.set_hint(said)
            announce(self, said)

        self._models.chores.run(
            lambda: token.set(text), while_alive(self, done), while_alive(self, failed)
        )
