"""What a process holds, taken again and again, and whether any of it keeps growing."""

from __future__ import annotations

import ctypes
import gc
import statistics
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds between two cycles.

    Attributes:
        memory_bytes: resident, after what is free was given back to the system.
        threads: of the operating system, those of llama.cpp among them.
        thread_names: of Python's.
        files: open descriptors.
        objects: that Python's collector knows.
        latency_seconds: to the first word of the same question.
    """

    memory_bytes: int
    threads: int
    thread_names: tuple[str, ...]
    files: int
    objects: int
    latency_seconds: float


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much more the end may hold than the time after the warm-up.

    Attributes:
        warm_up: part of the samples that is not looked at, 0.0 to 1.0.
        warm_up_cycles: and at least so many; caches and allocators take some rounds to fill.
        memory_bytes: resident memory; allocators and caches breathe.
        files: descriptors; the database's write-ahead log comes and goes.
        objects: of Python's, as a part of all.
        latency: times the first latency; other programs take their share.
    """

    warm_up: float = 0.25
    warm_up_cycles: int = 3
    memory_bytes: int = 16 * MEBIBYTE
    files: int = 2
    objects: float = 0.02
    latency: float = 2.0


def take_sample(latency_seconds: float) -> Sample:
    """Look at this process."""
    gc.collect()
    _give_back()
    process = psutil.Process()
    return Sample(
        int(process.memory_info().rss),
        process.num_threads(),
        thread_names(),
        process.num_fds(),
        len(gc.get_objects()),
        latency_seconds,
    )


def thread_names() -> tuple[str, ...]:
    """Python's threads, in the order of their names."""
    return tuple(sorted(one.name for one in threading.enumerate()))


def verdict(samples: Sequence[Sample], tolerance: Tolerance) -> dict[str, Any]:
    """Whether the process stayed as it was after the warm-up.

    Compares the middle of the first third of what is looked at with that of the last third,
    and gives the slope over all of it.

    Raises:
        ValueError: there are fewer than three samples to look at.
    """
    kept = samples[max(tolerance.warm_up_cycles, int(len(samples) * tolerance.warm_up)) :]
    if len(kept) < 3:
        raise ValueError(f"{len(samples)} samples are too few")
    third = max(1, len(kept) // 3)
    early, late = kept[:third], kept[-third:]
    memory = _middles(early, late, lambda one: one.memory_bytes)
    objects = _middles(early, late, lambda one: one.objects)
    latency = _middles(early, late, lambda one: one.latency_seconds)
    files = _middles(early, late, lambda one: one.files)
    threads = _middles(early, late, lambda one: one.threads)
    checks = {
        "memory is flat": memory[1] - memory[0] <= tolerance.memory_bytes,
        "no thread is left over": (
            threads[1] <= threads[0] and set(kept[-1].thread_names) <= set(kept[0].thread_names)
        ),
        "no file is left open": files[1] - files[0] <= tolerance.files,
        "no objects pile up": objects[1] <= objects[0] * (1 + tolerance.objects),
        "answers come as soon as before": latency[1] <= latency[0] * tolerance.latency,
    }
    return {
        "samples": len(samples),
        "looked_at": len(kept),
        "memory_mib": [round(one / MEBIBYTE, 1) for one in memory],
        "memory_mib_per_cycle": round(_slope([one.memory_bytes for one in kept]) / MEBIBYTE, 4),
        "threads": list(threads),
        "files": list(files),
        "objects": list(objects),
        "latency_ms": [round(one * 1000, 1) for one in latency],
        "tolerance": asdict(tolerance),
        "checks": checks,
    }


def _middles(
    early: Sequence[Sample], late: Sequence[Sample], value: Callable[[Sample], float]
) -> tuple[float, float]:
    return statistics.median(map(value, early)), statistics.median(map(value, late))


def _slope(values: Sequence[float]) -> float:
    """Of the straight line through the values, per step."""
    return statistics.linear_regression(range(len(values)), values).slope


def _give_back() -> None:
    """Have glibc return what is free, or its caches would be taken for what the app holds."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
