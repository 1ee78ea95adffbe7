"""Landlock: which files a process may touch.  Runs inside the box: standard library only.

Numbers and meanings are from Linux' include/uapi/linux/landlock.h and
Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Sequence
from typing import Final

NEEDED_ABI: Final = 3
"""Before Linux 6.2 a file could be emptied by its name, whatever Landlock said."""

SIGNALS_ABI: Final = 6
"""From Linux 6.12 on signals and abstract sockets can be kept inside."""

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_RIGHTS: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_NO_NEW_PRIVS: Final = 38
# Up to ABI 3: EXECUTE to TRUNCATE.  MAKE_CHAR and MAKE_BLOCK are never given.
_KNOWN: Final = (1 << 15) - 1
_READ: Final = _EXECUTE | _READ_FILE | _READ_DIR
_DEVICES: Final = 1 << 6 | 1 << 11


def abi() -> int:
    """The version of Landlock that the kernel has and has switched on; 0 for none."""
    version = _call(_CREATE, None, 0, _VERSION)
    return max(version, 0)


def restrict(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Leave this thread, and all it starts, nothing but these files and folders, for good.

    Files in them can be read and run; in the writable ones they can also be made and changed.
    Paths that are not there are passed over.

    Raises:
        OSError: the kernel refuses or is too old.
    """
    version = abi()
    if version < NEEDED_ABI:
        raise OSError(f"Landlock {version} is too old")
    handled = _KNOWN | (_IOCTL_DEV if version >= 5 else 0)
    network = 3 if version >= 4 else 0  # binding and connecting by TCP
    scoped = 3 if version >= SIGNALS_ABI else 0  # abstract sockets and signals
    attributes = struct.pack("=QQQ", handled, network, scoped)
    # An older kernel takes the longer form, as long as what it does not know is zero.
    rules = _checked(_CREATE, attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(rules, path, _READ)
        for path in writable:
            _allow(rules, path, handled & ~_DEVICES & ~_IOCTL_DEV)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
        _checked(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _FILE_RIGHTS
        _checked(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _checked(number: int, *arguments: object) -> int:
    result = _call(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(libc.syscall(ctypes.c_long(number), *wide))
