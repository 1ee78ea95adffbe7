"""Stretches of a text that must not be shown.  Knows nothing of why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.analysis_filter import WithheldKind


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch to take out: `text[start:end]`, in characters, never empty."""

    start: int
    end: int
    kind: WithheldKind


def merged(spans: Iterable[Span], text: str) -> list[Span]:
    """The same stretches in order, without overlaps.

    Overlapping spans become one with the kind of the widest; spans of one kind with
    nothing but white space between them become one too, so that a passage counts once.
    """
    result: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        last = result[-1] if result else None
        if last is None or not _touches(last, span, text):
            result.append(span)
            continue
        wider = last if last.end - last.start >= span.end - span.start else span
        result[-1] = Span(last.start, max(last.end, span.end), wider.kind)
    return result


def _touches(left: Span, right: Span, text: str) -> bool:
    if right.start < left.end:
        return True
    return left.kind is right.kind and not text[left.end : right.start].strip()
