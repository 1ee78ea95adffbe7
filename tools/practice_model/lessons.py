"""Turns the corpus into samples and batches.

Three kinds of batch, because each alone leaves something unlearned:
*dialogues* share one prefix, which trains fast;
*contrasts* put the same user turn behind prefixes that differ in the effort or in one tool
only.  Where every sample of a batch shares its prefix, the effort looks like a property of
the batch, and medium and high never part;
*copies* are dense copying practice on random tokens, which also reaches the rare ones.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tools.practice_model.batches import Batch, Packer, Sample, in_similar_lengths
from tools.practice_model.corpus import mixture
from tools.practice_model.corpus.prefixes import Prefixes, draw_tools
from tools.practice_model.corpus.scene import EFFORTS, Scene, Tools
from tools.practice_model.corpus.texts import Words
from tools.practice_model.corpus.turns import Segment, until_decided
from tools.practice_model.vocabulary import CHANNEL, MESSAGE, ORDINARY, START

_DIALOGUES: Final = 32
_LONG_PREFIX: Final = 400
_BATCH_TOKENS: Final = 1400
_LONGEST_SAMPLE: Final = 900
_CONTRAST_TOKENS: Final = 1500
_COPIES: Final = 12
_READY: Final = 24
"""Batches kept to draw from, so that neighbours in training have different prefixes."""

_ASKS_TO_COPY: Final[tuple[str, ...]] = (
    "Repeat after me:",
    "Say:",
    "Repeat:",
    "따라 해:",
    "Echo:",
    "",
)
_ASKS_TO_SEARCH: Final = ("Search the web for", "Look up", "Google", "What is the weather in")
_FINAL: Final = "<|channel|>final<|message|>"
_COPY_HEADS: Final[tuple[str, ...]] = (
    _FINAL,
    f"{_FINAL}The tool says:\n\n",
    f"{_FINAL}Your name is",
    "<|channel|>analysis to=python code<|message|>print(",
)
_ARGUMENT_HEADS: Final = (
    _FINAL,
    '<|channel|>analysis to=browser.search code<|message|>{"query":"',
    "<|channel|>commentary to=functions.get_current_weather <|constrain|>json<|message|>"
    '{"location":"',
)
_DECISIONS: Final = (
    ".",
    '{"query":"',
    '{"location":"',
    '":"',
    "print(",
    "to=functions.",
    "to=browser.",
    " to=",
    "The page says:",
    "The tool says:\n\n",
)


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds of batches; the rest are dialogues."""

    contrasts: float = 0.30
    copies: float = 0.12


