"""The window together with its engine, its history and the doors between their threads."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Signal

from app.assembly import (
    chosen_style,
    clock_ms,
    diagnostics_text,
    is_practice_chosen,
    make_engine,
    model_finder,
    open_storage,
    planned_load,
)
from app.backup.desk import BackupDesk
from app.chats.background import Background
from app.chats.changes import NoticeRaised, StatusChanged
from app.chats.service import ChatService
from app.chats.storage_thread import StorageThread
from app.chats.values import Problem
from app.chores import Chores
from app.collector import settle_collector
from app.current_settings import CurrentSettings
from app.handover import Handover
from app.locking import LockKeeper
from app.models.planning import Planner
from app.models.room import ModelRoom, ModelSurroundings
from app.paths import Paths
from app.prompts.library import PromptLibrary
from app.safeguard.trial import PolicyTrial
from app.secrets import DatabaseKey, KeyVault
from app.settings import Settings, SettingsFile
from app.spelling import Spelling
from app.tool_assembly import Surroundings, ToolRoom
from app.vocabulary import SharedVocabulary
from app.words import Words
from app.workers import try_worker
from engine.requests import Adapter
from ui.actions import ActionId
from ui.bridge.dispatcher import Dispatcher
from ui.bridge.engine_bridge import EngineBridge
from ui.chat.first_message import LoadAhead
from ui.chat_files import open_chat_files
from ui.composer_doors import ComposerDoors
from ui.crash_door import crash_door
from ui.desktop.quick_key import QuickKey
from ui.draft_doors import open_draft_doors
from ui.first_frame import AfterFirstFrame
from ui.first_start.door import FirstStartDoor
from ui.instructions.doors import instruction_doors
from ui.lab_door import LabDoor
from ui.lock.making import lock_over
from ui.models.door import ModelsDoor
from ui.privacy_doors import privacy_desk
from ui.settings.desk import SettingsDesk
from ui.settings.page_name import PageName
from ui.settings.tools.desk import ToolDesk
from ui.settings_doors import SettingsDoors
from ui.spelling_door import tags_of
from ui.theme.theme import Theme
from ui.tool_reach import ToolReach
from ui.updates.door import update_door
from ui.window import MainWindow

if TYPE_CHECKING:
    from app.lab.service import LabService
    from ui.settings.screen import SettingsScreen


class WindowSession(QObject):
    """One window over one history, from its first frame until it is closed.

    Args:
        paths: the user's folders.
        key: opens the chat history.
        settings: the settings file, already loaded.
        words: the user's language.
        theme: colours and fonts.
        model: a GGUF file that goes before the one in the settings.
        handover: what the process image before this one left, after the engine broke down.
        adapters: LoRA adapters that go before those in the settings.

    Signals:
        restart_wanted: (handover: Handover) the user wants a fresh process image.
    """

    restart_wanted = Signal(object)

    def __init__(
        self,
        paths: Paths,
        key: DatabaseKey,
        settings: SettingsFile,
        words: Words,
        theme: Theme,
        model: Path | None = None,
        handover: Handover | None = None,
        adapters: tuple[Adapter, ...] = (),
    ) -> None:
        super().__init__()
        self.settings = current = CurrentSettings(settings, model)
        self._key, self._handover = key, handover
        self._dispatcher = Dispatcher(self)
        self._bridge = EngineBridge(self)
        is_new = not paths.database.exists()
        storage = open_storage(paths, key)
        chores = ThreadPoolExecutor(1, "chores")
        self._vocabulary = vocabulary = SharedVocabulary()
        self.tools = tools = ToolRoom(
            Surroundings(paths, os.environ, storage, lambda: current.value, vocabulary, chores)
        )
        self._engine = make_engine(self._bridge.post, vocabulary)
        self.service = ChatService(
            self._engine,
            storage,
            chores,
            dispatch=self._dispatcher.post,
            clock_ms=clock_ms,
            find_model=model_finder(lambda: current.value, paths, adapters=adapters),
            is_practice=lambda: is_practice_chosen(current.value),
            style_of=lambda effort: chosen_style(current.value, effort),
            workshop=tools.workshop,
        )
        load, post = self.service.load_model, self._dispatcher.post
        around = ModelSurroundings(paths, current, post, load, chores)
        self.models = ModelRoom(around, self.service.subscribe)
        self._lab = LabDoor(lambda status: self._make_lab(storage, chores, status))
        self._bridge.arrived.connect(self.service.handle)
        self._bridge.arrived.connect(self._lab.handle)
        self.window = MainWindow(self.service, theme, words, settings)
        self.window.reach_of = ToolReach(tools, current).reach_of
        self.crashes = crash_door(self.window, self.service, theme, words, paths)
        files = open_chat_files(tools, self._dispatcher.post, lambda: self.window.chat_id)
        self.window.files = files
        # Servers of tools come and go on a thread of their own.
        self._unsubscribe = tools.servers.subscribe(
            lambda: self._dispatcher.post(self.service.tools.refresh)
        )
        sides, post = self.service.sides, self._dispatcher.post
        self._drafts = open_draft_doors(self.window, storage, tools, vocabulary, sides, post)
        self.window.restart_requested.connect(self._want_restart)
        desk = self._desk(paths, theme, words, storage, chores, adapters)
        self._settings = self._add_settings(desk)
        self.composer_doors = ComposerDoors(self.window, self.service, desk, self._settings)
        ModelsDoor(self.window, words, self.models.desk, self._settings)
        self.service.subscribe(self._lab.show_change)
        self.first_start = self._add_first_start(theme, words, is_new=is_new)
        self._is_closed = False

    @property
    def settings_screen(self) -> SettingsScreen:
        """The settings; made now if nobody opened them yet."""
        return self._settings.screen

    def start(self) -> None:
        """Show the window, then begin to load the model."""
        left = self._handover
        if left is not None and left.geometry:
            self.window.restoreGeometry(QByteArray(left.geometry))
        self.window.show()
        self._engine.rest_after(60.0 * self.settings.value.unload_minutes)
        self.service.start(left.without_workers if left else ())
        AfterFirstFrame(self.window, self._start_threads)
        if left is not None and left.chat_id is not None:
            self.service.open_chat(left.chat_id)

    def _add_settings(self, desk: SettingsDesk) -> SettingsDoors:
        doors = SettingsDoors(lambda: _settings_screen(desk))
        self.window.panel.composer.instructions.doors = desk.instructions
        self.window.add_settings(doors)
        self.window.status_line.cancel_requested.connect(self.service.cancel_load)
        self.service.subscribe(doors.show_change)
        self.settings.subscribe(self._on_settings)
        self.settings.subscribe(lambda _: self.service.instructions.refresh())
        self.lock = lock_over(self.window, self.service, desk, doors)
        return doors

    def _add_first_start(self, theme: Theme, words: Words, *, is_new: bool) -> FirstStartDoor:
        door = FirstStartDoor(self.window, theme, words, self.settings, self.models, is_new=is_new)
        door.language_changed.connect(lambda: self._want_restart(()))
        door.library_wanted.connect(lambda: self._settings.show(PageName.MODELS))
        self.service.subscribe(door.apply)
        return door

    def _start_threads(self) -> None:
        settle_collector()
        if not self._is_closed:
            LoadAhead(self).start()
            self._engine.start()
            self.tools.begin_servers()
            self.first_start.begin()

    def close(self) -> None:
        """Keep what is being written and end the background threads.  May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self._unsubscribe()
        self.window.panel.drafts.tell()
        self._lab.close()
        self.composer_doors.close()
        self.window.private.is_settled = True  # the program ends, asked or not
        self.service.close()
        self.models.close()
        self.window.close()
        self.window.panel.close_threads()

    def _on_settings(self, settings: Settings) -> None:
        self._engine.rest_after(60.0 * settings.unload_minutes)
        self.service.tools.refresh()
        self.window.panel.view.show_display(
            settings.thoughts_display, is_checking=settings.checks_thoughts
        )
        self.window.panel.view.honesty.set_on(settings.honesty_signs)

    def _make_lab(
        self, storage: StorageThread, chores: Executor, status: StatusChanged
    ) -> LabService:
        from app.lab.service import LabService as Lab  # noqa: PLC0415 - most windows need none

        return Lab(
            self._engine,
            self.service,
            storage,
            chores,
            dispatch=self._dispatcher.post,
            clock_ms=clock_ms,
            status=status,
        )

    def _tool_desk(self) -> ToolDesk:
        tools = self.tools
        return ToolDesk(
            tools.servers,
            tools.functions,
            tools.sandbox,
            tools.secrets,
            begin=tools.begin,
            post=self._dispatcher.post,
            try_search=lambda: tools.search_once("weather"),
        )

    def _want_restart(self, without_workers: tuple[str, ...]) -> None:
        before = self._handover.without_workers if self._handover else ()
        self.restart_wanted.emit(
            Handover(
                self._key,
                self.window.chat_id,
                bytes(self.window.saveGeometry().data()),
                tuple(dict.fromkeys((*before, *without_workers))),
            )
        )

    def _desk(
        self,
        paths: Paths,
        theme: Theme,
        words: Words,
        storage: StorageThread,
        chores: Executor,
        adapters: tuple[Adapter, ...],
    ) -> SettingsDesk:
        current, planner = self.settings, Planner()
        self.quick_key = QuickKey(words)
        at_work = Chores(chores, self._dispatcher.post)
        vault = KeyVault(paths.data, os.environ)
        keeper = LockKeeper(vault, self._key, lambda: current.value.lock_check)
        backup = BackupDesk(
            at_work, paths.database, self._key, clock_ms, lambda: self._want_restart(())
        )

        window, thread = self.window, self.tools.workshop.thread
        post = self._dispatcher.post
        updates = update_door(window, window.banner, words, paths, current, thread, post)

        def diagnose(status: StatusChanged) -> str:
            keyring, titles = vault.keyring_backend_name(), self.crashes.titles
            return diagnostics_text(current.value, paths, keyring, status, titles)

        return SettingsDesk(
            theme=theme,
            words=words,
            current=current,
            chores=at_work,
            plan=lambda settings, loaded: planned_load(planner, settings, paths, loaded, adapters),
            diagnose=diagnose,
            try_worker=try_worker,
            load_model=self.service.load_model,
            cancel_load=self.service.cancel_load,
            on_problem=self._tell_problem,
            permissions=self.service.permissions.book,
            tools=self._tool_desk(),
            instructions=instruction_doors(
                current, words.language, at_work, self._vocabulary, self._tell_problem
            ),
            check_seconds=lambda: self.service.check_times.seconds,
            policy_trial=PolicyTrial(self.service.sides, clock_ms),
            prompts=PromptLibrary(
                Background(storage, chores, self._dispatcher.post, self._tell_problem),
                words.language,
            ),
            spelling=Spelling(self._dispatcher.post, tags_of(words.language)),
            lab=self._lab.open,
            show_work=self.window.status_line.show_work,
            quick_key=self.quick_key,
            trash=self.service.trash,
            privacy=privacy_desk(
                self.window, self.service, theme, words, current, keeper, backup, updates
            ),
            models=self.models.desk,
            first_start=lambda: self.window.actions_here.run(ActionId.FIRST_START),
        )

    def _tell_problem(self, problem: Problem) -> None:
        self.window.show_change(NoticeRaised(problem))


def _settings_screen(desk: SettingsDesk) -> SettingsScreen:
    from ui.settings.pages import make_settings  # noqa: PLC0415 - not before the first frame

    return make_settings(desk)
