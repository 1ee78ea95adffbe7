"""The folder of the user's own functions: what is in it, a copy of it for a box, an example."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.chats.values import Problem
from app.paths import make_private
from app.tools.addresses import FUNCTIONS
from app.tools.identifiers import identifiers
from app.tools.own.functions import OwnFile, OwnFolder
from app.tools.own.reading import MAX_BYTES, read_file
from app.whole_file import replace_text
from engine.errors import UserFacingError

MAX_FILES: Final = 50
MAX_OTHERS: Final = 500
MAX_COPY_BYTES: Final = 32 * 1024 * 1024
EXAMPLE_NAME: Final = "example.py"
EXAMPLE: Final = '''\
"""Functions for the model.  Each needs type hints and a text that says what it does.

Names that begin with _ are not offered.  Functions run in a closed box: no network, none of
your files but those in this folder, at most a minute.  What a function returns is told to the
model; other packages that came with Sotto, such as numpy and pandas, can be imported.
"""


def bmi(weight_kg: float, height_cm: float) -> float:
    """Work out the body mass index of a person.

    Args:
        weight_kg: weight in kilograms.
        height_cm: height in centimetres.
    """
    return round(weight_kg / (height_cm / 100) ** 2, 1)
'''

_Signature = tuple[str | tuple[str, int, int], ...]


class FunctionsFolderError(UserFacingError):
    """The folder of the user's functions cannot be used."""


class FunctionsFolder:
    """Reads the folder; files that did not change are not read again.  Any thread.

    Args:
        where: says which folder it is now; the folder need not exist.
    """

    def __init__(self, where: Callable[[], Path]) -> None:
        self._where = where
        self._lock = threading.Lock()
        self._signature: _Signature | None = None
        self._found = OwnFolder("")

    @property
    def path(self) -> Path:
        """The folder."""
        return self._where()

    def read(self) -> OwnFolder:
        """What is in the folder now; quick where nothing changed."""
        with self._lock:
            path = self.path
            try:
                files = sorted(_sources(path))
                signature: _Signature = (str(path), *map(_stamp, files))
                if signature != self._signature:
                    self._found = _read(path, files)
                    self._signature = signature
            except OSError as error:
                self._signature = None
                self._found = OwnFolder(
                    str(path),
                    problem=Problem(
                        "The folder of your functions cannot be read.",
                        "Check its permissions.",
                        detail=str(error),
                    ),
                )
            return self._found

    def add_example(self) -> Path:
        """Put a file with an example there, unless there is one of that name; returns it.

        Raises:
            FolderError: the folder cannot be made.
            FunctionsFolderError: the file cannot be written.
        """
        folder = make_private(self.path)
        file = folder / EXAMPLE_NAME
        if not file.exists():
            try:
                replace_text(file, EXAMPLE)
            except OSError as error:
                raise FunctionsFolderError(
                    "The example could not be written.",
                    "Check that you may write to {folder}.",
                    detail=str(error),
                    fields={"folder": str(folder)},
                ) from error
        return file

    def copy_to(self, target: Path) -> None:
        """Copy what is in the folder for a box, where it belongs to another user.

        Links are left out, and what is beyond 500 files or 32 MiB.

        Raises:
            OSError: it cannot be copied.
        """
        left, room, source = MAX_OTHERS, MAX_COPY_BYTES, self.path
        target.mkdir(mode=0o755)
        for file in _regular(source):
            size = file.stat().st_size
            if left == 0 or size > room:
                break
            place = target / file.relative_to(source)
            for folder in reversed(place.relative_to(target).parents[:-1]):
                (target / folder).mkdir(mode=0o755, exist_ok=True)
            shutil.copyfile(file, place, follow_symlinks=False)
            place.chmod(0o644)
            left, room = left - 1, room - size


def _read(path: Path, files: list[Path]) -> OwnFolder:
    read = [read_file(file.name, _some(file)) for file in files[:MAX_FILES]]
    problem = None
    if len(files) > MAX_FILES:
        problem = Problem(
            "Only the first {count} files are read.",
            "Put functions together in fewer files.",
            fields={"count": str(MAX_FILES)},
        )
    return OwnFolder(str(path), _addressed(read), problem)


def _addressed(files: list[OwnFile]) -> tuple[OwnFile, ...]:
    """The files with each function's address; of two of one name the first counts."""
    owners: dict[str, str] = {}
    for file in files:
        for function in file.functions:
            owners.setdefault(function.name, file.name)
    names = identifiers((name,) for name in owners)
    result = []
    for file in files:
        functions = []
        for function in file.functions:
            problems = function.problems
            if owners[function.name] != file.name:
                twice = Problem(
                    "There is a function of this name in {file} already.",
                    "Give it another name.",
                    fields={"file": owners[function.name]},
                )
                problems = (*problems, twice)
            address = FUNCTIONS + names[(function.name,)]
            functions.append(replace(function, problems=problems, address=address))
        result.append(replace(file, functions=tuple(functions)))
    return tuple(result)


def _sources(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.suffix == ".py" and not file.name.startswith(("_", ".")) and _is_plain(file):
            yield file


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _regular(folder: Path) -> Iterator[Path]:
    """Plain files, Python first, so that they are never what is left out."""
    found = [file for file in folder.rglob("*") if _is_plain(file) and not _is_hidden(file, folder)]
    return iter(sorted(found, key=lambda file: (file.suffix != ".py", str(file))))


def _is_hidden(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return any(part.startswith(".") or part == "__pycache__" for part in parts)


def _stamp(file: Path) -> tuple[str, int, int]:
    facts = file.stat()
    return file.name, facts.st_mtime_ns, facts.st_size


def _some(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)
