"""The main window: places the rooms and carries the service's changes to them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import (
    ChatChange,
    ChatMarksChanged,
    ChatOpened,
    ChatsChanged,
    ResponseFormatChanged,
    StatusChanged,
    ToolsSwitched,
)
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.settings import SettingsFile
from app.words import Words
from engine.errors import UserFacingError
from ui.action_doors import ActionDoors
from ui.actions import ActionId
from ui.change_notices import notice_of
from ui.chat.attachments.door import AttachDoor
from ui.chat.files_dialog import ChatFileDoor, FilesDialog
from ui.chat.panel import ChatPanel
from ui.chat_commands import ChatCommands
from ui.controls.signs import Hairline
from ui.inspector.door import inspector_door
from ui.lock.curtain import Curtain
from ui.model_notices import ModelNotices
from ui.notices import NoticeBanner, problem_notice
from ui.private_door import PrivateDoor
from ui.scope_sign import Reach, reach_of
from ui.search.door import SearchDoor
from ui.settings.page_name import PageName
from ui.settings_doors import SettingsDoors
from ui.shelf_door import ShelfDoor
from ui.sidebar.drawer import Drawer
from ui.sidebar.sidebar import Sidebar
from ui.status_line import StatusLine
from ui.summary_door import SummaryDoor
from ui.theme.theme import Theme
from ui.theme.tokens import Size
from ui.tool_doors import chat_doors
from ui.top_bar import TopBar
from ui.tree_door import TreeDoor
from ui.waiting_notice import WaitingNotice
from ui.web_door import WebDoor
from ui.window_actions import Rooms, WindowActions
from ui.window_rooms import WindowRooms

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Sidebar, top bar, chat and status line over one chat service.

    Args:
        service: changes chats; the window lives no longer than it.
        theme: the look.
        words: the user's language.
        settings: where size, sidebar, look and effort are remembered.
        clock_ms: Unix time in milliseconds, UTC.

    Signals:
        restart_requested: (without_workers: tuple[str, ...]) the user wants Sotto to start anew.
    """

    restart_requested = Signal(object)

    def __init__(
        self,
        service: ChatCommands,
        theme: Theme,
        words: Words,
        settings: SettingsFile,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        super().__init__()
        self._service = service
        self._theme = theme
        self._words = words
        self._settings = settings
        self._current: Chat | None = None
        self.reach_of: Callable[[tuple[str, ...]], Reach] = lambda on: reach_of(on, lambda _: True)
        """What the tools of these switches reach; unknown servers count as far away."""
        self._is_closed, kept = False, settings.load()
        self.curtain = Curtain(self.show_change)
        self.sidebar = Sidebar(theme, words, clock_ms)
        self.top_bar = TopBar(theme, words)
        self.files: ChatFileDoor | None = None
        """Files of the open chat, where there are any."""
        doors = chat_doors(service.tools, service.permissions, service.appeal)
        doors = replace(doors, read_file=self._read_file, open_folder=self.open_files)
        self.panel = ChatPanel(theme, words, doors=doors)
        self.inspector = inspector_door(theme, words, self.panel, service.inspector)
        SummaryDoor(service.summaries, self.panel, kept)
        SearchDoor(theme, words, self.sidebar, service.search, service.open_message)
        self.attach = AttachDoor(service, self.panel, theme, words)
        self.banner = NoticeBanner(theme, words)
        self._model_notices = ModelNotices(
            self.banner,
            words,
            load_without=service.load_model,
            restart_without=self.restart_requested.emit,
        )
        self._waiting_notice = WaitingNotice(self.banner, words, self.panel.tools.lead_to)
        self.status_line = StatusLine(theme, words)
        self._top_line = Hairline(theme)
        content = QWidget()
        self.drawer = Drawer(self.sidebar, content, theme, is_wanted=kept.sidebar_visible)
        self.rooms = WindowRooms()
        self._lay_out(content)
        self.actions_here = self._make_actions()
        self.doors = ActionDoors(
            theme, words, self, self.actions_here, self.top_bar, settings, self._open_found
        )
        self.private = PrivateDoor(
            theme, words, self, (self.panel, self.top_bar), self.actions_here, service.private
        )
        self._connect()
        self.panel.set_effort(kept.effort)
        service.foresight.choose(kept.effort)
        self.panel.focus_composer()
        self.setWindowTitle("Sotto")
        self.setMinimumSize(Size.WINDOW_MIN, 480)
        self.resize(QSize(*kept.window_size))
        self._unsubscribe = service.subscribe(self.curtain.take)
        if settings.problem is not None:
            self.banner.show_notice(problem_notice(settings.problem, words))

    @property
    def chat_id(self) -> ChatId | None:
        """The chat that is shown; None is a new one."""
        return self._current.id if self._current else None

    def show_change(self, change: ChatChange) -> None:
        """Carry one change of the service to the rooms it concerns."""
        match change:
            case StatusChanged():
                self._show_status(change)
            case ChatMarksChanged():
                self.sidebar.show_marks(change)
            case ChatsChanged():
                self.sidebar.show_chats(change)
                known = {chat.id: chat for chat in change.chats}
                if change.current is None or change.current in known:
                    self._show_title(known[change.current] if change.current is not None else None)
            case ChatOpened():
                self._show_title(change.chat)
            case ToolsSwitched():
                self.top_bar.show_reach(self.reach_of(change.switched_on))
            case ResponseFormatChanged():
                self.panel.composer.format.show_format(change.response_format)
        if (notice := notice_of(change, self._words, self._service)) is not None:
            self.banner.show_notice(notice)
        panels = (self.panel, self.attach, self.inspector)
        for room in (*panels, self._waiting_notice, self.private, self.doors):
            room.apply(change)

    def add_settings(self, settings: SettingsDoors) -> None:
        """Give the gear and Ctrl+, something to open."""
        doors = (
            (self.top_bar.settings_requested, None),
            (self.panel.composer.tools.settings_requested, PageName.TOOLS),
            (WebDoor(self._service, self.panel, self._settings).settings_needed, PageName.WEB),
            (self.panel.composer.instructions.settings_requested, PageName.INSTRUCTIONS),
            (self.sidebar.foot.models_requested, PageName.MODELS),
            (self.sidebar.foot.card_requested, PageName.CARD),
            (self.top_bar.practice_sign.clicked, PageName.CARD),
        )
        settings.connect_to(self.rooms, doors)
        settings.closed.connect(lambda: self.rooms.go_back(self.show_chats))
        self._model_notices.choose_model = lambda: settings.show(PageName.MODELS)
        self.actions_here.add(ActionId.SETTINGS, settings.open)
        self.doors.add_settings(settings.show_place)

    def open_files(self) -> None:
        """Show the files of the open chat."""
        if self.files is not None:
            FilesDialog(self._theme, self._words, self.files, self).open()

    def _read_file(self, name: str, on_done: Callable[[bytes | None], None]) -> None:
        if self.files is not None:
            self.files.read(name, on_done)

    def show_chats(self) -> None:
        """Show the chats in place of the settings."""
        if self.rooms.currentWidget() is not self.drawer:
            self.rooms.setCurrentWidget(self.drawer)
            self.panel.focus_composer()

    def _open_found(self, chat_id: ChatId) -> None:
        self.show_chats()
        self._service.open_chat(chat_id)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.sidebar.refresh_days()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self._is_closed:
            return
        self._is_closed = True
        self._unsubscribe()
        self.panel.close_threads()
        size = self.size() if not self.isMaximized() else self.normalGeometry().size()
        self._keep(window_size=(size.width(), size.height()), sidebar_visible=self.drawer.is_wanted)
        super().closeEvent(event)

    def _lay_out(self, content: QWidget) -> None:
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self._top_line)
        column.addWidget(self.panel, stretch=1)
        column.addWidget(self.status_line)
        self.panel.set_banner(self.banner)
        self.rooms.addWidget(self.drawer)
        self.setCentralWidget(self.rooms)

    def _connect(self) -> None:
        service = self._service
        ShelfDoor(service.shelves, service.trash, self.sidebar)
        self.sidebar.new_chat_requested.connect(self.actions_here.start_chat)
        self.sidebar.chat_chosen.connect(service.open_chat)
        self.sidebar.rename_requested.connect(service.rename_chat)
        self.sidebar.delete_requested.connect(service.delete_chat)
        self.top_bar.new_chat_requested.connect(self.actions_here.start_chat)
        self.top_bar.sidebar_requested.connect(self.drawer.toggle)
        self.drawer.sidebar_moved.connect(self._on_sidebar_moved)
        self.drawer.drawer_closed.connect(self.panel.focus_composer)
        self.panel.submitted.connect(self.attach.send)
        self.panel.stop_requested.connect(service.stop)
        self.panel.tools.chat_requested.connect(service.open_chat)
        self.panel.composer.format.chosen.connect(service.form.choose)
        self.panel.composer.instructions.chosen.connect(service.instructions.choose)
        tools = self.panel.composer.tools
        tools.find_available = lambda: service.tools.available
        tools.switched.connect(lambda name, is_on: service.tools.switch(name, is_on=is_on))
        tools.files_requested.connect(self.open_files)
        TreeDoor(self._theme, self._words, self.panel, service.tree, self.banner)
        self.panel.answer_now_requested.connect(service.answer_now)
        self.panel.effort_changed.connect(lambda effort: self._keep(effort=effort))
        self.panel.effort_changed.connect(service.foresight.choose)
        self.panel.composer.edited.connect(self._on_edited)
        self.top_bar.inspector_requested.connect(self.inspector.toggle)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_sidebar_moved()

    def _on_edited(self) -> None:
        if self.panel.composer.text:
            self._service.foresight.begin_typing()

    def _make_actions(self) -> WindowActions:
        rooms = Rooms(
            self.sidebar,
            self.drawer,
            self.panel,
            self.inspector,
            show_chats=self.show_chats,
            new_chat=self._service.new_chat,
            new_private_chat=lambda: self._service.new_chat(
                self._words("Private chat"), is_private=True
            ),
            open_files=self.open_files,
            chat_id=lambda: self.chat_id,
            has_files=lambda: self.files is not None,
        )
        return WindowActions(self._words, self, rooms)

    def _show_status(self, status: StatusChanged) -> None:
        self.sidebar.show_status(status)
        self.top_bar.show_status(status)
        self.status_line.show_status(status)
        self._model_notices.show_status(status)

    def _show_title(self, chat: Chat | None) -> None:
        self._current = chat
        title = chat.title if chat else ""
        self.top_bar.show_title(title)
        self.setWindowTitle(f"{title} – Sotto" if title else "Sotto")

    def _on_sidebar_moved(self) -> None:
        self.top_bar.show_sidebar_button(is_shown=not self.drawer.is_sidebar_shown)
        self._top_line.setVisible(self.drawer.is_narrow)

    def _on_theme_changed(self) -> None:
        if self._settings.load().theme != self._theme.mode:
            self._keep(theme=self._theme.mode.value)

    def _keep(self, **changes: object) -> None:
        """Remember settings; that they cannot be written must not disturb the chat."""
        try:
            self._settings.update(**changes)
        except UserFacingError as error:
            _log.warning("settings not saved: %s", error.detail)
