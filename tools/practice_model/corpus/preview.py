"""Dialogues of the corpus to look at."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tools.practice_model.corpus.mixture import dialogue
from tools.practice_model.corpus.prefixes import Prefixes, draw_tools
from tools.practice_model.corpus.scene import EFFORTS, Scene, Tools
from tools.practice_model.corpus.texts import words
from tools.practice_model.vocabulary import VocabularyTables


def previews(
    encoding: Any, tables: VocabularyTables, dice: random.Random, count: int
) -> Iterator[str]:
    """Whole dialogues with their prefix; what is learned stands between « and »."""
    prefixes = Prefixes(encoding)
    for _ in range(count):
        scene = Scene(dice.choice(EFFORTS), dice.random() < 0.33, Tools(), words(tables), dice)
        scene = replace(scene, tools=draw_tools(scene))
        shown = [
            f"«{segment.text}»" if segment.learned else segment.text for segment in dialogue(scene)
        ]
        yield prefixes.text(scene, in_full=False) + "".join(shown)
