"""The practice model that ships with the app: packed in `resources/`, unpacked once for the engine.

llama.cpp maps a model file into memory, so it needs the unpacked 64 MB on disk.  They live in a
cache folder: whatever happens to them there, they can be made again from the packed file.
"""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app import resources
from engine.errors import UserFacingError

_CHUNK_BYTES: Final = 1 << 20
_ABANDONED_AFTER_SECONDS: Final = 3600.0


class PracticeModelError(UserFacingError):
    """The practice model could not be unpacked."""


@dataclass(frozen=True, slots=True)
class PracticePackage:
    """The packed practice model and what it must become.

    Attributes:
        archive: the packed file (xz).
        name: `general.name` of the model.
        sha256: digest of the unpacked file, in hexadecimal.
        size_bytes: size of the unpacked file.
    """

    archive: Path
    name: str
    sha256: str
    size_bytes: int

    @classmethod
    def read(cls, folder: Path) -> PracticePackage:
        """Read `practice.json`, which lies beside the packed file.

        Raises:
            PracticeModelError: the description is missing or makes no sense.
        """
        try:
            facts = json.loads((folder / "practice.json").read_text(encoding="utf-8"))
            return cls(
                archive=folder / "practice.gguf.xz",
                name=str(facts["name"]),
                sha256=str(facts["sha256"]),
                size_bytes=int(facts["size_bytes"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged_package(error) from error

    def unpacked(self, cache_folder: Path) -> Path:
        """Where it is once it is unpacked."""
        return cache_folder / f"practice-{self.sha256[:12]}.gguf"


def practice_model(cache_folder: Path, package: PracticePackage | None = None) -> Path:
    """The unpacked practice model; unpacks it where it is missing or damaged.

    Several processes may call this at the same time: each unpacks under a name of its own and
    puts the finished file in place in one step.  Any thread; takes about a second the first
    time and no time worth mentioning afterwards.

    Args:
        cache_folder: where to keep the file; made if need be.
        package: the packed model; the one that ships with the app if None.

    Raises:
        PracticeModelError: the disk is full, the folder cannot be written to or the packed
            file is damaged.
    """
    package = package or PracticePackage.read(resources.path("practice"))
    target = package.unpacked(cache_folder)
    if _is_whole(target, package):
        return target
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        _unpack(package, target)
    except OSError as error:
        raise _cannot_write(error, cache_folder, package) from error
    _remove_leftovers(cache_folder, target)
    return target


def _is_whole(target: Path, package: PracticePackage) -> bool:
    """Whether the file is there and undamaged; reads it only if its record does not fit."""
    try:
        facts = target.stat()
        if facts.st_size != package.size_bytes:
            return False
        record = f"{package.sha256} {facts.st_mtime_ns}"
        if _read_record(target) == record:
            return True
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    if digest != package.sha256:
        return False
    _write_record(target, record)
    return True


def _unpack(package: PracticePackage, target: Path) -> None:
    """Unpack under a temporary name, check the digest and put the file in place."""
    handle, name = tempfile.mkstemp(".partial", f"{target.stem}.", target.parent)
    partial = Path(name)
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as sink:
            for chunk in _chunks(package):
                digest.update(chunk)
                sink.write(chunk)
            sink.flush()
            os.fsync(sink.fileno())
        if digest.hexdigest() != package.sha256:
            raise _damaged_package(f"sha256 of the unpacked file is {digest.hexdigest()}")
        record = f"{package.sha256} {partial.stat().st_mtime_ns}"
        if _put_in_place(partial, target, package):
            _write_record(target, record)
    finally:
        with suppress(OSError):
            partial.unlink()


def _put_in_place(partial: Path, target: Path, package: PracticePackage) -> bool:
    """Give the file its name; False if another process already put the same file there.

    That one stays, since somebody may be loading it, and a file that changes meanwhile is refused.
    """
    try:
        os.link(partial, target)  # unlike `replace`, it never takes another's place
    except FileExistsError:
        if _is_whole(target, package):
            return False
    except OSError:
        pass  # no links on this disk
    else:
        return True
    try:
        partial.replace(target)
    except PermissionError:
        # Windows replaces no file that another process has open: then that one must do.
        if _is_whole(target, package):
            return False
        raise
    return True


def _chunks(package: PracticePackage) -> Iterator[bytes]:
    """The unpacked bytes, one chunk at a time."""
    try:
        with lzma.open(package.archive) as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise _damaged_package(error) from error


def _record_of(target: Path) -> Path:
    return target.with_suffix(".verified")


def _read_record(target: Path) -> str:
    try:
        return _record_of(target).read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def _write_record(target: Path, record: str) -> None:
    """Note that the file was checked; without the note it is only checked again."""
    with suppress(OSError):
        _record_of(target).write_text(record, encoding="ascii")


def _remove_leftovers(cache_folder: Path, target: Path) -> None:
    """Remove older practice models and what killed processes left half unpacked."""
    long_ago = time.time() - _ABANDONED_AFTER_SECONDS
    for file in cache_folder.glob("practice-*"):
        with suppress(OSError):
            half_done = file.suffix == ".partial"
            if half_done and file.stat().st_mtime > long_ago:
                continue
            if half_done or file.stem != target.stem:
                file.unlink()


def _damaged_package(cause: object) -> PracticeModelError:
    return PracticeModelError(
        "The practice model that comes with Sotto is damaged.",
        "Install Sotto again.",
        detail=str(cause),
    )


def _cannot_write(
    error: OSError, cache_folder: Path, package: PracticePackage
) -> PracticeModelError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PracticeModelError(
            "There is not enough disk space for the practice model.",
            "Free {megabytes} MB and try again.",
            detail=str(error),
            fields={"megabytes": str(math.ceil(package.size_bytes / 1e6))},
        )
    return PracticeModelError(
        "The practice model cannot be written to {folder}.",
        "Check that you may write to this folder.",
        detail=str(error),
        fields={"folder": str(cache_folder)},
    )
