"""How many bytes the memories of this machine give a second: asked, looked up or measured."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final

from engine.card_speeds import card_bytes_per_second
from engine.hardware import DeviceKind, Hardware

_LIBRARY: Final = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
_MEMORY_CLOCK: Final = 2  # nvml.h, NVML_CLOCK_MEM
_NAME_BYTES: Final = 96  # nvml.h, NVML_DEVICE_NAME_V2_BUFFER_SIZE
_BUFFER_BYTES: Final = 192 << 20
"""Together for all threads; more than the caches of the usual processors hold.  With half of it a
server's cache was measured: 23 to 50 GB/s where the memory gives 13."""

_LONGEST_SECONDS: Final = 0.08


def bandwidths(hardware: Hardware) -> dict[str, float]:
    """Bytes a second of each device, by its name; devices of which nothing is known are left out.

    Takes about a fifth of a second, in which all cores are busy: not for the UI thread.

    Args:
        hardware: the devices; those of other machines are left out.
    """
    main = main_bytes_per_second(hardware.cores)
    cards = dict(nvidia_cards())
    found: dict[str, float] = {"": main}
    for device in hardware.devices:
        if device.is_remote:
            continue
        known = cards.get(device.description) or card_bytes_per_second(device.description)
        if device.kind is DeviceKind.CPU or (known is None and device.shares_main_memory):
            known = main
        if known is not None:
            found[device.name] = known
    return found


def main_bytes_per_second(threads: int) -> float:
    """Bandwidth of main memory with so many threads: bytes read and bytes written.

    Each copies a part of its own again and again, for less than a tenth of a second in all; the
    best round counts, for others only take time away.
    """
    part = _BUFFER_BYTES // 2 // threads
    # Written once, for pages that were never written are all one and the same.
    pairs = [(bytearray(b"\1") * part, bytearray(b"\2") * part) for _ in range(threads)]
    best, end = 0.0, time.perf_counter() + _LONGEST_SECONDS
    with ThreadPoolExecutor(threads, "bandwidth") as pool:
        while best == 0.0 or time.perf_counter() < end:
            began = time.perf_counter()
            list(pool.map(_copy, pairs))
            best = max(best, 2 * part * threads / (time.perf_counter() - began))
    return best


def nvidia_cards() -> Sequence[tuple[str, float]]:
    """Name and bytes a second of each card, as the driver says: clock times two times width.

    Twice, because each of these memories moves two bits a line in each of the clocks that the
    driver tells (nvml.h, nvmlDeviceGetMaxClockInfo and nvmlDeviceGetMemoryBusWidth); so an
    RTX 4090 with 10,501 MHz and 384 lines gives 1,008 GB/s.
    """
    with suppress(OSError, AttributeError), _library() as library:
        return tuple(_cards(library))
    return ()


def _copy(pair: tuple[bytearray, bytearray]) -> None:
    source, target = pair
    length = len(source)
    window = ctypes.c_char * length
    # Lets go of the interpreter meanwhile, unlike an assignment of slices.
    ctypes.memmove(window.from_buffer(target), window.from_buffer(source), length)


@contextmanager
def _library() -> Iterator[ctypes.CDLL]:
    library = ctypes.CDLL(_LIBRARY)
    if library.nvmlInit_v2() != 0:
        raise OSError("the driver's library does not begin")
    try:
        yield library
    finally:
        library.nvmlShutdown()


def _cards(library: Any) -> Iterator[tuple[str, float]]:
    count = ctypes.c_uint()
    if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
        return
    for index in range(count.value):
        card = ctypes.c_void_p()
        name = ctypes.create_string_buffer(_NAME_BYTES)
        clock, width = ctypes.c_uint(), ctypes.c_uint()
        outcomes = (
            library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(card)),
            library.nvmlDeviceGetName(card, name, _NAME_BYTES),
            library.nvmlDeviceGetMaxClockInfo(card, _MEMORY_CLOCK, ctypes.byref(clock)),
            library.nvmlDeviceGetMemoryBusWidth(card, ctypes.byref(width)),
        )
        if not any(outcomes) and clock.value and width.value:
            speed = 2e6 * clock.value * width.value / 8
            yield name.value.decode("utf-8", "replace"), speed
