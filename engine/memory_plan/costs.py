"""What a way to place a model costs each device, in bytes, before any weight is read.

The rules are llama.cpp's own: who computes which block (llama-model.cpp, load_tensors), how
large the caches are (llama-kv-cache-iswa.cpp), which tensors a step of the computation holds at
its worst moment (models/openai-moe.cpp, llama-graph.cpp and ggml-alloc.c).
`tests/engine/llama/test_plan_against_llama.py` compares them with what llama.cpp reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.gguf import ModelFacts
from engine.hardware import Device
from engine.memory_plan.values import CacheType, DevicePlan

SEQUENCES: Final = 2
"""Sequences of a context, as `engine.llama.binding.SEQUENCES`: the window's cache holds each."""

OUTPUTS: Final = 2
"""Rows of logits of a decode, as `engine.llama.binding.OUTPUTS_MAX`."""

CELLS: Final = 256
"""KV caches are rounded up to so many cells."""

_FLOAT: Final = 4
_HALF: Final = 2
_INPUT_BYTES: Final = 40
"""Of each token: id and position (4 each), four places in the caches (8 each)."""

_BYTES_PER_32: Final = {CacheType.F16: 64, CacheType.Q8_0: 34}
_ROTATION_BYTES: Final = 64 << 10
"""Matrices that turn quantised keys and values (llama-kv-cache.cpp, attn_rot)."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What of the costs a user would choose.

    Attributes:
        context_tokens: size of the KV cache.
        ubatch_tokens: micro-batch.
        cache_type: how keys and values are kept.
    """

    context_tokens: int
    ubatch_tokens: int
    cache_type: CacheType = CacheType.F16

    @property
    def base_cells(self) -> int:
        """Cells of the cache of the blocks that attend to everything."""
        return _rounded(self.context_tokens)

    def window_cells(self, window_tokens: int) -> int:
        """Cells of the cache of the blocks that look back over the sliding window."""
        wanted = window_tokens * SEQUENCES + self.ubatch_tokens
        return _rounded(min(self.base_cells, wanted))

    @property
    def step_tokens(self) -> int:
        """Most tokens of one step."""
        return min(self.ubatch_tokens, self.base_cells)


@dataclass(frozen=True, slots=True)
class Placement:
    """Who computes what.

    Attributes:
        gpu_layers: transformer blocks on GPUs, the last ones.
        cpu_expert_layers: blocks, the first ones, whose experts stay in main memory.
        slots: for each GPU in use, how many blocks it computes, in order; the output matrix
            counts as one more block, the last one.
    """

    gpu_layers: int
    cpu_expert_layers: int
    slots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Share:
    """Blocks `first` to `last` (not included) on one device, seen from that device."""

    first: int
    last: int
    own_experts: int
    far_experts: int
    has_output: bool
    is_first_gpu: bool = False
    is_after_cpu: bool = False


def cost(
    facts: ModelFacts,
    sizes: Sizes,
    placement: Placement,
    gpus: tuple[Device, ...],
    main: Device,
) -> tuple[DevicePlan, ...]:
    """What each GPU holds, and main memory at the end.

    Args:
        facts: the model.
        sizes: context, micro-batch and kind of cache.
        placement: as many slots as there are GPUs.
        gpus: the GPUs in use.
        main: main memory.
    """
    on_cpu = facts.layers - placement.gpu_layers
    plans = []
    first = on_cpu
    for index, (gpu, slots) in enumerate(zip(gpus, placement.slots, strict=True)):
        last = min(first + slots, facts.layers)
        far = max(0, min(last, placement.cpu_expert_layers) - first)
        share = _Share(
            first=first,
            last=last,
            own_experts=last - first - far,
            far_experts=far,
            has_output=index == len(gpus) - 1,
            is_first_gpu=index == 0,
            is_after_cpu=on_cpu > 0,
        )
        compute = _gpu_compute(facts, sizes, share, lends_step=not gpu.is_remote)
        plans.append(_device_plan(facts, sizes, gpu, share, compute))
        first = last
    return (*plans, _main_plan(facts, sizes, placement, main))


def cache_bytes(facts: ModelFacts, sizes: Sizes, first: int, last: int) -> int:
    """Keys and values of blocks `first` to `last` (not included)."""
    geometry = facts.geometry
    width = geometry.kv_heads * (geometry.key_width + geometry.value_width)
    cell = width * _BYTES_PER_32[sizes.cache_type] // 32
    window = sizes.window_cells(facts.sliding_window_tokens)
    full = sum(_attends_to_all(facts, block) for block in range(first, last))
    return cell * (full * sizes.base_cells + (last - first - full) * window)


