"""Which of the 201,088 tokens a fresh model gets an embedding of its own for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tools.practice_model.corpus import mixture
from tools.practice_model.corpus.prefixes import Prefixes, draw_tools
from tools.practice_model.corpus.scene import EFFORTS, Scene, Tools
from tools.practice_model.corpus.texts import Words, pool
from tools.practice_model.vocabulary import ORDINARY, SPECIAL

_COMMON: Final = 7000
"""The lowest ids are the commonest pieces of text."""

_PREFIXES: Final = 300
_DIALOGUES: Final = 12
_SEED: Final = 99


def known_tokens(encoding: Any, words: Words) -> NDArray[np.int64]:
    """Ids, ascending: common ones, the forms of the corpus's words, and what dialogues hold.

    About 18,000.  The same words always give the same tokens.
    """
    known = set(range(_COMMON)) | (set(SPECIAL) - {200_018})
    for text in _texts(encoding, words):
        known.update(encoding.encode(text, allowed_special="all"))
    return np.array(sorted(token for token in known if token < ORDINARY or token in SPECIAL))


def _texts(encoding: Any, words: Words) -> Iterator[str]:
    yield from (f"{number:0{width}d}" for width in (1, 2, 3) for number in range(10**width))
    for word in _pools(words):
        for form in (word, word.capitalize()):
            yield from (form, f" {form}", f'"{form}', f"_{form}", f".{form}")
    dice = random.Random(_SEED)
    prefixes = Prefixes(encoding)
    for _ in range(_PREFIXES):
        scene = Scene(dice.choice(EFFORTS), dice.random() < 0.33, Tools(), words, dice)
        scene = Scene(scene.effort, scene.korean, draw_tools(scene), words, dice)
        yield prefixes.text(scene, in_full=True)
        for _ in range(_DIALOGUES):
            yield "".join(segment.text for segment in mixture.dialogue(scene))


def _pools(words: Words) -> Iterator[str]:
    pools: list[Sequence[str]] = [words.everyday, words.lower, words.capitalised, words.korean]
    pools += [pool("functions.txt"), pool("parameters.txt")]
    for by_language in (words.names, words.colours, words.cities):
        pools += by_language.values()
    for one in pools:
        yield from one
