"""Tells thoughts that go round in circles from thoughts that repeat themselves for a reason."""

from __future__ import annotations

from collections import deque
from typing import Final

NGRAM_TOKENS: Final = 16
"""Long enough that what recurs in tables, JSON and code is broken up by what differs."""

EARLIER_TIMES: Final = 3
"""A passage counts as circling when it stood there this often before: a draft and a copy of it,
or two, are no circle."""

WINDOW_TOKENS: Final = 400
"""How much must circle without a break before it is believed."""

SHARE: Final = 0.97
"""Of the window; what is left forgives a slip of the model in a long circle."""


class LoopDetector:
    """Watches tokens for repeated n-grams; about a microsecond and one entry per token.

    A circle is noticed `WINDOW_TOKENS` after its passage came up for the fourth time.  Lists,
    tables, JSON and code stay below, since their constant parts are shorter than the n-gram or
    do not fill the window (tests/engine/test_loop_detector.py measures both kinds).
    Ollama#12606 and #12741 describe the loops of this model at high effort.
    """

    def __init__(self) -> None:
        self._last: deque[int] = deque(maxlen=NGRAM_TOKENS)
        self._times: dict[int, int] = {}
        self._window: deque[bool] = deque(maxlen=WINDOW_TOKENS)
        self._circling = 0

    @property
    def is_looping(self) -> bool:
        """The tokens go round in circles."""
        return self._circling >= SHARE * WINDOW_TOKENS

    def take(self, token: int) -> None:
        """Take one more token."""
        self._last.append(token)
        if len(self._last) < NGRAM_TOKENS:
            return
        ngram = hash(tuple(self._last))
        times = self._times.get(ngram, 0)
        self._times[ngram] = times + 1
        is_old = times >= EARLIER_TIMES
        if len(self._window) == WINDOW_TOKENS:
            self._circling -= self._window[0]
        self._window.append(is_old)
        self._circling += is_old
