"""Versions of Sotto as numbers that can be compared."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:\.?(a|b|rc|dev)(\d{1,5}))?", re.ASCII)
_STAGES: Final = ("dev", "a", "b", "rc", None)


class Version(NamedTuple):
    """A version; what is published before a release is older than it.

    Attributes:
        stage: place in dev, alpha, beta, candidate, release.
        number: of the stage; 0 for a release.
    """

    major: int
    minor: int
    patch: int
    stage: int = len(_STAGES) - 1
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `1.2.3`, or `1.2.3rc1` as packages write it (PEP 440).

        Raises:
            ValueError: it is neither.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError("not a version of Sotto")
        major, minor, patch, stage, number = found.groups()
        return cls(int(major), int(minor), int(patch), _STAGES.index(stage), int(number or 0))

    def __str__(self) -> str:
        stage = _STAGES[self.stage]
        return f"{self.major}.{self.minor}.{self.patch}" + (
            f"{stage}{self.number}" if stage else ""
        )
