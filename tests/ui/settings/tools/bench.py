"""Real servers, folders and a keyring in memory for the pages of tools."""

from __future__ import annotations

import os
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QUrl

from app.secrets import SecretStore
from app.tools.async_thread import AsyncThread
from app.tools.mcp.configuration import ServersFile
from app.tools.mcp.server_list import ServerList
from app.tools.mcp.service import McpServers
from app.tools.own.folder import FunctionsFolder
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from engine.errors import UserFacingError
from tests.app.test_secrets import FakeKeyring
from ui.bridge.dispatcher import Dispatcher
from ui.settings.tools.desk import ToolDesk


@dataclass
class ToolBench:
    """What the pages work with, and what they did with it.

    Attributes:
        found: what a trial of the search finds, or why it does not.
        dispatcher: brings the news of other threads.
    """

    folder: Path
    keyring: FakeKeyring = field(default_factory=FakeKeyring)
    thread: AsyncThread = field(default_factory=AsyncThread)
    sandbox: Future[Sandbox] = field(default_factory=Future)
    found: str | UserFacingError = "Weather in Oslo"
    begun: int = 0
    chosen_folder: str = ""
    opened: list[QUrl] = field(default_factory=list)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)
    servers: McpServers = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = SecretStore(self.keyring)
        listed = ServerList(ServersFile(self.folder / "config"), self.secrets)
        self.servers = McpServers(listed, self.thread, os.environ, pauses=())
        self.functions = FunctionsFolder(lambda: self.folder / "functions")

    def find(self, kind: SandboxKind) -> None:
        self.sandbox.set_result(Sandbox(kind))

    def try_search(self) -> str:
        if isinstance(self.found, str):
            return self.found
        raise self.found

    def _begin(self) -> None:
        self.begun += 1

    def desk(self) -> ToolDesk:
        return ToolDesk(
            self.servers,
            self.functions,
            self.sandbox,
            self.secrets,
            begin=self._begin,
            post=self.dispatcher.post,
            try_search=self.try_search,
            choose_folder=lambda _asking: self.chosen_folder,
            open_url=self.opened.append,
        )

    def close(self) -> None:
        if self.thread.is_started:
            self.thread.submit(self.servers.close).result(30)
        self.thread.close()
