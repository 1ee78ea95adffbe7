"""The one module that opens SQLite.  Its errors leave it as `StorageError`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher

from app.chats.migrations import MIGRATIONS
from app.paths import make_private
from app.secrets import DatabaseKey
from engine.errors import UserFacingError

BUSY_SECONDS: Final = 5.0
"""How long a write waits for another process's write."""

_RETRY_SECONDS: Final = 0.02

_STEPS_BETWEEN_LOOKS: Final = 2000
"""Instructions of SQLite's machine, less than a millisecond."""


class StorageError(UserFacingError):
    """The chat history could not be read or written; nothing half done remains."""


class StorageBusyError(StorageError):
    """Another program has the chat history open."""


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """What is in a history that was looked at from end to end."""

    version: int
    chats: int
    messages: int


class Database:
    """One connection to a chat history.  Only on the thread that made it.

    Args:
        connection: in autocommit mode (`isolation_level=None`), already unlocked.
        migrations: the steps of the schema; a test may give others.

    Raises:
        StorageError: a newer version wrote the file, or it cannot be brought up to date.
    """

    def __init__(
        self,
        connection: sqlcipher.Connection,
        migrations: Sequence[Sequence[str]] = MIGRATIONS,
    ) -> None:
        self._connection = connection
        with _told():
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            # Sorting and the like must not put text into files outside the encryption.
            connection.execute("PRAGMA temp_store = MEMORY")
        self._migrate(migrations)

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows.

        Raises:
            StorageError: SQLite refused.
        """
        with _told():
            return list(self._connection.execute(statement, values))

    @contextmanager
    def while_wanted(self, is_wanted: Callable[[], bool]) -> Iterator[None]:
        """Give up what is read inside as soon as nobody wants it.

        Args:
            is_wanted: asked now and then while a statement runs; must be quick.

        Raises:
            StorageError: it was given up, or SQLite refused.
        """
        self._connection.set_progress_handler(lambda: not is_wanted(), _STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            self._connection.set_progress_handler(None, 0)

    def privately(self) -> AbstractContextManager[None]:
        """A transaction whose new rows are kept in memory only.

        Raises:
            StorageError: there is no place in memory beside this history.
        """
        raise StorageError("There can be no private chats here.", "Use a chat that is kept.")

    def number_from(self, first: int) -> None:
        """Have the rows of an empty database numbered from here on."""
        with self.transaction():
            self.rows(
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_schema"
                " WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
                (first - 1,),
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything that is run inside, or nothing of it.

        Takes the write lock at once: a transaction that begins by reading could find, when
        it comes to write, that another process has been faster.

        Raises:
            StorageError: SQLite refused.
        """
        with _told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back on a full disk and the like.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def fold_log(self) -> None:
        """Write the log into the file and empty it, so that nothing old is left there."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Write everything into the one file and let go of it.  May be called twice."""
        self._connection.close()

    def _migrate(self, migrations: Sequence[Sequence[str]]) -> None:
        while (done := self._version()) < len(migrations):
            with self.transaction():
                if self._version() != done:
                    continue  # another process took this step while we waited for the lock
                for statement in migrations[done]:
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {done + 1}")
        if done > len(migrations):
            self.close()
            raise newer_history(f"user_version {done}, known {len(migrations)}")

    def _version(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])


def open_database(
    file: Path,
    key: DatabaseKey,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
    busy_seconds: float = BUSY_SECONDS,
) -> Database:
    """Open a chat history, make it if need be and bring its schema up to date.

    The journal is a write-ahead log, so that another process (`sotto ask --chat`) may read
    and write while the window is open.  `synchronous=FULL` syncs the log at every commit:
    a killed process would lose nothing with NORMAL either, but a power cut would; at about
    one commit a second, on a thread of its own, nobody waits for it.

    Args:
        file: made, with its folder, for its owner only.
        key: what it is, or is to be, encrypted with.
        migrations: the steps of the schema; a test may give others.
        busy_seconds: how long to wait for another process that holds the file.

    Raises:
        StorageError: the key does not fit, the file is damaged, of a newer version, locked
            or cannot be written.
        FolderError: its folder cannot be made.
    """
    make_private(file.parent)
    with _told():
        _make_private_file(file)
        deadline = time.monotonic() + busy_seconds
        while True:
            try:
                connection = _connect(file, key)
                break
            except sqlcipher.OperationalError as error:
                # Two processes may come to a new file at the same moment, and for the change
                # to WAL SQLite does not wait (https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
                if not _is_busy(error) or time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
    try:
        return Database(connection, migrations)
    except BaseException:
        connection.close()
        raise


def newer_history(detail: str) -> StorageError:
    """What to raise where a newer version wrote a history."""
    return StorageError(
        "This chat history was written by a newer version of Sotto.",
        "Install the newest version of Sotto; your chats are untouched.",
        detail=detail,
    )


def open_memory_database() -> Database:
    """A chat history that is gone when it is closed."""
    return Database(sqlcipher.connect(":memory:", isolation_level=None))


