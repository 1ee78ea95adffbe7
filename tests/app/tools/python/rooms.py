"""The tool with all that it stands on, for tests: real boxes, notebooks and an encrypted store."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import psutil

from app.assembly import open_memory_storage
from app.chats.values import Chat
from app.conversation import chat_key
from app.tools.async_thread import AsyncThread
from app.tools.python.chat_folders import ChatFolders
from app.tools.python.file_store import StoredFiles
from app.tools.python.fonts import FontList
from app.tools.python.notebooks import Notebooks
from app.tools.python.tool import RUN_SECONDS, PythonTool
from app.tools.python.workplace import Workplaces
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.tool import RunContext
from app.tools.values import Progress, SourcePage, ToolCall, ToolOutcome
from engine.harmony.messages import Channel

_T = TypeVar("_T")
_SECONDS = 100.0


class Room:
    """One tool `python` and one chat to call it from."""

    def __init__(
        self,
        root: Path,
        kind: SandboxKind,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        seconds: float = RUN_SECONDS,
        most_alive: int = 3,
        idle_seconds: float = 3600,
        accepts: bool = False,
    ) -> None:
        fonts = root.parent / "fonts"
        (fonts / f"matplotlib-{metadata.version('matplotlib')}").mkdir(parents=True, exist_ok=True)
        self.storage = open_memory_storage()
        self.thread = AsyncThread()
        self.root = root
        self.sandbox: Future[Sandbox] = Future()
        self.sandbox.set_result(Sandbox(kind))
        self.folders = ChatFolders(StoredFiles(self.storage), Workplaces(lambda: root), limits)
        self.notebooks = Notebooks(self.folders, limits, FontList(fonts), most_alive, idle_seconds)
        self.tool = PythonTool(
            self.sandbox, self.notebooks, self.folders, lambda: accepts, limits, seconds
        )
        self.chat = self.new_chat()
        self.progress: list[Progress] = []

    def new_chat(self) -> str:
        made: Chat = self.storage.submit(lambda store: store.create_chat("a chat", 1)).result()
        return chat_key(made.id)

    def begin(
        self, code: str, chat: str = "", report: Callable[[Progress], None] | None = None
    ) -> Future[ToolOutcome]:
        """Begin a call; cancelling what comes back is Stop."""

        async def no_pages() -> tuple[SourcePage, ...]:
            return ()

        call = ToolCall(chat or self.chat, 0, "python", code, Channel.ANALYSIS)
        context = RunContext(report or self.progress.append, no_pages)
        return self.thread.submit(lambda: self.tool.run(call, context))

    def call(self, code: str, chat: str = "") -> ToolOutcome:
        return self.begin(code, chat).result(_SECONDS)

    def text(self, code: str, chat: str = "") -> str:
        return self.call(code, chat).text

    def ask(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Run something on the tools' thread."""
        return self.thread.submit(work).result(_SECONDS)

    def data(self, chat: str = "") -> Path:
        """Where the host has the chat's folder while the notebook lives."""
        return self.folders._open[chat or self.chat].workplace.data

    def close(self) -> None:
        self.ask(self.tool.close)
        assert self.thread.close()
        self.storage.close()
        assert not list(self.root.iterdir())
        assert not [one for one in psutil.process_iter(["cmdline"]) if self._is_ours(one)]

    def _is_ours(self, process: psutil.Process) -> bool:
        return any(str(self.root) in word for word in process.info["cmdline"] or ())


def roomy(limits: Limits, **changes: int) -> Limits:
    """Limits like these with some changed."""
    return replace(limits, **changes)
