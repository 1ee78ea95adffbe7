"""Files that are replaced in one step."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def replace_text(path: Path, text: str) -> None:
    """Write a file so that after a crash either the old or the new one is there, whole.

    Only its owner may read it.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    handle, name = tempfile.mkstemp(".tmp", f".{path.name}.", path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


class PartialFile:
    """A file that is written piece by piece and gets its name only when it is whole.

    Only its owner may read it.

    Args:
        path: where it is to be.

    Raises:
        OSError: it cannot be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(".tmp", f".{path.name}.", path.parent)
        self._name = Path(name)
        self.file: BinaryIO = os.fdopen(handle, "wb")

    def write(self, text: str) -> None:
        """Add text as UTF-8; halves of surrogate pairs, which have no place there, become `?`."""
        self.file.write(text.encode("utf-8", "replace"))

    def keep(self) -> None:
        """Put it in place of what was there under its name."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._name.replace(self._path)

    def drop(self) -> None:
        """Leave everything as it was.  May be called after any failure, and twice."""
        with suppress(OSError):
            self.file.close()
        with suppress(OSError):
            self._name.unlink()
