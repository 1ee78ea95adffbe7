"""`sotto backup` and `sotto restore`: whole copies of the encrypted history, in a terminal."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from app.archive.sentences import count_line
from app.archive.telling import stamp
from app.assembly import clock_ms, make_words
from app.backup.container import BackupError
from app.backup.making import look, make_backup
from app.backup.restoring import STAGED, put_in_place, stage
from app.chats.database import StorageBusyError
from app.cli.ask import EXIT_OK
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile

PASSPHRASE: Final = "SOTTO_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable


def backup_command(options: argparse.Namespace, out: TextIO, environ: Mapping[str, str]) -> int:
    """Run one of the commands; returns the exit code.

    Raises:
        UserFacingError: the history or the backup cannot be read or written.
    """
    paths = Paths.from_environment(environ)
    words = make_words(SettingsFile(paths.settings).load(), environ)
    key = KeyVault(paths.data, environ).open_unattended()
    passphrase = _passphrase(environ, is_new=options.command == "backup")
    if options.command == "backup":
        made = make_backup(paths.database, key, options.file, passphrase, clock_ms())
        what = count_line(words, made.facts.chats, made.facts.messages)
        out.write(words("Backed up and checked: {what}", what=what) + "\n")
        return EXIT_OK
    found = look(options.file, passphrase, paths.data)
    what = count_line(words, found.facts.chats, found.facts.messages)
    out.write(words("A backup of {time}: {what}", time=stamp(found.made_ms), what=what) + "\n")
    if not options.yes and not _agrees(out, words("Put it in place of the present chats? (y/n) ")):
        return EXIT_OK
    stage(options.file, passphrase, paths.database, key)
    try:
        put_in_place(paths.database, key, clock_ms())
    except StorageBusyError:
        # Else the next start of the window would do what could not be done now.
        paths.database.with_name(STAGED).unlink(missing_ok=True)
        raise
    out.write(words("Restored. The chats from before are kept beside it.") + "\n")
    return EXIT_OK


def _passphrase(environ: Mapping[str, str], *, is_new: bool) -> str:
    given = environ.get(PASSPHRASE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise BackupError(
            "A backup needs a passphrase.",
            "Set the environment variable SOTTO_BACKUP_PASSPHRASE, or use a terminal.",
        )
    typed = getpass.getpass("Passphrase of the backup: ")
    if is_new and typed != getpass.getpass("The same again: "):
        raise BackupError("The two are not the same.", "Try again.")
    if not typed:
        raise BackupError("The passphrase is empty.", "Choose one that you will remember.")
    return typed


def _agrees(out: TextIO, question: str) -> bool:
    out.write(question)
    out.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "j", "ja", "네", "예")