def reserve_bytes(device: Device) -> int:
    """What is left alone.

    On a GPU half a gibibyte, for the driver's own pools, which grow while it computes
    (engine.md 2.5), and for the desktop; in main memory twice that.  Never more than a
    sixteenth, so that small devices are of use.
    """
    return min((512 << 20) if device.is_gpu else (1 << 30), device.total_bytes // 16)


def _main_plan(facts: ModelFacts, sizes: Sizes, placement: Placement, main: Device) -> DevicePlan:
    on_cpu = facts.layers - placement.gpu_layers
    experts = max(on_cpu, placement.cpu_expert_layers)
    share = _Share(0, on_cpu, experts, 0, has_output=placement.gpu_layers == 0)
    compute = _main_compute(facts, sizes, share)
    return _device_plan(facts, sizes, main, share, compute)


def _device_plan(
    facts: ModelFacts, sizes: Sizes, device: Device, share: _Share, compute_bytes: int
) -> DevicePlan:
    weights = facts.weights
    if device.is_gpu:
        experts = weights.experts[share.last - share.own_experts : share.last]
    else:
        experts = weights.experts[: share.own_experts]
    return DevicePlan(
        device=device,
        blocks=share.last - share.first,
        expert_blocks=share.own_experts,
        has_output=share.has_output,
        weights_bytes=sum(weights.blocks[share.first : share.last])
        + (weights.output if share.has_output else 0)
        + (0 if device.is_gpu else weights.embedding),
        experts_bytes=sum(experts),
        cache_bytes=cache_bytes(facts, sizes, share.first, share.last),
        compute_bytes=compute_bytes,
        reserve_bytes=reserve_bytes(device),
    )


class _Step:
    """Bytes of the tensors that one step over a whole micro-batch holds."""

    def __init__(self, facts: ModelFacts, sizes: Sizes) -> None:
        tokens, geometry = sizes.step_tokens, facts.geometry
        window = sizes.window_cells(facts.sliding_window_tokens)
        self.residual = tokens * _FLOAT * facts.embedding_width
        self.queries = tokens * _FLOAT * geometry.heads * geometry.key_width
        self.keys = tokens * _FLOAT * geometry.kv_heads * geometry.key_width
        # Up, gate and their product; with wide residuals the product and the way down.
        inner = tokens * _FLOAT * geometry.experts_used * geometry.expert_width
        down = geometry.experts_used * self.residual
        self.experts = max(3 * inner, inner + down)
        self.inputs = tokens * (_INPUT_BYTES + _HALF * (sizes.base_cells + window)) + (
            _ROTATION_BYTES if sizes.cache_type is CacheType.Q8_0 else 0
        )
        self.logits = _FLOAT * OUTPUTS * facts.vocabulary_tokens


def _main_compute(facts: ModelFacts, sizes: Sizes, share: _Share) -> int:
    step = _Step(facts, sizes)
    held = 2 * step.residual
    if share.own_experts:
        held = max(held, 2 * step.residual + step.experts)
    if share.last > share.first:
        held = max(held, 3 * step.residual + step.experts + step.queries)
    if share.has_output:
        held = max(held, step.logits)
    return step.inputs + held


def _gpu_compute(facts: ModelFacts, sizes: Sizes, share: _Share, *, lends_step: bool) -> int:
    """The compute buffer of a GPU.

    Args:
        facts: the model.
        sizes: context, micro-batch and kind of cache.
        share: what it computes.
        lends_step: it computes the experts of main memory for large batches, for which each
            matrix is copied to it in turn (ggml-backend.cpp, op_offload).
    """
    step = _Step(facts, sizes)
    own = step.experts if share.own_experts else 0
    if share.first == share.last:
        held = 6 * step.residual if share.is_after_cpu else step.residual
        return max(held, step.logits + (64 << 10))
    if share.far_experts and not share.own_experts:
        is_alone = share.is_first_gpu and not share.is_after_cpu
        held = 6 * step.residual + step.queries + (0 if is_alone else step.queries + step.keys)
    elif share.far_experts:
        held = 6 * step.residual + step.queries + own
    elif share.is_first_gpu and share.is_after_cpu:
        held = 5 * step.residual + own
    elif share.is_first_gpu:
        held = 2 * step.residual + step.queries + own
    else:
        held = 2 * step.residual + own
    if share.far_experts and lends_step:
        held += max(facts.weights.experts) // 3
    return step.inputs + max(held, step.logits if share.has_output else 0)


def _attends_to_all(facts: ModelFacts, block: int) -> bool:
    period = facts.geometry.window_period
    return period > 0 and block % period == period - 1


def _rounded(cells: int) -> int:
    return -(-cells // CELLS) * CELLS
