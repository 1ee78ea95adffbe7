"""Ready-made instructions: those that ship with Sotto and those the user saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from app.instructions.text import MAX_CHARACTERS

MAX_PRESETS: Final = 30
MAX_NAME_CHARACTERS: Final = 60


class Preset(BaseModel):
    """Instructions under a name.

    Attributes:
        name: what the user chooses it by.
        text: the instructions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS)]
    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]


def shipped_presets(file: Path, language: str) -> tuple[Preset, ...]:
    """The presets of a file in a language.

    Args:
        file: JSON: a list of objects with `name` and `text`, each by language.
        language: "en" or "ko".

    Raises:
        OSError, ValueError, KeyError: the file is missing or damaged.
    """
    entries = json.loads(file.read_text(encoding="utf-8"))
    return tuple(Preset(name=one["name"][language], text=one["text"][language]) for one in entries)


def free_name(wanted: str, taken: tuple[str, ...]) -> str:
    """A name nobody has: the wanted one, else with the first free number behind it."""
    wanted = " ".join(wanted.split())[:MAX_NAME_CHARACTERS].rstrip()
    name, number = wanted, 2
    while name in taken:
        tail = f" {number}"
        name, number = wanted[: MAX_NAME_CHARACTERS - len(tail)] + tail, number + 1
    return name
