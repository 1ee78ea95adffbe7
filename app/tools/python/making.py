"""Makes the tool `python` with all that it stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from app.chats.storage_thread import StorageThread
from app.paths import Paths
from app.tools.python.chat_folders import ChatFolders
from app.tools.python.file_store import StoredFiles
from app.tools.python.fonts import FontList
from app.tools.python.notebooks import Notebooks
from app.tools.python.tool import PythonTool
from app.tools.python.workplace import Workplaces, workplaces_root
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits


def make_python_tool(
    storage: StorageThread,
    paths: Paths,
    environ: Mapping[str, str],
    sandbox: Future[Sandbox],
    runs_unheld: Callable[[], bool],
    limits: Limits | None = None,
) -> PythonTool:
    """The tool; nothing is started before the first call.  Not for Windows.

    Args:
        storage: the history, which keeps the chats' files.
        paths: the user's folders.
        environ: of the process.
        sandbox: gives what `app.tools.sandbox.probe.find_sandbox` found, once it has looked.
        runs_unheld: see `PythonTool`.
        limits: of the boxes; None for the usual ones.
    """
    held = limits or Limits()
    workplaces = Workplaces(lambda: workplaces_root(environ, paths.cache, held.disk_bytes))
    folders = ChatFolders(StoredFiles(storage), workplaces, held)
    notebooks = Notebooks(folders, held, FontList(paths.cache))
    return PythonTool(sandbox, notebooks, folders, runs_unheld, held)
