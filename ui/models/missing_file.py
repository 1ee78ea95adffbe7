"""Finds a model whose file is somewhere else now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.chats.values import Problem
from app.models.desk import ModelDesk
from app.models.values import FoundModel, LibraryModel


def take_from(
    models: ModelDesk,
    old: LibraryModel,
    files: Sequence[Path],
    on_taken: Callable[[], None],
    on_failed: Callable[[Problem], None],
) -> None:
    """Use files in place of a model's that are gone; its settings go along.

    Args:
        models: the models.
        old: the model whose file is missing.
        files: where it is now, as the user says.
        on_taken: told when it is in use again as it was.
        on_failed: told why these files are none.
    """

    def examined(found: tuple[FoundModel, ...]) -> None:
        usable = [one for one in found if one.problem is None]
        if usable:
            models.take(usable[0], taken, on_failed)
            return
        why = next((one.problem for one in found if one.problem is not None), None)
        on_failed(why or Problem("There is no model in this file.", "Choose another one."))

    def taken(model: LibraryModel) -> None:
        was_chosen = models.library.chosen_id == old.id
        models.current.rename_model(str(old.paths[0]), str(model.paths[0]))
        if model.id != old.id:
            models.library.delete(old.id)
        if was_chosen:
            models.library.choose(model.id)
        on_taken()

    models.examine(files, examined, on_failed)
