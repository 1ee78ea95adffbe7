"""Made-up codes for the developer message: no text holds them by chance."""

from __future__ import annotations

import random
from typing import Final

_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"
_SYLLABLES: Final = 3


def made_up_secret(seed: str) -> str:
    """A code such as `BOVINE-4821-TARULO`: two words of no language and four digits.

    The same seed gives the same code.
    """
    chance = random.Random(seed)  # noqa: S311 - it protects nothing

    def word() -> str:
        pairs = (chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(_SYLLABLES))
        return "".join(pairs).upper()

    return f"{word()}-{chance.randrange(1000, 10_000)}-{word()}"
