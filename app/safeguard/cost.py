"""About how long a check takes on this machine, from what turns took.  Pure."""

from __future__ import annotations

from typing import Final

from engine.events import Usage

_BYTES_PER_TOKEN: Final = 4
"""Of UTF-8 text, English and Korean alike, within a quarter."""

_FRAME_TOKENS: Final = 350
"""The task, the form of the verdict and a text of about 150 words."""

_WRITTEN_TOKENS: Final = 100
"""Thoughts at low effort and the verdict."""

_LEAST_READ_TOKENS: Final = 48
"""A shorter prompt says little about the speed of reading."""


def seconds_per_check(policy: str, usage: Usage | None) -> float | None:
    """About how many seconds one check takes; None while nothing tells.

    Args:
        policy: all of it is read each time.
        usage: what a turn took.
    """
    if usage is None or usage.read_tokens < _LEAST_READ_TOKENS or usage.read_seconds <= 0:
        return None
    if usage.tokens_per_second <= 0:
        return None
    tokens = _FRAME_TOKENS + len(policy.encode()) / _BYTES_PER_TOKEN
    reading = tokens * usage.read_seconds / usage.read_tokens
    return reading + _WRITTEN_TOKENS / usage.tokens_per_second
