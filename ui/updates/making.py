"""Makes the desk of updates for a window.  Imported when somebody first wants it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from app.assembly import clock_ms
from app.current_settings import CurrentSettings
from app.paths import Paths
from app.tools.async_thread import AsyncThread
from app.updates.desk import Conditions, UpdateDesk
from app.updates.installation import this_installation
from app.updates.look import UpdateLook
from app.updates.manifest import shipped_source
from app.updates.memory import MemoryFile
from app.updates.policy import are_updates_forbidden
from app.updates.version import Version


def make_update_desk(
    paths: Paths,
    thread: AsyncThread,
    current: CurrentSettings,
    dispatch: Callable[[Callable[[], None]], None],
) -> UpdateDesk:
    """The desk over the shipped source and the user's folders."""
    source = shipped_source()
    conditions = Conditions(
        Version.parse(version("sotto")),
        this_installation(),
        is_forbidden=are_updates_forbidden(),
        is_known=source.is_known,
    )
    look = UpdateLook(source, MemoryFile(paths.state))
    return UpdateDesk(thread, look, conditions, current, dispatch, clock_ms)
