"""A settings screen over a real settings file; chores are done at once, on the test's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.archive.door import ArchiveDoor
from app.assembly import chosen_model, open_memory_storage
from app.backup.desk import BackupDesk
from app.chats.background import Background
from app.chats.changes import DeletedMessages, ModelState, StatusChanged
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.storage_thread import StorageThread
from app.chats.trash_values import TrashedChat
from app.chats.values import Problem
from app.chores import Chores
from app.current_settings import CurrentSettings
from app.instructions.shelf import PresetShelf
from app.instructions.text import tokens_of
from app.locking import LockKeeper
from app.models.planning import Planned
from app.models.room import ModelRoom, ModelSurroundings
from app.paths import Paths
from app.permissions.book import PermissionBook
from app.prompts.library import PromptLibrary
from app.safeguard.trial import PolicyTrial
from app.secrets import KeyVault, PassphraseCost
from app.settings import Settings, SettingsFile
from app.side_desk import SideDesk
from app.spelling import Spelling
from app.tools.async_thread import AsyncThread
from app.updates.desk import Conditions, UpdateDesk
from app.updates.installation import Installation
from app.updates.look import UpdateLook
from app.updates.manifest import Source
from app.updates.memory import MemoryFile
from app.updates.version import Version
from app.words import Words
from app.workers import LentDevice, Worker, WorkerError
from engine.gguf_details import ModelDetails, read_details
from engine.hardware import Device, DeviceKind, Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.reasons import reasons
from engine.memory_plan.values import MemoryPlan, PlanChoices
from engine.requests import SideJobId, SideRequest
from tests.app.lab.conftest import LabBench
from tests.engine.memory_plan.conftest import facts_of
from tests.ui.settings.tools.bench import ToolBench
from tools.random_model.header import GPT_OSS_20B
from ui.archive.door import ArchiveWindowDoor
from ui.bridge.dispatcher import Dispatcher
from ui.desktop.quick_key import QuickKey
from ui.instructions.doors import InstructionDoors
from ui.notices import NoticeBanner
from ui.settings.desk import SettingsDesk
from ui.settings.pages import make_settings
from ui.settings.privacy.desk import PrivacyDesk
from ui.settings.screen import SettingsScreen
from ui.theme.theme import Theme
from ui.updates.door import UpdateDoor

GIB = 1 << 30
NOW_MS = 1_800_000_000_000
FACTS = facts_of(GPT_OSS_20B)
CARD = Device("CUDA0", "NVIDIA GeForce RTX 5070 Ti", DeviceKind.GPU, 15 * GIB, 16 * GIB)
CPU = Device("CPU", "AMD Ryzen 7 5800X", DeviceKind.CPU, 28 * GIB, 32 * GIB)
READY = StatusChanged(state=ModelState.READY)


class AtOnce(Executor):
    """Runs what it is given at once, or later when it is told to."""

    def __init__(self) -> None:
        self.is_held = False
        self._held: list[Callable[[], None]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - it is the future's to tell
                future.set_exception(error)

        if self.is_held:
            self._held.append(run)
        else:
            run()
        return future

    def release(self) -> None:
        held, self._held = self._held, []
        for run in held:
            run()


@dataclass
class FakeTrash:
    """Keeps what was deleted in two lists, and answers at once."""

    chats: list[TrashedChat] = field(default_factory=list)
    deleted: list[DeletedMessages] = field(default_factory=list)
    restored: list[object] = field(default_factory=list)

    def list(self, on_done: Callable[[tuple[TrashedChat, ...]], None]) -> None:
        on_done(tuple(self.chats))

    def parts(self, on_done: Callable[[tuple[DeletedMessages, ...]], None]) -> None:
        on_done(tuple(self.deleted))

    def restore(self, chat_id: ChatId) -> None:
        self.purge(chat_id)
        self.restored.append(chat_id)

    def restore_part(self, part: DeletedMessages) -> None:
        self.purge_part(part)
        self.restored.append(part)

    def purge(self, chat_id: ChatId) -> None:
        self.chats = [one for one in self.chats if one.chat.id != chat_id]

    def purge_part(self, part: DeletedMessages) -> None:
        self.deleted.remove(part)

    def empty(self) -> None:
        self.chats, self.deleted = [], []


@dataclass
class Room:
    """A screen with what is behind it.

    Attributes:
        permissions, storage: the rules and the record, and the thread over the file they lie in.
        background: the way there and back.
        asked: what was asked of the chat service and of the engine.
        sides: side jobs that were asked for.
        problems: what was told of the settings file.
        file_to_choose: what the file dialog will give.
        worker_problem: why a worker cannot be used, or "".
        examined: the files that were looked at; each reads as `model_file`.
        folder: for what a test writes.
        trash: what was deleted.
        work: what the window was told that the model is busy with.
        updates: newer versions, where a test wants some.
        opened: pages that were shown in the browser.
    """

    current: CurrentSettings
    file: SettingsFile
    executor: AtOnce
    permissions: PermissionBook
    storage: StorageThread
    background: Background
    hardware: Hardware = field(default_factory=lambda: Hardware((CARD, CPU), 28 * GIB, 32 * GIB, 8))
    asked: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    file_to_choose: str = ""
    worker_problem: str = ""
    diagnosed: list[StatusChanged] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    model_file: Path = Path("/nowhere")
    check_seconds: float | None = None
    sides: list[SideRequest] = field(default_factory=list)
    examined: list[Path] = field(default_factory=list)
    trash: FakeTrash = field(default_factory=FakeTrash)
    tools: ToolBench = field(default_factory=lambda: ToolBench(Path("/nowhere")))
    folder: Path = Path("/nowhere")
    work: list[str] = field(default_factory=list)
    updates: UpdateDesk | None = None
    opened: list[QUrl] = field(default_factory=list)
    _lab: LabBench | None = None

    @property
    def lab(self) -> LabBench:
        """The lab with a scripted engine, made when it is first wanted."""
        if self._lab is None:
            self._lab = LabBench(self.folder / "weights.gguf")
        return self._lab

    def close(self) -> None:
        """End the threads of the lab, where there is one."""
        self.models.close()
        if self._lab is not None:
            self._lab.lab.close()
            self._lab.service.close()

    @cached_property
    def models(self) -> ModelRoom:
        """The desk of models, over folders of its own."""
        paths = Paths(*(self.folder / name for name in ("data", "config", "cache", "state")))
        return ModelRoom(
            ModelSurroundings(
                paths, self.current, self.background.dispatch, lambda: self.asked.append("load")
            )
        )

    @cached_property
    def trials(self) -> SideDesk:
        """Hands the ends of side jobs to who asked."""
        return SideDesk(self)

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompt library over the storage."""
        return PromptLibrary(self.background, "en")

    @cached_property
    def spelling(self) -> Spelling:
        """Without any dictionary, as on a bare system."""
        return Spelling(self.background.dispatch, ())

    @cached_property
    def chats(self) -> ChatList:
        """The list of chats of the storage."""
        return ChatList(self.background, lambda: NOW_MS, lambda *_: None)

    def privacy(self, theme: Theme, words: Words) -> PrivacyDesk:
        """Over the storage; a key that nobody has to ask for."""
        vault = KeyVault(self.folder / "keys", {})
        key = vault.create_unencrypted()
        archive = ArchiveWindowDoor(
            theme,
            words,
            ArchiveDoor(self.background, lambda: NOW_MS, self.chats),
            lambda: self.current.value.checks_thoughts,
            choose_file=self.choose_file,
            choose_target=self.choose_file,
        )
        keeper = LockKeeper(vault, key, lambda: self.current.value.lock_check)
        backup = BackupDesk(
            Chores(self.executor, lambda call: call()),
            self.folder / "history" / "chats.db",
            key,
            lambda: NOW_MS,
            lambda: self.asked.append("restart"),
            PassphraseCost(64, 1, 1),
        )
        return PrivacyDesk(archive, keeper, backup, self.update_door(theme, words))

    def update_door(self, theme: Theme, words: Words) -> UpdateDoor:
        """A door to a desk that knows nobody to ask, unless a test brings another one."""
        banner = NoticeBanner(theme, words)

        def make() -> UpdateDesk:
            conditions = Conditions(Version(0, 1, 0), Installation.SOURCE, False, False)
            look = UpdateLook(Source(), MemoryFile(self.folder))
            thread = AsyncThread()  # which starts with the first look
            desk = UpdateDesk(
                thread, look, conditions, self.current, lambda call: call(), lambda: NOW_MS
            )
            return self.updates or desk

        return UpdateDoor(banner, words, make, banner, open_url=self.opened.append)

    def plan(self, settings: Settings, loaded: MemoryPlan | None) -> Planned:
        del loaded
        paths = Paths(*(Path("/nowhere"),) * 4)
        request = chosen_model(
            settings.model_copy(update={"model_path": settings.model_path or "/m.gguf"}), paths
        )
        plan = plan_memory(FACTS, self.hardware, request.choices)
        automatic = plan_memory(FACTS, self.hardware, PlanChoices())
        told = reasons(FACTS, self.hardware, plan, request.choices)
        return Planned(FACTS, plan, automatic, self.hardware, request.choices, FACTS, told)

    def diagnose(self, status: StatusChanged) -> str:
        self.diagnosed.append(status)
        return "Sotto diagnostics\nSotto: 0.1.0\n"

    def try_worker(self, address: str) -> Worker:
        self.tried.append(address)
        if self.worker_problem:
            raise WorkerError(address, self.worker_problem, "Start it.")
        return Worker(address, "7.0.0", (LentDevice(8 * GIB, 8 * GIB, 32, GIB),))

    def _count(
        self, text: str, on_done: Callable[[int], None], on_failed: Callable[[Problem], None]
    ) -> None:
        """Count words as tokens, on the chores' thread."""
        chores = Chores(self.executor, lambda call: call())
        chores.run(lambda: tokens_of(text, str.split), on_done, on_failed)

    def side(self, request: SideRequest) -> None:
        self.sides.append(request)

    def cancel_side(self, job_id: SideJobId) -> None:
        self.asked.append(f"cancel side {job_id}")

    def examine_model(self, path: Path) -> ModelDetails:
        self.examined.append(path)
        return read_details(self.model_file)

    def choose_file(self, parent: QWidget, words: Words, title: str) -> str:
        del parent, words, title
        return self.file_to_choose

    def desk(self, theme: Theme, words: Words) -> SettingsDesk:
        return SettingsDesk(
            theme=theme,
            words=words,
            current=self.current,
            chores=Chores(self.executor, lambda call: call()),
            plan=self.plan,
            diagnose=self.diagnose,
            try_worker=self.try_worker,
            load_model=lambda: self.asked.append("load"),
            cancel_load=lambda: self.asked.append("cancel"),
            on_problem=self.problems.append,
            permissions=self.permissions,
            choose_file=self.choose_file,
            choose_target=self.choose_file,
            choose_backup=self.choose_file,
            tools=self.tools.desk(),
            check_seconds=lambda: self.check_seconds,
            policy_trial=PolicyTrial(self.trials, lambda: NOW_MS),
            prompts=self.prompts,
            spelling=self.spelling,
            lab=lambda: self.lab.lab,
            show_work=self.work.append,
            quick_key=QuickKey(words),
            instructions=InstructionDoors(
                PresetShelf(self.current, words.language),
                self._count,
                lambda: self.current.value.instructions,
                self.problems.append,
            ),
            examine_model=self.examine_model,
            privacy=self.privacy(theme, words),
            trash=self.trash,
            models=self.models.desk,
            first_start=lambda: self.asked.append("first start"),
            clock_ms=lambda: NOW_MS,
        )


@pytest.fixture
def room(tmp_path: Path, qapp: QApplication, practice_model_path: Path) -> Iterator[Room]:
    file = SettingsFile(tmp_path / "settings.json")
    executor, storage, dispatcher = AtOnce(), open_memory_storage(), Dispatcher(qapp)
    problems: list[Problem] = []
    background = Background(storage, executor, dispatcher.post, problems.append)
    made = Room(
        CurrentSettings(file),
        file,
        executor,
        PermissionBook(background, lambda: NOW_MS),
        storage,
        background,
        problems=problems,
        tools=ToolBench(tmp_path),
        model_file=practice_model_path,
        folder=tmp_path,
    )
    yield made
    made.close()
    made.spelling.close()
    made.tools.close()
    storage.close()


@pytest.fixture
def screen(room: Room, theme: Theme, words: Words, qtbot: QtBot) -> Iterator[SettingsScreen]:
    """Wide, shown and active, with a model that is ready."""
    made = make_settings(room.desk(theme, words))
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_change(READY)
    made.open()
    yield made
    made.hide()
