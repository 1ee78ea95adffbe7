"""Counts what one turn costs and notices when it goes over to another phase."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.events import Phase, ThinkingCut, Usage
from engine.llama.sync import SyncResult


class TurnMeter:
    """Tokens and seconds of a turn.  Engine thread only.

    Args:
        tell_phase: hears of each new phase.

    Attributes:
        sampled_tokens: all sampled tokens.
        thought_tokens: those spent on analysis.
        repairs: malformed output that was mended.
        retries: attempts begun anew.
        thinking_cut: why the thoughts were cut short.
        phase: what the turn is doing; None before it begins and after it ended.
    """

    def __init__(self, tell_phase: Callable[[Phase], None]) -> None:
        self._tell_phase = tell_phase
        self.sampled_tokens = 0
        self.thought_tokens = 0
        self.repairs = 0
        self.retries = 0
        self.thinking_cut = ThinkingCut.NONE
        self.phase: Phase | None = None
        self._phase_began = 0.0
        self._reused_tokens = 0
        self._read_tokens = 0
        self._read_seconds = 0.0
        self._reply_seconds = 0.0
        self._thought_seconds = 0.0

    def enter(self, phase: Phase | None) -> None:
        """The turn is in this phase from now on."""
        if phase is self.phase:
            return
        now = time.perf_counter()
        if self.phase is Phase.THINKING:
            self._thought_seconds += now - self._phase_began
        self.phase, self._phase_began = phase, now
        if phase is not None:
            self._tell_phase(phase)

    def add_reading(self, result: SyncResult, seconds: float) -> None:
        """A prompt was read; only what the first one found in the cache counts as reused."""
        if self.sampled_tokens == 0:
            self._reused_tokens = result.reused_tokens
        self._read_tokens += result.read_tokens
        self._read_seconds += seconds

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """Time spent inside counts as time of the reply."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._reply_seconds += time.perf_counter() - began

    def usage(self, context_tokens: int, more_repairs: int, guarded: int) -> Usage:
        """Cost so far.

        Args:
            context_tokens: tokens in the KV cache.
            more_repairs: repairs that are not counted here yet.
            guarded: tokens that a guard put in another's place.
        """
        return Usage(
            reused_tokens=self._reused_tokens,
            read_tokens=self._read_tokens,
            thought_tokens=self.thought_tokens,
            reply_tokens=self.sampled_tokens,
            read_seconds=self._read_seconds,
            reply_seconds=self._reply_seconds,
            thought_seconds=self._thought_seconds,
            context_tokens=context_tokens,
            repairs=self.repairs + more_repairs,
            guarded=guarded,
            retries=self.retries,
            thinking_cut=self.thinking_cut,
        )
