"""The row that says which model the settings below it belong to, and chooses another one."""

from __future__ import annotations

from app.models.shown_settings import ShownSettings
from app.models.values import LibraryModel
from ui.chat.tools.doors import while_alive
from ui.controls.choice_button import ChoiceButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk


class ModelChooser(SettingRow):
    """Each model has settings of its own, which wait for it while another one is in use.

    Args:
        desk: what the page works with.
        shown: the settings that the page shows.
    """

    def __init__(self, desk: SettingsDesk, shown: ShownSettings) -> None:
        words = desk.words
        self.choice = ChoiceButton(desk.theme, words("Settings of"), (" ",))
        super().__init__(desk.theme, words("Settings of"), "", self.choice)
        self._words, self._shown = words, shown
        self._library = desk.models().library
        self._models: tuple[LibraryModel, ...] = ()
        self.choice.chosen.connect(self._choose)
        shown.subscribe(while_alive(self, lambda _: self._show()))
        self.destroyed.connect(self._library.subscribe(while_alive(self, self._show)))
        self._show()

    def show_model(self, id_: str) -> None:
        """Show the settings of a model."""
        model = self._library.find(id_)
        if model is not None:
            self._shown.show(_path(model))

    def _choose(self, index: int) -> None:
        self._shown.show(_path(self._models[index]))

    def _show(self) -> None:
        words, path = self._words, self._shown.value.model_path
        self._models = self._library.models()
        names = [words("Practice model") if one.is_practice else one.name for one in self._models]
        at = next((at for at, one in enumerate(self._models) if _path(one) == path), -1)
        if at < 0:
            return
        self.choice.set_choices(names, at)
        in_use = words("It is in use. Each model keeps settings of its own.")
        waiting = words("It is not in use now; these hold when it is used next.")
        self.set_hint(in_use if self._shown.is_in_use else waiting)


def _path(model: LibraryModel) -> str | None:
    return None if model.is_practice else str(model.paths[0])
