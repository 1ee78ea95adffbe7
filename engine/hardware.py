"""What a machine has that a model can use, as values.  Knows neither llama.cpp nor how to look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """What a device is."""

    CPU = "cpu"
    GPU = "gpu"
    INTEGRATED_GPU = "integrated_gpu"
    ACCELERATOR = "accelerator"


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

    @property
    def is_remote(self) -> bool:
        """Whether it is another machine's, lent through ggml's RPC backend."""
        return self.name.startswith("RPC")

    @property
    def shares_main_memory(self) -> bool:
        """Whether its memory is the machine's main memory, so that both count once."""
        return self.kind is DeviceKind.INTEGRATED_GPU or self.name.startswith(("Metal", "MTL"))

    @property
    def label(self) -> str:
        """What to call it before people."""
        return self.description or self.name


@dataclass(frozen=True, slots=True)
class Hardware:
    """What there is to plan with, as of one moment.

    Attributes:
        devices: everything llama.cpp can compute on, in its order.
        main_free_bytes: main memory that programs could still get.
        main_total_bytes: all main memory.
        cores: processor cores this process may use; hyper-threads do not count.
    """

    devices: tuple[Device, ...]
    main_free_bytes: int
    main_total_bytes: int
    cores: int
