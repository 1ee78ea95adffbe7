"""Which dialog shows a file that waits, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.attachments.parts import FileChoice
from app.attachments.summary import FileSummary, Progress
from app.chats.values import Problem
from app.conversation import local_date
from app.side_desk import SideDesk
from app.words import Words
from ui.chat.attachments.parts_dialog import PartsDialog
from ui.chat.attachments.summary_dialog import MakeSummary, SummaryDialog
from ui.chat.attachments.view_dialog import ViewDialog
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.chat.attachments.door import AttachDoor


def summary_maker(sides: SideDesk) -> MakeSummary:
    """Makes summaries by side jobs, dated today."""

    def make(
        choice: FileChoice,
        on_progress: Callable[[Progress], None],
        on_failed: Callable[[Problem], None],
    ) -> FileSummary:
        today = local_date(time.time_ns() // 1_000_000)
        return FileSummary(choice, sides, today, on_progress=on_progress, on_failed=on_failed)

    return make


class FileDialogs:
    """Opens the dialogs of files; made with the first of them.

    Args:
        theme: the look.
        words: the user's language.
        door: where choices go.
        parent: the window is found from it.

    Attributes:
        dialog: the one that was opened last.
    """

    def __init__(self, theme: Theme, words: Words, door: AttachDoor, parent: QWidget) -> None:
        self._theme = theme
        self._words = words
        self._door = door
        self._parent = parent
        self.dialog: PartsDialog | SummaryDialog | ViewDialog | None = None

    def open(self, key: int, sides: SideDesk | None) -> None:
        """Show a file that waits.

        Args:
            key: of its card.
            sides: has the model sum files up; None where there is no model that could.
        """
        draft = self._door.file(key)
        if draft is None:
            return
        choice, make = draft.choice, summary_maker(sides) if sides is not None else None
        if choice is None:
            view = ViewDialog(self._theme, self._words, draft.attached, self._parent)
            self.dialog = view
            view.open()
        elif choice.summary:
            self._edit(key, choice, make)
        else:
            self._choose(key, make)

    def _choose(self, key: int, make: MakeSummary | None) -> None:
        draft = self._door.file(key)
        if draft is None or draft.choice is None:
            return
        dialog = PartsDialog(
            self._theme,
            self._words,
            draft,
            self._door.room,
            self._door.other_tokens(key),
            self._parent,
            can_summarise=make is not None,
        )
        dialog.chosen.connect(lambda chosen: self._door.choose(key, chosen))
        dialog.summary_wanted.connect(lambda chosen: self._edit(key, chosen, make))
        self.dialog = dialog
        dialog.open()

    def _edit(self, key: int, choice: FileChoice, make: MakeSummary | None) -> None:
        dialog = SummaryDialog(self._theme, self._words, choice, make, self._parent)
        dialog.chosen.connect(lambda chosen: self._door.choose(key, chosen))
        dialog.parts_wanted.connect(lambda: self._choose(key, make))
        self.dialog = dialog
        dialog.open()
        if not choice.summary:
            dialog.begin()
