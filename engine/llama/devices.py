"""What the machine offers to llama.cpp: devices, their memory, and the build.  Any thread."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

from engine.hardware import Device, DeviceKind, Hardware
from engine.llama import binding, ggml

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


def devices() -> tuple[Device, ...]:
    """Every device, with its memory as of now."""
    return tuple(
        Device(
            name=row.name,
            description=row.description,
            kind=_KINDS.get(row.kind, DeviceKind.ACCELERATOR),
            free_bytes=row.free_bytes,
            total_bytes=row.total_bytes,
        )
        for row in ggml.device_rows()
    )


def build_facts() -> BuildFacts:
    """Version and features of the native library."""
    return BuildFacts(ggml.library_version(), binding.system_info())


def hardware() -> Hardware:
    """What there is to plan with, as of now."""
    memory = psutil.virtual_memory()
    return Hardware(devices(), int(memory.available), int(memory.total), physical_cores())


def physical_cores() -> int:
    """CPU cores that may be used; hyper-threads only get in each other's way (engine.md 2.6)."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return max(1, min(cores, allowed))


def main_device_name(gpu_layers: int) -> str:
    """Name of the device that runs most layers when `gpu_layers` are put on a GPU."""
    if gpu_layers != 0:
        for device in devices():
            if device.is_gpu:
                return device.description or device.name
    return "CPU"
