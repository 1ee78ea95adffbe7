"""A model that another program keeps, in Sotto's own folder as well, without copying its bytes.

By a second name for the same file, or a copy that shares its bytes where the file system can do
that; else it stays where it is (docs/decisions tells why no symbolic links).  Chores threads.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.models.kept_files import digest_in
from app.models.moving import hard_link
from app.models.values import FoundModel, LibraryModel, OfferedModel, Origin
from engine.errors import ModelFileError
from engine.gguf import read_facts
from engine.gguf_split import part_names

Link = Callable[[Path, Path], None]
"""Has a file under a second name, or raises `OSError`."""

_NO_NAME: Final = re.compile(r"(ggml-)?model|consolidated|weights", re.IGNORECASE)
"""Names that say nothing of what is in the file: Jan calls each one so."""

_ODD: Final = re.compile(r"[^\w.-]+")
_PART: Final = re.compile(r"-\d{5}-of-\d{5}\Z")
_FICLONE: Final = 0x40049409
"""ioctl_ficlone(2); the number is the same on x86-64 and arm64."""

_MOST_TRIES: Final = 100


def share_bytes(source: Path, target: Path) -> None:
    """Copy a file so that both share their bytes until one is changed.

    Raises:
        OSError: the file system cannot do that (btrfs, XFS and bcachefs can), or the system.
    """
    if not sys.platform.startswith("linux"):
        raise OSError("only Linux shares bytes this way")
    import fcntl  # noqa: PLC0415 - there is none on Windows

    try:
        with source.open("rb") as read, target.open("xb") as written:
            fcntl.ioctl(written.fileno(), _FICLONE, read.fileno())
    except FileExistsError:
        raise
    except OSError:
        target.unlink(missing_ok=True)
        raise


WAYS: Final[tuple[Link, ...]] = (hard_link, share_bytes)


def take(
    found: FoundModel,
    folder: Path,
    offered: Sequence[OfferedModel] = (),
    ways: Sequence[Link] = WAYS,
) -> LibraryModel:
    """Have a found model in a folder, or where it is if the file system allows no link.

    Args:
        found: the model; its headers are read again, and with care.
        folder: made if need be.
        offered: models that can be fetched; one with the same digests lends its name.
        ways: of linking, the best first.

    Raises:
        ModelFileError: Sotto cannot use it, or not any more.
    """
    if found.problem is not None:
        raise ModelFileError(
            found.problem.title, found.problem.hint, found.problem.detail, found.problem.fields
        )
    facts = read_facts(found.paths[0])
    paths, origin = _placed(facts.paths, found, folder, ways)
    same = _same(found, offered)
    return LibraryModel(
        id=same.id if same else id_for(paths[0], found, offered),
        name=same.name if same else found.name,
        paths=paths,
        size_bytes=facts.size_bytes,
        origin=origin,
        source=found.source or found.keeper.value,
        sha256=found.sha256,
    )


def id_for(path: Path, found: FoundModel, offered: Sequence[OfferedModel]) -> str:
    """What a found model is called on the command line.

    Never like one that can be fetched: it would be taken for that one, and mended by its bytes.

    Args:
        path: its first file in the library.
        found: the model.
        offered: models that can be fetched.
    """
    name = slug(_PART.sub("", path.stem))
    taken = {one.id.casefold() for one in offered}
    if name.casefold() not in taken:
        return name
    return f"{name}-{slug(found.keeper.value or 'file').lower()}"


def slug(name: str) -> str:
    """A name as a file can have it everywhere."""
    return _ODD.sub("-", name).strip("-.") or "model"


def _placed(
    paths: tuple[Path, ...], found: FoundModel, folder: Path, ways: Sequence[Link]
) -> tuple[tuple[Path, ...], Origin]:
    if all(path.parent.absolute() == folder.absolute() for path in paths):
        return paths, Origin.DOWNLOADED  # it lies there already, whoever put it there
    sources = tuple(path.resolve() for path in paths)  # the link in a cache goes, the file stays
    for way in ways:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            return _linked(sources, names_for(paths, found.name), folder, way), Origin.LINKED
    return tuple(path.absolute() for path in paths), Origin.IN_PLACE


def names_for(paths: Sequence[Path], name: str) -> tuple[str, ...]:
    """What the files are called in Sotto's folder: as they are, unless that says nothing.

    Args:
        paths: the files, in order.
        name: of the model, for files that have no name of their own.
    """
    first = paths[0]
    if part_names(first) == tuple(path.name for path in paths):
        return part_names(first)
    is_named = first.suffix.lower() == ".gguf" and not _NO_NAME.fullmatch(first.stem)
    stem = slug(first.stem if is_named and not digest_in(first.stem) else name)
    if len(paths) == 1:
        return (f"{stem}.gguf",)
    count = len(paths)
    return tuple(f"{stem}-{number:05}-of-{count:05}.gguf" for number in range(1, count + 1))


def _linked(
    sources: Sequence[Path], names: Sequence[str], folder: Path, way: Link
) -> tuple[Path, ...]:
    """Link all files or none; where a name is taken by another file, under another name."""
    for number in range(1, _MOST_TRIES):
        mark = f"-{number}" if number > 1 else ""
        targets = tuple(folder / _marked(name, mark) for name in names)
        if all(_is_same(one, other) for one, other in zip(sources, targets, strict=True)):
            return targets
        if not any(os.path.lexists(target) for target in targets):
            return _link_all(sources, targets, way)
    raise FileExistsError(f"{names[0]} and {_MOST_TRIES} names like it are taken")


def free_name(folder: Path, name: str) -> Path:
    """Where a new file of such a name would go, in nobody's way.

    Raises:
        FileExistsError: too many names like it are taken.
    """
    for number in range(1, _MOST_TRIES):
        path = folder / _marked(name, f"-{number}" if number > 1 else "")
        if not os.path.lexists(path):
            return path
    raise FileExistsError(f"{name} and {_MOST_TRIES} names like it are taken")


def _link_all(sources: Sequence[Path], targets: tuple[Path, ...], way: Link) -> tuple[Path, ...]:
    made: list[Path] = []
    try:
        for source, target in zip(sources, targets, strict=True):
            way(source, target)
            made.append(target)
    except BaseException:
        for target in made:
            target.unlink(missing_ok=True)
        raise
    return targets


def _marked(name: str, mark: str) -> str:
    """The name with a mark where the parts of a model have the same."""
    ending = re.search(r"(-\d{5}-of-\d{5})?\.gguf\Z", name)
    at = ending.start() if ending else len(name)
    return f"{name[:at]}{mark}{name[at:]}"


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _same(found: FoundModel, offered: Sequence[OfferedModel]) -> OfferedModel | None:
    """The model of the catalogue that these very files are."""
    if not found.sha256:
        return None
    return next(
        (one for one in offered if tuple(part.sha256 for part in one.parts) == found.sha256), None
    )
