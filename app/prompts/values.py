"""A prompt of the library as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_NAME_CHARACTERS: Final = 80
MAX_CHARACTERS: Final = 20_000
MAX_PROMPTS: Final = 500


@dataclass(frozen=True, slots=True)
class Prompt:
    """Text under a name, with blanks in it (`app.prompts.blanks`).

    Attributes:
        key: the same as long as the prompt is there; what was filled in is kept by it.
        name: what it is found by; not blank.
        text: not blank.
        number: of its row; 0 for one that ships with Sotto.
    """

    key: str
    name: str
    text: str
    number: int = 0

    @property
    def is_own(self) -> bool:
        """Whether the user wrote it, and may change it."""
        return self.number != 0


def own_prompt(number: int, name: str, text: str) -> Prompt:
    """One of the user's."""
    return Prompt(f"own:{number}", name, text, number)


def tidy_name(name: str) -> str:
    """A name on one line, not too long; "" where there is none."""
    return " ".join(name.split())[:MAX_NAME_CHARACTERS].rstrip()


def tidy_text(text: str) -> str:
    """A text without blank ends, not too long; "" where there is none."""
    return text.strip()[:MAX_CHARACTERS].rstrip()
