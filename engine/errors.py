"""Errors that are meant for the user.  Knows nothing of where they are shown."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Final

_LOGGER: Final = logging.getLogger(__name__)

_RELOAD_HINT: Final = "Load the model again."


class UserFacingError(Exception):
    """Something expected went wrong and the user can be told in one sentence.

    Attributes:
        title: one plain English sentence without jargon; it is also the key of its
            translation and may hold `{placeholders}` that `fields` fills.
        hint: what the user can do next, or ""; same rules as `title`.
        detail: technical text for the log and the "details" fold.  Never holds chat text.
        fields: values for the placeholders of `title` and `hint`.
    """

    def __init__(
        self,
        title: str,
        hint: str = "",
        detail: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self.title = title
        self.hint = hint
        self.detail = detail
        self.fields: Mapping[str, str] = dict(fields or {})
        super().__init__(title.format(**self.fields))


class EngineError(UserFacingError):
    """The engine could not do what was asked; the engine itself lives on."""


class ModelFileError(EngineError):
    """A model file is missing, damaged or not a gpt-oss model."""


class NotEnoughMemoryError(EngineError):
    """There was not enough memory for it; with less, it may work."""


def told(error: Exception, title: str, hint: str = _RELOAD_HINT) -> EngineError:
    """The error as the user may read it.

    An unexpected one is told by its type and the places in the code: its text may quote
    the chat.
    """
    if isinstance(error, EngineError):
        return error
    places = "".join(traceback.format_tb(error.__traceback__))
    _LOGGER.error("%s in the engine:\n%s", type(error).__name__, places)
    return EngineError(title, hint, type(error).__name__)
