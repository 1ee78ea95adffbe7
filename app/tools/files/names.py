"""What the model calls a file of the chat, and what it is called there.  Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.tools.tool import CallRefusedError

FOLDER: Final = "/mnt/data"
"""Where the model was taught to find its files; `python` has them there."""

_MOST_CHARACTERS: Final = 1000
_PREFIXES: Final = (f"sandbox:{FOLDER}/", f"{FOLDER}/", "./")


def chat_name(written: str) -> str:
    """The name of a file in the chat's folder, with "/" between its parts.

    Nothing is repaired: what is left after the folder's own name is looked up letter by letter.

    Raises:
        CallRefusedError: it names something that cannot be in the folder.
    """
    name = next(
        (written.removeprefix(one) for one in _PREFIXES if written.startswith(one)), written
    )
    if len(name) > _MOST_CHARACTERS or not _is_inside(name):
        raise CallRefusedError(
            "Error: `path` names no file of this chat. Paths are relative to "
            f'{FOLDER}, e.g. "report.csv"; list_files tells what there is.'
        )
    return name


def is_shown(name: str) -> bool:
    """Whether a name can stand in a list, one a line, and be written back."""
    return _is_inside(name) and len(name) <= _MOST_CHARACTERS


def _is_inside(name: str) -> bool:
    return "\\" not in name and all(
        part not in ("", ".", "..")
        and not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in part)
        for part in name.split("/")
    )
