"""Says what a file would bring, brings it in, and takes it back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.archive.desk import ArchiveDesk, Job
from app.archive.sentences import brought_line, preview_lines
from app.archive.values import BroughtIn, Preview
from app.chats.values import Problem
from app.words import Words
from ui.archive.export_dialog import told
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.theme.theme import Theme


class ImportDialog(PlainDialog):
    """First a look, then the wish, then what came of it with a way back.

    Args:
        theme: the look.
        words: the user's language.
        desk: reads.
        path: the file.
        parent: the window.
    """

    def __init__(
        self, theme: Theme, words: Words, desk: ArchiveDesk, path: Path, parent: QWidget
    ) -> None:
        super().__init__(theme, words("Import chats"), parent)
        self._words, self._desk = words, desk
        self._preview: Preview | None = None
        self._brought: BroughtIn | None = None
        self._failed = ""
        self.about = Label(theme, words("Looking at {file}…", file=path.name), wrap=True)
        self.progress = Progress(theme, words("Import"))
        self.undo = TextButton(theme, words("Undo"), icon="undo-2")
        self.close_button = TextButton(theme, words("Cancel"))
        self.go = TextButton(theme, words("Bring in"), kind=ButtonKind.PRIMARY)
        self.undo.hide()
        self.go.setEnabled(False)
        self.lay_out((self.about, self.progress), (self.undo, self.close_button, self.go))
        self.close_button.clicked.connect(self._leave)
        self.go.clicked.connect(self._bring_in)
        self.undo.clicked.connect(self._take_back)
        self._job: Job = desk.look(
            path,
            on_progress=self.progress.set_fraction,
            on_found=self._show_preview,
            on_failed=self._tell_failed,
        )

    @override
    def done(self, result: int) -> None:
        """What came in until then stays; it is in the list, and can be deleted there."""
        if not self._job.is_over:
            self._job.cancel()
        super().done(result)

    def _show_preview(self, preview: Preview) -> None:
        self._preview = preview
        self.progress.hide()
        lines = [*preview_lines(self._words, preview)]
        if preview.titles:
            more = "…" if preview.chats > len(preview.titles) else ""
            lines += ["", "\n".join(preview.titles) + (f"\n{more}" if more else "")]
        self.about.setText("\n".join(lines))
        self.go.setEnabled(preview.chats > 0)
        (self.go if preview.chats else self.close_button).setFocus()

    def _bring_in(self) -> None:
        if self._preview is None:
            return
        self.go.hide()
        self.progress.set_fraction(0.0)
        self.progress.show()
        self.close_button.set_look(self._words("Stop"), "", self.close_button.kind)
        self._job = self._desk.bring_in(
            self._preview,
            on_progress=self.progress.set_fraction,
            on_done=self._tell_done,
            on_failed=self._tell_failed,
        )

    def _leave(self) -> None:
        """Stop what is being brought in and say how far it got; else close."""
        if self._preview is not None and self.go.isHidden() and not self._job.is_over:
            self._job.cancel()
        else:
            self.reject()

    def _tell_done(self, brought: BroughtIn) -> None:
        self._brought = brought
        self.progress.hide()
        lines = [self._failed, brought_line(self._words, brought)]
        self.about.setText("\n".join(line for line in lines if line))
        self.undo.setVisible(bool(brought.chat_ids))
        self._offer_close()

    def _take_back(self) -> None:
        if self._brought is None:
            return
        self.undo.setEnabled(False)
        self._desk.take_back(self._brought, self._tell_taken_back)

    def _tell_taken_back(self) -> None:
        self.undo.hide()
        self.about.setText(self._words("Taken back: these chats are in the trash."))
        self._offer_close()

    def _offer_close(self) -> None:
        self.close_button.set_look(self._words("Close"), "", self.close_button.kind)
        self.close_button.setFocus()

    def _tell_failed(self, problem: Problem) -> None:
        self.progress.hide()
        self._failed = told(self._words, problem)
        self.about.setText(self._failed)
        self._offer_close()
