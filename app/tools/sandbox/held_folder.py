"""A folder that hostile code writes to, read and written without being led out of it.

Every step goes from an open folder to a name in it and follows no links, so that whatever the
code in the box puts there meanwhile, nothing outside is touched (openat(2), O_NOFOLLOW).
"""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import UserFacingError

DEEPEST: Final = 16
"""Folders within folders; what lies deeper is not seen, and a box that goes deeper is ended."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe or a device would keep its reader waiting.
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MAX_NAME_BYTES: Final = 255


class ChatFileError(UserFacingError):
    """A file of a chat's folder could not be read or written."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An ordinary file.

    Attributes:
        name: path in the folder, with "/" between its parts.
        size: in bytes, as a reader would see it.
        changed_ms: Unix time in milliseconds.
        stamp: another one when the file was changed, whatever times it was given.
    """

    name: str
    size: int
    changed_ms: int
    stamp: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a folder takes up.

    Attributes:
        disk_bytes: of all that lies in it.
        files: and folders, links and what else there is.
        is_whole: everything could be looked at.
    """

    disk_bytes: int
    files: int
    is_whole: bool


class HeldFolder:
    """An open folder.  Any thread; `close` it.

    Args:
        path: where it is now; nobody in the box can move it.

    Raises:
        OSError: it is not a folder.
    """

    def __init__(self, path: Path) -> None:
        self._top = os.open(path, _FOLDER)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._top)

    def usage(self, most: int) -> Usage:
        """What it takes up; stops counting at `most` entries."""
        disk_bytes = files = 0
        is_whole = True
        for _, facts in self._entries():
            if facts is None:
                is_whole = False
                continue
            files += 1
            disk_bytes += facts.st_blocks * 512
            if files >= most:
                break
        return Usage(disk_bytes, files, is_whole)

    def files(self, most: int) -> tuple[FoundFile, ...]:
        """The ordinary files in it, by name, at most so many.

        Links, pipes, devices and names that are not text are left out.
        """
        found = []
        for name, facts in self._entries():
            if facts is None or not stat.S_ISREG(facts.st_mode) or not _is_text(name):
                continue
            stamp = (facts.st_ino, facts.st_size, facts.st_ctime_ns)
            found.append(FoundFile(name, facts.st_size, facts.st_mtime_ns // 1_000_000, stamp))
            if len(found) >= most:
                break
        return tuple(sorted(found, key=lambda one: one.name))

    def read(self, name: str, most_bytes: int) -> bytes:
        """The content of an ordinary file.

        Raises:
            ChatFileError: there is none of this name, or it is larger.
        """
        with _explained(name), self._above(name) as (folder, last):
            place = os.open(last, _READ, dir_fd=folder)
            with os.fdopen(place, "rb") as file:
                if not stat.S_ISREG(os.fstat(place).st_mode):
                    raise ValueError("not an ordinary file")
                data = file.read(most_bytes + 1)
        if len(data) > most_bytes:
            raise ChatFileError(
                "The file {name} is too large.", "Make it smaller.", fields={"name": name}
            )
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put a file in, in place of one that has this name; folders are made.

        Raises:
            ChatFileError: the name is not one, or the disk is full.
        """
        with _explained(name), self._above(name, makes=True) as (folder, last):
            temporary = f".sotto-{uuid.uuid4().hex}"
            place = os.open(temporary, _WRITE, 0o600, dir_fd=folder)
            try:
                # Root's own files would be closed to the user that root's boxes run as.
                owner = os.fstat(folder)
                if os.geteuid() == 0:
                    os.fchown(place, owner.st_uid, owner.st_gid)
                with os.fdopen(place, "wb") as file:
                    file.write(data)
                os.rename(temporary, last, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise

    def delete(self, name: str) -> None:
        """Remove a file, or a link itself; one that is not there is fine.

        Raises:
            ChatFileError: it is something else.
        """
        with _explained(name), suppress(FileNotFoundError), self._above(name) as (folder, last):
            os.unlink(last, dir_fd=folder)

    def clear(self) -> None:
        """Remove all that is in it, however deep and however closed; nobody works in it now.

        Folders are brought to the top before they are emptied, since thousands within each
        other are too deep for a path and for a function that calls itself.

        Raises:
            OSError: something cannot be removed.
        """
        while entries := list(os.scandir(self._top)):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    self._clear_one(entry.name)
                else:
                    os.unlink(entry.name, dir_fd=self._top)

    def _clear_one(self, name: str) -> None:
        os.chmod(name, 0o700, dir_fd=self._top)
        place = os.open(name, _FOLDER, dir_fd=self._top)
        try:
            for entry in list(os.scandir(place)):
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.name, 0o700, dir_fd=place)  # else it could not be moved
                    above = uuid.uuid4().hex
                    os.rename(entry.name, above, src_dir_fd=place, dst_dir_fd=self._top)
                else:
                    os.unlink(entry.name, dir_fd=place)
        finally:
            os.close(place)
        os.rmdir(name, dir_fd=self._top)

    def _entries(self) -> Iterator[tuple[str, os.stat_result | None]]:
        """Everything in it by path; None for a folder that cannot be looked into."""
        yield from _walk(self._top, "", 0)

    @contextmanager
    def _above(self, name: str, makes: bool = False) -> Iterator[tuple[int, str]]:
        """The open folder that holds a file, and the last part of its name."""
        *folders, last = _parts(name)
        place = os.dup(self._top)
        try:
            for part in folders:
                if makes:
                    _make(part, place)
                inner = os.open(part, _FOLDER, dir_fd=place)
                os.close(place)
                place = inner
            yield place, last
        finally:
            os.close(place)


def safe_name(name: str) -> str:
    """A name for a file that a person brings, by the last part of theirs."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable()).strip().lstrip(".")
    encoded = kept.encode("utf-8", "ignore")[: _MAX_NAME_BYTES - 55]
    return encoded.decode("utf-8", "ignore") or "file"


def _walk(place: int, above: str, depth: int) -> Iterator[tuple[str, os.stat_result | None]]:
    with os.scandir(place) as entries:
        for entry in entries:
            name = above + entry.name
            try:
                facts = os.stat(entry.name, dir_fd=place, follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            yield name, facts
            if not stat.S_ISDIR(facts.st_mode):
                continue
            try:
                if depth >= DEEPEST:
                    raise OSError("too deep")
                inner = os.open(entry.name, _FOLDER, dir_fd=place)
            except FileNotFoundError:
                continue
            except OSError:
                yield name, None
                continue
            try:
                yield from _walk(inner, f"{name}/", depth + 1)
            finally:
                os.close(inner)


def _make(name: str, place: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=place)
        if os.geteuid() == 0:
            owner = os.fstat(place)
            os.chown(name, owner.st_uid, owner.st_gid, dir_fd=place, follow_symlinks=False)


def _parts(name: str) -> list[str]:
    parts = name.split("/")
    is_wrong = any(one in {"", ".", ".."} or len(one.encode()) > _MAX_NAME_BYTES for one in parts)
    if is_wrong or "\0" in name or len(parts) > DEEPEST:
        raise ValueError("not a name in the folder")
    return parts


def _is_text(name: str) -> bool:
    return name.isprintable()


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        shown = name if _is_text(name) else repr(name)
        raise ChatFileError(
            "The file {name} cannot be used.",
            "Check that it is still there and an ordinary file.",
            detail=f"{type(error).__name__}: {getattr(error, 'strerror', error)}",
            fields={"name": shown},
        ) from error
