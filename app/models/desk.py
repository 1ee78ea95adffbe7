"""Everything the window needs for models: library, downloads, catalogue, finding, outlook."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from app.chats.values import Problem
from app.chores import Chores
from app.current_settings import CurrentSettings
from app.models.catalogue import Catalogue
from app.models.file_work import OnProgress, StoppedError, StopSign
from app.models.hub_desk import HubDesk
from app.models.library import ModelLibrary
from app.models.outlook import Machine, Outlook, Outlooks, Prospect
from app.models.values import Download, FoundModel, LibraryModel, OfferedModel, Origin
from app.paths import Paths

OnProblem = Callable[[Problem], None]


class Downloads(Protocol):
    """Downloads (`app.models.download`).  Confined to the desk's thread.

    A download has the id of its model.
    """

    def all(self) -> tuple[Download, ...]:
        """Those that are not over, and those that ended since the start."""
        ...

    def start(self, model: OfferedModel, folder: Path) -> None:
        """Fetch a model, after those before it; one that is paused goes on."""
        ...

    def mend(self, model: OfferedModel, folder: Path) -> None:
        """Fetch again what is wrong or missing of files that are in a folder."""
        ...

    def take_up(self) -> None:
        """Go on with what was going on when the program ended."""
        ...

    def pause(self, id_: str) -> None:
        """Let it rest; what is on disk stays."""
        ...

    def resume(self, id_: str) -> None:
        """Go on with it, or try again at once; one that was cancelled comes back."""
        ...

    def cancel(self, id_: str) -> None:
        """Want it no more; what was fetched stays for a week, or until another one begins."""
        ...

    def set_limit(self, kib_per_second: int) -> None:
        """Take so much of the line at most; 0 is all."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change; returns the way to unsubscribe."""
        ...


class Finding(Protocol):
    """Models that other programs keep (`app.models.finding`, `app.models.linking`).

    Every method blocks; they are called on a chores thread.
    """

    def scan(self, sign: StopSign) -> Iterator[FoundModel]:
        """Look through the folders where programs keep models."""
        ...

    def examine(self, paths: Sequence[Path]) -> tuple[FoundModel, ...]:
        """Look at files, and into folders, that the user names."""
        ...

    def take(self, found: FoundModel, folder: Path) -> LibraryModel:
        """Have a found model in a folder, without copying it; else it stays where it is."""
        ...

    def rewrite(
        self, found: FoundModel, folder: Path, on_progress: OnProgress, sign: StopSign
    ) -> LibraryModel:
        """Copy a model of Ollama's into a folder, with the names in it that llama.cpp knows."""
        ...


