"""Makes what belongs to models, when it is first wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from app import resources
from app.assembly import chosen_model, clock_ms
from app.chores import AtOnce, Chores
from app.current_settings import CurrentSettings
from app.models.catalogue import Catalogue
from app.models.desk import ModelDesk, free_bytes
from app.models.download import Downloads
from app.models.download_making import make_downloads
from app.models.finding import ModelFinder
from app.models.hub_desk import HubDesk
from app.models.library import PRACTICE_ID, ModelLibrary
from app.models.library_file import LIBRARY_NAME, LibraryFile
from app.models.outlook import Outlooks
from app.models.piece_sums import SUMS_NAME, SumsFolder
from app.models.places import places
from app.models.planning import Planner
from app.models.practice import PracticePackage
from app.models.rewriting import remove_abandoned
from app.models.room import ModelSurroundings
from app.models.speed_keeping import SpeedKeeping
from app.models.values import LibraryModel, Origin
from app.paths import Paths
from app.secrets import SecretStore
from app.settings import Settings
from app.tools.async_thread import AsyncThread
from engine.errors import UserFacingError
from engine.memory_plan.values import MemoryPlan


def make_desk(
    around: ModelSurroundings, loaded: Callable[[], MemoryPlan | None] = lambda: None
) -> ModelDesk:
    """A desk with threads of its own.

    Args:
        around: what it is made of.
        loaded: the plan of what is loaded now.
    """
    pools = tuple(ThreadPoolExecutor(1, name) for name in ("models", "model-files", "model-scans"))
    short, long, scans = (Chores(one, around.dispatch) for one in pools)
    thread = AsyncThread()
    library = make_library(around.paths, around.current, long, short, around.load)
    hub = _hub(around, thread)
    downloads = make_downloads(around.paths, thread, hub, around.dispatch, library.add, clock_ms)
    forget = _limited(downloads, around.current)
    desk = ModelDesk(
        library=library,
        downloads=downloads,
        catalogue=Catalogue(around.paths.data),
        hub=hub,
        finding=_finder(around.paths),
        outlooks=_outlooks(around, loaded),
        paths=around.paths,
        current=around.current,
        chores=short,
        copying=scans,
        closers=(
            forget,
            downloads.close,
            thread.close,
            *(partial(one.shutdown, cancel_futures=True) for one in pools),
        ),
    )
    desk.copying.run(partial(remove_abandoned, desk.folder), lambda _: None)
    return desk


def _limited(downloads: Downloads, current: CurrentSettings) -> Callable[[], None]:
    """Hold downloads to the limit of the settings; returns the way to end that."""

    def limit(settings: Settings) -> None:
        downloads.set_limit(settings.download_kib_per_second)

    limit(current.value)
    return current.subscribe(limit)


def make_library(
    paths: Paths,
    current: CurrentSettings,
    chores: Chores | None = None,
    looks: Chores | None = None,
    load: Callable[[], None] = lambda: None,
) -> ModelLibrary:
    """The library; without chores whatever is asked of it is done at once."""
    return ModelLibrary(
        LibraryFile(paths.data / LIBRARY_NAME),
        current,
        chores or Chores(AtOnce(), lambda call: call()),
        practice_entry(paths),
        clock_ms=clock_ms,
        load=load,
        sums=SumsFolder(paths.data / SUMS_NAME),
        looks=looks,
    )


def speed_keeping(paths: Paths) -> SpeedKeeping:
    """What keeps how fast answers came."""
    return SpeedKeeping(LibraryFile(paths.data / LIBRARY_NAME), clock_ms)


def practice_entry(paths: Paths) -> LibraryModel:
    """The practice model as the library shows it; it need not be unpacked yet."""
    size, digest, path = 0, "", paths.cache / "practice.gguf"
    try:
        package = PracticePackage.read(resources.path("practice"))
        size, digest, path = package.size_bytes, package.sha256, package.unpacked(paths.cache)
    except UserFacingError:
        pass  # whoever loads it is told
    return LibraryModel(
        PRACTICE_ID, "Practice model", (path,), size, Origin.SHIPPED, "Sotto", (digest,)
    )


def _outlooks(around: ModelSurroundings, loaded: Callable[[], MemoryPlan | None]) -> Outlooks:
    return Outlooks(
        around.current,
        Planner(),
        request_of=lambda settings: chosen_model(settings, around.paths),
        loaded=loaded,
        free_bytes=lambda: free_bytes(
            Path(around.current.value.models_folder or around.paths.models)
        ),
    )


def _hub(around: ModelSurroundings, thread: AsyncThread) -> HubDesk:
    return HubDesk(
        thread,
        around.dispatch,
        os.environ,
        lambda: around.current.value.hub_endpoint,
        SecretStore(),
    )


def _finder(paths: Paths) -> ModelFinder:
    """It has a catalogue of its own, since it works on another thread."""
    here = places(os.environ, Path.home(), sys.platform)
    return ModelFinder(here, Catalogue(paths.data).offered)
