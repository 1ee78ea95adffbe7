"""The section of docs/PERFORMANCE.md on `make soak`, from the JSON that it printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def soak_section(run: Mapping[str, Any]) -> Iterator[str]:
    """What was walked, how much memory it took at the beginning and the end, and the verdict."""
    done, (before, after) = run["done"], run["memory_mib"]
    kept = [name for name, is_kept in run["checks"].items() if is_kept]
    broken = [name for name, is_kept in run["checks"].items() if not is_kept]
    yield "## Hours on end"
    yield ""
    yield (
        f"`make soak` for {run['minutes']:g} minutes, ended {run['ended']}, commit "
        f"{run['commit']}: {done['turns']:,} turns of the engine, {done['stops']:,} of them "
        f"stopped, {done['loads']:,} loads, {done['app: sends']:,} messages of chats. From the "
        f"{run['samples'] - run['looked_at'] + 1}th of {run['samples']} cycles on the process "
        f"held {before:,.0f} MiB at first and {after:,.0f} MiB at the end "
        f"({run['memory_mib_per_cycle'] * 1024:+.0f} KiB a cycle by a straight line through all)."
    )
    yield ""
    yield f"Holds: {', '.join(kept)}." if kept else "Nothing held."
    if broken:
        yield f"**Does not hold: {', '.join(broken)}.**"
