"""The flag that llama.cpp polls.  Quick to import: llama.cpp itself is not needed for it."""

from __future__ import annotations

import ctypes


class AbortFlag:
    """A flag that ends a running CPU or Metal graph within a few milliseconds.

    llama.cpp polls a C callback between graph nodes.  A Python callback would be called
    about 136 times per token (+6 % to +20 %), so the callback is libc's `strlen` on two
    bytes of ours: "" is 0, go on; one byte set is 1, stop.  GPU backends other than Metal
    do not poll (no `ggml_backend_set_abort_callback` there), so callers also look at the
    flag between decodes.  `set` is safe from any thread.
    """

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = (ctypes.c_uint8 * 4)()

    @property
    def address(self) -> int:
        """Where C finds the flag; valid as long as this object lives."""
        return ctypes.addressof(self._bytes)

    def set(self) -> None:
        """Ask for the end of the running graph."""
        self._bytes[0] = 1

    def clear(self) -> None:
        """Let graphs run again."""
        self._bytes[0] = 0

    def is_set(self) -> bool:
        """Whether the end was asked for."""
        return self._bytes[0] != 0
