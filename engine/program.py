"""This very program, started once more.

In a clone Python runs one of its modules.  A package has no Python that could: its one program
is told by a flag what to be, and `ui.entry` knows the flags.
"""

from __future__ import annotations

import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1]
"""The folder that holds the packages `engine`, `app` and `ui`; in a frozen program they are in an
archive, and only `resources/` and `native/` lie there."""


def is_frozen() -> bool:
    """Whether this is a program of a package, made by PyInstaller."""
    return bool(getattr(sys, "frozen", False))


def again(flag: str, module: str) -> tuple[str, ...]:
    """The command that starts this program in another part.

    Args:
        flag: what `ui.entry` knows it by, e.g. `--probe`.
        module: what is run in a clone, e.g. `engine.probe_process`; it needs `SOURCES` in
            PYTHONPATH, which a frozen program ignores.
    """
    return (sys.executable, flag) if is_frozen() else (sys.executable, "-m", module)


def places() -> tuple[Path, ...]:
    """Folders that a process of this program must be able to read, besides the system's."""
    if is_frozen():
        return (Path(sys.executable).resolve().parent,)
    return tuple(dict.fromkeys((Path(sys.base_prefix), Path(sys.prefix))))
