"""Backups of the window: made and restored on a chores thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.backup import restoring
from app.backup.making import Backup, look, make_backup
from app.chats.values import Problem
from app.chores import Chores
from app.secrets import DatabaseKey, PassphraseCost

OnFailed = Callable[[Problem], None]


class BackupDesk:
    """The asking thread's; never blocks.

    Args:
        chores: where it is done.
        database: the history.
        key: opens it.
        clock_ms: Unix time in milliseconds.
        restart: starts Sotto anew, which puts what was staged in place.
        cost: how hard passphrases are to guess; None for the usual.
    """

    def __init__(
        self,
        chores: Chores,
        database: Path,
        key: DatabaseKey,
        clock_ms: Callable[[], int],
        restart: Callable[[], None],
        cost: PassphraseCost | None = None,
    ) -> None:
        self._chores, self._database, self._key = chores, database, key
        self._clock_ms, self.restart, self._cost = clock_ms, restart, cost

    def make(
        self, target: Path, passphrase: str, on_done: Callable[[Backup], None], on_failed: OnFailed
    ) -> None:
        """Write a backup and check it."""
        now_ms = self._clock_ms()
        self._chores.run(
            lambda: make_backup(self._database, self._key, target, passphrase, now_ms, self._cost),
            on_done,
            on_failed,
        )

    def look(
        self, file: Path, passphrase: str, on_done: Callable[[Backup], None], on_failed: OnFailed
    ) -> None:
        """Open a backup and say what is in it."""
        folder = self._database.parent
        self._chores.run(lambda: look(file, passphrase, folder), on_done, on_failed)

    def stage(
        self, file: Path, passphrase: str, on_done: Callable[[], None], on_failed: OnFailed
    ) -> None:
        """Make a backup ready to be put in place by `restart`."""
        self._chores.run(
            lambda: restoring.stage(file, passphrase, self._database, self._key),
            lambda _: on_done(),
            on_failed,
        )

    @property
    def aside(self) -> tuple[tuple[Path, int], ...]:
        """Histories that were replaced, the newest first, with the Unix times in milliseconds."""
        found = restoring.kept_aside(self._database)
        return tuple((one, restoring.time_of(one)) for one in found)

    def bring_back(self, aside: Path) -> None:
        """Start anew with a history that was replaced."""
        restoring.bring_back(aside)
        self.restart()

    def remove(self, aside: Path) -> None:
        """Destroy a history that was replaced."""
        restoring.remove(aside)
