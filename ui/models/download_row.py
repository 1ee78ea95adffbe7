"""One download: how far it is, how long it takes, and what can be done about it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.models.values import Download, DownloadState
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.controls.wrapping_row import WrappingRow
from ui.models.wording import progress_line, told
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_NARROW: Final = 460
_SECOND_MS: Final = 1000
_GOING: Final = (
    DownloadState.QUEUED,
    DownloadState.CHECKING,
    DownloadState.RUNNING,
    DownloadState.WAITING,
)
"""What can be paused."""


class DownloadRow(QWidget):
    """A name, a bar, a line and buttons; below them, why it waits or failed.

    Screen readers hear the bar's percentage when they ask for it, and by themselves only that
    the download became another: paused, waiting, done, failed.

    Signals:
        pause_requested: let it rest.
        resume_requested: go on, or try again at once.
        cancel_requested: want it no more; the owner then calls `show_cancelled`.
        undo_requested: want it after all.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        is_named: its name stands above the bar, and it has a margin, as in a card of rows;
            without, it is a part of something that names it.
        clock: seconds, for the countdown to the next try.
    """

    pause_requested = Signal()
    resume_requested = Signal()
    cancel_requested = Signal()
    undo_requested = Signal()
    resized = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        *,
        is_named: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._is_named = is_named
        self._clock = clock
        self._download: Download | None = None
        self._next_try = 0.0
        self.name = Label(theme, bold=True, wrap=True)
        self.progress = Progress(theme, "")
        self.said = Label(theme, size=TypeSize.CONTROL, wrap=True)
        self.problem = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        ghost = ButtonKind.GHOST
        self.pause = TextButton(theme, words("Pause"), kind=ghost, icon="pause", compact=True)
        self.resume = TextButton(theme, words("Resume"), icon="play", compact=True)
        self.cancel = TextButton(theme, words("Cancel"), kind=ghost, icon="x", compact=True)
        self.undo = TextButton(theme, words("Undo"), icon="undo-2", compact=True)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons = WrappingRow(self.pause, self.resume, self.cancel, self.undo)
        self._lay_out()
        self._countdown = QTimer(self, interval=_SECOND_MS)
        self._countdown.timeout.connect(self._say)
        self.pause.clicked.connect(self.pause_requested)
        self.resume.clicked.connect(self.resume_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.undo.clicked.connect(self.undo_requested)

    @property
    def download(self) -> Download | None:
        """What is shown; None before the first."""
        return self._download

    def show_download(self, download: Download) -> None:
        """Show a download as it stands."""
        before, self._download = self._download, download
        if before is None or before.model != download.model or not self.undo.isHidden():
            self._name(download.model.name)
        self._next_try = self._clock() + (download.retry_seconds or 0.0)
        total = download.total_bytes
        self.progress.set_fraction(download.done_bytes / total if total else 0.0)
        self._show_buttons(download.state)
        self._say()
        self._say_problem(download)
        is_waiting = download.state is DownloadState.WAITING
        if is_waiting != self._countdown.isActive():
            (self._countdown.start if is_waiting else self._countdown.stop)()
        if before is not None and _is_news(before, download):
            announce(self, f"{download.model.name}: {self._news(download)}")

    def show_cancelled(self) -> None:
        """It was cancelled, and can be taken up again where it was."""
        if self._download is None:
            return
        self._countdown.stop()
        name = self._download.model.name
        kept = self._words("The download of {name} is cancelled.", name=name)
        self.said.setText(kept)
        self.progress.hide()
        self.problem.hide()
        for button in (self.pause, self.resume, self.cancel):
            button.hide()
        self.undo.show()
        announce(self, kept)
        self.resized.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.scaled(_NARROW)
        directions = QBoxLayout.Direction
        self._line.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._line.setSpacing(Space.TINY if is_narrow else Space.ROOM)

    def _lay_out(self) -> None:
        self._line.addWidget(self.said, stretch=1)
        self._line.addWidget(self._buttons)
        column = QVBoxLayout(self)
        beside, above = (Space.PAD, Space.ROOM) if self._is_named else (0, 0)
        column.setContentsMargins(beside, above, beside, above)
        column.setSpacing(Space.SMALL)
        column.addWidget(self.name)
        column.addWidget(self.progress)
        column.addLayout(self._line)
        column.addWidget(self.problem)
        self.name.setVisible(False)
        self.problem.hide()
        self.undo.hide()
        self.resume.hide()

    def _name(self, name: str) -> None:
        words = self._words
        self.setAccessibleName(words("Download of {name}", name=name))
        self.name.setText(name)
        self.name.setVisible(self._is_named)
        self.progress.setAccessibleName(words("Download of {name}", name=name))
        self.progress.show()
        self.undo.hide()
        self.cancel.show()
        self.pause.setAccessibleName(words("Pause the download of {name}", name=name))
        self.cancel.setAccessibleName(words("Cancel the download of {name}", name=name))
        self.undo.setAccessibleName(words("Take up the download of {name} again", name=name))

    def _show_buttons(self, state: DownloadState) -> None:
        """One of Pause and Resume; what had the focus hands it to what takes its place."""
        words, name = self._words, self.name.text()
        can_pause = state in _GOING
        can_go_on = state in (DownloadState.PAUSED, DownloadState.FAILED, DownloadState.WAITING)
        had_focus = self.pause.hasFocus() or self.resume.hasFocus()
        is_paused = state is DownloadState.PAUSED
        text = words("Resume") if is_paused else words("Try again")
        icon = "play" if is_paused else "refresh-cw"
        if self.resume.text() != text:
            self.resume.set_look(text, icon, ButtonKind.SECONDARY)
        said = words("Resume the download of {name}", name=name)
        again = words("Try the download of {name} again", name=name)
        self.resume.setAccessibleName(said if is_paused else again)
        self.pause.setVisible(can_pause)
        self.resume.setVisible(can_go_on)
        self.cancel.setVisible(state is not DownloadState.DONE)
        if had_focus and not (self.pause.hasFocus() or self.resume.hasFocus()):
            taking = self.resume if can_go_on else self.pause if can_pause else self.cancel
            taking.setFocus()

    def _say(self) -> None:
        download = self._download
        if download is None:
            return
        seconds = math.ceil(self._next_try - self._clock())
        said = progress_line(self._words, download, seconds)
        if self.said.text() != said:
            self.said.setText(said)

    def _say_problem(self, download: Download) -> None:
        news = download.problem or download.mended  # what was put right is worth a quiet line
        said = told(self._words, news) if news is not None else ""
        if said == self.problem.text() and self.problem.isHidden() == (not said):
            return
        is_bad = download.state is DownloadState.FAILED and download.problem is not None
        self.problem.set_role("danger" if is_bad else "muted")
        self.problem.setText(said)
        self.problem.setVisible(bool(said))
        self.resized.emit()

    def _news(self, download: Download) -> str:
        problem = download.problem
        said = progress_line(self._words, download, math.ceil(download.retry_seconds or 0))
        return told(self._words, problem) if problem is not None else said


def _is_news(before: Download, now: Download) -> bool:
    """Whether it is worth a word: a retry after a retry is not, nor is going on by itself."""
    if before.problem != now.problem and now.problem is not None:
        return before.problem is None or before.problem.title != now.problem.title
    quiet = (DownloadState.CHECKING, DownloadState.WAITING, DownloadState.QUEUED)
    is_other = before.state is not now.state and now.state not in quiet
    return is_other and not (before.state in quiet and now.state is DownloadState.RUNNING)
