"""How long the engine thread waits for something to do before its model rests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Patience:
    """Waits for work, for ever or for some time.  Shares the condition of `engine.inbox.Inbox`.

    Args:
        condition: is notified when there is work.
        clock: seconds; only goes forward.

    Attributes:
        seconds: how long; 0 is for ever.
    """

    def __init__(
        self, condition: threading.Condition, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._condition = condition
        self._clock = clock
        self.seconds = 0.0
        self._has_ended = False

    def set(self, seconds: float) -> None:
        """Wait so long from now on, also where it waits already; 0 is for ever.  Any thread."""
        with self._condition:
            self.seconds = seconds
            self._has_ended = False
            self._condition.notify_all()

    def wait_for(self, is_there: Callable[[], bool]) -> bool:
        """Wait until there is work; False, once, when it did not come in time.

        The condition is held.
        """
        began = self._clock()
        while not is_there():
            left = None
            if self.seconds and not self._has_ended:
                left = began + self.seconds - self._clock()
                if left <= 0:
                    self._has_ended = True
                    return False
            self._condition.wait(left)
        self._has_ended = False
        return True
