"""What the machine offers to llama.cpp: devices, their memory, and the build.  Any thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from engine.errors import EngineError
from engine.hardware import Device, DeviceKind, Hardware
from engine.llama import backends, binding, ggml
from engine.llama.variants import NativeFacts

_KINDS = {
    0: DeviceKind.CPU,
    1: DeviceKind.GPU,
    2: DeviceKind.INTEGRATED_GPU,
    3: DeviceKind.ACCELERATOR,
}  # ggml-backend.h, enum ggml_backend_dev_type


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """Which llama.cpp this is.

    Attributes:
        ggml_version: version and commit of ggml.
        features: instruction sets and options it was built with and found.
    """

    ggml_version: str
    features: str


def devices(workers: Sequence[str] = ()) -> tuple[Device, ...]:
    """Every device, with its memory as of now; loads the backends first where that is due.

    Args:
        workers: addresses of workers that answered just now; theirs come first.

    Raises:
        EngineError: a worker lends nothing, or this build has no RPC.
    """
    backends.load_once()
    return tuple(
        Device(
            name=row.name,
            description=row.description,
            kind=_KINDS.get(row.kind, DeviceKind.ACCELERATOR),
            free_bytes=row.free_bytes,
            total_bytes=row.total_bytes,
        )
        for row in ggml.device_rows(workers)
    )


def pointers(names: Sequence[str], workers: Sequence[str]) -> tuple[ggml.DevicePointer, ...]:
    """What ggml itself calls the devices of these names, in their order.

    Args:
        names: names of devices, as `devices` gave them.
        workers: as then.

    Raises:
        EngineError: one of them is gone.
    """
    backends.load_once()
    known = {row.name: row.pointer for row in ggml.device_rows(workers)} if names else {}
    missing = [name for name in names if name not in known]
    if missing:
        raise EngineError(
            "The device {name} is not there any more.",
            "Load the model again.",
            fields={"name": missing[0]},
        )
    return tuple(known[name] for name in names)


def lendable(names: Sequence[str]) -> tuple[ggml.DeviceRow, ...]:
    """What this machine can lend: the devices of these names, else its GPUs, else its CPU.

    Raises:
        EngineError: there is no device of a name.
    """
    backends.load_once()
    binding.start_backend()
    rows = {row.name.lower(): row for row in ggml.device_rows()}
    missing = [name for name in names if name.lower() not in rows]
    if missing:
        raise EngineError(
            "There is no device called {name} here.",
            "The devices here are: {devices}.",
            fields={"name": missing[0], "devices": ", ".join(row.name for row in rows.values())},
        )
    if names:
        return tuple(rows[name.lower()] for name in names)
    gpus = [row for row in rows.values() if row.kind in (ggml.GPU, ggml.INTEGRATED_GPU)]
    return tuple(gpus or [row for row in rows.values() if row.kind == ggml.CPU])


def build_facts() -> BuildFacts:
    """Version and features of the native library; loads the backends first where that is due."""
    backends.load_once()
    return BuildFacts(ggml.library_version(), binding.system_info())


def hardware(workers: Sequence[str] = ()) -> Hardware:
    """What there is to plan with, as of now.

    Args:
        workers: addresses of workers that answered just now.

    Raises:
        EngineError: a worker lends nothing, or this build has no RPC.
    """
    memory = psutil.virtual_memory()
    found = devices(workers)
    return Hardware(found, int(memory.available), int(memory.total), physical_cores())


def physical_cores() -> int:
    """CPU cores that may be used; hyper-threads only get in each other's way (engine.md 2.6)."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return max(1, min(cores, allowed))


def native_facts() -> NativeFacts:
    """Where llama.cpp comes from; loads the backends first where that is due."""
    return NativeFacts(binding.NATIVE, backends.load_once())
