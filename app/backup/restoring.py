"""Puts the history of a backup in place of the present one, which is kept aside.

Two steps, so that a crash between them loses nothing: `stage` lays a checked copy, encrypted with
the present key, beside the history; `put_in_place` renames, before the history is opened.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.backup import container
from app.backup.making import open_key
from app.chats.database import (
    StorageBusyError,
    StorageError,
    copy_history,
    examine_history,
    settle_history,
)
from app.paths import make_private
from app.secrets import DatabaseKey

STAGED: Final = "chats.restored.db"
_BEFORE: Final = "chats.before-{time}.db"
_SIDE_FILES: Final = ("-wal", "-shm")


def stage(file: Path, passphrase: str, database: Path, key: DatabaseKey) -> None:
    """Lay the history of a backup beside the present one; blocks.

    Args:
        file: the backup.
        passphrase: opens it.
        database: the present history.
        key: of the present history, which the restored one will have, too.

    Raises:
        UserFacingError: as `app.backup.making.look`, or there is no room; nothing has changed.
    """
    told = container.about(file)
    own = open_key(told, passphrase)
    folder = make_private(database.parent)
    with tempfile.TemporaryDirectory(prefix=".restore.", dir=folder) as room:
        taken, made = Path(room) / "taken.db", Path(room) / "made.db"
        container.take_out(file, taken, told.digest)
        examine_history(taken, own)
        copy_history(taken, own, made, key)
        examine_history(made, key)
        made.replace(folder / STAGED)


def put_in_place(database: Path, key: DatabaseKey, now_ms: int) -> bool:
    """Take a staged history as the present one; True if there was one.

    Call it while nobody has the history open.

    Args:
        database: the present history.
        key: opens it.
        now_ms: names what is kept aside.

    Raises:
        StorageBusyError: another program has the history open; nothing has changed.
    """
    staged = database.with_name(STAGED)
    if not staged.exists():
        return False
    if database.exists():
        try:
            settle_history(database, key)
        except StorageBusyError:
            raise
        except StorageError:
            pass  # it may be damaged, which is why another one is to take its place
        aside = database.with_name(_BEFORE.format(time=now_ms))
        database.replace(aside)
        for ending in _SIDE_FILES:
            with suppress(OSError):
                database.with_name(database.name + ending).replace(
                    aside.with_name(aside.name + ending)
                )
    staged.replace(database)
    return True


def kept_aside(database: Path) -> tuple[Path, ...]:
    """Histories that were replaced, the newest first."""
    found = database.parent.glob(_BEFORE.format(time="*"))
    return tuple(sorted(found, key=_time_of, reverse=True))


def time_of(aside: Path) -> int:
    """When a history was replaced: Unix time in milliseconds, UTC."""
    return _time_of(aside)


def bring_back(aside: Path) -> None:
    """Stage a history that was kept aside; the present one will be kept aside in turn."""
    aside.replace(aside.with_name(STAGED))


def remove(aside: Path) -> None:
    """Destroy a history that was kept aside; it is encrypted, so its bytes tell nothing."""
    for ending in ("", *_SIDE_FILES):
        with suppress(FileNotFoundError):
            aside.with_name(aside.name + ending).unlink()


def _time_of(aside: Path) -> int:
    digits = aside.stem.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
