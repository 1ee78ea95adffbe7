"""How this Sotto came onto the computer, so that a newer one is looked for where it belongs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from app import resources


class Installation(StrEnum):
    """Who brought Sotto, and so who replaces it.  The values stand in the packages' marker file."""

    SOURCE = "source"  # a clone; it has no marker
    DEB = "deb"
    FLATPAK = "flatpak"
    APPIMAGE = "appimage"
    WINDOWS = "windows"
    MACOS = "macos"
    ARCHIVE = "archive"

    @property
    def has_package_manager(self) -> bool:
        """Whether a program of the system replaces it."""
        return self in (Installation.DEB, Installation.FLATPAK)


def this_installation(
    environ: Mapping[str, str] = os.environ,
    marker: Path = resources.PACKAGE,
    flatpak: Path = Path("/.flatpak-info"),
) -> Installation:
    """How this one came.

    Args:
        environ: an AppImage's runtime sets `APPIMAGE`.
        marker: one word, written by the package's build.
        flatpak: is there in every Flatpak's sandbox.
    """
    if flatpak.exists():
        return Installation.FLATPAK
    try:
        word = marker.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return Installation.SOURCE
    if word == Installation.ARCHIVE and environ.get("APPIMAGE"):
        return Installation.APPIMAGE
    return Installation(word) if word in set(Installation) else Installation.ARCHIVE
