"""The file of a backup: a zip with the encrypted history and what opens it.

`about.json` holds the version, the time, counts, and the key of `chats.db`, wrapped by the
passphrase of the backup.  Nothing in it says what was written in a chat.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from app.secrets import SecretsError
from app.whole_file import PartialFile
from engine.errors import UserFacingError

FORM: Final = 1
_ABOUT: Final = "about.json"
_HISTORY: Final = "chats.db"
_MOST_ABOUT: Final = 1 << 20
_CHUNK: Final = 1 << 20


class BackupError(UserFacingError):
    """A backup could not be made, read or put in place."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself.

    Attributes:
        made_ms: Unix time in milliseconds, UTC.
        key: of its history, wrapped (`app.secrets.wrapped_key`).
        digest: SHA-256 of its history, in hexadecimal.
    """

    made_ms: int
    key: dict[str, Any]
    digest: str


def write(target: Path, history: Path, made_ms: int, key: dict[str, Any]) -> None:
    """Write a backup, whole or not at all.

    Raises:
        BackupError: it cannot be written.
    """
    told = {"sotto_backup": FORM, "made_ms": made_ms, "key": key, "digest": digest_of(history)}
    try:
        partial = PartialFile(target)
    except OSError as error:
        raise _unwritten(error) from error
    try:
        # Stored as it is: what is encrypted cannot be made smaller.
        with zipfile.ZipFile(partial.file, "w", zipfile.ZIP_STORED) as made:
            made.writestr(_ABOUT, json.dumps(told))
            with history.open("rb") as source, made.open(_HISTORY, "w", force_zip64=True) as to:
                shutil.copyfileobj(source, to, _CHUNK)
        partial.keep()
    except OSError as error:
        partial.drop()
        raise _unwritten(error) from error
    except BaseException:
        partial.drop()
        raise


def about(file: Path) -> About:
    """What a backup says of itself.

    Raises:
        BackupError: it is none, or a newer version made it.
    """
    try:
        with zipfile.ZipFile(file) as opened, opened.open(_ABOUT) as stream:
            told = json.loads(stream.read(_MOST_ABOUT))
        form = int(told["sotto_backup"])
        if form <= FORM:
            return About(int(told["made_ms"]), dict(told["key"]), str(told["digest"]))
    except OSError as error:
        raise _unreadable(error) from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BackupError(
            "This file is no backup of Sotto.",
            "Choose a file that Sotto wrote as a backup.",
            detail=type(error).__name__,
        ) from error
    raise BackupError(
        "This backup was made by a newer version of Sotto.",
        "Install the newest version of Sotto, then try again.",
    )


def take_out(file: Path, target: Path, digest: str) -> None:
    """Write the history of a backup into a new file, still encrypted.

    Raises:
        BackupError: it is not what was written, or there is no room for it.
    """
    try:
        with (
            zipfile.ZipFile(file) as opened,
            opened.open(_HISTORY) as source,
            _new_file(target) as to,
        ):
            shutil.copyfileobj(source, to, _CHUNK)
    except OSError as error:
        raise _unwritten(error) from error
    except (zipfile.BadZipFile, KeyError) as error:
        raise _damaged(type(error).__name__) from error
    if digest_of(target) != digest:
        raise _damaged("digest")


def digest_of(file: Path) -> str:
    """SHA-256 in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def wrong_key(error: Exception) -> SecretsError:
    """What to raise where the wrapped key makes no sense."""
    return SecretsError(
        "The key in this backup is damaged.",
        "Choose another backup.",
        detail=type(error).__name__,
    )


def _new_file(path: Path) -> IO[bytes]:
    path.touch(mode=0o600, exist_ok=True)
    return path.open("wb")


def _damaged(detail: str) -> BackupError:
    return BackupError(
        "This backup is damaged.", "Choose another backup; your chats are untouched.", detail
    )


def _unreadable(error: OSError) -> BackupError:
    return BackupError(
        "The file cannot be read.",
        "Check that it is there and whole.",
        detail=type(error).__name__,
    )


def _unwritten(error: OSError) -> BackupError:
    return BackupError(
        "The file could not be written.",
        "Choose another folder, or check that the disk is not full.",
        detail=type(error).__name__,
    )
