"""The only door to ggml itself: devices, version, RPC and the hook for its last words.

ggml's functions are found through libllama (`engine.llama.binding.ggml_library`); nothing here
knows of models or contexts.

Other machines' devices (`worker_devices`) are never registered with ggml
(`ggml_backend_register`): every later look at the list of devices would connect to each worker
that was ever used, and ggml ends the process when one is gone (ggml-rpc.cpp,
`rpc_dispatcher::start`).  They are handed to llama.cpp by their pointers, for one load.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NewType

from engine.errors import EngineError
from engine.llama.binding import ggml_library, ggml_registry

DevicePointer = NewType("DevicePointer", int)

CPU: Final = 0
GPU: Final = 1
INTEGRATED_GPU: Final = 2
"""Kinds of devices (ggml-backend.h, enum ggml_backend_dev_type)."""

_SIZE_POINTER: Final = ctypes.POINTER(ctypes.c_size_t)

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
        kind: 0 CPU, 1 GPU, 2 integrated GPU, 3 accelerator (ggml-backend.h).  Whatever a worker
            lends counts as a GPU there.
        pointer: ggml's own name for it, valid as long as the process.
        worker: address of the machine that lends it; "" for this machine's own.
    """

    name: str
    description: str
    kind: int
    free_bytes: int
    total_bytes: int
    pointer: DevicePointer = DevicePointer(0)
    worker: str = ""


def device_rows(workers: Sequence[str] = ()) -> list[DeviceRow]:
    """The devices ggml can use, with their memory as of now.

    Args:
        workers: addresses of workers that answered just now (`worker_devices`); theirs come
            first, as llama.cpp orders them (llama.cpp, `llama_prepare_model_devices`: the last
            layers stay near, so that less goes over the network).
    """
    rows = [_row(pointer, worker) for worker in workers for pointer in worker_devices(worker)]
    return rows + [_row(pointer) for pointer in _local_devices()]


def worker_devices(address: str) -> tuple[DevicePointer, ...]:
    """The devices a worker lends; connects to it the first time.

    ggml ends the process when nobody answers there or speaks another version, so the worker
    must have been tried just before (`app.workers`).  ggml never asks again how many devices
    there are.

    Args:
        address: `host:port` of a worker; IPv4 or a name (transport.cpp has AF_INET alone).

    Raises:
        EngineError: this build has no RPC, or the worker lends nothing.
    """
    if ":" not in address:
        raise ValueError("an address is host:port")
    add_server = _rpc_function("ggml_backend_rpc_add_server", ctypes.c_void_p, ctypes.c_char_p)
    registry = add_server(address.encode("ascii"))
    if not registry:
        raise EngineError(
            "The worker {worker} has no memory to lend.",
            "Load the model without it.",
            fields={"worker": address},
        )
    library = ggml_library()
    library.ggml_backend_reg_dev_count.argtypes = [ctypes.c_void_p]
    library.ggml_backend_reg_dev_count.restype = ctypes.c_size_t
    library.ggml_backend_reg_dev_get.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library.ggml_backend_reg_dev_get.restype = ctypes.c_void_p
    return tuple(
        DevicePointer(library.ggml_backend_reg_dev_get(registry, index))
        for index in range(library.ggml_backend_reg_dev_count(registry))
    )


def has_rpc() -> bool:
    """Whether this build can lend to and borrow from other machines."""
    return _rpc_registry() is not None


def serve_rpc(
    address: str, devices: Sequence[DevicePointer], threads: int, cache: Path | None
) -> None:
    """Lend devices to whoever connects, one at a time, for ever.

    Returns only when it cannot listen there.  Writes what it does to C's standard output.  A
    client that sends nonsense makes ggml give up (GGML_ASSERT in ggml-rpc.cpp).

    Args:
        address: `host:port` to listen on; the host is an IPv4 address.
        devices: what to lend, at least one.
        threads: CPU threads for a CPU device.
        cache: a folder in which large tensors are kept, so that the next load of the same
            model need not send them again; None keeps nothing.

    Raises:
        EngineError: this build has no RPC.
    """
    pointers = (ctypes.c_void_p * len(devices))(*devices)
    start_server = _rpc_function(
        "ggml_backend_rpc_start_server",
        None,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_size_t,
        ctypes.c_void_p,
    )
    folder = None if cache is None else os.fsencode(cache)
    start_server(address.encode("ascii"), folder, threads, len(devices), pointers)


def _rpc_registry() -> int | None:
    by_name = ggml_registry().ggml_backend_reg_by_name
    by_name.argtypes = [ctypes.c_char_p]
    by_name.restype = ctypes.c_void_p
    found = by_name(b"RPC")
    return int(found) if found else None


def _rpc_function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of the RPC backend, found as ggml's own tools do: it may be linked or loaded.

    Raises:
        EngineError: this build has no RPC.
    """
    registry = _rpc_registry()
    find = ggml_library().ggml_backend_reg_get_proc_address
    find.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    find.restype = ctypes.c_void_p
    address = find(registry, name.encode()) if registry else None
    if not address:
        raise EngineError(
            "This installation of Sotto cannot work together with other machines.",
            "Its llama.cpp was built without RPC. Set Sotto up again.",
        )
    return ctypes.CFUNCTYPE(result, *arguments)(address)


def _local_devices() -> list[DevicePointer]:
    registry = ggml_registry()
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    return [
        DevicePointer(registry.ggml_backend_dev_get(index))
        for index in range(registry.ggml_backend_dev_count())
    ]


def _row(device: DevicePointer, worker: str = "") -> DeviceRow:
    library = ggml_library()
    for name in ("ggml_backend_dev_name", "ggml_backend_dev_description"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = ctypes.c_char_p
    library.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    library.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, _SIZE_POINTER, _SIZE_POINTER]
    library.ggml_backend_dev_memory.restype = None
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    library.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
    return DeviceRow(
        name=library.ggml_backend_dev_name(device).decode("utf-8", "replace"),
        description=library.ggml_backend_dev_description(device).decode("utf-8", "replace"),
        kind=int(library.ggml_backend_dev_type(device)),
        free_bytes=free.value,
        total_bytes=total.value,
        pointer=device,
        worker=worker,
    )
