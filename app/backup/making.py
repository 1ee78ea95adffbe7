"""Makes a backup while Sotto runs.  Blocks; any thread, since it opens the history anew."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.backup import container
from app.chats.database import HistoryFacts, copy_history, examine_history
from app.paths import make_private
from app.secrets import DatabaseKey, PassphraseCost, new_key, unwrapped_key, wrapped_key


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is there and was looked at.

    Attributes:
        made_ms: Unix time in milliseconds, UTC.
        facts: what is in it.
    """

    made_ms: int
    facts: HistoryFacts


def make_backup(
    database: Path,
    key: DatabaseKey,
    target: Path,
    passphrase: str,
    made_ms: int,
    cost: PassphraseCost | None = None,
) -> Backup:
    """Write all that is committed now into one file, then read it again to prove it.

    The copy has a key of its own, which the passphrase wraps, so it opens on any machine.
    Another process may go on writing into the history meanwhile.

    Args:
        database: the history.
        key: opens it.
        target: the file.
        passphrase: opens the backup.
        made_ms: Unix time in milliseconds, UTC.
        cost: how hard the passphrase is to guess; None for the usual.

    Raises:
        UserFacingError: it cannot be made; then nothing is there under its name.
    """
    own = new_key()
    with tempfile.TemporaryDirectory(prefix=".backup.", dir=make_private(database.parent)) as room:
        copy = Path(room) / "chats.db"
        copy_history(database, key, copy, own)
        examine_history(copy, own)
        container.write(target, copy, made_ms, wrapped_key(own, passphrase, cost))
    return look(target, passphrase, database.parent)


def look(file: Path, passphrase: str, folder: Path) -> Backup:
    """Open a backup, check all of it, and say what is in it.

    Args:
        file: the backup.
        passphrase: opens it.
        folder: where there is room for its history, encrypted, for a moment.

    Raises:
        WrongPassphraseError: the passphrase does not fit.
        UserFacingError: it is none, damaged, or of a newer version.
    """
    told = container.about(file)
    with tempfile.TemporaryDirectory(prefix=".backup.", dir=make_private(folder)) as room:
        copy = Path(room) / "chats.db"
        own = open_key(told, passphrase)
        container.take_out(file, copy, told.digest)
        return Backup(told.made_ms, examine_history(copy, own))


def open_key(told: container.About, passphrase: str) -> DatabaseKey:
    """The key of a backup's history.

    Raises:
        WrongPassphraseError: the passphrase does not fit.
        SecretsError: what is kept of the key is damaged.
    """
    try:
        return unwrapped_key(told.key, passphrase)
    except (KeyError, TypeError, ValueError) as error:
        raise container.wrong_key(error) from error
