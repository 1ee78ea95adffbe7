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
    shortest = min(map(len, words))
    encoded = [word.encode() for word in words]
    found: Counter[str] = Counter()
    for text in _texts(shortest):
        if isinstance(text, str):
            if any(word in text for word in words):
                found[text] += 1
        elif any(word in text for word in encoded):
            found[text.decode("latin-1")] += 1
    return found


def _texts(shortest: int) -> Iterator[str | bytes | bytearray]:
    for one in gc.get_objects():
        yield from _held_by(one, shortest)


def _held_by(one: object, shortest: int) -> Iterator[str | bytes | bytearray]:
    for held in gc.get_referents(one):
        if isinstance(held, str | bytes | bytearray):
            if len(held) >= shortest:
                yield held
        elif isinstance(held, tuple | dict) and not gc.is_tracked(held):
            yield from _held_by(held, shortest)  # not listed: it holds texts and numbers alone
