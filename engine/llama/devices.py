"""What the machine offers to llama.cpp: devices, their memory, and the build.  Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.llama import binding, ggml


class DeviceKind(StrEnum):
    """What a device is."""

    CPU = "cpu"
    GPU = "gpu"
    INTEGRATED_GPU = "integrated_gpu"
    ACCELERATOR = "accelerator"


_KINDS = {
    0: DeviceKind.CPU,
    1: DeviceKind.GPU,
    2: DeviceKind.INTEGRATED_GPU,
    3: DeviceKind.ACCELERATOR,
}  # ggml-backend.h, enum ggml_backend_dev_type


@dataclass(frozen=True, slots=True)
class Device:
    """A device llama.cpp can compute on.

    Attributes:
        name: backend's short name, e.g. `CUDA0`.
        description: what a person calls it, e.g. `NVIDIA GeForce RTX 5070 Ti`.
        free_bytes: free memory as of now; 0 where the backend cannot tell.
        total_bytes: all its memory; 0 where the backend cannot tell.
    """

    name: str
    description: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int

    @property
    def is_gpu(self) -> bool:
        """Whether layers can be put on it."""
        return self.kind in (DeviceKind.GPU, DeviceKind.INTEGRATED_GPU)


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


def main_device_name(gpu_layers: int) -> str:
    """Name of the device that runs most layers when `gpu_layers` are put on a GPU."""
    if gpu_layers != 0:
        for device in devices():
            if device.is_gpu:
                return device.description or device.name
    return "CPU"
