"""The blanks of a prompt: `{{name}}`, and what fills them.  Pure functions.

Two names are filled in without asking, in either language: the clipboard and today's date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

_BLANK: Final = re.compile(r"\{\{[ \t]*([^{}\s][^{}\n]{0,39}?)[ \t]*\}\}")


class Given(StrEnum):
    """What Sotto fills in by itself."""

    CLIPBOARD = "clipboard"
    DATE = "date"


_GIVEN: Final = {
    "clipboard": Given.CLIPBOARD,
    "클립보드": Given.CLIPBOARD,
    "date": Given.DATE,
    "날짜": Given.DATE,
}


def given_by(name: str) -> Given | None:
    """What fills a blank of this name without asking; None where the user does."""
    return _GIVEN.get(name.casefold())


def blanks_of(text: str) -> tuple[str, ...]:
    """The names that the user is asked for, each once, in the order in which they stand."""
    names = (match[1] for match in _BLANK.finditer(text))
    return tuple(dict.fromkeys(name for name in names if given_by(name) is None))


def givens_of(text: str) -> frozenset[Given]:
    """What of the things that Sotto fills in stands in a text."""
    found = (given_by(match[1]) for match in _BLANK.finditer(text))
    return frozenset(one for one in found if one is not None)


def filled(text: str, values: Mapping[str, str], given: Callable[[Given], str]) -> str:
    """A text with its blanks filled; what is filled in is never read for blanks again.

    Args:
        text: of a prompt.
        values: by name; a blank without a value is left empty.
        given: fills what the user is not asked for.
    """

    def value(match: re.Match[str]) -> str:
        kind = given_by(match[1])
        return given(kind) if kind is not None else values.get(match[1], "")

    return _BLANK.sub(value, text).strip()
