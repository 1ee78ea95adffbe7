"""A library over real files, with its work done at once or on a thread that is told when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from app.chores import AtOnce, Chores
from app.current_settings import CurrentSettings
from app.models.library import PRACTICE_ID, ModelLibrary
from app.models.library_file import LIBRARY_NAME, LibraryFile
from app.models.values import LibraryModel, Origin
from app.settings import SettingsFile

NOW_MS = 1_800_000_000_000
PRACTICE = LibraryModel(
    PRACTICE_ID, "Practice model", (Path("/cache/practice.gguf"),), 64, Origin.SHIPPED
)


class Clock:
    """A clock that stands until it is moved on."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


class Home:
    """A user's folders.

    Attributes:
        loads: the model in use at each load that was asked for.
    """

    def __init__(self, folder: Path, model: Path | None = None) -> None:
        self.data, self.models = folder / "data", folder / "models"
        self.models.mkdir(parents=True, exist_ok=True)
        self.settings = SettingsFile(folder / "config" / "settings.json")
        self.current = CurrentSettings(self.settings, model)
        self.clock = Clock()
        self.loads: list[str | None] = []

    @property
    def file(self) -> LibraryFile:
        """The list on disk, as another process would open it."""
        return LibraryFile(self.data / LIBRARY_NAME)

    def library(
        self,
        executor: Executor | None = None,
        dispatch: Callable[[Callable[[], None]], None] = lambda call: call(),
        looks: Chores | None = None,
    ) -> ModelLibrary:
        """The library, as a start of the program would make it."""
        return ModelLibrary(
            self.file,
            self.current,
            Chores(executor or AtOnce(), dispatch),
            PRACTICE,
            clock_ms=self.clock,
            load=lambda: self.loads.append(self.current.value.model_path),
            looks=looks,
        )

    def written(self, name: str, text: bytes = b"weights", folder: Path | None = None) -> Path:
        """A file with some bytes, in the folder of models."""
        path = (folder or self.models) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        return path


def model_of(*paths: Path, id_: str = "large", origin: Origin = Origin.DOWNLOADED) -> LibraryModel:
    """A model with these files and the right digests."""
    return LibraryModel(
        id_,
        id_.title(),
        paths,
        sum(path.stat().st_size for path in paths),
        origin,
        "someone/large @ 1234567",
        tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths),
    )
