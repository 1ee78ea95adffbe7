"""Says in a dialog why Sotto cannot start: whoever double-clicked it sees no terminal."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from app.assembly import make_words
from app.paths import FolderError, Paths, make_private
from app.settings import Settings, SettingsFile
from engine.errors import UserFacingError
from ui.theme.theme import Theme


def make_data_folder(
    paths: Paths,
    application: QApplication,
    wants_retry: Callable[[QApplication, UserFacingError], bool] | None = None,
) -> None:
    """Make the folder of data, as often as the user wants it tried.

    Args:
        paths: the user's folders.
        application: shows the dialog.
        wants_retry: tells the user; whether they have done something about it.

    Raises:
        FolderError: it cannot be made; the user has been told.
    """
    ask = wants_retry or (lambda there, error: told(there, error, paths))
    while True:
        try:
            make_private(paths.data)
            return
        except FolderError as error:
            if not ask(application, error):
                raise


def told(application: QApplication, error: UserFacingError, paths: Paths) -> bool:
    """Say it in the user's language; whether they want it tried again."""
    from ui.unlock.dialogs import ProblemDialog, is_accepted  # noqa: PLC0415 - for this alone

    settings = SettingsFile(paths.settings).load() if paths.settings.exists() else Settings()
    theme = Theme(application, settings.theme, settings.text_percent / 100)
    dialog = ProblemDialog(theme, make_words(settings, os.environ), error)
    is_accepted(dialog)
    return dialog.wants_retry
