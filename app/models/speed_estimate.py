"""How fast a model will probably answer here, before it ever did.  Pure.

A token cannot come sooner than the bytes it needs from memory; how near programs come to that is
known from published figures (`tests/app/models/test_speed_estimate.py` has them with their
sources).  So this gives a range that holds them, and nothing where a memory's speed is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.words import N_
from engine.gguf import ModelFacts
from engine.memory_plan.costs import Sizes, cache_bytes
from engine.memory_plan.values import DevicePlan, MemoryPlan, Sentence

USUAL_DEPTH: Final = 2_048
"""Tokens of a chat that the estimate is made for: keys and values are read as well."""


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A range, for nobody can know it better.

    Attributes:
        low: tokens per second.
        high: the same.
    """

    low: float
    high: float

    @property
    def sentence(self) -> Sentence:
        """For people, e.g. "About 60 to 90 tokens/s"."""
        fields = {"low": figure(self.low), "high": figure(self.high)}
        if fields["low"] == fields["high"]:
            return Sentence(N_("About {low} tokens/s"), {"low": fields["low"]})
        return Sentence(N_("About {low} to {high} tokens/s"), fields)


@dataclass(frozen=True, slots=True)
class _Pace:
    """What of a memory's speed is used, and what a token takes besides.

    Attributes:
        part: of the bandwidth.
        seconds: for each token: launches, samplers, waiting.
        block_seconds: for each block whose experts another device has: going there and back.
        thread_bytes: most that one thread of a processor works through a second.
    """

    part: float
    seconds: float
    block_seconds: float = 0.0
    thread_bytes: float = 0.0


_CACHED_BYTES: Final = 32 << 20
"""So little stays in a processor's cache from one token to the next: the practice model does."""

_CARD_LOW: Final = _Pace(0.55, 0.0022)
_CARD_HIGH: Final = _Pace(0.90, 0.0011)
_SHARED_LOW: Final = _Pace(0.45, 0.0022)
_MAIN_LOW: Final = _Pace(0.40, 0.0005, 0.0004, 6e9)
_MAIN_HIGH: Final = _Pace(0.95, 0.0001, 0.0001, 18e9)


def speed_estimate(
    facts: ModelFacts,
    plan: MemoryPlan,
    bandwidths: Mapping[str, float],
    depth_tokens: int = USUAL_DEPTH,
) -> SpeedEstimate | None:
    """About how fast; None where a device's memory is of unknown speed.

    Args:
        facts: the model.
        plan: where its parts go.
        bandwidths: bytes a second by the name of the device; "" is main memory
            (`engine.bandwidth`).
        depth_tokens: tokens in the chat.
    """
    low = high = 0.0
    for one in plan.devices:
        size = bytes_per_token(facts, plan, one, depth_tokens)
        if not size:
            continue
        speed = bandwidths.get(one.device.name if one.device.is_gpu else "")
        if speed is None:
            return None
        slow, fast = _paces(one)
        far = plan.cpu_expert_layers if not one.device.is_gpu and plan.gpus else 0
        low += _seconds(size, speed, slow, plan.threads, far)
        high += _seconds(size, speed, fast, plan.threads, far)
    if high <= 0.0:
        return None
    return SpeedEstimate(1.0 / low, 1.0 / high)


def bytes_per_token(facts: ModelFacts, plan: MemoryPlan, one: DevicePlan, depth_tokens: int) -> int:
    """Bytes that a device reads for one token.

    All weights of its blocks but of the experts those that are chosen, keys and values of the
    chat, and of the window's cache all of its cells (engine.md 1.1); of the embedding one row.
    """
    weights = one.weights_bytes - (0 if one.device.is_gpu else facts.weights.embedding)
    experts = one.experts_bytes * facts.geometry.experts_used // max(1, facts.experts)
    depth = max(1, min(depth_tokens, plan.context_tokens))
    sizes = Sizes(depth, plan.ubatch_tokens, plan.cache_type)
    first = _first_block(plan, one)
    return weights + experts + cache_bytes(facts, sizes, first, first + one.blocks)


def _first_block(plan: MemoryPlan, one: DevicePlan) -> int:
    if not one.device.is_gpu:
        return 0
    before = plan.gpus[: plan.gpus.index(one)]
    return plan.main.blocks + sum(gpu.blocks for gpu in before)


def _paces(one: DevicePlan) -> tuple[_Pace, _Pace]:
    if not one.device.is_gpu:
        return _MAIN_LOW, _MAIN_HIGH
    return (_SHARED_LOW if one.device.shares_main_memory else _CARD_LOW), _CARD_HIGH


def _seconds(size: int, speed: float, pace: _Pace, threads: int, far_blocks: int) -> float:
    used = pace.part * speed
    if pace is _MAIN_HIGH and size < _CACHED_BYTES:
        used = threads * pace.thread_bytes
    elif pace.thread_bytes:
        used = min(used, threads * pace.thread_bytes)
    return size / used + pace.seconds + far_blocks * pace.block_seconds


def figure(speed: float) -> str:
    """Two digits, for there are no more to be known: 8.3, 64, 120."""
    if speed < 10:
        return f"{speed:.1f}"
    return f"{round(speed / 10) * 10 if speed >= 100 else round(speed)}"
