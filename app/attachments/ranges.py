"""Numbers of pages, rows or lines as people type them: "1-3, 7".  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from app.attachments.parts import ReadFile

_PART: Final = re.compile(r"\s*(\d{1,9})\s*(?:[-–~]\s*(\d{1,9})?\s*)?")


def indexes_of(text: str, file: ReadFile) -> frozenset[int] | None:
    """The parts that hold one of the units of a typed text; None where it makes no sense.

    Args:
        text: numbers and stretches, from 1 on; a stretch without an end goes to the last.
        file: whose parts.
    """
    stretches: list[tuple[int, int]] = []
    for piece in text.replace(";", ",").split(","):
        if not piece.strip():
            continue
        found = _PART.fullmatch(piece)
        if found is None:
            return None
        first = int(found[1])
        is_open = "-" in piece or "–" in piece or "~" in piece
        last = int(found[2]) if found[2] else file.total if is_open else first
        if not 1 <= first <= last:
            return None
        stretches.append((first, last))
    return frozenset(
        index
        for index, part in enumerate(file.parts)
        if any(first <= part.last and last >= part.first for first, last in stretches)
    )


def typed(file: ReadFile, chosen: Iterable[int]) -> str:
    """Chosen parts as they would be typed."""
    stretches: list[list[int]] = []
    for index in sorted(chosen):
        part = file.parts[index]
        if stretches and part.first <= stretches[-1][1] + 1:
            stretches[-1][1] = max(stretches[-1][1], part.last)
        else:
            stretches.append([part.first, part.last])
    return ", ".join(f"{a}-{b}" if a != b else str(a) for a, b in stretches)
