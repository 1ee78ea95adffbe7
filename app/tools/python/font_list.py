"""Makes matplotlib look for the system's fonts, in a box of its own, before any chat plots."""

from __future__ import annotations

import os
from collections.abc import Sequence

from app.tools.python.layout import FONTS


def main(arguments: Sequence[str], places: dict[str, str]) -> None:
    """Write the list of fonts into the writable mount `FONTS`, then say so.

    Args:
        arguments: the number of a pipe that a byte is written to when it is done.
        places: where `FONTS` is.
    """
    os.environ["MPLCONFIGDIR"] = places[FONTS]
    import matplotlib.font_manager  # noqa: PLC0415, F401 - it looks for fonts when imported

    os.write(int(arguments[0]), b"1")
