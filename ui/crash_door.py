"""The way from a window to what went wrong: a calm notice, and behind it the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.chats.changes import ChatChange, ChatsChanged
from app.chats.service import ChatService
from app.paths import Paths
from app.run_record import BrokenRun, RunRecord
from app.words import Words
from ui.crash_dialog import CrashDialog, Failure
from ui.first_frame import AfterFirstFrame
from ui.notices import Notice, NoticeBanner, NoticeKind
from ui.theme.theme import Theme
from ui.window import MainWindow

_MOST_TRACES: Final = 5


class CrashDoor(QObject):
    """Tells of failures of this run and of the last one.  UI thread.

    Args:
        window: what they are told in.
        banner: its notices.
        theme: the look.
        words: the user's language.
        state: the folder of the log.
        restart: starts Sotto anew.
    """

    def __init__(
        self,
        window: QWidget,
        banner: NoticeBanner,
        theme: Theme,
        words: Words,
        state: Path,
        restart: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._banner = window, banner
        self._theme, self._words, self._state = theme, words, state
        self._restart = restart
        self._traces: list[str] = []
        self.titles: tuple[str, ...] = ()
        """Of all chats; they must not be in a report."""

    def watch(self, record: RunRecord) -> None:
        """Once the window stands there, mark this run and tell if the last one broke off."""
        AfterFirstFrame(self._window, lambda: self.tell_broken_run(record.begin()))

    def show_bug(self, trace: str) -> None:
        """Say that something went wrong inside Sotto and that it was logged.

        Args:
            trace: the error as types and places.
        """
        self._traces = [*self._traces, trace][-_MOST_TRACES:]
        words = self._words
        self._banner.show_notice(
            Notice(
                words("Something went wrong inside Sotto."),
                words("Your chats are safe. What happened was written to the log."),
                NoticeKind.ERROR,
                action=words("What happened"),
                on_action=self._show_bugs,
            )
        )

    def tell_broken_run(self, run: BrokenRun | None) -> None:
        """Say that the run before ended unexpectedly, unless the computer went down with it."""
        if run is None or not run.is_worth_telling:
            return
        words = self._words
        self._banner.show_notice(
            Notice(
                words("Sotto ended unexpectedly last time."),
                words("Your chats are here, as far as they were written."),
                action=words("What happened"),
                on_action=lambda: self._show_broken_run(run),
            )
        )

    def _show_bugs(self) -> None:
        from app.crash_report import crash_report, log_tail  # noqa: PLC0415 - rarely needed

        words, tail = self._words, log_tail(self._state)
        heading = "Something went wrong inside Sotto."
        failure = Failure(
            words("Something went wrong inside Sotto."),
            words("Your chats are saved, and Sotto goes on. If it behaves oddly, restart it."),
            crash_report(heading, self._traces, tail, self._redaction()),
        )
        self._open(failure, self._restart)

    def _show_broken_run(self, run: BrokenRun) -> None:
        from app.crash_report import broken_run_report, log_tail  # noqa: PLC0415 - rarely needed

        words, tail = self._words, log_tail(self._state)
        failure = Failure(
            words("Sotto ended unexpectedly last time."),
            words("Your chats are here; an answer that was being written ends where it broke off.")
            if run.fault
            else words("It was ended from outside, or the computer had no memory left."),
            broken_run_report(run, tail, self._redaction()),
        )
        self._open(failure, None)

    def _open(self, failure: Failure, restart: Callable[[], None] | None) -> None:
        CrashDialog(self._theme, self._words, failure, self._window, restart).open()

    def _redaction(self) -> Callable[[str], str]:
        from app.redaction import Redaction  # noqa: PLC0415 - rarely needed

        return Redaction.of_this_user(self.titles)

    def show_change(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        if isinstance(change, ChatsChanged):
            self.titles = tuple(chat.title for chat in change.chats)


def crash_door(
    window: MainWindow, service: ChatService, theme: Theme, words: Words, paths: Paths
) -> CrashDoor:
    """The door of a window over a chat service."""
    door = CrashDoor(
        window,
        window.banner,
        theme,
        words,
        paths.state,
        lambda: window.restart_requested.emit(()),
    )
    service.subscribe(door.show_change)
    return door
