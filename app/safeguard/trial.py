"""A text that nobody sends, held against a policy that may not be in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.safeguard.checking import Checking
from app.safeguard.policy_check import PolicyCheck
from app.safeguard.policy_text import PolicyError, read_policy
from app.safeguard.values import UNDECIDED, Verdict
from app.side_desk import SideDesk

_PURPOSE: Final = "A message that a person sends to an assistant."


class PolicyTrial:
    """One trial at a time; a new one ends the one before.  Confined to the desk's thread.

    Args:
        sides: asks the model.
        clock_ms: Unix time in milliseconds.
    """

    def __init__(self, sides: SideDesk, clock_ms: Callable[[], int]) -> None:
        self._sides = sides
        self._clock_ms = clock_ms
        self._running: Checking | None = None

    def begin(self, policy: str, text: str, on_verdict: Callable[[Verdict], None]) -> None:
        """Have a text judged; `on_verdict` follows, unless another trial is begun before."""
        if self._running is not None:
            self._running.drop()
        try:
            read = read_policy(policy, _PURPOSE)
        except PolicyError:
            on_verdict(UNDECIDED)
            return
        today = datetime.fromtimestamp(self._clock_ms() / 1000).astimezone().date().isoformat()
        self._running = Checking(
            PolicyCheck(read, today),
            text,
            self._sides,
            is_urgent=True,
            on_verdict=on_verdict,
            on_gave_way=lambda: on_verdict(UNDECIDED),
        )
        self._running.begin()