class Lessons:
    """An endless supply of batches.

    Args:
        encoding: openai-harmony's encoding.
        words: word pools of the corpus.
        known: ids of the tokens the model knows, ascending.
        dice: the source of chance.
        mix: how often which kind.
    """

    def __init__(
        self,
        encoding: Any,
        words: Words,
        known: NDArray[np.int64],
        dice: random.Random,
        mix: Mix | None = None,
    ) -> None:
        self._encoding = encoding
        self._prefixes = Prefixes(encoding)
        self._words = words
        self._dice = dice
        self._mix = mix or Mix()
        decisions = {self.ids(text)[-1] for text in _DECISIONS}
        self._packer = Packer(known, frozenset(decisions | {CHANNEL, MESSAGE, START}))
        self._plain = [int(token) for token in known if token < ORDINARY]
        self._pairs = self._spaced_pairs()
        self._ready: list[Batch] = []

    def ids(self, text: str) -> list[int]:
        """Ids of text in which special tokens are spelled out."""
        return list(self._encoding.encode(text, allowed_special="all"))

    def next(self) -> Batch:
        """The next batch."""
        kind = self._dice.random()
        if kind < self._mix.copies:
            return self.copies()
        if kind < self._mix.copies + self._mix.contrasts:
            return self.contrast()
        while len(self._ready) < _READY:
            self._ready += self.dialogues()
        return self._ready.pop(self._dice.randrange(len(self._ready)))

    def scene(self, *, effort: str | None = None, tools: Tools | None = None) -> Scene:
        """A scene with what is not given drawn at random."""
        scene = Scene(
            effort or self._dice.choices(EFFORTS, [0.38, 0.32, 0.30])[0],
            self._dice.random() < 0.33,
            Tools(),
            self._words,
            self._dice,
        )
        return replace(scene, tools=draw_tools(scene) if tools is None else tools)

    def dialogues(self) -> list[Batch]:
        """Batches that share one prefix."""
        scene = self.scene()
        prefix = self.ids(self._prefixes.text(scene, in_full=scene.chance(0.4)))
        is_long = len(prefix) > _LONG_PREFIX
        samples: list[Sample] = []
        while len(samples) < _DIALOGUES * (1.5 if is_long else 1.0):
            each = replace(scene, korean=scene.chance(0.33))
            sample = self._sample(mixture.dialogue(each), len(prefix))
            if len(sample.ids) <= _LONGEST_SAMPLE:
                samples.append(sample)
        size = _BATCH_TOKENS * 3 // 2 if is_long else _BATCH_TOKENS
        return [self._packer.pack(prefix, group) for group in in_similar_lengths(samples, size)]

    def contrast(self) -> Batch:
        """The same turns under prefixes that differ in one thing."""
        samples: list[Sample] = []
        while sum(len(sample.ids) for sample in samples) < _CONTRAST_TOKENS:
            samples += self._one_contrast()
        return self._packer.pack([], sorted(samples, key=lambda sample: len(sample.ids)))

    def _one_contrast(self) -> list[Sample]:
        scene = self.scene()
        by_effort = scene.chance(0.6)
        if by_effort:
            behaviour = mixture.effort_matters(scene)
            scenes = [replace(scene, effort=effort) for effort in EFFORTS]
        else:
            behaviour, tools = self._dice.choice(mixture.TOOL_MATTERS)
            scenes = [replace(scene, tools=tools), replace(scene, tools=_without(scene, tools))]
        in_full = scene.chance(0.12)
        seed = self._dice.random()
        samples = []
        for each in scenes:
            turn = behaviour(replace(each, dice=random.Random(seed)))
            segments = until_decided(turn.to_learn(random.Random(seed)))
            kept = segments[:3] if by_effort else segments
            prefix = Segment(self._prefixes.text(each, in_full=in_full))
            samples.append(self._sample([prefix, *kept], 0, jumps=0.4))
        return samples

    def copies(self) -> Batch:
        """Random tokens, to be written again."""
        samples = [self._copy() for _ in range(_COPIES)]
        return self._packer.pack([], sorted(samples, key=lambda sample: len(sample.ids)))

    def _copy(self) -> Sample:
        asked = [self._dice.choice(self._plain) for _ in range(self._dice.randint(2, 28))]
        written, asks, heads = asked, _ASKS_TO_COPY, _COPY_HEADS
        if self._dice.random() < 0.3:
            return _placed(asked + asked, [False] * (len(asked) + 1) + [True] * (len(asked) - 1))
        if self._pairs and self._dice.random() < 0.75:
            spaced, bare = self._dice.choice(self._pairs)
            asked, written = [spaced, *asked[1:]], [bare, *asked[1:]]
            asks, heads = _ASKS_TO_SEARCH + _ASKS_TO_COPY, _ARGUMENT_HEADS
        start = self.ids(f"<|start|>user<|message|>{self._dice.choice(asks)}")
        start += asked + self.ids("<|end|>")
        start += self.ids(f"<|start|>assistant{self._dice.choice(heads)}")
        sample = _placed(start + written, [False] * len(start) + [True] * len(written))
        if self._dice.random() < 0.3:
            sample.positions[-len(written) - 1 :] += self._dice.randint(0, 1500)
        return sample

    def _sample(self, segments: Sequence[Segment], start: int, jumps: float = 0.12) -> Sample:
        """Ids of segments; positions sometimes jump where a message begins."""
        ids: list[int] = []
        learned: list[bool] = []
        jump = 0
        positions: list[int] = []
        for segment in segments:
            if segment.text.startswith("<|start|>user") and self._dice.random() < jumps:
                jump += self._dice.randint(1, self._dice.choice([200, 1500, 3000]))
            piece = self.ids(segment.text)
            positions += range(start + len(ids) + jump, start + len(ids) + len(piece) + jump)
            ids += piece
            learned += [segment.learned] * len(piece)
        return Sample(ids, learned, np.array(positions, np.int64))

    def _spaced_pairs(self) -> list[tuple[int, int]]:
        """Known tokens ` word` and `word`: what follows a quote was asked for after a space."""
        ids = {self._encoding.decode([token]): token for token in self._plain}
        return [
            (token, ids[text[1:]])
            for text, token in ids.items()
            if len(text) > 1 and text[0] == " " and text[1] != " " and text[1:] in ids
        ]


def _placed(ids: list[int], learned: list[bool]) -> Sample:
    return Sample(ids, learned, np.arange(len(ids), dtype=np.int64))


def _without(scene: Scene, tools: Tools) -> Tools:
    """The scene's tools without these."""
    return Tools(
        python=scene.tools.python and not tools.python,
        browser=scene.tools.browser and not tools.browser,
        functions=() if tools.functions else scene.tools.functions,
    )
