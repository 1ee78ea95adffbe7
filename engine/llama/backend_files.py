"""The only door to ggml's loading of backends from files, one at a time.

What is loaded and what is left out is decided in `engine.llama.backends`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.llama.binding import ggml_library, ggml_registry

_TROUBLES: Final = (3, 4)  # ggml.h, GGML_LOG_LEVEL_WARN and _ERROR


@dataclass(frozen=True, slots=True)
class LoadedBackend:
    """What a backend's file turned out to be.

    Attributes:
        name: the backend's own name, e.g. `CUDA`; "" when it did not start.
        devices: how many it brings.
        said: what ggml logged of it as a warning or error, in one line.
    """

    name: str
    devices: int
    said: str


def backend_count() -> int:
    """Backends ggml has: those linked in, and those loaded so far."""
    registry = ggml_registry()
    registry.ggml_backend_reg_count.restype = ctypes.c_size_t
    return int(registry.ggml_backend_reg_count())


def why_not(path: Path) -> str:
    """Load a backend's file alone; "" or the system's reason why it does not load."""
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return str(error)
    return ""


def score(path: Path) -> int:
    """How well a CPU backend fits this CPU; 0: not at all (ggml-backend-impl.h)."""
    library = ctypes.CDLL(str(path))
    try:
        function = library.ggml_backend_score
    except AttributeError:  # built for one CPU: it says nothing and is taken at its word
        return 1
    function.restype = ctypes.c_int
    return int(function())


def register(path: Path) -> LoadedBackend:
    """Load a backend and make its devices known; where it fails, the rest goes on."""
    library, registry = ggml_library(), ggml_registry()
    registry.ggml_backend_load.argtypes = [ctypes.c_char_p]
    registry.ggml_backend_load.restype = ctypes.c_void_p
    library.ggml_backend_reg_name.argtypes = [ctypes.c_void_p]
    library.ggml_backend_reg_name.restype = ctypes.c_char_p
    library.ggml_backend_reg_dev_count.argtypes = [ctypes.c_void_p]
    library.ggml_backend_reg_dev_count.restype = ctypes.c_size_t
    with _heard() as troubles:
        backend = registry.ggml_backend_load(str(path).encode("utf-8"))
    said = "; ".join(troubles)
    if not backend:
        return LoadedBackend("", 0, said)
    name = library.ggml_backend_reg_name(backend).decode("utf-8", "replace")
    return LoadedBackend(name, int(library.ggml_backend_reg_dev_count(backend)), said)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Collect ggml's warnings and errors in place of whoever receives its log; process-wide."""
    library = ggml_library()
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    library.ggml_log_set.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.ggml_log_set.restype = None
    library.ggml_log_get.restype = None
    before, data = ctypes.c_void_p(), ctypes.c_void_p()
    library.ggml_log_get(ctypes.byref(before), ctypes.byref(data))
    heard: list[str] = []

    def receive(level: int, text: bytes | None, _data: int | None) -> None:
        if level in _TROUBLES and text:
            heard.append(text.decode("utf-8", "replace").strip())

    kept = prototype(receive)
    library.ggml_log_set(ctypes.cast(kept, ctypes.c_void_p), None)
    try:
        yield heard
    finally:
        library.ggml_log_set(before, data)