def copy_history(file: Path, key: DatabaseKey, target: Path, target_key: DatabaseKey) -> None:
    """Write what is committed now into a new file with a key of its own; blocks.

    A connection of its own reads one state of the file, while others go on writing.

    Raises:
        StorageError: one of the files cannot be read or written, or the key does not fit.
    """
    with _told():
        target.unlink(missing_ok=True)
        _make_private_file(target)
        connection = _connect(file, key)
        try:
            connection.execute("PRAGMA temp_store = MEMORY")
            raw = target_key.raw
            text = "" if raw is None else f"x'{raw.hex()}{target_key.salt.hex()}'"
            connection.execute("ATTACH DATABASE ? AS copy KEY ?", (str(target), text))
            # One transaction: one state of the file, however long it takes.
            connection.execute("BEGIN")
            version = connection.execute("PRAGMA main.user_version").fetchone()[0]
            connection.execute("SELECT sqlcipher_export('copy')").fetchall()
            connection.execute(f"PRAGMA copy.user_version = {int(version)}")
            connection.execute("COMMIT")
            connection.execute("DETACH DATABASE copy")
        finally:
            connection.close()


def examine_history(file: Path, key: DatabaseKey) -> HistoryFacts:
    """Read a whole history, whose every page has to be what was written; blocks.

    Raises:
        StorageError: it is damaged, of a newer version, or the key does not fit.
    """
    with _told():
        connection = _connect(file, key)
        try:
            wrong = (
                key.raw is not None
                and connection.execute("PRAGMA cipher_integrity_check").fetchall()
            )
            told = connection.execute("PRAGMA integrity_check").fetchall()
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if wrong or told != [("ok",)]:
                raise StorageError("The chat history is damaged.", _RESTORE)
            if version > len(MIGRATIONS):
                raise newer_history(f"user_version {version}, known {len(MIGRATIONS)}")
            counts = "SELECT (SELECT count(*) FROM chat WHERE deleted_ms IS NULL),"
            counts += " (SELECT count(*) FROM message)"
            return HistoryFacts(version, *connection.execute(counts).fetchone())
        finally:
            connection.close()


def settle_history(file: Path, key: DatabaseKey) -> None:
    """Have everything in the one file, with no log beside it.

    Raises:
        StorageBusyError: another program has it open.
        StorageError: it cannot be read.
    """
    with _told():
        connection = _connect(file, key)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Only who is alone with the file may leave the log.
            connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            connection.close()


def _connect(file: Path, key: DatabaseKey) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(file), isolation_level=None, timeout=0)
    try:
        # SQLCipher prints to stderr by itself where a key does not fit.
        connection.execute("PRAGMA cipher_log_level = NONE")
        if key.raw is not None:
            # With the salt given, two processes that make the file at the same moment agree
            # on it (https://www.zetetic.net/sqlcipher/sqlcipher-api/#key).
            connection.execute(f"PRAGMA key = \"x'{key.raw.hex()}{key.salt.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_schema")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private_file(file: Path) -> None:
    """An empty file is an empty database; SQLite gives its log files the same mode."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _is_busy(error: sqlcipher.Error) -> bool:
    return _code(error) in (
        sqlcipher.SQLITE_BUSY,
        sqlcipher.SQLITE_LOCKED,
        sqlcipher.SQLITE_PROTOCOL,
    )


def _code(error: sqlcipher.Error) -> int:
    """The primary result code (https://sqlite.org/rescode.html); 0 where there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


_TRY_AGAIN: Final = "Close the other program or wait a moment, then try again."
_FREE_SPACE: Final = "Free some space and try again; nothing that was stored is lost."
_MAY_WRITE: Final = "Check that you may read and write the files in Sotto's data folder."
_RESTORE: Final = "Put back a copy from a backup, or move the file away to start a new history."
_WRONG_KEY: Final = "The key does not fit this file; put back the key file that belongs to it."

_EXPLAINED: Final = {
    sqlcipher.SQLITE_BUSY: ("Another program is using the chat history.", _TRY_AGAIN),
    sqlcipher.SQLITE_LOCKED: ("Another program is using the chat history.", _TRY_AGAIN),
    sqlcipher.SQLITE_PROTOCOL: ("Another program is using the chat history.", _TRY_AGAIN),
    sqlcipher.SQLITE_FULL: ("The disk is full.", _FREE_SPACE),
    sqlcipher.SQLITE_READONLY: ("The chat history cannot be written.", _MAY_WRITE),
    sqlcipher.SQLITE_CANTOPEN: ("The chat history cannot be opened.", _MAY_WRITE),
    sqlcipher.SQLITE_CORRUPT: ("The chat history is damaged.", _RESTORE),
    sqlcipher.SQLITE_NOTADB: ("The chat history cannot be unlocked.", _WRONG_KEY),
}


@contextmanager
def _told() -> Iterator[None]:
    """Turn errors of SQLite and of the file system into sentences for the user."""
    try:
        yield
    except sqlcipher.Error as error:
        title, hint = _EXPLAINED.get(
            _code(error), ("The chat history could not be read or written.", "Try again.")
        )
        # Not str(error): SQLite may quote a value in it, and values are chat text.
        name = getattr(error, "sqlite_errorname", "")
        kind = StorageBusyError if _is_busy(error) else StorageError
        raise kind(title, hint, detail=f"{type(error).__name__} {name}".strip()) from error
    except OSError as error:
        raise StorageError(
            "The chat history cannot be opened.", _MAY_WRITE, detail=str(error)
        ) from error
