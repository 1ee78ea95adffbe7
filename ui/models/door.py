"""The ways from the window to its models: an action, and model files dropped on a chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.chats.values import Problem
from app.words import Words
from ui.actions import ActionId
from ui.notices import Notice, problem_notice
from ui.settings.page_name import PageName
from ui.settings_doors import SettingsDoors
from ui.window import MainWindow

if TYPE_CHECKING:  # not before somebody comes to the models
    from app.models.desk import ModelDesk
    from app.models.values import FoundModel, LibraryModel


class ModelsDoor(QObject):
    """Leads to the page of models, and takes model files that are dropped on the chat.

    Args:
        window: where it leads from; owns this.
        words: the user's language.
        models: gives the desk of models.
        settings: the way to the pages.
    """

    def __init__(
        self,
        window: MainWindow,
        words: Words,
        models: Callable[[], ModelDesk],
        settings: SettingsDoors,
    ) -> None:
        super().__init__(window)
        self._window, self._words = window, words
        self._models, self._settings = models, settings
        window.actions_here.add(ActionId.MODELS, self.open)
        window.panel.drop_place.sift = self.sift

    def open(self) -> None:
        """Show the page of models."""
        self._settings.show(PageName.MODELS)

    def sift(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        """Offer to use model files; returns the others, which are attached as ever."""
        models = tuple(path for path in paths if path.suffix.lower() == ".gguf")
        if models:
            self._offer(models)
        return tuple(path for path in paths if path not in models)

    def _offer(self, files: tuple[Path, ...]) -> None:
        words = self._words
        one = words("{name} is a model file.", name=files[0].name)
        many = words("These are {count} model files.", count=len(files))
        self._window.banner.show_notice(
            Notice(
                one if len(files) == 1 else many,
                words("It is used where it is, or linked; no copy is made."),
                action=words("Use it"),
                on_action=lambda: self._take(files),
            )
        )

    def _take(self, files: tuple[Path, ...]) -> None:
        models = self._models()

        def examined(found: tuple[FoundModel, ...]) -> None:
            usable = [one for one in found if one.problem is None]
            if usable:
                models.take(usable[0], taken, self._tell)
                return
            why = next((one.problem for one in found if one.problem is not None), None)
            self._tell(why or Problem("There is no model in this file.", "Choose another one."))

        def taken(model: LibraryModel) -> None:
            models.library.choose(model.id)

        models.examine(files, examined, self._tell)

    def _tell(self, problem: Problem) -> None:
        self._window.banner.show_notice(problem_notice(problem, self._words))
