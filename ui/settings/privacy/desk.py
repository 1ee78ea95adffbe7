"""What the page of privacy and data works with."""

from __future__ import annotations

from dataclasses import dataclass

from app.backup.desk import BackupDesk
from app.locking import LockKeeper
from ui.archive.door import ArchiveWindowDoor
from ui.updates.door import UpdateDoor


@dataclass(frozen=True, slots=True)
class PrivacyDesk:
    """Doors to files of chats, and who may open a locked window.

    Attributes:
        archive: exports and imports.
        keeper: of the lock.
        backup: whole copies.
        updates: newer versions.
    """

    archive: ArchiveWindowDoor
    keeper: LockKeeper
    backup: BackupDesk
    updates: UpdateDoor
