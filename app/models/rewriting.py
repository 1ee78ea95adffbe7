"""A copy of a model of Ollama's, with the names in it that llama.cpp knows.  Chores threads.

Only the header is new.  Where the file system can share bytes between files the copy takes no
room and no time; else it takes as much room as the model, but no download.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from app.models.file_work import CHUNK_BYTES, OnProgress, Steps, StopSign
from app.models.linking import free_name, id_for, names_for
from app.models.values import FoundModel, LibraryModel, OfferedModel, Origin
from engine.errors import EngineError, ModelFileError
from engine.gguf import read_facts
from engine.gguf_header import HeaderError
from engine.gguf_renaming import PAGE_BYTES, renamed_head

_FICLONERANGE: Final = 0x4020940D
"""ioctl_ficlonerange(2); the number is the same on x86-64 and arm64."""

_SUFFIX: Final = ".rewriting"
_ABANDONED_SECONDS: Final = 600.0
"""A copy that is being made is written to all the time."""

Share = Callable[[BinaryIO, BinaryIO, int, int], None]
"""Has a file share the bytes of another from a place in each on, or raises `OSError`."""


def share_rest(source: BinaryIO, target: BinaryIO, source_at: int, target_at: int) -> None:
    """Share all bytes of a file behind a place with another file.

    Raises:
        OSError: the file system cannot do that, or the system.
    """
    if not sys.platform.startswith("linux"):
        raise OSError("only Linux shares bytes this way")
    import fcntl  # noqa: PLC0415 - there is none on Windows

    wish = struct.pack("=qQQQ", source.fileno(), source_at, 0, target_at)  # 0: up to the end
    fcntl.ioctl(target.fileno(), _FICLONERANGE, wish)


def rewrite(
    found: FoundModel,
    folder: Path,
    on_progress: OnProgress,
    sign: StopSign,
    offered: Sequence[OfferedModel] = (),
    share: Share = share_rest,
) -> LibraryModel:
    """Write a copy of a model of Ollama's into a folder; the file of Ollama's stays as it is.

    Args:
        found: a model that can be rewritten.
        folder: made if need be.
        on_progress: told bytes.
        sign: stops it.
        offered: models that can be fetched, whose names are taken.
        share: how bytes are shared.

    Raises:
        EngineError: the model is damaged or of another form, there is no room, the disk failed.
        StoppedError: the user stopped it; nothing of the copy is left.
    """
    source = found.paths[0]
    try:
        head, header = renamed_head(source)
        folder.mkdir(parents=True, exist_ok=True)
        target = free_name(folder, names_for(found.paths, found.name)[0])
        partial = target.with_name(target.name + _SUFFIX)
        try:
            with source.open("rb") as read, partial.open("wb") as written:
                _fill(
                    _Copy(read, written, head, header.data_start, share), found, on_progress, sign
                )
            facts = read_facts(partial)
            partial.replace(target)
        finally:
            with suppress(OSError):
                partial.unlink()
    except HeaderError as error:
        raise _damaged(str(error)) from error
    except OSError as error:
        raise _failed(error, found, folder) from error
    return LibraryModel(
        id=id_for(target, found, offered),
        name=found.name,
        paths=(target,),
        size_bytes=facts.size_bytes,
        origin=Origin.DOWNLOADED,  # a file of Sotto's own
        source=found.source or found.keeper.value,
    )


def remove_abandoned(folder: Path) -> None:
    """Remove copies that a crash left half made; one that cannot be removed stays."""
    long_ago = time.time() - _ABANDONED_SECONDS
    for partial in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            if partial.stat().st_mtime < long_ago:
                partial.unlink()


class _Copy:
    """The file that is read, the one that is written, and what they have in common."""

    def __init__(
        self, source: BinaryIO, target: BinaryIO, head: bytes, data_start: int, share: Share
    ) -> None:
        self.source = source
        self.target = target
        self.head = head
        self.data_start = data_start
        self._share = share

    def shared(self) -> bool:
        """Whether the weights are shared: from the first whole block on."""
        first = -self.data_start % PAGE_BYTES
        self.target.write(self.head)
        self.source.seek(self.data_start)
        self.target.write(self.source.read(first))
        self.target.flush()
        try:
            self._share(self.source, self.target, self.data_start + first, len(self.head) + first)
        except OSError:
            self.target.seek(0)
            self.target.truncate()
            return False
        return True


def _fill(copy: _Copy, found: FoundModel, on_progress: OnProgress, sign: StopSign) -> None:
    total = os.fstat(copy.source.fileno()).st_size
    steps = Steps(total, on_progress, sign)
    if copy.shared():
        steps.add(total)
        return
    missing = total - shutil.disk_usage(Path(copy.target.name).parent).free
    if missing > 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    copy.source.seek(0)
    digest = hashlib.sha256(copy.source.read(copy.data_start))
    copy.target.write(copy.head)
    steps.add(copy.data_start)
    while chunk := copy.source.read(CHUNK_BYTES):
        digest.update(chunk)
        copy.target.write(chunk)
        steps.add(len(chunk))
    copy.target.flush()
    os.fsync(copy.target.fileno())
    if found.sha256 and (digest.hexdigest(),) != found.sha256:
        raise _damaged(f"sha256 is {digest.hexdigest()}")


def _damaged(detail: str) -> ModelFileError:
    return ModelFileError(
        "The file of Ollama's is damaged: some of its bytes are wrong.",
        "Have Ollama pull the model again, or download it here.",
        detail,
    )


def _failed(error: OSError, found: FoundModel, folder: Path) -> EngineError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EngineError(
            "There is not enough room in {folder} for a copy of this model.",
            "Free {size} GB there, or choose another folder for models.",
            str(error),
            {"folder": str(folder), "size": f"{found.size_bytes / 1e9:.1f}"},
        )
    return EngineError(
        "The model could not be copied to {folder}.",
        "Check that you may write there, and that the file of Ollama's is still in its place.",
        str(error),
        {"folder": str(folder)},
    )
