"""Asks where a file is to be saved, and writes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')
_LONGEST: Final = 120


def safe_name(name: str) -> str:
    """A file name without folders and without signs that hide what it is."""
    bare = _UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    return bare[-_LONGEST:] or "file"


def save_as(parent: QWidget, name: str, data: bytes) -> bool:
    """Ask for a place and write there; False where that failed, True also for a change of mind."""
    wanted = str(Path.home() / safe_name(name))
    path, _ = QFileDialog.getSaveFileName(parent.window(), "", wanted)
    if not path:
        return True
    try:
        Path(path).write_bytes(data)
    except OSError:
        return False
    return True
