"""The three ways in which weights are changed: Muon, Adam and Adam for embedding rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import torch
from torch import Tensor

_MOMENTUM: Final = 0.95
_MUON_RATE: Final = 0.02
_MUON_DECAY: Final = 0.02
_NEWTON_SCHULZ: Final = (3.4445, -4.7750, 2.0315)
"""Coefficients of Muon's orthogonalisation (Jordan, kellerjordan.github.io/posts/muon)."""

MUON_WEIGHTS: Final = frozenset({"query", "key", "value", "output", "gate", "up", "down"})

Share = Callable[[list[Tensor], int], list[Tensor]]
"""Given updates by weight, of which only every n-th is this process's own, gives all of them."""


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest matrix with singular values of about 1; works on stacks of matrices."""
    first, second, third = _NEWTON_SCHULZ
    found = matrix / (matrix.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    is_tall = found.shape[-2] > found.shape[-1]
    found = found.mT if is_tall else found
    for _ in range(5):
        square = found @ found.mT
        found = first * found + (second * square + third * square @ square) @ found
    return found.mT if is_tall else found


class Muon:
    """Momentum, made orthogonal: for the matrices of attention and experts.

    Args:
        weights: the matrices.
        rank: which of `processes` this is; each works out its share of the updates.
        processes: how many train together.
    """

    def __init__(self, weights: Sequence[Tensor], rank: int, processes: int) -> None:
        self._weights = list(weights)
        self._momenta = [torch.zeros_like(weight) for weight in weights]
        self._rank = rank
        self._processes = processes

    def updates(self) -> list[Tensor]:
        """Updates of this process's share; zeros elsewhere."""
        found = []
        for index, (weight, momentum) in enumerate(zip(self._weights, self._momenta, strict=True)):
            momentum.mul_(_MOMENTUM).add_(weight.grad)
            if index % self._processes == self._rank:
                found.append(orthogonal(weight.grad + _MOMENTUM * momentum))
            else:
                found.append(torch.zeros_like(weight))
        return found

    def apply(self, updates: Sequence[Tensor], factor: float) -> None:
        """Change the weights by the updates of all processes."""
        for weight, update in zip(self._weights, updates, strict=True):
            rate = _MUON_RATE * factor
            aspect = max(1.0, weight.shape[-2] / weight.shape[-1]) ** 0.5
            weight.mul_(1.0 - rate * _MUON_DECAY).add_(update, alpha=-rate * aspect)


class RowAdam:
    """Adam with a floor under its denominator.

    Rows of rare tokens have tiny gradients; without the floor Adam would blow them up, all
    rare rows would drift together, and copying, which tells them apart, would be lost.

    Args:
        rows: the embedding.
        rate: step size.
        floor: least denominator, as a share of the mean one.
    """

    def __init__(self, rows: Tensor, rate: float, floor: float = 0.03) -> None:
        self._rows = rows
        self._rate = rate
        self._floor = floor
        self._mean = torch.zeros_like(rows)
        self._square = torch.zeros_like(rows)
        self._steps = 0

    def step(self, factor: float) -> None:
        """Change the rows by their gradients."""
        self._steps += 1
        gradient = self._rows.grad
        self._mean.lerp_(gradient, 0.1)
        self._square.lerp_(gradient * gradient, 0.02)
        mean = self._mean / (1.0 - 0.9**self._steps)
        square = self._square / (1.0 - 0.98**self._steps)
        least = self._floor * square.mean().sqrt()
        self._rows.add_(mean / (square.sqrt() + least), alpha=-self._rate * factor)
