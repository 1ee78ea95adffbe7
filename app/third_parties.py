"""What others wrote of Sotto, with its licences: a text that comes with each package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app import resources

NOTICES_NAME: Final = "THIRD_PARTY_NOTICES.txt"
"""As `packaging/notices.py` calls it."""

_DOCUMENTS: Final = Path("share/doc/sotto/third-parties") / NOTICES_NAME

_MAX_BYTES: Final = 1 << 24


def places(app: Path) -> tuple[Path, ...]:
    """Where the text may be: in the frozen app; where Debian has documents.

    Args:
        app: the folder of the app; Debian's is `/usr/lib/sotto/_internal`, others may be short.
    """
    return (app / "licences" / NOTICES_NAME, *(above / _DOCUMENTS for above in app.parents[2:3]))


PLACES: Final = places(resources.path().parent)


def notices(places: Sequence[Path] = PLACES) -> str:
    """The text, from the first place that has it; "" where no package brought it.  Any thread."""
    for place in places:
        try:
            with place.open("rb") as file:
                return file.read(_MAX_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
    return ""
