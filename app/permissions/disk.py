"""What the permission rules ask of this computer's files.  May be slow: not on the UI thread."""

from __future__ import annotations

import os
from pathlib import Path


def resolve(path: str) -> str | None:
    """Follow the symlinks of a path as far as it exists; None where that cannot be told."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return None


def is_folder(path: str) -> bool:
    """Whether there is a folder at a path."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False
