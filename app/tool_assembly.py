"""Makes the tools for the window and for the command line."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.attachments.reader import FileReader
from app.chats.storage_thread import StorageThread
from app.paths import Paths
from app.permissions.rules import Pattern
from app.secrets import SecretStore
from app.settings import Settings
from app.tools.async_thread import AsyncThread
from app.tools.files.pdf_lines import BoxedPdfLines
from app.tools.files.tool import ChatFilesTool
from app.tools.mcp.configuration import FILE_NAME, ServersFile
from app.tools.mcp.server_list import ServerList
from app.tools.mcp.service import McpServers
from app.tools.own.folder import FunctionsFolder
from app.tools.own.own_tool import OwnFunctions
from app.tools.python.making import make_python_tool
from app.tools.python.tool import PythonTool
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.probe import find_sandbox
from app.tools.switches import default_switches
from app.tools.tool import Tool
from app.tools.toolbox import BROWSER, FILES, MCP, OWN, PYTHON, Toolbox
from app.tools.workshop import Workshop
from app.vocabulary import SharedVocabulary

if TYPE_CHECKING:
    from app.tools.browser.tool import BrowserTool
    from app.web_assembly import Web

_log = logging.getLogger(__name__)

SERVERS_SECONDS: Final = 20.0
"""A turn waits so long for servers that are being started; then it goes on without them."""

FUNCTIONS_FOLDER: Final = "functions"
"""Of the user's own functions, inside the data folder."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the tools are made from.

    Attributes:
        paths: the user's folders.
        environ: of the process.
        storage: the history; it keeps the files of chats, too.
        settings: those in force; may be called on any thread.
        vocabulary: counts tokens; shared with the engine.
        chores: runs what is slow.
        allowed: rules of the command line, for this one run.
        reachable: (host, port) inside a network that the browser may open; for tests.
    """

    paths: Paths
    environ: Mapping[str, str]
    storage: StorageThread
    settings: Callable[[], Settings]
    vocabulary: SharedVocabulary
    chores: Executor
    allowed: Sequence[Pattern] = ()
    reachable: frozenset[tuple[str, int]] = frozenset()


class ToolRoom:
    """The tools of the product, with what the settings pages need of them.

    Nothing runs before a turn has a tool switched on, or `begin` is called.

    Attributes:
        workshop: what turns run them with.
        servers: the user's MCP servers.
        functions: the folder of the user's own functions.
        sandbox: what code can be held in, once that is known.
        secrets: where keys of tools are kept.
        reader: reads files that go with messages.
        python: the notebooks of chats; None where there is no such tool for this system.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._lock = threading.Lock()
        self._is_looking = self._has_servers = False
        self._ready: Future[None] | None = None
        thread, paths = AsyncThread(), around.paths
        self.secrets = SecretStore()
        self.sandbox: Future[Sandbox] = Future()
        servers = ServerList(ServersFile(paths.config), self.secrets)
        self.servers = McpServers(servers, thread, around.environ)
        self.functions = FunctionsFolder(self._functions_folder)
        self._own = OwnFunctions(self.functions, self.sandbox, self._runs_unheld)
        self.python = self._make_python()
        self._files = self._make_files()
        self._web: Web | None = None
        self.reader = FileReader(self._found_sandbox, lambda: around.vocabulary().encode)
        ours = (self._python_tools, self._files_tools, self._browser_tools, self._own_tools)
        toolbox = Toolbox((*ours, self.servers.tools))
        self.workshop = Workshop(
            toolbox,
            thread,
            defaults=lambda: self._defaults(toolbox),
            tokens=around.vocabulary,
            strictness=lambda: around.settings().strictness,
            allowed=tuple(around.allowed),
            prepare=self.prepare,
            closers=(self.servers.close, self.reader.close),
        )

    def begin(self) -> Future[None]:
        """Look for a sandbox and start the user's servers; does not wait."""
        self._look_for_sandbox()
        return self._start_servers()

    def _defaults(self, toolbox: Toolbox) -> tuple[str, ...]:
        """What chats have on that chose nothing."""
        settings = self._around.settings()
        wanted = (settings.tools_python, settings.tools_files, settings.tools_browser)
        if not (any(wanted) or settings.tools_functions):
            return ()
        names = default_switches(settings, toolbox.tools())
        # Which servers there are is known once they run; this name has them started.
        must_start = settings.tools_functions and not self._has_servers and self._has_list
        return (*names, MCP) if must_start else names

    @property
    def _has_list(self) -> bool:
        return (self._around.paths.config / FILE_NAME).exists()

    def begin_servers(self) -> None:
        """The window is there: start the user's servers if they have any, for its menus list them.

        What other tools stand on is loaded on the side, so that the menus need not wait for it.
        """
        self._around.chores.submit(self._the_web)
        if self._has_list:
            self._start_servers()

    def prepare(self, switched_on: Collection[str]) -> Future[None] | None:
        """Begin what these tools need; the future says when a turn can go on, None at once."""
        if not {PYTHON, BROWSER, OWN}.isdisjoint(switched_on):
            self._look_for_sandbox()
        if any(name.startswith(MCP) for name in switched_on):
            return self._start_servers()
        return None

    def _make_python(self) -> PythonTool | None:
        around = self._around
        if sys.platform == "win32":
            return None
        return make_python_tool(
            around.storage, around.paths, around.environ, self.sandbox, self._runs_unheld
        )

    def _python_tools(self) -> Mapping[str, Tool]:
        return {PYTHON: self.python} if self.python is not None and self.python.is_offered else {}

    def _make_files(self) -> ChatFilesTool | None:
        """The chats' files are there wherever `python` could be, whether or not it may run."""
        if self.python is None:
            return None
        return ChatFilesTool(self.python.folders, BoxedPdfLines(self._found_sandbox))

    def _files_tools(self) -> Mapping[str, Tool]:
        return {FILES: self._files} if self._files is not None else {}

    def _browser_tools(self) -> Mapping[str, Tool]:
        return {BROWSER: self._the_web().tool}

    @property
    def browser(self) -> BrowserTool:
        """The web."""
        return self._the_web().tool

    def _the_web(self) -> Web:
        # Here and not at the top: see its module.
        from app.web_assembly import Web  # noqa: PLC0415 - see above

        around = self._around
        with self._lock:
            if self._web is None:
                self._web = Web(
                    around.settings,
                    self.secrets,
                    self._found_sandbox,
                    around.vocabulary,
                    around.reachable,
                )
            return self._web

    def search_once(self, query: str) -> str:
        """Search as the model would, for a trial; gives the first title.  Blocks.

        Raises:
            app.web_assembly.SearchTrialError: nobody is chosen, or nothing sensible came back.
        """
        return self._the_web().search_once(query, self.workshop.thread)

    def _own_tools(self) -> Mapping[str, Tool]:
        return {OWN: self._own} if self.functions.read().functions else {}

    def _functions_folder(self) -> Path:
        chosen = self._around.settings().functions_folder
        return Path(chosen) if chosen else self._around.paths.data / FUNCTIONS_FOLDER

    def _runs_unheld(self) -> bool:
        return self._around.settings().python_without_sandbox_accepted

    def _look_for_sandbox(self) -> None:
        with self._lock:
            was_looking, self._is_looking = self._is_looking, True
        if not was_looking:
            self._around.chores.submit(self._find_sandbox)

    def _found_sandbox(self) -> Sandbox:
        """Look for a sandbox, and wait for it."""
        self._look_for_sandbox()
        return self.sandbox.result()

    def _find_sandbox(self) -> None:
        try:
            self.sandbox.set_result(find_sandbox())
        except Exception as error:  # noqa: BLE001 - who waits for it has to hear of it
            _log.exception("no sandbox could be looked for")
            self.sandbox.set_exception(error)

    def _start_servers(self) -> Future[None]:
        return self.workshop.thread.submit(self._servers_settled)

    async def _servers_settled(self) -> None:
        with self._lock:
            had_servers, self._has_servers = self._has_servers, True
        try:
            if not had_servers:
                begun = await asyncio.wrap_future(self._around.chores.submit(self.servers.start))
                await asyncio.wrap_future(begun)
            async with asyncio.timeout(SERVERS_SECONDS):
                await self.servers.settled()
        except TimeoutError:
            _log.warning("a turn goes on without servers that are still starting")
        except Exception:  # noqa: BLE001 - a turn goes on without them all the same
            _log.exception("the servers could not be started")
