"""Where Sotto keeps its files.  Computes paths; makes a folder only when asked to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from engine.errors import UserFacingError

DATABASE_NAME: Final = "chats.db"
"""The chat history inside the data folder."""

_XDG: Final = {
    "data": ("XDG_DATA_HOME", ".local/share"),
    "config": ("XDG_CONFIG_HOME", ".config"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}


class FolderError(UserFacingError):
    """A folder of Sotto's could not be made."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The user's folders for Sotto; they need not exist yet.

    Attributes:
        data: the chat history and the file that guards its key.
        config: settings.
        cache: what can be made or downloaded again.
        state: logs.
    """

    data: Path
    config: Path
    cache: Path
    state: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], platform: str = sys.platform) -> Paths:
        """The folders of a user.

        `SOTTO_DATA_DIR`, `SOTTO_CONFIG_DIR`, `SOTTO_CACHE_DIR` and `SOTTO_STATE_DIR` go first;
        then the XDG variables, or on macOS and Windows what their makers lay down.

        Args:
            environ: the process's environment, or a test's.
            platform: as in `sys.platform`.
        """

        def folder(kind: str) -> Path:
            override = environ.get(f"SOTTO_{kind.upper()}_DIR")
            if override:
                return Path(override).expanduser().absolute()
            if platform in {"darwin", "win32"}:
                return _native(kind)
            return _xdg(kind, environ)

        return cls(folder("data"), folder("config"), folder("cache"), folder("state"))

    @property
    def database(self) -> Path:
        """The file of the chat history."""
        return self.data / DATABASE_NAME

    @property
    def models(self) -> Path:
        """Where models are put unless the user chose another folder."""
        return self.data / "models"

    @property
    def settings(self) -> Path:
        """The file of the settings."""
        return self.config / "settings.json"


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter; one that is there keeps its mode.

    Raises:
        FolderError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(
            "The folder {folder} cannot be made.",
            "Check that you may write there and that the disk is not full.",
            detail=str(error),
            fields={"folder": str(folder)},
        ) from error
    return folder


def _xdg(kind: str, environ: Mapping[str, str]) -> Path:
    """XDG Base Directory Specification 0.8: unset, empty and relative values do not count."""
    variable, fallback = _XDG[kind]
    named = Path(environ.get(variable, ""))
    if named.is_absolute():
        return named / "sotto"
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / fallback / "sotto"


def _native(kind: str) -> Path:
    folders = platformdirs.PlatformDirs("Sotto", appauthor=False)
    return {
        "data": folders.user_data_path,
        "config": folders.user_config_path,
        "cache": folders.user_cache_path,
        "state": folders.user_state_path,
    }[kind]
