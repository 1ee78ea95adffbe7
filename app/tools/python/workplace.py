"""The folders of one notebook while it lives, in memory where the system has a place for that."""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.paths import make_private
from app.tools.sandbox.held_folder import HeldFolder

_log = logging.getLogger(__name__)

_PREFIX: Final = "sotto-"
_LOCK: Final = "lock"
_TMPFS_MAGIC: Final = ("tmpfs", "ramfs")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Folders for a box, all inside one.

    Attributes:
        data: what the box knows as /mnt/data.
        run: its sockets.
        scratch: temporary files, where the box has no place of its own for them.
    """

    data: Path
    run: Path
    scratch: Path


class Workplaces:
    """Makes workplaces in a folder of this process's own, and clears up after dead ones.

    Args:
        find_root: gives an existing folder, e.g. by `workplaces_root`; called when the first
            workplace is made.
    """

    def __init__(self, find_root: Callable[[], Path]) -> None:
        self._find_root = find_root
        self._top: Path | None = None
        self._lock = -1

    def make(self) -> Workplace:
        """New, empty folders.

        Raises:
            OSError: the disk is full or cannot be written to.
        """
        if self._top is None:
            self._top = self._begin()
        folder = Path(tempfile.mkdtemp(dir=self._top))
        # Whoever root's boxes run as has to get at what lies in here; nobody else can anyway.
        made = [folder / name for name in ("data", "run", "scratch")]
        for one in made:
            one.mkdir(mode=0o700)
        return Workplace(*made)

    def remove(self, workplace: Workplace) -> None:
        """Remove the folders and all in them; links are not followed."""
        _remove(workplace.data.parent)

    def close(self) -> None:
        """Remove everything."""
        if self._top is not None:
            _remove(self._top)
            os.close(self._lock)
            self._top = None

    def _begin(self) -> Path:
        root = self._find_root()
        _remove_orphans(root)
        top = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        self._lock = os.open(top / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return top


def workplaces_root(environ: Mapping[str, str], cache: Path, needed_bytes: int) -> Path:
    """Where workplaces are best made.

    In memory, so that a chat's files reach no disk outside the encrypted history: the user's
    runtime folder (XDG Base Directory Specification), else /dev/shm; where neither has the
    room, Sotto's cache folder.

    Args:
        environ: of the process.
        cache: `Paths.cache`.
        needed_bytes: room that one workplace may take.
    """
    named = Path(environ.get("XDG_RUNTIME_DIR", ""))
    candidates = [named] if named.is_absolute() else []
    for one in (*candidates, Path("/dev/shm")):  # noqa: S108 - folders in it are made safely
        with suppress(OSError):
            facts = os.statvfs(one)
            if facts.f_bavail * facts.f_frsize >= 2 * needed_bytes and _is_memory(one):
                return one
    return make_private(cache)


def _is_memory(folder: Path) -> bool:
    """Whether the file system a folder is on lies in memory (proc_pid_mountinfo(5))."""
    best, kind = "", ""
    if sys.platform != "linux":
        return False
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, name, *_ = line.split(" ")
        place = place.rstrip("/") + "/"
        if f"{folder.resolve()}/".startswith(place) and len(place) >= len(best):
            best, kind = place, name
    return kind in _TMPFS_MAGIC


def _remove_orphans(root: Path) -> None:
    """Remove what processes left that did not come to their end."""
    for folder in _ours(root):
        with suppress(OSError):
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder)
            finally:
                os.close(lock)


def _ours(root: Path) -> Iterator[Path]:
    for folder in root.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                yield folder


def _remove(folder: Path) -> None:
    """Remove a folder and all in it; what cannot be removed is left to the next start."""
    try:
        held = HeldFolder(folder)
        try:
            held.clear()
        finally:
            held.close()
        folder.rmdir()
    except OSError as error:
        _log.warning("a folder of a notebook could not be removed: %s", error.strerror)
