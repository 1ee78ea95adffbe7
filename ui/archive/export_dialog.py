"""Asks how chats are to be written, and writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.archive.desk import ArchiveDesk, Job
from app.archive.values import ExportForm, ExportWish
from app.archive.writing import ending, file_name
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.controls.segmented import SegmentedControl
from ui.controls.switch import Switch
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

FORMS: Final = (ExportForm.MARKDOWN, ExportForm.HTML, ExportForm.JSON)
ChooseTarget = Callable[[QWidget, Words, str], str]


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """What is written: one chat by its id and title, or all chats for None."""

    chat_id: ChatId | None = None
    title: str = ""


class ExportDialog(PlainDialog):
    """The form, whether with thoughts, and a plain word that the file is not encrypted.

    Args:
        theme: the look.
        words: the user's language.
        desk: writes.
        subject: what.
        only_checked_thoughts: as in `ExportWish`.
        choose_target: asks where to.
        parent: the window.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        desk: ArchiveDesk,
        subject: ExportSubject,
        *,
        only_checked_thoughts: bool,
        choose_target: ChooseTarget,
        parent: QWidget,
    ) -> None:
        is_one = subject.chat_id is not None
        title = words("Export this chat") if is_one else words("Export all chats")
        super().__init__(theme, title, parent)
        self._words, self._desk, self._subject = words, desk, subject
        self._only_checked = only_checked_thoughts
        self._choose_target = choose_target
        self._job: Job | None = None
        self.form = SegmentedControl(theme, words("Format"), ("Markdown", "HTML", "JSON"))
        self.about = Label(theme, "", size=TypeSize.CODE, role="muted", wrap=True)
        self.thoughts = Switch(theme, words("With the filtered thoughts"))
        self.warning = Label(
            theme,
            words("The file is not encrypted: whoever can read it can read your chats."),
            role="warn",
            wrap=True,
        )
        self.progress = Progress(theme, words("Export"))
        self.progress.hide()
        self.close_button = TextButton(theme, words("Cancel"))
        self.go = TextButton(theme, words("Export…"), icon="download", kind=ButtonKind.PRIMARY)
        self.lay_out(
            (self.form, self.about, self._thoughts_row(), self.warning, self.progress),
            (self.close_button, self.go),
        )
        self.form.chosen.connect(lambda _: self._explain())
        self.close_button.clicked.connect(self.reject)
        self.go.clicked.connect(self._ask_where)
        self._explain()

    @property
    def wish(self) -> ExportWish:
        """What is chosen."""
        return ExportWish(
            FORMS[self.form.index],
            self.thoughts.isChecked(),
            self._only_checked,
            is_single=self._subject.chat_id is not None,
        )

    def export_to(self, target: Path) -> None:
        """Write the file."""
        self.go.setEnabled(False)
        self.form.setEnabled(False)
        self.thoughts.setEnabled(False)
        self.progress.show()
        self.say("")
        self._job = self._desk.export(
            self._subject.chat_id,
            target,
            self.wish,
            self._words,
            on_progress=self.progress.set_fraction,
            on_done=lambda count: self._tell_done(target, count),
            on_failed=self._tell_failed,
        )

    @override
    def done(self, result: int) -> None:
        """However it is closed, nothing half written stays."""
        if self._job is not None and not self._job.is_over:
            self._job.cancel()
        super().done(result)

    def _thoughts_row(self) -> QWidget:
        row = QWidget()
        said = Label(self._theme, self._words("With the filtered thoughts"), wrap=True)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.ROOM)
        layout.addWidget(said, stretch=1)
        layout.addWidget(self.thoughts)
        return row

    def _explain(self) -> None:
        words = self._words
        self.about.setText(
            {
                ExportForm.MARKDOWN: words(
                    "To read and to edit: the branch that is shown, with sources as notes."
                ),
                ExportForm.HTML: words(
                    "To read in any browser: one page, which loads nothing from anywhere."
                ),
                ExportForm.JSON: words(
                    "To bring in again: whole chats with all branches, calls and files."
                ),
            }[self.wish.form]
        )

    def _ask_where(self) -> None:
        wish = self.wish
        name = file_name(self._subject.title) if wish.is_single else self._words("Chats from Sotto")
        wanted = f"{name}.{ending(wish.form, is_single=wish.is_single)}"
        target = self._choose_target(self, self._words, wanted)
        if target:
            self.export_to(Path(target))

    def _tell_done(self, target: Path, count: int) -> None:
        if self._job is not None and self._job.is_cancelled:
            return
        self.progress.set_fraction(1.0)
        self.go.hide()
        self.close_button.set_look(self._words("Close"), "", self.close_button.kind)
        said = self._words("Saved as {file}.", file=target.name)
        if count != 1:
            said = self._words("{count} chats saved as {file}.", count=count, file=target.name)
        self.say(said)
        self.close_button.setFocus()

    def _tell_failed(self, problem: Problem) -> None:
        for widget in (self.go, self.form, self.thoughts):
            widget.setEnabled(True)
        self.progress.hide()
        self.say(told(self._words, problem), is_wrong=True)


def told(words: Words, problem: Problem) -> str:
    """A problem in one line."""
    parts = (problem.title, problem.hint)
    return " ".join(words(part, **problem.fields) for part in parts if part)
