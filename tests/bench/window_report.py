"""What `make bench` measured of the window, as the page tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]


def window_section(bench: Figures) -> Iterator[str]:
    """Lines about stalls, long chats and the start; of what was measured."""
    yield "## The window"
    yield ""
    yield "| | measured | budget |"
    yield "|---|---|---|"
    if "ui" in bench:
        yield from _streaming(bench["ui"]["streaming"])
    if "long_chats" in bench:
        yield from _long_chats(bench["long_chats"])
    if "window" in bench:
        found = bench["window"]
        yield f"| first window, warm start | {found['first_window_seconds']:.2f} s | 1.0 s |"
        if "first_start_seconds" in found:
            seconds = found["first_start_seconds"]
            yield f"| the same on a first start, whose page is shown | {seconds:.2f} s | |"
        if found.get("cold_first_window_seconds") is not None:
            cold = found["cold_first_window_seconds"]
            yield f"| the same, cold: no file of it in the system's memory | {cold:.2f} s | |"
        yield f"| practice model ready | {found['model_ready_seconds']:.2f} s | |"
        yield f"| memory of an idle window with it | {found['idle_memory_mib']:,.0f} MiB | |"
    if "ask" in bench:
        seconds = bench["ask"]["median_seconds"]
        yield f"| first word of `sotto ask`, its process included | {seconds:.2f} s | |"


def _streaming(found: Figures) -> Iterator[str]:
    yield (
        "| longest stall while 500 tokens/s stream into an answer of 4,000, 99 of 100 | "
        f"{found['stall_p99_ms']:.1f} ms | 16 ms |"
    )
    yield f"| the same, the worst | {found['stall_max_ms']:.1f} ms | |"
    yield f"| share of one core meanwhile | {100 * found['processor_share']:.0f} % | |"


def _long_chats(found: Figures) -> Iterator[str]:
    budgets = {"1000": "100 ms", "10000": "150 ms"}
    for length, spread in found["first_paint_ms"].items():
        yield (
            f"| first paint of a chat of {int(length):,} messages, from the click | "
            f"{spread['median']:.0f} ms ({spread['least']:.0f}-{spread['most']:.0f}) | "
            f"{budgets.get(length, '')} |"
        )
    yield (
        "| all of a chat of 10,000 messages there | "
        f"{found['whole_ms']['10000']['median']:.0f} ms | |"
    )
    per_thousand = found["mib_per_1000_messages"]
    yield f"| memory for 1,000 messages more | {per_thousand:.2f} MiB | |"
