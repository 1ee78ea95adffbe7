"""A panel with a door for files over a real reader and real documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.attachments.desk import AttachmentDesk
from app.attachments.parts import DraftFile
from app.attachments.reader import FileReader
from app.attachments.values import Files
from app.chats.changes import ModelState, StatusChanged
from app.chats.ids import ChatId
from app.tools.async_thread import AsyncThread
from app.tools.sandbox.probe import find_sandbox
from app.vocabulary import SharedVocabulary
from app.words import Words
from engine.events import Usage
from engine.harmony.messages import Effort
from tests.ui.chat.stage import Stage
from ui.bridge.dispatcher import Dispatcher
from ui.chat.attachments.door import AttachDoor
from ui.chat.attachments.row import AttachmentRow
from ui.theme.theme import Theme

READY = StatusChanged(ModelState.READY, "gpt-oss-20b", "CPU", context_limit_tokens=32_768)
SLOW = Usage(read_tokens=1000, read_seconds=5.0)


class Sender:
    """The part of the chat service that the door uses."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Effort, Files]] = []

    def send(
        self, text: str, effort: Effort, also_tools: tuple[str, ...] = (), files: Files = ()
    ) -> None:
        del also_tools
        self.sent.append((text, effort, files))


@dataclass
class Desk:
    """Everything a test of files looks at."""

    stage: Stage
    door: AttachDoor
    service: Sender
    folder: Path
    bot: QtBot
    told: list[tuple[ChatId | None, tuple[DraftFile, ...]]] = field(default_factory=list)

    @property
    def row(self) -> AttachmentRow:
        return self.stage.panel.composer.files

    def file(self, name: str, content: str | bytes = "One\ntwo\nthree\n") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def settled(self) -> None:
        """Wait until every file was read or refused."""
        self.bot.waitUntil(lambda: len(self.row.files) == len(self.row.keys), timeout=30_000)

    def attach(self, *paths: Path) -> None:
        self.door.attach(paths)
        self.settled()


@pytest.fixture(scope="session")
def vocabulary() -> SharedVocabulary:
    return SharedVocabulary()


@pytest.fixture
def make_desk(
    make_panel: Callable[..., Stage],
    theme: Theme,
    words: Words,
    vocabulary: SharedVocabulary,
    tmp_path: Path,
    qtbot: QtBot,
) -> Iterator[Callable[..., Desk]]:
    thread = AsyncThread()
    reader = FileReader(find_sandbox, lambda: vocabulary().encode)
    owner = QObject()
    dispatcher = Dispatcher(owner)

    def make(width: int = 900, height: int = 700, language: Words = words) -> Desk:
        stage = make_panel(width, height, language)
        service = Sender()
        door = AttachDoor(service, stage.panel, theme, language)
        door.desk = AttachmentDesk(reader, lambda: vocabulary().encode, thread, dispatcher.post)
        stage.panel.submitted.connect(door.send)
        stage.panel.apply(READY)
        door.apply(READY)
        desk = Desk(stage, door, service, tmp_path, qtbot)
        door.changed.connect(lambda chat, files: desk.told.append((chat, files)))
        return desk

    yield make
    if thread.is_started:
        thread.submit(reader.close).result(30)
    assert thread.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
