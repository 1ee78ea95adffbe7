"""What is remembered of updates between starts: one small file in the state folder.

Whoever can write there is the user; the file guards against an old manifest that is sent again,
not against them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from app.paths import make_private
from app.updates.manifest import MAX_BYTES, Manifest, Seen, Source, UpdateError, read_manifest
from app.updates.version import Version
from app.whole_file import replace_text

MEMORY_NAME: Final = "updates.json"


class Memory(BaseModel):
    """The file's content.

    Attributes:
        first_start_ms: when Sotto first ran here; 0 before that was noted.
        checked_ms: when the source was last asked; 0 for never.
        reached: whether it answered then.
        version: newest version that was ever read.
        issued: when that manifest was signed, in ISO 8601.
        document: the manifest as it came, with its signatures; checked anew whenever it is read.
        told: version the window has told of.
    """

    model_config = ConfigDict(frozen=True)

    first_start_ms: int = 0
    checked_ms: int = 0
    reached: bool = False
    version: str = ""
    issued: str = ""
    document: str = ""
    told: str = ""

    @property
    def seen(self) -> Seen:
        """What nothing older than counts."""
        try:
            return Seen(Version.parse(self.version), datetime.fromisoformat(self.issued))
        except ValueError:
            return Seen()

    def kept(self, source: Source, now: datetime) -> Manifest | None:
        """The manifest read last, if it still counts."""
        try:
            return read_manifest(self.document.encode(), source, self.seen, now)
        except UpdateError:
            return None

    def with_manifest(self, data: bytes, manifest: Manifest) -> Memory:
        """The same after a manifest was read."""
        return self.model_copy(
            update={
                "version": str(manifest.version),
                "issued": manifest.issued.astimezone(UTC).isoformat(),
                "document": data.decode("utf-8"),
            }
        )


class MemoryFile:
    """Reads and writes it.  One thread.

    Args:
        folder: the state folder; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MEMORY_NAME

    def load(self) -> Memory:
        """What is remembered; nothing where the file is missing or damaged."""
        try:
            with self._path.open("rb") as file:
                return Memory.model_validate_json(file.read(4 * MAX_BYTES))
        except (OSError, ValidationError):
            return Memory()

    def save(self, memory: Memory) -> None:
        """Remember.

        Raises:
            OSError: it cannot be written.
            FolderError: the folder cannot be made.
        """
        make_private(self._path.parent)
        replace_text(self._path, memory.model_dump_json(indent=2) + "\n")
