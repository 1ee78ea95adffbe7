"""A chat with files in a real encrypted history, and the tool over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.assembly import open_memory_storage
from app.conversation import chat_key
from app.tools.async_thread import AsyncThread
from app.tools.files.pdf_lines import BoxedPdfLines
from app.tools.files.tool import ChatFilesTool
from app.tools.python.chat_folders import ChatFolders
from app.tools.python.file_store import StoredFiles
from app.tools.python.workplace import Workplaces
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.tool import RunContext
from app.tools.values import SourcePage, ToolCall, ToolOutcome

_T = TypeVar("_T")
_SECONDS = 60.0  # far more than anything here takes


async def no_pages() -> tuple[SourcePage, ...]:
    return ()


class Room:
    """One chat, its files and the tool."""

    def __init__(self, root: Path) -> None:
        self.storage = open_memory_storage()
        self.thread = AsyncThread()
        self.folders = ChatFolders(StoredFiles(self.storage), Workplaces(lambda: root), Limits())
        self.tool = ChatFilesTool(
            self.folders, BoxedPdfLines(lambda: Sandbox(SandboxKind.BUBBLEWRAP))
        )
        self.chat = self.new_chat()

    def new_chat(self) -> str:
        made = self.storage.submit(lambda store: store.create_chat("a chat", 1)).result()
        return chat_key(made.id)

    def ask(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Run something on the tools' thread."""
        return self.thread.submit(work).result(_SECONDS)

    def put(self, name: str, data: bytes, chat: str = "") -> str:
        return self.ask(lambda: self.folders.put(chat or self.chat, name, data))

    def reading(self, arguments: str, chat: str = "") -> ToolCall:
        return ToolCall(chat or self.chat, 0, "functions.read_file", arguments)

    def run(self, call: ToolCall) -> ToolOutcome:
        return self.ask(lambda: self.tool.run(call, RunContext(lambda _: None, no_pages)))

    def list(self, chat: str = "") -> str:
        return self.run(ToolCall(chat or self.chat, 0, "functions.list_files", "")).text

    def read(self, path: str, chat: str = "", **more: int) -> ToolOutcome:
        return self.run(self.reading(json.dumps({"path": path, **more}), chat))

    def close(self) -> None:
        self.ask(self.tool.close)
        self.folders.end()
        assert self.thread.close()
        self.storage.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()
