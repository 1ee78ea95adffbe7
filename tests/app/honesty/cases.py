"""Questions and answers, labelled by hand; each file was written before its figures were taken.

Each line is a label, a question and the beginning of an answer.  n: what is asked may have
changed since the model was trained.  u: people, dates, numbers or references that a small model
is often wrong about.  w: as n, but the answer says so itself, so that only the way to the web is
worth showing.  -: nothing is to be said; most of these look like one of the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).with_name("exchanges")


class Case(NamedTuple):
    """One labelled exchange."""

    label: str
    question: str
    answer: str


def _read(name: str) -> tuple[Case, ...]:
    lines = (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(Case(*line.split(" | ", 2)) for line in lines)


FIRST: Final = _read("first")
"""Written before the rules; every third of them was not looked at while they were fitted."""
SECOND: Final = _read("second")
"""Written after the rules and judged once; what it showed was mended."""
THIRD: Final = _read("third")
"""Written after that, by the same hand, and judged once: the figures of the docs."""
