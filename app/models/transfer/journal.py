"""What was written of a file, one line for each piece, so that a crash costs one line at most.

Each line carries its own check, since the last one may be torn, and any may be damaged.  Lines
are only appended; a later one about the same piece goes before an earlier one.  A piece counts
only when its bytes on the disk have the digest that its line names, so it does not matter in
which order the system brings the two files to the disk.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Final

from app.models.transfer.pieces import Layout

_VERSION: Final = 1
_LONGEST_LINE: Final = 64


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file at the source the bytes are of.

    Attributes:
        size_bytes: of the whole file.
        etag: what the source calls this version; "" where it says nothing.
        commit: which commit it is of; "" outside the Hub.
        sha256: of the whole, where the Hub says it (`X-Linked-Etag`); "" elsewhere, for what
            other servers call a version may look the same and be something else.
    """

    size_bytes: int
    etag: str = ""
    commit: str = ""
    sha256: str = ""

    def is_other_than(self, earlier: Identity) -> bool:
        """Whether the source has another file now; another commit alone makes none."""
        if self.etag and earlier.etag:
            return self.etag != earlier.etag
        return self.size_bytes != earlier.size_bytes


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal says.

    Attributes:
        identity: the file the pieces are of.
        layout: how it is cut.
        digests: CRC-32 of each piece as it was fetched, by its index.
    """

    identity: Identity
    layout: Layout
    digests: dict[int, int]


def digest(piece: bytes | bytearray) -> int:
    """What tells a piece from a damaged one.

    A checksum is enough here: it guards against disks and crashes, not against people, and
    the sha256 of the whole file has the last word.
    """
    return zlib.crc32(piece)


def head_line(identity: Identity, layout: Layout) -> bytes:
    """The first line."""
    head = {"sotto": _VERSION, "piece_bytes": layout.piece_bytes, **asdict(identity)}
    return _line(json.dumps(head))


def piece_line(index: int, piece_digest: int) -> bytes:
    """The line of a piece that was written."""
    return _line(f"{index} {piece_digest}")


def parse(data: bytes) -> Journal | None:
    """Read a journal; lines that are torn, damaged or make no sense do not count.

    Returns:
        None where the first line does not say what the rest is about.
    """
    first, *rest = data.split(b"\n")
    head = _head(_body(first))
    if head is None:
        return None
    identity, layout = head
    digests: dict[int, int] = {}
    for line in rest:
        index, _, told = _body(line[:_LONGEST_LINE]).partition(" ")
        if index.isdecimal() and told.isdecimal() and int(index) < layout.count:
            digests[int(index)] = int(told)
    return Journal(identity, layout, digests)


def _line(body: str) -> bytes:
    data = body.encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _body(line: bytes) -> str:
    check, _, body = line.partition(b" ")
    return body.decode("ascii", "replace") if check == b"%08x" % zlib.crc32(body) else ""


def _head(body: str) -> tuple[Identity, Layout] | None:
    try:
        told = json.loads(body)
        if told["sotto"] != _VERSION:
            return None
        texts = [str(told[name]) for name in ("etag", "commit", "sha256")]
        identity = Identity(int(told["size_bytes"]), *texts)
        layout = Layout(identity.size_bytes, int(told["piece_bytes"]))
    except (ValueError, KeyError, TypeError):
        return None
    return (identity, layout) if layout.piece_bytes > 0 and layout.size_bytes > 0 else None
