"""Python's cyclic garbage collector, held while the program is put together.

A start makes a hundred thousand objects that live to the end: classes, functions, widgets.  The
collector walks them again and again and finds nothing.  Measured on 2026-11-27: 229 collections
of 50 ms in all before the first frame.
"""

from __future__ import annotations

import gc


def hold_collector() -> None:
    """Collect nothing until `release_collector`; what is in no cycle is freed all the same."""
    gc.disable()


def release_collector() -> None:
    """If the collector is held: count what is here as here to stay, and collect from now on.

    What stays is not walked any more, which makes later collections shorter, too.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
