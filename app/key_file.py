"""The file that says where the key of a chat history is: `key.json` in the data folder.

Knows neither keys nor keyrings, only how the file is read and put in place.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from app.paths import DATABASE_NAME, make_private
from engine.errors import UserFacingError

_VERSION: Final = 1


class SecretsError(UserFacingError):
    """The key of the chat history could not be made, read or unwrapped."""


class KeyExistsError(SecretsError):
    """Another process has made a key for this folder in the meantime; open that one."""


class VaultState(StrEnum):
    """Where the key of a data folder is, or could be put."""

    NEW_WITH_KEYRING = "new_with_keyring"
    NEW_WITHOUT_KEYRING = "new_without_keyring"
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a state
    UNENCRYPTED = "unencrypted"


class KeyFile:
    """The key file of one data folder, whole or not there.

    Args:
        folder: the data folder; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "key.json"

    def read(self) -> dict[str, Any] | None:
        """What is in the file; None where there is none.

        Its "mode" is a `VaultState`; what else that needs is for the caller to check.

        Raises:
            SecretsError: the file is damaged or cannot be read.
        """
        try:
            stored = json.loads(self._file.read_bytes())
            VaultState(stored["mode"])
            if stored["version"] != _VERSION:
                raise ValueError("version")
            if stored["mode"] == VaultState.KEYRING and not stored["user"]:
                raise ValueError("user")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretsError(
                "The key file of your chats cannot be read.",
                "Check that you may read the files in {folder}.",
                detail=str(error),
                fields={"folder": str(self._folder)},
            ) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            # The type only: an error's text might hold what it could not read.
            raise self.damaged(type(error).__name__) from error
        return dict(stored)

    def read_as(self, mode: VaultState) -> dict[str, Any]:
        """What is in the file, which says that the key is kept in one way.

        Raises:
            SecretsError: it is kept in another or none, or as `read`.
        """
        stored = self.read()
        if stored is None or stored["mode"] != mode.value:
            self.refuse_if_database_exists()
            raise SecretsError(
                "The key of your chats is kept in another way.",
                "Start Sotto again.",
                detail=f"wanted {mode.value}",
            )
        return stored

    def publish(self, stored: Mapping[str, Any]) -> None:
        """Put the key file in place, whole and only if no other process was faster.

        Raises:
            KeyExistsError: another process was.
            SecretsError: the disk refuses.
        """
        partial = make_private(self._folder) / f".key.{secrets.token_hex(8)}.tmp"
        content = json.dumps({"version": _VERSION, **stored}, indent=2).encode()
        try:
            _write_new(partial, content)
            _link_or_copy(partial, self._file)
        except FileExistsError as error:
            raise KeyExistsError(
                "The key of your chats has just been made by another program.",
                "Start Sotto again.",
            ) from error
        except OSError as error:
            raise SecretsError(
                "The key file cannot be written to {folder}.",
                "Check that the disk is not full and that you may write there.",
                detail=str(error),
                fields={"folder": str(self._folder)},
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink()

    def refuse_if_database_exists(self) -> None:
        """Stop whoever would make a new key for what an old one has encrypted.

        Raises:
            SecretsError: there is a database, but no key file.
        """
        database = self._folder / DATABASE_NAME
        if not self._file.exists() and database.exists() and database.stat().st_size > 0:
            raise SecretsError(
                "The key file of your chats is missing.",
                "Put key.json back into {folder} from a backup. "
                "To begin a new history, move chats.db away.",
                fields={"folder": str(self._folder)},
            )

    def damaged(self, detail: str) -> SecretsError:
        """What to raise where the file makes no sense."""
        return SecretsError(
            "The key file of your chats is damaged.",
            "Put key.json back into {folder} from a backup.",
            detail=detail,
            fields={"folder": str(self._folder)},
        )


def _write_new(file: Path, content: bytes) -> None:
    """Write a file that must not be there yet, for its owner only."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _link_or_copy(partial: Path, file: Path) -> None:
    """Give a whole file its name; unlike a rename, this fails where the name is taken."""
    try:
        file.hardlink_to(partial)
    except FileExistsError:
        raise
    except OSError:
        # Memory sticks (exFAT) know no hard links.
        _write_new(file, partial.read_bytes())
