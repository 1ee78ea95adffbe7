"""What the pages of tools work with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from app.secrets import SecretStore
    from app.tools.mcp.service import McpServers
    from app.tools.own.folder import FunctionsFolder
    from app.tools.sandbox.box import Sandbox


def _no_search() -> str:
    return ""


def _choose_folder(parent: QWidget) -> str:
    return QFileDialog.getExistingDirectory(parent.window(), "", str(Path.home()))


@dataclass(frozen=True, slots=True)
class ToolDesk:
    """The tools as the settings see them.  UI thread.

    Attributes:
        servers: the user's MCP servers.
        functions: the folder of the user's own functions.
        sandbox: what code can be held in, once that is known.
        secrets: where keys of search services are kept; asked on a chores thread.
        begin: looks for a sandbox and starts the servers; does not wait.
        post: runs a callable on the UI thread; any thread may call it.
        try_search: searches once and gives a title that was found; blocks, on a chores thread.
        choose_folder: asks for a folder; "" for none.
        open_url: hands an address or a folder to the desktop.
    """

    servers: McpServers
    functions: FunctionsFolder
    sandbox: Future[Sandbox]
    secrets: SecretStore
    begin: Callable[[], object]
    post: Callable[[Callable[[], None]], None]
    try_search: Callable[[], str] = field(default=_no_search)
    choose_folder: Callable[[QWidget], str] = field(default=_choose_folder)
    open_url: Callable[[QUrl], object] = field(default=QDesktopServices.openUrl)
