"""The way from a window to newer versions: asks once whether to look, and tells of one once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.current_settings import CurrentSettings
from app.paths import Paths
from app.tools.async_thread import AsyncThread
from app.words import Words
from ui.first_frame import AfterFirstFrame
from ui.notices import Notice, NoticeBanner

if TYPE_CHECKING:  # not before somebody wants it
    from app.updates.desk import UpdateDesk, UpdateStatus
    from app.updates.manifest import Manifest

BEGIN_MS: Final = 20_000
"""After the first frame: whoever opens a window wants to write, not to hear of versions."""

AGAIN_MS: Final = 60 * 60 * 1000
"""A window may stay open for weeks; the desk itself looks at most once a day."""


class UpdateDoor(QObject):
    """Leads to the one desk of updates of a window.  UI thread.

    Args:
        banner: where it is asked and told.
        words: the user's language.
        make: makes the desk.
        parent: the window.
        open_url: shows a page in the user's browser.
    """

    def __init__(
        self,
        banner: NoticeBanner,
        words: Words,
        make: Callable[[], UpdateDesk],
        parent: QObject,
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._banner, self._words = banner, words
        self._make = make
        self._open_url = open_url
        self._desk: UpdateDesk | None = None
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._look)

    def open(self) -> UpdateDesk:
        """The desk; made now if nobody wanted it yet."""
        if self._desk is None:
            self._desk = self._make()
            self._desk.subscribe(self._follow)
        return self._desk

    def begin_later(self) -> None:
        """Look for the first time once the window has been there for a while."""
        QTimer.singleShot(BEGIN_MS, self, self._look)

    def show_page(self, newer: Manifest) -> None:
        """Show where a newer version is told of; its address was signed."""
        self._open_url(QUrl(newer.page))

    def _look(self) -> None:
        desk = self.open()
        if desk.status.conditions.is_possible:
            desk.begin()
            self._again.start()

    def _follow(self, status: UpdateStatus) -> None:
        if status.is_time_to_ask:
            self._ask()
        elif status.newer is not None and status.is_news and status.answer == "on":
            self._tell(status, status.newer)

    def _ask(self) -> None:
        """Once: a question that is closed is a no, which the settings can change."""
        words, desk = self._words, self.open()
        desk.answer(is_yes=False)
        self._banner.show_notice(
            Notice(
                words("Shall Sotto look for newer versions once a day?"),
                words(
                    "It asks one address, tells nothing about you and installs nothing. "
                    "The settings can change this, under Privacy and data."
                ),
                action=words("Yes"),
                on_action=self._agree,
            )
        )

    def _agree(self) -> None:
        self.open().answer(is_yes=True)

    def _tell(self, status: UpdateStatus, newer: Manifest) -> None:
        from ui.updates.sentences import more_of, newer_sentence  # noqa: PLC0415 - rarely needed

        words = self._words
        notice = Notice(
            newer_sentence(words, newer),
            more_of(words, newer, status.conditions.installation),
            action=words("See what is new"),
            on_action=lambda: self.show_page(newer),
        )
        self.open().note_told()
        self._banner.show_notice(notice)


def update_door(
    window: QWidget,
    banner: NoticeBanner,
    words: Words,
    paths: Paths,
    current: CurrentSettings,
    thread: AsyncThread,
    dispatch: Callable[[Callable[[], None]], None],
) -> UpdateDoor:
    """The door of a window; nothing is imported or looked for before its first frame."""

    def make() -> UpdateDesk:
        from ui.updates.making import make_update_desk  # noqa: PLC0415 - see above

        return make_update_desk(paths, thread, current, dispatch)

    door = UpdateDoor(banner, words, make, window)
    AfterFirstFrame(window, door.begin_later)
    return door
