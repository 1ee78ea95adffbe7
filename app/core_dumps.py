"""Keeps the memory of this process out of core files (docs/decisions/019.md)."""

from __future__ import annotations

import sys
from typing import Final

_TOO_SMALL_BYTES: Final = 1
"""Linux writes no core file that small and, of this size alone, hands none to a program such as
systemd-coredump either: with 0 it would (torvalds/linux fs/coredump.c, `limit == 1`)."""


def forbid_core_dumps() -> None:
    """Have no core file written when this process, or one it starts, dies of a fault.

    A core file holds raw thoughts, the key of the history and the chats in plain text, on disk.
    The limit cannot be raised again.  Windows has no such limit.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    limit = _TOO_SMALL_BYTES if most == resource.RLIM_INFINITY else min(_TOO_SMALL_BYTES, most)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
