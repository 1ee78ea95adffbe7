"""What the Python objects of this process hold.  Knows neither Qt nor the store."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence


def holding(words: Sequence[str]) -> Counter[str]:
    """Texts that Python objects hold and that have one of the words, and how often.

    Sources of tests have such words too, so compare with what was held before.
    """
    gc.collect()
    return Counter(text for text in _texts() if any(word in text for word in words))


def _texts() -> Iterator[str]:
    for one in gc.get_objects():
        yield from _held_by(one)


def _held_by(one: object) -> Iterator[str]:
    for held in gc.get_referents(one):
        if isinstance(held, str):
            yield held
        elif isinstance(held, bytes | bytearray):
            yield held.decode("latin-1")
        elif isinstance(held, tuple | dict) and not gc.is_tracked(held):
            yield from _held_by(held)  # the collector does not list those that hold texts alone