@dataclass(frozen=True, slots=True)
class ModelDesk:
    """The ways to models.  Confined to one thread, on which every callback comes.

    Attributes:
        library: the user's models.
        downloads: what is being fetched.
        catalogue: what can be fetched.
        hub: where other models are looked up, for `catalogue.add`.
        finding: what is here already.
        outlooks: plan, reasons and speed.
        paths: the user's folders.
        current: the settings.
        chores: does short work; long work of the library goes elsewhere.
        copying: does long work that is no work of the library: scans and copies.
        closers: what ends with the desk.
    """

    library: ModelLibrary
    downloads: Downloads
    catalogue: Catalogue
    hub: HubDesk
    finding: Finding
    outlooks: Outlooks
    paths: Paths
    current: CurrentSettings
    chores: Chores
    copying: Chores
    closers: tuple[Callable[[], object], ...] = field(default=())
    _signs: set[StopSign] = field(default_factory=set, init=False, repr=False)

    @property
    def folder(self) -> Path:
        """Where models are put."""
        chosen = self.current.value.models_folder
        return Path(chosen) if chosen else self.paths.models

    def machine(self, on_done: Callable[[Machine], None], on_failed: OnProblem) -> None:
        """What this computer has."""
        self.chores.run(self.outlooks.machine(), on_done, on_failed)

    def outlook(
        self,
        model: Prospect,
        on_done: Callable[[Outlook], None],
        on_failed: OnProblem,
        changes: Mapping[str, object] | None = None,
    ) -> None:
        """What a model would be like here: plan, reasons, speed.

        Args:
            model: one that is here, was found or is offered.
            on_done: told of it.
            on_failed: told why there is none: the file cannot be used, or is of an unknown shape.
            changes: settings to be tried, in place of those of this model.
        """
        work = self.outlooks.prepared(model, changes or {})
        self.chores.run(work, on_done, on_failed)

    def free_bytes(self, folder: Path, on_done: Callable[[int], None]) -> None:
        """Room in a folder, which need not exist yet."""
        self.chores.run(lambda: free_bytes(folder), on_done)

    def download(self, model: OfferedModel) -> None:
        """Fetch a model into the folder of models; one that was just deleted comes back."""
        if not self.library.bring_back(model.id):
            self.downloads.start(model, self.folder)

    def repair(self, id_: str) -> bool:
        """Fetch what is wrong or missing of a model again.

        False where nobody offers it, and where its bytes are another program's too: a file that
        is only linked is not written to.
        """
        model = self.library.find(id_)
        offered = next((one for one in self.catalogue.offered() if one.id == id_), None)
        if model is None or offered is None or not _is_ours(model):
            return False
        self.downloads.mend(offered, model.paths[0].parent)
        return True

    def scan(
        self,
        on_found: Callable[[FoundModel], None],
        on_done: Callable[[], None],
        on_failed: OnProblem,
    ) -> StopSign:
        """Look through the folders of other programs; each find is told as it comes."""
        sign = StopSign()
        self._signs.add(sign)

        def work() -> None:
            for found in self.finding.scan(sign):
                self.copying.dispatch(partial(on_found, found))

        def ended(problem: Problem | None) -> None:
            self._signs.discard(sign)
            on_failed(problem) if problem else on_done()

        self.copying.run(work, ended, ended)
        return sign

    def examine(
        self,
        paths: Sequence[Path],
        on_done: Callable[[tuple[FoundModel, ...]], None],
        on_failed: OnProblem,
    ) -> None:
        """Look at files that the user chose or dropped."""
        self.chores.run(lambda: self.finding.examine(paths), on_done, on_failed)

    def take(
        self, found: FoundModel, on_done: Callable[[LibraryModel], None], on_failed: OnProblem
    ) -> None:
        """Take a found model into the library."""
        folder = self.folder

        def taken(model: LibraryModel) -> None:
            on_done(self.library.add(model))

        self.chores.run(lambda: self.finding.take(found, folder), taken, on_failed)

    def rewrite(
        self,
        found: FoundModel,
        on_progress: OnProgress,
        on_done: Callable[[LibraryModel | None], None],
        on_failed: OnProblem,
    ) -> StopSign:
        """Take a copy of a model of Ollama's into the library; told None where it was stopped."""
        sign, folder = StopSign(), self.folder
        self._signs.add(sign)

        def shown(done: int, total: int) -> None:
            self.copying.dispatch(partial(on_progress, done, total))

        def work() -> LibraryModel | None:
            try:
                return self.finding.rewrite(found, folder, shown, sign)
            except StoppedError:
                return None

        def written(model: LibraryModel | None) -> None:
            self._signs.discard(sign)
            on_done(self.library.add(model) if model else None)

        def failed(problem: Problem) -> None:
            self._signs.discard(sign)
            on_failed(problem)

        self.copying.run(work, written, failed)
        return sign

    def close(self) -> None:
        """End everything; blocks until that is so."""
        for sign in self._signs:
            sign.stop()
        self.library.close()
        for close in self.closers:
            close()


def _is_ours(model: LibraryModel) -> bool:
    """Whether no other program has the same bytes, or ever will."""
    if model.origin is Origin.LINKED:
        return model.is_missing  # then there is no such file here to write to
    return model.origin is Origin.DOWNLOADED


def free_bytes(folder: Path) -> int:
    """Room where a folder is or would be made; 0 where that cannot be told."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return 0
