"""The model files in a folder of another program, as that program lays them out.

Walks are bounded in depth and number, follow no loops, and pass by what may not be read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.models.places import Place
from app.models.values import Keeper

MOST_ENTRIES: Final = 50_000
"""Files and folders that are looked at in one place."""

_MOST_DEPTH: Final = 8
_MOST_MANIFEST_BYTES: Final = 1 << 20
_LEAST_BLOB_BYTES: Final = 1 << 20  # templates and licences are blobs too
_DIGEST: Final = re.compile(r"(?:sha256[:-])?([0-9a-f]{64})\Z")
_MODEL_LAYER: Final = "application/vnd.ollama.image.model"
_OUTSIDE: Final = re.compile(r"^model_path:\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that may be a model.

    Attributes:
        path: under the name that its parts would be found by.
        name: what its keeper calls the model; "" where it has no name for it.
        source: from where the keeper has it; "" where it does not say.
    """

    path: Path
    name: str = ""
    source: str = ""


GoesOn = Callable[[], bool]
"""Asked before each entry; False ends the walk."""


def kept_files(place: Place, goes_on: GoesOn) -> Iterator[KeptFile]:
    """The files of a place, those with names first; some may come twice."""
    match place.keeper:
        case Keeper.OLLAMA:
            yield from _ollama(place.folder, goes_on)
        case Keeper.HUB_CACHE:
            yield from _hub_cache(place.folder, goes_on)
        case Keeper.JAN:
            yield from _jan(place.folder, goes_on)
        case _:
            yield from gguf_files(place.folder, goes_on)


def gguf_files(folder: Path, goes_on: GoesOn) -> Iterator[KeptFile]:
    """Every GGUF file below a folder."""
    for path in walked(folder, goes_on):
        if path.suffix.lower() == ".gguf":
            yield KeptFile(path)


def walked(folder: Path, goes_on: GoesOn) -> Iterator[Path]:
    """Every file below a folder, in order of names; links are followed, each folder once."""
    seen: set[tuple[int, int]] = set()
    waiting = [(folder, 0)]
    left = MOST_ENTRIES
    while waiting:
        here, depth = waiting.pop()
        folders = []
        for entry in _entries(here, seen):
            left -= 1
            if left < 0 or not goes_on():
                return
            if not _is_folder(entry):
                yield Path(entry.path)
            elif depth < _MOST_DEPTH:
                folders.append((Path(entry.path), depth + 1))
        waiting += reversed(folders)


def digest_in(name: str) -> str:
    """The sha256 that a file is named by; "" where it is not."""
    found = _DIGEST.match(name)
    return found[1] if found else ""


def _entries(folder: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda one: one.name)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _ollama(folder: Path, goes_on: GoesOn) -> Iterator[KeptFile]:
    """Manifests name the blobs (ollama, manifest/manifest.go); then what no manifest names."""
    blobs = folder / "blobs"
    for path in walked(folder / "manifests", goes_on):
        digest = _model_digest(path)
        if digest:
            yield KeptFile(blobs / f"sha256-{digest}", _ollama_name(path, folder / "manifests"))
    for path in walked(blobs, goes_on):
        if digest_in(path.name) and _size(path) >= _LEAST_BLOB_BYTES:
            yield KeptFile(path)


def _model_digest(manifest: Path) -> str:
    try:
        with manifest.open("rb") as file:
            layers = json.loads(file.read(_MOST_MANIFEST_BYTES))["layers"]
        found = next(one["digest"] for one in layers if one["mediaType"] == _MODEL_LAYER)
    except (OSError, ValueError, LookupError, TypeError, StopIteration):
        return ""
    return digest_in(found) if isinstance(found, str) else ""


def _ollama_name(manifest: Path, root: Path) -> str:
    """As `ollama list` shows it: the usual registry and owner go without saying."""
    *owner, model, tag = manifest.relative_to(root).parts[-4:]
    usual = [["registry.ollama.ai", "library"], ["library"], []]
    return f"{model}:{tag}" if owner in usual else f"{'/'.join(owner)}/{model}:{tag}"


def _hub_cache(folder: Path, goes_on: GoesOn) -> Iterator[KeptFile]:
    """huggingface_hub's cache: `models--OWNER--NAME/snapshots/COMMIT/` holds links into blobs."""
    for entry in _entries(folder, set()):
        if not goes_on():
            return
        kind, _, rest = entry.name.partition("--")
        if kind != "models" or not _is_folder(entry):
            continue
        home = Path(entry.path)
        main = _line(home / "refs" / "main")
        for snapshot in sorted(
            (Path(one.path) for one in _entries(home / "snapshots", set())),
            key=lambda one: one.name != main,  # what the owner calls current comes first
        ):
            for kept in gguf_files(snapshot, goes_on):
                yield KeptFile(kept.path, source=rest.replace("--", "/"))


def _jan(folder: Path, goes_on: GoesOn) -> Iterator[KeptFile]:
    """Each model has a `model.yml`; of an imported one it names a file anywhere."""
    for path in walked(folder, goes_on):
        if path.suffix.lower() == ".gguf":
            yield KeptFile(path)
        elif path.name == "model.yml":
            named = _OUTSIDE.search(_whole(path))
            if named is not None and Path(named[1]).is_absolute():
                yield KeptFile(Path(named[1]))


def _line(file: Path) -> str:
    return _whole(file).strip()


def _whole(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(_MOST_MANIFEST_BYTES)
    except OSError:
        return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def digests_of(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """The sha256 of each file, where all of them are named by it, links followed."""
    found = tuple(digest_in(os.path.basename(os.path.realpath(path))) for path in paths)  # noqa: PTH119
    return found if all(found) else ()


def by_identity(path: Path) -> tuple[int, int] | None:
    """What a file is the same by, whatever it is called; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if not _is_special(status) else None


def _is_special(status: os.stat_result) -> bool:
    """Neither a file nor a folder: opening a pipe would wait for ever."""
    return (status.st_mode & 0o170000) not in (0o100000, 0o040000)
