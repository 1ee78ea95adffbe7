"""The only door to ggml itself: devices, version and the hook for its last words.

ggml's functions are found through libllama (`engine.llama.binding.ggml_library`); nothing here
knows of models or contexts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from engine.llama.binding import ggml_library

# Callbacks that C keeps must not be collected.
_kept_callbacks: Final[dict[str, Any]] = {}


def library_version() -> str:
    """Version and commit of ggml as built, e.g. `0.25.3 (0c1e570)`."""
    library = ggml_library()
    texts = []
    for name in ("ggml_version", "ggml_commit"):
        function = getattr(library, name)
        function.restype = ctypes.c_char_p
        texts.append((function() or b"?").decode("utf-8", "replace"))
    return f"{texts[0]} ({texts[1]})"


def set_abort_hook(hook: Callable[[str], None]) -> None:
    """Call `hook` in place of ending the process when ggml gives up; process-wide.

    The hook runs on the thread that failed and must never return: ggml calls `abort()` when
    it does (ggml/src/ggml.c, ggml_abort).
    """
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_char_p)

    def receive(message: bytes | None) -> None:
        hook((message or b"").decode("utf-8", "replace"))

    kept = prototype(receive)
    function = ggml_library().ggml_set_abort_callback
    function.argtypes = [prototype]
    function.restype = ctypes.c_void_p
    function(kept)
    _kept_callbacks["abort"] = kept


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One backend device.

    Attributes:
        kind: 0 CPU, 1 GPU, 2 integrated GPU, 3 accelerator (ggml-backend.h).
    """

    name: str
    description: str
    kind: int
    free_bytes: int
    total_bytes: int


def device_rows() -> list[DeviceRow]:
    """The devices ggml can use, with their memory as of now."""
    library = ggml_library()
    library.ggml_backend_dev_count.restype = ctypes.c_size_t
    library.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    library.ggml_backend_dev_get.restype = ctypes.c_void_p
    for name in ("ggml_backend_dev_name", "ggml_backend_dev_description"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = ctypes.c_char_p
    library.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    size_pointer = ctypes.POINTER(ctypes.c_size_t)
    library.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size_pointer, size_pointer]
    library.ggml_backend_dev_memory.restype = None
    rows = []
    for index in range(library.ggml_backend_dev_count()):
        device = library.ggml_backend_dev_get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        library.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        rows.append(
            DeviceRow(
                name=library.ggml_backend_dev_name(device).decode("utf-8", "replace"),
                description=library.ggml_backend_dev_description(device).decode("utf-8", "replace"),
                kind=int(library.ggml_backend_dev_type(device)),
                free_bytes=free.value,
                total_bytes=total.value,
            )
        )
    return rows
