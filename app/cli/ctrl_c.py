"""What Ctrl-C does to a command: once it is asked to end in order, twice it ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c(first: Callable[[], None]) -> Iterator[None]:
    """Within this, the first Ctrl-C calls `first`, a second one raises KeyboardInterrupt.

    The first one is no exception: that could strike in the middle of a change, or where Python
    swallows it.  On another thread than the main one nothing changes: only that has signals.

    Args:
        first: called between two bytecodes of the main thread, so it may post and set, no more.
    """
    is_pressed = False

    def interrupted(*_: object) -> None:
        nonlocal is_pressed
        if is_pressed:
            raise KeyboardInterrupt
        is_pressed = True
        first()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
