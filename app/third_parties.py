"""What others wrote of Sotto, with its licences: a text that comes with each package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app import resources

NOTICES_NAME: Final = "THIRD_PARTY_NOTICES.txt"
"""As `packaging/notices.py` calls it."""

_APP: Final = resources.path().parent
PLACES: Final = (
    _APP / "licences" / NOTICES_NAME,
    _APP.parents[2] / "share" / "doc" / "sotto" / "third-parties" / NOTICES_NAME,
)
"""In the frozen app; and where Debian has documents, seen from `/usr/lib/sotto/_internal`."""

_MAX_BYTES: Final = 1 << 24


def notices(places: Sequence[Path] = PLACES) -> str:
    """The text, from the first place that has it; "" where no package brought it.  Any thread."""
    for place in places:
        try:
            with place.open("rb") as file:
                return file.read(_MAX_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
    return ""
