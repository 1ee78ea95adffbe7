"""Files of a chat, in the real history, asked for as the window does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.assembly import open_memory_storage
from app.chats.chat_files import ChatFile
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.paths import Paths
from app.settings import Settings
from app.tool_assembly import Surroundings, ToolRoom
from app.vocabulary import SharedVocabulary
from engine.harmony.messages import Effort
from ui.bridge.dispatcher import Dispatcher
from ui.chat_files import OpenChatFiles


@dataclass
class Room:
    files: OpenChatFiles
    open: list[ChatId | None]
    chat: ChatId
    told: list[object] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@pytest.fixture
def room(tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    del qtbot  # there is an application
    folders = {f"SOTTO_{name}_DIR": str(tmp_path / name) for name in ("DATA", "CONFIG", "STATE")}
    paths = Paths.from_environment({**folders, "SOTTO_CACHE_DIR": str(tmp_path / "CACHE")})
    storage, executor = open_memory_storage(), ThreadPoolExecutor(1)
    tools = ToolRoom(Surroundings(paths, {}, storage, Settings, SharedVocabulary(), executor))
    assert tools.python is not None
    chat, _ = storage.submit(
        lambda store: store.append_user(None, None, "q", Effort.LOW, 1, title="t")
    ).result()
    open_chat: list[ChatId | None] = [chat.id]
    dispatcher = Dispatcher()
    files = OpenChatFiles(
        tools.python.folders, tools.workshop.thread, dispatcher.post, lambda: open_chat[0]
    )
    yield Room(files, open_chat, chat.id)
    tools.workshop.close()
    executor.shutdown()
    storage.close()


def names(room: Room, qtbot: QtBot) -> list[str]:
    found: list[tuple[ChatFile, ...]] = []
    room.files.list(found.append, room.problems.append)
    qtbot.waitUntil(lambda: bool(found))
    return [file.name for file in found[0]]


def test_a_file_goes_into_the_history_and_comes_back(room: Room, qtbot: QtBot) -> None:
    assert names(room, qtbot) == []
    room.files.put("../data.csv", b"1,2", room.told.append, room.problems.append)
    qtbot.waitUntil(lambda: room.told == ["data.csv"])
    assert names(room, qtbot) == ["data.csv"]
    room.told.clear()
    room.files.read("data.csv", room.told.append)
    qtbot.waitUntil(lambda: room.told == [b"1,2"])
    room.files.delete("data.csv", room.told.append, room.problems.append)
    qtbot.waitUntil(lambda: len(room.told) == 2)
    assert names(room, qtbot) == []
    room.files.read("data.csv", room.told.append)
    qtbot.waitUntil(lambda: room.told[-1] is None and len(room.told) == 3)
    assert room.problems == []


def test_a_new_chat_has_no_folder_yet(room: Room, qtbot: QtBot) -> None:
    room.open[0] = None
    assert names(room, qtbot) == []
    room.files.put("a", b"", room.told.append, room.problems.append)
    assert [problem.title for problem in room.problems] == ["This chat has no folder yet."]
