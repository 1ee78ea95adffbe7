"""Where the files of a model go, and what is known of them once they are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.models.values import ModelPart, OfferedModel


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that is here.

    Attributes:
        paths: its files, in order.
        sha256: of each, as it was made while writing.
        size_bytes: all files together.
    """

    paths: tuple[Path, ...]
    sha256: tuple[str, ...]
    size_bytes: int


def target_of(folder: Path, part: ModelPart) -> Path:
    """Where a file of a model is to be; folders inside the repository do not count."""
    return folder / PurePosixPath(part.name).name


def targets(model: OfferedModel, folder: Path) -> tuple[Path, ...]:
    """Where all files of a model are to be."""
    return tuple(target_of(folder, part) for part in model.parts)
