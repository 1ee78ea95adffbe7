"""A memory plan and what may be chosen of it, as values.  No llama.cpp, no I/O, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.hardware import Device


class CacheType(StrEnum):
    """How keys and values are kept.

    Both always alike: CUDA has no attention kernel for mixed ones (engine.md 1.1).
    """

    F16 = "f16"
    Q8_0 = "q8_0"


class Part(StrEnum):
    """What a device's memory is taken by."""

    WEIGHTS = "weights"
    EXPERTS = "experts"
    CACHE = "cache"
    COMPUTE = "compute"
    RESERVE = "reserve"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for people.

    Attributes:
        title: plain English, also the key of its translation; may hold `{placeholders}`.
        fields: values for the placeholders.
    """

    title: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in English."""
        return self.title.format(**self.fields)


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the user decides; everything else is the planner's.

    Attributes:
        context_tokens: size of the KV cache; 0 is the planner's.
        ubatch_tokens: micro-batch, the most tokens evaluated between two looks at Stop; 0 is
            the planner's.
        gpu_layers: transformer blocks on GPUs, counted from the last one; -1 is the planner's.
            With any, the output matrix is on a GPU as well.
        cpu_expert_layers: blocks, counted from the first one, whose experts stay in main
            memory; -1 is the planner's.  Blocks that are not on a GPU are among them.
        cache_type: None is the planner's.
        threads: CPU threads; 0 is the planner's.
        devices: names of the GPUs to use, in this order, whether needed or not; None leaves
            it to the planner, which takes as few as it can.
        slots: how many blocks each of `devices` computes, in order, the output matrix counted
            as the last one; None is the planner's.
    """

    context_tokens: int = 0
    ubatch_tokens: int = 0
    gpu_layers: int = -1
    cpu_expert_layers: int = -1
    cache_type: CacheType | None = None
    threads: int = 0
    devices: tuple[str, ...] | None = None
    slots: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """What one device holds.

    Attributes:
        device: the device; for main memory, the CPU with what is free for programs.
        blocks: transformer blocks computed on it.
        expert_blocks: blocks whose experts it holds.
        has_output: whether the output matrix is on it.
        weights_bytes: weights other than experts.
        experts_bytes: expert weights.
        cache_bytes: the KV cache, base and window.
        compute_bytes: buffers for the steps of the computation.
        reserve_bytes: left alone, for the driver and for other programs.
    """

    device: Device
    blocks: int
    expert_blocks: int
    has_output: bool
    weights_bytes: int
    experts_bytes: int
    cache_bytes: int
    compute_bytes: int
    reserve_bytes: int

    @property
    def used_bytes(self) -> int:
        """What llama.cpp will take."""
        return self.weights_bytes + self.experts_bytes + self.cache_bytes + self.compute_bytes

    @property
    def missing_bytes(self) -> int:
        """What the device is short of, the reserve counted; 0 when everything fits."""
        return max(0, self.used_bytes + self.reserve_bytes - self.device.free_bytes)

    @property
    def left_bytes(self) -> int:
        """What stays free beyond the reserve."""
        return max(0, self.device.free_bytes - self.used_bytes - self.reserve_bytes)

    @property
    def segments(self) -> tuple[tuple[Part, int], ...]:
        """The parts of a bar, from its start to its end, in bytes; empty parts are left out."""
        parts = (
            (Part.WEIGHTS, self.weights_bytes),
            (Part.EXPERTS, self.experts_bytes),
            (Part.CACHE, self.cache_bytes),
            (Part.COMPUTE, self.compute_bytes),
            (Part.RESERVE, self.reserve_bytes),
            (Part.FREE, self.left_bytes),
        )
        return tuple((part, size) for part, size in parts if size > 0)


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Where a model's parts go.

    Attributes:
        context_tokens: size of the KV cache.
        ubatch_tokens: micro-batch.
        gpu_layers: transformer blocks on GPUs, the last ones of the model.
        cpu_expert_layers: blocks, the first ones, whose experts stay in main memory.
        cache_type: how keys and values are kept.
        threads: CPU threads.
        devices: one entry for each GPU in use, in the order of the blocks, then main memory.
        explanation: the plan in one sentence.
        shortages: one sentence for each device that is short of memory; empty when it fits.
    """

    context_tokens: int
    ubatch_tokens: int
    gpu_layers: int
    cpu_expert_layers: int
    cache_type: CacheType
    threads: int
    devices: tuple[DevicePlan, ...]
    explanation: Sentence
    shortages: tuple[Sentence, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether no device is short of memory."""
        return not self.shortages

    @property
    def gpus(self) -> tuple[DevicePlan, ...]:
        """The GPUs in use, those of other machines among them."""
        return tuple(one for one in self.devices if one.device.is_gpu)

    @property
    def slots(self) -> tuple[int, ...]:
        """How many blocks each GPU computes; the output matrix counts as one more."""
        return tuple(one.blocks + int(one.has_output) for one in self.gpus)

    @property
    def main(self) -> DevicePlan:
        """Main memory."""
        return self.devices[-1]

    @property
    def device_label(self) -> str:
        """Name of the device that computes most blocks, "CPU" for the processor."""
        most = max(self.devices, key=lambda one: one.blocks)
        return most.device.label if most.device.is_gpu else "CPU"
