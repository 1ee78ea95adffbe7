"""How fast prompts were read since the model was loaded.  Engine thread only."""

from __future__ import annotations

from typing import Final

LEAST_TOKENS: Final = 64
"""Shorter reads take as long as one pass over the weights and say little about long ones."""

_MEMORY: Final = 0.75
"""What earlier reads count for when another one is added: the last four decide."""


class ReadingSpeed:
    """A running average of prompt reading."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._seconds = 0.0

    def add(self, tokens: int, seconds: float) -> None:
        """A prompt was read; very short ones do not count."""
        if tokens >= LEAST_TOKENS and seconds > 0:
            self._tokens = self._tokens * _MEMORY + tokens
            self._seconds = self._seconds * _MEMORY + seconds

    def seconds_for(self, tokens: int) -> float | None:
        """About how long reading so many takes; None before anything was measured."""
        if self._tokens == 0:
            return None
        return tokens * self._seconds / self._tokens
