"""A file that is being fetched, on the disk: its bytes, its journal, its digest.

Beside `NAME` lie, until it is whole, `NAME.part` (the bytes, each in its place),
`NAME.part.journal` (`app.models.transfer.journal`) and `NAME.part.lock` (who writes them).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final

from app.models.piece_sums import PieceSums, complete
from app.models.transfer import journal
from app.models.transfer.journal import Identity, Journal
from app.models.transfer.lock import FileLock
from app.models.transfer.pieces import Layout
from app.models.transfer.prefix import PrefixDigest
from app.models.transfer.space import give_back, reserve

SYNC_BYTES: Final = 16 << 20
"""What a power failure may cost: so much is written before the disk is made to keep it."""


MustStop = Callable[[], bool]
"""Asked between pieces whether the work is to end."""


class StoppedError(Exception):
    """Somebody wants the work to end here."""


def _never() -> bool:
    return False


def _stop_if(must_stop: MustStop) -> None:
    if must_stop():
        raise StoppedError


def beside(target: Path, ending: str) -> Path:
    """A file that lies beside the one that is fetched."""
    return target.with_name(target.name + ending)


def part_paths(target: Path) -> tuple[Path, Path, Path]:
    """The bytes, the journal and the lock of a file that is being fetched."""
    return beside(target, ".part"), beside(target, ".part.journal"), beside(target, ".part.lock")


class PartFile:
    """One file that is being fetched.  One thread at a time.

    Args:
        target: its name once it is whole; the folder must be there.
        reserve_room: takes the room on the disk at once.

    Raises:
        HeldElsewhereError: another process fetches the same file.
        OSError: the folder cannot be written to.
    """

    def __init__(self, target: Path, reserve_room: Callable[[int, int], None] = reserve) -> None:
        self._target = target
        self._data_path, self._journal_path, lock_path = part_paths(target)
        self._reserve = reserve_room
        self._lock: FileLock | None = FileLock(lock_path)
        self._data: FileIO | None = None
        self._journal: FileIO | None = None
        self._digests: dict[int, int] = {}
        self._layout = Layout(0)
        self._unsynced = 0
        self._is_torn = False
        self._prefix = PrefixDigest()

    def found(self) -> Journal | None:
        """What an earlier run left; None where it left nothing that can be used."""
        try:
            return (
                journal.parse(self._journal_path.read_bytes()) if self._data_path.exists() else None
            )
        except OSError:
            return None

    def begin(self, identity: Identity, layout: Layout) -> None:
        """Begin the file anew; what was there of it is gone.

        Raises:
            OSError: the disk has no room for it (`app.models.transfer.space.is_full`), or it
                cannot be written.
        """
        self._close_files()
        with suppress(FileNotFoundError):
            self._journal_path.unlink()
        self._digests, self._layout, self._prefix = {}, layout, PrefixDigest()
        self._data = FileIO(self._data_path, "w+")
        self._reserve(self._data.fileno(), layout.size_bytes)
        self._data.truncate(layout.size_bytes)
        self._journal = FileIO(self._journal_path, "x")
        _write(self._journal, journal.head_line(identity, layout))
        self.sync()
        sync_folder(self._target.parent)

    def go_on(
        self,
        found: Journal,
        on_bytes: Callable[[int], None] = lambda _: None,
        must_stop: MustStop = _never,
    ) -> list[int]:
        """Go on with what an earlier run left, after reading all of it.

        Args:
            found: its journal.
            on_bytes: told how many bytes were read.
            must_stop: asked between pieces.

        Returns:
            The pieces whose bytes are what the journal says.

        Raises:
            StoppedError: it was to stop.
            OSError: the disk cannot be read, or has no room for the rest.
        """
        self._close_files()
        self._layout, self._digests, self._prefix = found.layout, {}, PrefixDigest()
        self._data = FileIO(self._data_path, "r+")
        self._reserve(self._data.fileno(), found.layout.size_bytes)
        self._data.truncate(found.layout.size_bytes)
        self._journal = FileIO(self._journal_path, "a")
        _write(self._journal, b"\n")  # the last line may be torn; what comes next is whole
        for index in sorted(found.digests):
            _stop_if(must_stop)
            piece = self.read(index)
            if journal.digest(piece) == found.digests[index]:
                self._digests[index] = found.digests[index]
                self._digest_on(index, piece)
            on_bytes(len(piece))
        return sorted(self._digests)

    def adopt(
        self,
        identity: Identity,
        layout: Layout,
        must_stop: MustStop = _never,
        right: PieceSums | None = None,
    ) -> list[int]:
        """Make the file that has the name already the beginning of this one.

        Args:
            identity: the file at the source.
            layout: how it is cut.
            must_stop: asked between pieces.
            right: what its pieces are to be like, where that is known.

        Returns:
            The pieces that are there; right or wrong, where `right` does not tell.

        Raises:
            StoppedError: it was to stop; the file is then a part, and can be gone on with.
            OSError: it cannot be read or renamed.
        """
        self._close_files()
        self._target.replace(self._data_path)
        with suppress(FileNotFoundError):
            self._journal_path.unlink()
        self._journal = FileIO(self._journal_path, "x")
        _write(self._journal, journal.head_line(identity, layout))
        held = self._data_path.stat().st_size
        with FileIO(self._data_path) as file:
            for index in range(layout.count):
                span = layout.span(index)
                if span.stop > held:
                    break
                _stop_if(must_stop)
                told = journal.digest(file.read(len(span)))
                if right is None or right.layout != layout or right.sums[index] == told:
                    _write(self._journal, journal.piece_line(index, told))
        found = self.found()
        return self.go_on(found, must_stop=must_stop) if found else []

    @property
    def sums(self) -> PieceSums | None:
        """What its pieces are like; None while one is missing."""
        return complete(self._layout, self._digests)

    def digest(self, index: int) -> int | None:
        """The digest of a piece as it was written; None where it was not."""
        return self._digests.get(index)

    @property
    def path(self) -> Path:
        """Where its bytes are until it has its name."""
        return self._data_path

    def write(self, index: int, piece: bytes | bytearray) -> None:
        """Put a piece in its place, and say so in the journal.

        Raises:
            OSError: it cannot be written; the piece then does not count.
        """
        assert self._data is not None  # noqa: S101 - begin() or go_on() came first
        assert self._journal is not None  # noqa: S101 - see above
        self._digests.pop(index, None)
        self._prefix.go_back(index)
        was_torn, self._is_torn = self._is_torn, True  # until all is written
        self._data.seek(self._layout.span(index).start)
        _write(self._data, piece)
        told = journal.digest(piece)
        line = journal.piece_line(index, told)
        _write(self._journal, b"\n" + line if was_torn else line)
        self._is_torn = False
        self._digests[index] = told
        self._digest_on(index, piece)
        self._unsynced += len(piece)
        if self._unsynced >= SYNC_BYTES:
            self.sync()

    def read(self, index: int) -> bytes:
        """The bytes of a piece as they are on the disk; fewer where the file ends early."""
        assert self._data is not None  # noqa: S101 - begin() or go_on() came first
        span = self._layout.span(index)
        self._data.seek(span.start)
        return self._data.read(len(span))

    def sync(self) -> None:
        """Make the disk keep what was written."""
        for file in (self._data, self._journal):
            if file is not None:
                os.fsync(file.fileno())
        self._unsynced = 0

    def damaged(self, must_stop: MustStop = _never) -> Iterator[int]:
        """Pieces that the disk does not hold as they were written."""
        for index, told in sorted(self._digests.items()):
            _stop_if(must_stop)
            if journal.digest(self.read(index)) != told:
                self._digests.pop(index)
                self._prefix.go_back(index)
                yield index

    def sha256(self, must_stop: MustStop = _never) -> str:
        """The digest of the whole, which must be there; what was not digested yet is read."""
        while self._prefix.next < self._layout.count:
            _stop_if(must_stop)
            self._prefix.feed(self.read(self._prefix.next))
        return self._prefix.hexdigest()

    def keep(self) -> None:
        """Give the file its name.

        Raises:
            OSError: it cannot be renamed; it is still there as a part.
        """
        self.sync()
        self._close_files()
        self._data_path.replace(self._target)
        sync_folder(self._target.parent)
        with suppress(OSError):
            self._journal_path.unlink()

    def close(self) -> None:
        """Let go of the file, which stays as it is.  May be called twice."""
        with suppress(OSError):
            self.sync()
        self._close_files()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _digest_on(self, index: int, piece: bytes | bytearray) -> None:
        """Digest a piece if it is the next one, and those behind it that came before."""
        if index == self._prefix.next:
            self._prefix.feed(piece)
        while self._prefix.next in self._digests:
            self._prefix.feed(self.read(self._prefix.next))

    def _close_files(self) -> None:
        for file in (self._data, self._journal):
            if file is not None:
                with suppress(OSError):
                    file.close()
        self._data = self._journal = None


def remove_part(target: Path) -> None:
    """Remove what was fetched of a file; nothing where nothing was.

    Raises:
        HeldElsewhereError: it is being fetched.
        OSError: it cannot be removed.
    """
    data, notes, lock_path = part_paths(target)
    if not (data.exists() or notes.exists() or lock_path.exists()):
        return
    lock = FileLock(lock_path)
    try:
        data.unlink(missing_ok=True)
        notes.unlink(missing_ok=True)
    finally:
        lock.close()


def give_back_room(target: Path) -> None:
    """Let go of the room on the disk that was reserved and that nothing was written to.

    Raises:
        HeldElsewhereError: another process fetches the file.
        OSError: it cannot be opened.
    """
    part = PartFile(target)
    try:
        found = part.found()
        if found is None:
            return
        with FileIO(part.path, "r+") as file:
            for index in set(range(found.layout.count)) - set(found.digests):
                span = found.layout.span(index)
                give_back(file.fileno(), span.start, span.stop)
    finally:
        part.close()


def _write(file: FileIO, data: bytes | bytearray) -> None:
    """Write all of it; a call may take only a part, as when the disk becomes full."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def sync_folder(folder: Path) -> None:
    """Make the disk keep which names a folder has; Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
