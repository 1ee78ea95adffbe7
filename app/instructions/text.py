"""The user's instructions as text: how two of them join, how long they may be, a file of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from engine.errors import UserFacingError

Encode = Callable[[str], Sequence[object]]
"""The ids of a text, such as `engine.harmony.vocabulary.Vocabulary.encode`."""

MAX_TOKENS: Final = 2_000
"""Of one text.  They are part of every prompt; this is about four pages."""

MAX_CHARACTERS: Final = 16_000
"""Longer texts are not even counted: eight characters a token is more than any language has."""

_MOST_BYTES: Final = 4 * MAX_CHARACTERS + 4


class InstructionsError(UserFacingError):
    """These instructions cannot be used."""


def joined(general: str, own: str) -> str:
    """What the model reads as its developer message's instructions.

    Args:
        general: those for all chats; they stand first.
        own: those of one chat, which may add to the general ones or narrow them.
    """
    return "\n\n".join(part.strip() for part in (general, own) if part.strip())


def tokens_of(text: str, encode: Encode) -> int:
    """How many tokens instructions have; up to 5 ms.

    Raises:
        InstructionsError: they are too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise _too_long(f"{len(text):,} characters")
    count = len(encode(text.strip()))
    if count > MAX_TOKENS:
        raise _too_long(f"{count:,} tokens")
    return count


def instructions_from(argument: str) -> str:
    """Instructions as they are named on a command line: a text, or `@` and a file's name.

    Raises:
        InstructionsError: the file is not there, cannot be read, is no text or is too long.
    """
    if not argument.startswith("@"):
        return argument
    path = Path(argument[1:])
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise _too_long(f"more than {_MOST_BYTES:,} bytes")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstructionsError(
            "The file {file} is not a text in UTF-8.",
            "Save it as UTF-8.",
            type(error).__name__,
            {"file": path.name},
        ) from error
    except OSError as error:
        raise InstructionsError(
            "The file {file} cannot be read.",
            "Check the name and the permissions of the file.",
            str(error),
            {"file": path.name},
        ) from error


def _too_long(detail: str) -> InstructionsError:
    return InstructionsError(
        "These instructions are too long: {most} tokens are the most.",
        "Shorten them: the model reads them before every answer.",
        detail,
        {"most": f"{MAX_TOKENS:,}"},
    )
