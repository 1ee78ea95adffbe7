"""The settings as they are for one model, be it the one in use or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typing_extensions import override

from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.models.model_settings import OF_A_MODEL, settings_of
from app.settings import Settings


class ShownSettings(CurrentSettings):
    """What a page shows and changes in place of the settings in force.

    Settings that belong to no model are those in force.  Same thread as `CurrentSettings`.

    Args:
        current: the settings in force.
    """

    def __init__(self, current: CurrentSettings) -> None:
        # Nothing is kept here, so the file of the settings in force is not read again.
        self._current = current
        self._path: str | None = None
        self._follows = True
        self._subscribers: list[Callable[[Settings], None]] = []
        current.subscribe(lambda _: self._tell())

    @property
    def is_in_use(self) -> bool:
        """Whether the model that is shown is the one in use."""
        return self._follows or self._path == self._current.value.model_path

    def show(self, model_path: str | None) -> None:
        """Show another model; None is the practice model."""
        self._path = model_path
        self._follows = model_path == self._current.value.model_path
        self._tell()

    @property
    @override
    def value(self) -> Settings:
        now = self._current.value
        return now if self.is_in_use else settings_of(now, self._path)

    @override
    def change(self, **changes: Any) -> Problem | None:
        if "model_path" in changes:
            self._follows = True  # who chooses a model here wants to see it
        if self.is_in_use or not set(changes) <= set(OF_A_MODEL):
            return self._current.change(**changes)
        return self._current.change_for(self._path, **changes)

    @override
    def subscribe(self, callback: Callable[[Settings], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _tell(self) -> None:
        if self._follows:
            self._path = self._current.value.model_path
        for callback in tuple(self._subscribers):
            callback(self.value)
