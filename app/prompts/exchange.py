"""Prompts as a file that can be handed on.  Blocks; run it on a chores thread."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from app.prompts.values import MAX_PROMPTS, Prompt, tidy_name, tidy_text
from app.whole_file import replace_text
from engine.errors import UserFacingError

FORM: Final = 1
"""Version of the form."""

_MAX_BYTES: Final = 16 << 20
_NAMES: Final = ("name", "title", "command", "act")
_TEXTS: Final = ("text", "content", "prompt")
"""What other chat programs call the same things in their files."""


def write_prompts(prompts: Iterable[Prompt], file: Path) -> None:
    """Write prompts in one step.

    Raises:
        UserFacingError: the file cannot be written.
    """
    listed = [{"name": one.name, "text": one.text} for one in prompts]
    form = {"sotto_prompts": FORM, "prompts": listed}
    try:
        replace_text(file, json.dumps(form, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise UserFacingError(
            "The prompts could not be saved.",
            "Choose another folder, or check that the disk is not full.",
            detail=type(error).__name__,
        ) from error


def read_prompts(file: Path) -> tuple[tuple[str, str], ...]:
    """Names and texts from a file of Sotto's, or from a plain JSON list of prompts.

    Raises:
        UserFacingError: the file cannot be read, or has no prompts in it.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UserFacingError(
            "The file {file} cannot be read.",
            "Check the name and the permissions of the file.",
            detail=type(error).__name__,
            fields={"file": file.name},
        ) from error
    found = _found_in(content) if len(content) <= _MAX_BYTES else ()
    if not found:
        raise UserFacingError(
            "There are no prompts in {file}.",
            "Choose a JSON file with a list of prompts, each with a name and a text.",
            fields={"file": file.name},
        )
    return found


def _found_in(content: bytes) -> tuple[tuple[str, str], ...]:
    try:
        form = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    if isinstance(form, dict):
        form = form.get("prompts")
    if not isinstance(form, list):
        return ()
    pairs = ((_first(one, _NAMES), _first(one, _TEXTS)) for one in form if isinstance(one, dict))
    tidy = ((tidy_name(name.strip("/")), tidy_text(text)) for name, text in pairs)
    return tuple(one for one in tidy if all(one))[:MAX_PROMPTS]


def _first(entry: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first of these fields that says something."""
    texts = (entry[key] for key in keys if isinstance(entry.get(key), str))
    return next((text for text in texts if text.strip()), "")
