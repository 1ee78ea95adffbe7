"""Makes the desk of downloads, for the window and for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.models.download import Downloads
from app.models.download_job import Workplace
from app.models.download_list import LIST_NAME, DownloadList
from app.models.downloaded import library_model
from app.models.hub_desk import HubDesk
from app.models.piece_sums import SUMS_NAME, SumsFolder
from app.models.transfer.fetched import Fetched
from app.models.values import Download, LibraryModel
from app.paths import Paths
from app.tools.async_thread import AsyncThread

if TYPE_CHECKING:
    import httpx2

    from app.models.transfer.source import Source


def make_downloads(
    paths: Paths,
    thread: AsyncThread,
    hub: HubDesk,
    dispatch: Callable[[Callable[[], None]], None],
    on_model: Callable[[LibraryModel], object],
    clock_ms: Callable[[], int],
) -> Downloads:
    """A desk of downloads; close it before the thread.

    Args:
        paths: the user's folders.
        thread: runs them.
        hub: the Hub of the settings, as they are when a download begins.
        dispatch: runs a callable on the desk's thread; any thread may call it.
        on_model: takes each model that is here into the library.
        clock_ms: Unix time in milliseconds.
    """

    def source(client: httpx2.AsyncClient) -> Source:
        from app.models.hub import HubClient  # noqa: PLC0415 - takes long to load

        return HubClient(hub.endpoint, hub.token.get, client)

    def done(download: Download, fetched: Fetched) -> None:
        on_model(library_model(download, fetched, clock_ms()))

    def at(place: Workplace) -> Workplace:
        return replace(place, sums=SumsFolder(paths.data / SUMS_NAME))

    kept = DownloadList(paths.data / LIST_NAME)
    return Downloads(kept, thread, source, dispatch, done, clock_ms, at)
