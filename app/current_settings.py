"""The settings that hold now: changed in one place, told to everybody, kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.chats.values import Problem
from app.settings import Settings, SettingsFile
from engine.errors import UserFacingError


class CurrentSettings:
    """Settings in force.  Changed on one thread; `value` may be read on any.

    A change that cannot be written holds all the same until the program ends.

    Args:
        file: where they are kept.
        model: a GGUF file that holds in place of the one in the file, until another is chosen;
            the adapters in the file belong to the model there.
    """

    def __init__(self, file: SettingsFile, model: Path | None = None) -> None:
        self._file = file
        self._value = file.load()
        if model is not None:
            other = {"model_path": str(model), "adapters": ()}  # those were for the file's model
            self._value = self._value.model_copy(update=other)
        self._subscribers: list[Callable[[Settings], None]] = []

    @property
    def value(self) -> Settings:
        """The settings now."""
        return self._value

    def change(self, **changes: Any) -> Problem | None:
        """Put some settings in force, tell of it and write them; says why they are not written.

        Raises:
            ValueError: a name is unknown or a value out of range; nothing has changed then.
        """
        self._value = Settings.model_validate({**self._value.model_dump(), **changes})
        problem = None
        try:
            self._file.update(**changes)
        except UserFacingError as error:
            problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
        for callback in tuple(self._subscribers):
            callback(self._value)
        return problem

    def subscribe(self, callback: Callable[[Settings], None]) -> Callable[[], None]:
        """Call back with the settings after every change; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)
