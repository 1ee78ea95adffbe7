"""A model that is used without ever having come into the library: users of before had none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.models.library_file import Kept, Shelf
from app.models.values import LibraryModel, Origin


def adopted(shelf: Shelf, path: Path) -> Shelf:
    """The list with a file in it, which stays where it is."""
    if shelf.at(path) is not None:
        return shelf
    return replace(shelf, models=(*shelf.models, Kept(lying_at(path, shelf))))


def lying_at(path: Path, shelf: Shelf) -> LibraryModel:
    """A file as a model, with an id that no other has; looks at the disk.

    It is called like the file, ending and all: nobody knows what is in it, and no model that can be
    fetched is called so.
    """
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    name = path.name or "model"
    return LibraryModel(shelf.free_id(name), name, (path,), size, Origin.IN_PLACE)
