"""The ways from a window to exports and imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from app.archive.door import ArchiveDoor
from app.chats.ids import ChatId
from app.words import Words
from ui.settings.file_dialog import choose_chats, choose_target
from ui.theme.theme import Theme

Choose = Callable[[QWidget, Words, str], str]


class ArchiveWindowDoor:
    """Opens the dialogs, which are made when they are wanted.  UI thread.

    Args:
        theme: the look.
        words: the user's language.
        archive: writes and reads.
        only_checked_thoughts: whether thoughts are to be checked before anybody sees them.
        choose_file: asks for a file of chats.
        choose_target: asks where to write.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        archive: ArchiveDoor,
        only_checked_thoughts: Callable[[], bool],
        *,
        choose_file: Choose = choose_chats,
        choose_target: Choose = choose_target,
    ) -> None:
        self._theme, self._words, self._archive = theme, words, archive
        self._only_checked = only_checked_thoughts
        self._choose_file, self._choose_target = choose_file, choose_target

    def export(self, parent: QWidget, chat_id: ChatId | None = None, title: str = "") -> QDialog:
        """Ask how one chat, or all for None, is to be written."""
        from ui.archive.export_dialog import (  # noqa: PLC0415 - not before it is wanted
            ExportDialog,
            ExportSubject,
        )

        subject = ExportSubject(chat_id, title)
        dialog = ExportDialog(
            self._theme,
            self._words,
            self._archive.desk,
            subject,
            only_checked_thoughts=self._only_checked(),
            choose_target=self._choose_target,
            parent=parent,
        )
        dialog.open()
        return dialog

    def bring_in(self, parent: QWidget) -> QDialog | None:
        """Ask for a file of chats, and say what is in it; None where none was chosen."""
        from ui.archive.import_dialog import ImportDialog  # noqa: PLC0415 - as above

        path = self._choose_file(parent, self._words, self._words("Import chats"))
        if not path:
            return None
        dialog = ImportDialog(self._theme, self._words, self._archive.desk, Path(path), parent)
        dialog.open()
        return dialog
