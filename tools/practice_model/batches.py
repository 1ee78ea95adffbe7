"""Batches as the model takes them: one shared prefix and many continuations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.practice_model.vocabulary import END, TOKENS

_DECISION_WEIGHT: Final = 3.0
"""For tokens where the model decides (after a header, at the end of a sentence)."""

_LONG_SAMPLE: Final = 50
"""Learned tokens from which on a sample's tokens count less, so that lists do not rule."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One continuation.

    Attributes:
        ids: tokens.
        learned: of each token, whether predicting it is learned.
        positions: position of each token; jumps stand for messages left out.
    """

    ids: Sequence[int]
    learned: Sequence[bool]
    positions: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one batch.  N real tokens, P of them the prefix, K continuations.

    Attributes:
        rows: embedding row of each token, (N,).
        prefix_tokens: P.
        positions: (N,).
        places: of each place in the padded table its token after the prefix, or the number
            of these for padding; (K, C).
        valid: places in the flattened table that are real, in the order of the tokens.
        own_positions: positions of the padded table, (K, C).
        predicted_from: tokens whose successor is predicted, (T,).
        targets: embedding rows of these successors, (T,).
        weights: how much each counts, (T,).
    """

    rows: Tensor
    prefix_tokens: int
    positions: Tensor
    places: Tensor
    valid: Tensor
    own_positions: Tensor
    predicted_from: Tensor
    targets: Tensor
    weights: Tensor


class Packer:
    """Makes batches for a model that knows certain tokens.

    Args:
        known: their ids, ascending.
        decisions: ids after which the next token counts more.
    """

    def __init__(self, known: NDArray[np.int64], decisions: frozenset[int]) -> None:
        self.row_of = np.zeros(TOKENS, np.int64)
        self.row_of[known] = np.arange(1, len(known) + 1)
        self._decisions = decisions

    def pack(self, prefix: Sequence[int], samples: Sequence[Sample]) -> Batch:
        """Put samples behind a prefix; lengths should be similar, padding costs time."""
        start = len(prefix)
        longest = max(len(sample.ids) for sample in samples)
        total = sum(len(sample.ids) for sample in samples)
        places = np.full((len(samples), longest), total)
        own_positions = np.zeros((len(samples), longest), np.int64)
        ids = list(prefix)
        positions = list(range(start))
        valid, predicted_from, targets, weights = [], [], [], []
        for index, sample in enumerate(samples):
            length, first = len(sample.ids), len(ids) - start
            places[index, :length] = np.arange(first, first + length)
            own_positions[index, :length] = sample.positions
            valid.append(index * longest + np.arange(length))
            for place, weight in self._learned(sample):
                predicted_from.append(start + first + place - 1)
                targets.append(int(self.row_of[sample.ids[place]]))
                weights.append(weight)
            ids += sample.ids
            positions += sample.positions.tolist()
        return Batch(
            rows=torch.from_numpy(self.row_of[np.array(ids)]),
            prefix_tokens=start,
            positions=torch.tensor(positions),
            places=torch.from_numpy(places),
            valid=torch.from_numpy(np.concatenate(valid)),
            own_positions=torch.from_numpy(own_positions),
            predicted_from=torch.tensor(predicted_from),
            targets=torch.tensor(targets),
            weights=torch.tensor(weights),
        )

    def _learned(self, sample: Sample) -> list[tuple[int, float]]:
        """Places to predict with their weights; never the first, nor an unknown token."""
        base = min(1.0, _LONG_SAMPLE / max(1, sum(sample.learned))) ** 0.5
        learned = []
        for place in range(1, len(sample.ids)):
            token = sample.ids[place]
            if sample.learned[place] and self.row_of[token]:
                decides = token == END or sample.ids[place - 1] in self._decisions
                learned.append((place, base * _DECISION_WEIGHT if decides else base))
        return learned


def in_similar_lengths(samples: Sequence[Sample], tokens: int) -> list[list[Sample]]:
    """Cut samples into groups of about `tokens` tokens and of similar length."""
    groups: list[list[Sample]] = []
    group: list[Sample] = []
    for sample in sorted(samples, key=lambda one: len(one.ids)):
        size = sum(len(one.ids) for one in group) + len(sample.ids)
        if group and (size > tokens or len(sample.ids) > 1.8 * len(group[0].ids) + 30):
            groups.append(group)
            group = []
        group.append(sample)
    return [*groups, group] if group else groups
