"""What `make bench` measured of the frozen app, as the page tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

Figures = Mapping[str, Any]


def package_section(bench: Figures) -> Iterator[str]:
    """Lines about the size and the starts of the app of `make package`."""
    found = bench["package"]
    yield "## The package"
    yield ""
    yield "| the frozen app of `make package` | measured | budget |"
    yield "|---|---|---|"
    yield f"| on the disk | {found['bytes'] / 1e6:,.0f} MB | |"
    first = found["first_start_s"]
    yield f"| the very first start, until its window is there | {first:.2f} s | |"
    cold = found.get("cold_start_seconds")
    if cold:
        yield (
            f"| start with no file of it in the system's memory, median of {len(cold)} | "
            f"{median(cold):.2f} s | 1.5 s |"
        )
    yield (
        f"| start, median of {len(found['starts_s'])} | {median(found['starts_s']):.2f} s | 1.5 s |"
    )
