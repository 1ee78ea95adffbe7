"""When the first start is shown, what leads back to it, and what happens when a model is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from app.chats.changes import ChatChange, ChatMarksChanged, StatusChanged
from app.current_settings import CurrentSettings
from app.models.room import ModelRoom
from app.models.values import Download, DownloadState, LibraryModel
from app.settings import Settings
from app.words import Words
from ui.actions import ActionId
from ui.notices import Notice
from ui.theme.theme import Theme

if TYPE_CHECKING:  # not before they are wanted
    from ui.first_start.download_strip import DownloadStrip
    from ui.first_start.page import FirstStartPage
    from ui.window import MainWindow


def is_due(settings: Settings, *, is_new: bool) -> bool:
    """Whether the first start comes before the chats.

    Who has a model, or chats from a version that had no first start, never sees it.

    Args:
        settings: those in force.
        is_new: there is no chat history yet.
    """
    if settings.model_path or settings.first_start == "done":
        return False
    return is_new or settings.first_start != "machine"


class FirstStartDoor(QObject):
    """Shows the page in front of the chats, and tells of downloads over them.  UI thread.

    A model that was fetched is used by itself where that interrupts nothing: while the page is
    shown, or while the open chat is new and empty and the practice model would answer it.  In all
    other cases a notice offers it, and an answer that is being written is waited for.

    Args:
        window: where it is shown; owns this.
        theme: the look.
        words: the user's language.
        current: the settings.
        models: gives the desk.
        is_new: there is no chat history yet.

    Signals:
        language_changed: the window is to speak another language.
        library_wanted: the download that is told of is another page's.
    """

    language_changed = Signal()
    library_wanted = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        words: Words,
        current: CurrentSettings,
        models: ModelRoom,
        *,
        is_new: bool,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._words = window, theme, words
        self._current, self._models = current, models
        self._page: FirstStartPage | None = None
        self._strip: DownloadStrip | None = None
        self._told: dict[str, DownloadState] = {}
        self._status = StatusChanged()
        self._is_busy = False
        self._wanted = ""
        self._is_watching = self._has_begun = False
        window.actions_here.add(ActionId.FIRST_START, self.open)
        window.rooms.currentChanged.connect(self._on_room)
        if is_due(current.value, is_new=is_new):
            window.rooms.setCurrentWidget(self._make_page())
        elif current.value.first_start != "done":
            self._keep("done")

    @property
    def page(self) -> FirstStartPage | None:
        """The page, if it was ever wanted."""
        return self._page

    @property
    def strip(self) -> DownloadStrip | None:
        """What tells of the download over the chat, if there ever was one."""
        return self._strip

    @property
    def is_shown(self) -> bool:
        """Whether the page stands in front of the chats."""
        return self._page is not None and self._window.rooms.currentWidget() is self._page

    def begin(self) -> None:
        """The first frame stands there: look at the machine, and at downloads that go on."""
        self._has_begun = True
        self._models.on_made = self._watch
        self._models.take_up_downloads()
        if self._page is not None:
            self._page.begin(self._models.desk())

    def open(self) -> None:
        """Show the page, made now if it is not there yet."""
        page = self._page or self._make_page()
        self._window.rooms.setCurrentWidget(page)
        page.setFocus()

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        if isinstance(change, StatusChanged):
            self._status = change
            if self._page is not None:
                self._page.show_status(change)
        elif isinstance(change, ChatMarksChanged):
            self._is_busy = change.has_open_answer
            if not self._is_busy and self._wanted:
                self._use(self._wanted)

    # ---- the page

    def _make_page(self) -> FirstStartPage:
        from ui.first_start.page import FirstStartPage as Page  # noqa: PLC0415 - if it is shown

        self._page = page = Page(self._theme, self._words)
        self._window.rooms.addWidget(page)
        page.setFocusProxy(page.chat.go)
        page.show_status(self._status)
        page.chat_requested.connect(self._go_on)
        page.language_chosen.connect(self._speak)
        page.settings_requested.connect(lambda: self._window.actions_here.run(ActionId.SETTINGS))
        page.model_taken.connect(self._take)
        page.step_reached.connect(self._reach)
        if self._has_begun:
            page.begin(self._models.desk())
        return page

    def _go_on(self) -> None:
        self._window.show_chats()

    def _speak(self, language: str) -> None:
        self._current.change(language=language)
        self.language_changed.emit()

    def _reach(self, step: str) -> None:
        if self._current.value.first_start != "done":
            self._keep(step)

    def _keep(self, step: str) -> None:
        if self._current.value.first_start != step:
            self._current.change(first_start=step)

    def _on_room(self) -> None:
        """Until the user goes on to the chats, the page is what the settings lead back to."""
        if self.is_shown:
            self._window.rooms.front = self._page
        elif self._window.rooms.currentWidget() is self._window.drawer:
            self._window.rooms.front = None
            self._keep("done")
        self._show_strip()

    # ---- downloads

    def _watch(self) -> None:
        """Follow what is fetched, from the first time that there is anything to follow."""
        if self._is_watching:
            return
        self._is_watching = True
        desk = self._models.desk()
        for subscribe in (desk.downloads.subscribe, desk.library.subscribe):
            self.destroyed.connect(subscribe(self._look))
        self._look()

    def _look(self) -> None:
        """Tell of what is fetched; a model that has just come is used or offered."""
        for one in self._models.desk().downloads.all():
            before = self._told.get(one.model.id, DownloadState.DONE)
            self._told[one.model.id] = one.state
            if one.state is DownloadState.DONE and before is not DownloadState.DONE:
                model = self._models.desk().library.find(one.model.id)
                if model is None:
                    self._told[one.model.id] = before  # it is about to be there
                else:
                    self._receive(model)
        self._show_strip()

    def _show_strip(self) -> None:
        going = self._going() if self._is_watching else None
        if going is not None:
            if self._strip is None:
                self._strip = self._make_strip()
            self._strip.show_download(going)
        if self._strip is not None:
            self._strip.setVisible(going is not None)

    def _going(self) -> Download | None:
        """The download to tell of: the one that runs, else one that rests."""
        over = DownloadState.DONE
        going = [one for one in self._models.desk().downloads.all() if one.state is not over]
        resting = (DownloadState.PAUSED, DownloadState.QUEUED, DownloadState.FAILED)
        return min(going, key=lambda one: one.state in resting, default=None)

    def _make_strip(self) -> DownloadStrip:
        from ui.first_start.download_strip import (  # noqa: PLC0415 - if there is a download
            DownloadStrip as Strip,
        )

        strip = Strip(self._theme, self._words)
        content = self._window.panel.parentWidget()
        column = content.layout() if content is not None else None
        if isinstance(column, QVBoxLayout):
            column.insertWidget(column.indexOf(self._window.panel), strip)
        strip.clicked.connect(self._lead_back)
        return strip

    def _lead_back(self) -> None:
        going, page = self._going(), self._page
        if going is not None and page is not None and page.model != going.model:
            self.library_wanted.emit()
        else:
            self.open()

    # ---- a model that is here

    def _take(self, model: LibraryModel) -> None:
        self._use(model.id)

    def _receive(self, model: LibraryModel) -> None:
        words, window = self._words, self._window
        is_practice = not self._current.value.model_path
        is_blank = window.chat_id is None and not window.panel.composer.text.strip()
        if is_practice and (self.is_shown or (is_blank and not self._is_busy)):
            self._use(model.id)
            if not self.is_shown:
                said = words("{name} is here and answers from now on.", name=model.name)
                window.banner.show_notice(Notice(said, lasts_ms=12_000))
            return
        window.banner.show_notice(
            Notice(
                words("{name} is here.", name=model.name),
                words("It was checked and can answer from your next message on."),
                action=words("Use it now"),
                on_action=lambda: self._use(model.id),
            )
        )

    def _use(self, id_: str) -> None:
        """Use a model, once no answer is being written."""
        self._wanted = id_ if self._is_busy else ""
        library = self._models.desk().library
        if not self._is_busy and library.find(id_) is not None and library.chosen_id != id_:
            library.choose(id_)
