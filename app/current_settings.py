"""The settings that hold now: changed in one place, told to everybody, kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.chats.values import Problem
from app.models.model_settings import changed_for, renamed, switched, written
from app.settings import Settings, SettingsFile
from engine.errors import UserFacingError


class CurrentSettings:
    """Settings in force.  Changed on one thread; `value` may be read on any.

    A change that cannot be written holds all the same until the program ends.  Some settings
    belong to a model (`app.models.model_settings`): with another model come its own.

    Args:
        file: where they are kept.
        model: a GGUF file that holds in place of the one in the file, until another is chosen.
    """

    def __init__(self, file: SettingsFile, model: Path | None = None) -> None:
        self._file = file
        self._value = file.load()
        self._stored_path = self._value.model_path
        if model is not None:
            self._value = _with(self._value, switched(self._value, str(model.absolute())))
        self._subscribers: list[Callable[[Settings], None]] = []
        self._renames: list[Callable[[str, str], None]] = []

    @property
    def value(self) -> Settings:
        """The settings now."""
        return self._value

    @property
    def stored_model_path(self) -> str | None:
        """The model in the file, which is another where one was named at the start."""
        return self._stored_path

    def change(self, **changes: Any) -> Problem | None:
        """Put some settings in force, tell of it and write them; says why they are not written.

        Raises:
            ValueError: a name is unknown or a value out of range; nothing has changed then.
        """
        own, value = self._value.model_path, self._value
        if "model_path" in changes:
            value = _with(value, switched(value, changes["model_path"]))
        self._value = _with(value, changes)
        return self._write(lambda stored: written(stored, own, changes))

    def change_for(self, model_path: str | None, **changes: Any) -> Problem | None:
        """Change settings that belong to a model, be it in use or not; as `change`.

        Args:
            model_path: its file; None is the practice model.
            changes: of `app.models.model_settings.OF_A_MODEL` alone.

        Raises:
            ValueError: as `change`.
        """
        if model_path == self._value.model_path:
            return self.change(**changes)
        self._value = _with(self._value, changed_for(self._value, model_path, changes))
        return self._write(lambda stored: changed_for(stored, model_path, changes))

    def rename_model(self, old: str, new: str) -> Problem | None:
        """A model's file has another path now: what belongs to it goes along; as `change`."""
        self._value = _with(self._value, renamed(self._value, old, new))
        for callback in tuple(self._renames):
            callback(old, new)
        return self._write(lambda stored: renamed(stored, old, new))

    def subscribe_to_renames(self, callback: Callable[[str, str], None]) -> Callable[[], None]:
        """Call back with the paths, before the settings, when a model's file only has another path.

        Returns the way to unsubscribe.
        """
        self._renames.append(callback)
        return lambda: self._renames.remove(callback)

    def _write(self, edit: Callable[[Settings], dict[str, Any]]) -> Problem | None:
        problem = None
        try:
            self._stored_path = self._file.edit(edit).model_path
        except UserFacingError as error:
            problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
        for callback in tuple(self._subscribers):
            callback(self._value)
        return problem

    def subscribe(self, callback: Callable[[Settings], None]) -> Callable[[], None]:
        """Call back with the settings after every change; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)


def _with(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    return Settings.model_validate({**settings.model_dump(), **changes})
