"""Loads the backends of a native folder: one for the GPU, one for the CPU, and RPC.

A build with its backends linked in has nothing to load, and none of this is called for it.
Otherwise each backend is a file: one whose driver is missing, or that is for another CPU, is
left out with a reason, and the rest works.  ggml could do this by itself
(`ggml_backend_load_all_from_path`), but in a release build it does not say why a backend was
left out, and it would load the Vulkan backend beside the CUDA one for the same card.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol

from engine.llama import backend_files, binding
from engine.llama.backend_files import LoadedBackend
from engine.llama.variants import Backend, BackendState, module_misfit, module_name

GPU_VARIABLE: Final = "SOTTO_GPU"
"""`none`, or the GPU backends that may be used, e.g. `vulkan`."""

CPU_VARIABLE: Final = "SOTTO_CPU"
"""The CPU backend to use, e.g. `haswell`, where the automatic choice is wrong."""

_LOGGER: Final = logging.getLogger(__name__)

# The first that finds a device is used: the same card must not be counted twice.
_GPU_BACKENDS: Final = ("cuda13", "cuda12", "cuda", "metal", "vulkan")
_CPU: Final = "cpu"
# Only on request.  Its AMX instructions ended the process with SIGILL in a virtual machine whose
# system grants them (llama.cpp 0c1e570, `tileloadd`); gpt-oss' MXFP4 weights gain nothing by them.
_ON_REQUEST: Final = {"cpu-sapphirerapids": "its AMX instructions fail in some virtual machines"}
_RPC: Final = "rpc"


class BackendDoor(Protocol):
    """What loading needs from ggml and the system's loader; `engine.llama.backend_files` has it."""

    def why_not(self, path: Path) -> str:
        """Load the file alone; "" or the system's reason why it does not load."""

    def score(self, path: Path) -> int:
        """How well a CPU backend fits this CPU; 0: not at all."""

    def register(self, path: Path) -> LoadedBackend:
        """Make the backend's devices known to ggml."""


_lock = threading.Lock()
_loaded: list[tuple[Backend, ...]] = []


def load_once() -> tuple[Backend, ...]:
    """Load the backends of the folder in use; quick when that was done.  Any thread.

    Returns:
        What became of each; empty where the backends are linked in.
    """
    with _lock:
        if not _loaded:
            folder = binding.NATIVE.folder
            has_files = folder is not None and backend_files.backend_count() == 0
            found = load_all(folder, backend_files, os.environ) if folder and has_files else ()
            _loaded.append(found)
            for one in found:
                _LOGGER.info("backend %s: %s %s", one.name, one.state.value, one.why)
        return _loaded[0]


def load_all(folder: Path, door: BackendDoor, environ: Mapping[str, str]) -> tuple[Backend, ...]:
    """Load what fits: the first GPU backend with a device, RPC, and the best for the CPU.

    Args:
        folder: where the files are.
        door: loads them.
        environ: where the user's own choice may be.
    """
    gpus = _gpu_backends(folder, door, environ.get(GPU_VARIABLE, ""))
    path = folder / module_name(f"ggml-{_RPC}")
    rpc = [_registered(_RPC, path, door, needs_device=False)] if path.is_file() else []
    return (*gpus, *rpc, *_cpu_backends(folder, door, environ.get(CPU_VARIABLE, "")))


def _gpu_backends(folder: Path, door: BackendDoor, wanted: str) -> Iterable[Backend]:
    allowed = {name.strip() for name in wanted.lower().split(",") if name.strip()}
    found: list[Backend] = []
    used = ""
    for name in _GPU_BACKENDS:
        path = folder / module_name(f"ggml-{name}")
        if not path.is_file():
            continue
        if allowed and not allowed & {name, name.rstrip("0123456789")}:
            found.append(Backend(name, BackendState.NOT_NEEDED, f"{GPU_VARIABLE}={wanted}"))
        elif used:
            found.append(Backend(name, BackendState.NOT_NEEDED, f"{used} is in use"))
        elif why := module_misfit(folder, name):
            found.append(Backend(name, BackendState.NOT_USABLE, why))
        else:
            found.append(_registered(name, path, door, needs_device=True))
            used = name if found[-1].state is BackendState.IN_USE else ""
    return found


def _registered(name: str, path: Path, door: BackendDoor, *, needs_device: bool) -> Backend:
    if why := door.why_not(path):
        return Backend(name, BackendState.NOT_USABLE, why)
    loaded = door.register(path)
    if not loaded.name:
        why = f"it does not start ({loaded.said})" if loaded.said else "it does not start"
        return Backend(name, BackendState.NOT_USABLE, why)
    if needs_device and not loaded.devices:
        why = f"it finds no device ({loaded.said})" if loaded.said else "it finds no device"
        return Backend(name, BackendState.NOT_USABLE, why)
    return Backend(name, BackendState.IN_USE)


def _cpu_backends(folder: Path, door: BackendDoor, wanted: str) -> list[Backend]:
    """The CPU backends, best first; the first that loads is used."""
    scored = sorted(
        ((_score(path, door), name) for name, path in _cpu_files(folder).items()), reverse=True
    )
    found: list[Backend] = []
    used = ""
    for score, name in scored:
        is_wanted = name == f"{_CPU}-{wanted}" or not (wanted or name in _ON_REQUEST)
        if not score:
            found.append(Backend(name, BackendState.NOT_USABLE, "this CPU lacks its instructions"))
        elif used or not is_wanted:
            why = f"{used} is in use" if used else f"{CPU_VARIABLE}={wanted}"
            if not wanted and name in _ON_REQUEST:
                why = _ON_REQUEST[name]
            found.append(Backend(name, BackendState.NOT_NEEDED, why))
        else:
            path = _cpu_files(folder)[name]
            found.append(_registered(name, path, door, needs_device=True))
            used = name if found[-1].state is BackendState.IN_USE else ""
    if wanted and not used:
        return _cpu_backends(folder, door, "")
    return found


def _score(path: Path, door: BackendDoor) -> int:
    return 0 if door.why_not(path) else door.score(path)


def _cpu_files(folder: Path) -> dict[str, Path]:
    plain = module_name(f"ggml-{_CPU}")
    start, ending = plain.rsplit(".", 1)
    paths = (*folder.glob(f"{start}-*.{ending}"), folder / plain)
    begin = len(start) - len(_CPU)
    return {path.stem[begin:]: path for path in paths if path.is_file()}
