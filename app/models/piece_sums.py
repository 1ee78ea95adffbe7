"""What each piece of a right file is like, so that a wrong one can be found without the source.

Learned when a file is fetched, or read and found right; kept by the digest of the whole file, so
it holds wherever the file lies.  Only a convenience: without it a wrong file is known to be wrong,
but not where.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from app.models.file_work import CHUNK_BYTES, Steps
from app.models.transfer.pieces import PIECE_BYTES, Layout
from app.paths import make_private
from app.whole_file import replace_text
from engine.errors import UserFacingError

SUMS_NAME: Final = "piece_sums"
"""The folder inside the data folder."""

_MAX_FILE_BYTES: Final = 1 << 22
_MOST_FILES: Final = 100
_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class PieceSums:
    """A checksum of each piece of a file.

    Attributes:
        layout: how the file is cut.
        sums: CRC-32 of each piece, in order.
    """

    layout: Layout
    sums: tuple[int, ...]

    def wrong_spans(self, found: PieceSums) -> Iterator[range]:
        """Where another file, cut alike, is not this one; neighbouring pieces are one span.

        What it lacks at its end is wrong too, and so is what it has too much.
        """
        start: int | None = None
        end = 0
        for index in range(max(len(self.sums), len(found.sums))):
            mine = self.sums[index] if index < len(self.sums) else None
            theirs = found.sums[index] if index < len(found.sums) else None
            at = index * self.layout.piece_bytes
            if mine == theirs:
                if start is not None:
                    yield range(start, end)
                start = None
                continue
            start = at if start is None else start
            longest = max(self.layout.size_bytes, found.layout.size_bytes)
            end = min(at + self.layout.piece_bytes, longest)
        if start is not None:
            yield range(start, end)


class Sums(Protocol):
    """Where sums are kept."""

    def find(self, sha256: str) -> PieceSums | None:
        """The sums of the file of this digest; None while unknown."""
        ...

    def keep(self, sha256: str, sums: PieceSums) -> None:
        """Keep the sums of a file that is right."""
        ...


class NoSums:
    """Nobody keeps any."""

    def find(self, sha256: str) -> PieceSums | None:
        """Nothing is known."""
        del sha256
        return None

    def keep(self, sha256: str, sums: PieceSums) -> None:
        """Nothing is kept."""
        del sha256, sums


class SumsFolder:
    """A folder with one small file for each file that was right.  Any thread.

    Args:
        folder: need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, sha256: str) -> PieceSums | None:
        """As `Sums.find`; a file that makes no sense counts as none."""
        try:
            with self._file(sha256).open("rb") as file:
                told = json.loads(file.read(_MAX_FILE_BYTES))
            layout = Layout(int(told["size_bytes"]), int(told["piece_bytes"]))
            digits = str(told["crc32"])
            starts = range(0, len(digits), _DIGITS)
            sums = tuple(int(digits[at : at + _DIGITS], 16) for at in starts)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        is_whole = layout.piece_bytes == PIECE_BYTES and len(sums) == layout.count
        return PieceSums(layout, sums) if is_whole else None

    def keep(self, sha256: str, sums: PieceSums) -> None:
        """As `Sums.keep`; where it cannot be written, it is not kept."""
        told = {
            "size_bytes": sums.layout.size_bytes,
            "piece_bytes": sums.layout.piece_bytes,
            "crc32": "".join(f"{one:0{_DIGITS}x}" for one in sums.sums),
        }
        with suppress(OSError, UserFacingError):
            make_private(self._folder)
            replace_text(self._file(sha256), json.dumps(told))
            self._forget_oldest()

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{hashlib.sha256(sha256.encode()).hexdigest()[:32]}.json"

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda file: -file.stat().st_mtime)
        for file in files[_MOST_FILES:]:
            file.unlink()


def complete(layout: Layout, digests: Mapping[int, int]) -> PieceSums | None:
    """Sums from those of single pieces; None while one is missing."""
    if any(index not in digests for index in range(layout.count)):
        return None
    return PieceSums(layout, tuple(digests[index] for index in range(layout.count)))


def read_through(path: Path, steps: Steps) -> tuple[str, PieceSums]:
    """The sha256 of a file and the sums of its pieces, in one reading.

    The next chunk is read while the one before is digested, so that the disk need not wait.

    Raises:
        OSError: it cannot be read.
        StoppedError: the work is to end.
    """
    whole = hashlib.sha256()
    sums: list[int] = []
    size = turn = 0
    buffers = tuple(memoryview(bytearray(CHUNK_BYTES)) for _ in range(2))
    with path.open("rb") as file, ThreadPoolExecutor(1, "reading") as ahead:

        def take(buffer: memoryview) -> tuple[int, list[int]]:
            count = file.readinto(buffer)
            starts = range(0, count, PIECE_BYTES)
            return count, [zlib.crc32(buffer[at : min(at + PIECE_BYTES, count)]) for at in starts]

        coming = ahead.submit(take, buffers[turn])
        while (found := coming.result())[0]:
            count, chunk = found[0], buffers[turn]
            turn = 1 - turn
            coming = ahead.submit(take, buffers[turn])
            whole.update(chunk[:count])
            sums += found[1]
            size += count
            steps.add(count)
    return whole.hexdigest(), PieceSums(Layout(size), tuple(sums))
