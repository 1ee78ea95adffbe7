"""`sotto models import`: takes in models that are on this computer already, without copying.

Those of Ollama's are copied with other names in them, where `--copy` says so.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from app.cli.ask import EXIT_FAILED, EXIT_OK
from app.cli.model_work import Surroundings
from app.cli.models_output import NobodyToAskError
from app.cli.progress_line import size_text
from app.models.file_work import StopSign
from app.models.finding import ModelFinder
from app.models.places import places
from app.models.values import FoundModel, LibraryModel, Origin
from engine.errors import UserFacingError


def import_command(here: Surroundings, options: argparse.Namespace) -> int:
    """Run it; returns the exit code: 1 when something that was named cannot be used.

    Raises:
        UserFacingError: nothing was named.
    """
    if not options.files and not options.scan:
        raise NobodyToAskError("No file was named.", "Name files or folders, or say --scan.")
    finder = ModelFinder(
        places(here.environ, Path(here.environ.get("HOME") or Path.home()), sys.platform),
        here.catalogue.offered,
    )
    is_good = True
    if options.files:
        named = finder.examine([_at(path) for path in options.files])
        is_good = _taken(here, finder, named, copies=options.copy)
    if options.scan:
        is_good = _scanned(here, finder, options) and is_good
    return EXIT_OK if is_good else EXIT_FAILED


def _scanned(here: Surroundings, finder: ModelFinder, options: argparse.Namespace) -> bool:
    known = {_identity(path) for model in here.library.models() for path in model.paths}
    found: list[FoundModel] = []
    for one in finder.scan(StopSign()):
        if _identity(one.paths[0]) in known:
            continue
        is_usable = one.problem is None or (options.copy and one.can_be_rewritten)
        found += [one] if is_usable else []
        number = f"{len(found):3}" if is_usable else "   "
        here.output.say(f"{number}  {_line(here, one)}", "found", **_fields(one))
    if not found:
        here.output.note(here.words("No other program keeps a model that Sotto could use."))
        return True
    if options.yes:
        return _taken(here, finder, found, copies=options.copy)
    if not here.output.asks():
        here.output.note(here.words("To take them: {command}", command="sotto models import FILE"))
        return True
    question = here.words("Which ones? (numbers with spaces, nothing for none) ")
    answer = here.output.answer(question).replace(",", " ").split()
    chosen = [
        found[int(one) - 1] for one in answer if one.isdecimal() and 0 < int(one) <= len(found)
    ]
    return _taken(here, finder, chosen, copies=options.copy)


def _taken(
    here: Surroundings, finder: ModelFinder, found: Iterable[FoundModel], *, copies: bool
) -> bool:
    folder = Path(here.current.value.models_folder or here.paths.models)
    is_good = True
    for one in found:
        try:
            taken = _brought(here, finder, one, folder, copies=copies)
            model = here.library.add(taken)
        except UserFacingError as error:
            here.output.fail_with(error, file=str(one.paths[0]))
            if one.can_be_rewritten and not copies:
                command = f"sotto models import --copy {shlex.quote(str(one.paths[0]))}"
                here.output.note(here.words("To have it copied: {command}", command=command))
            is_good = False
            continue
        text = _told(here, model)
        fields = {"id": model.id, "origin": model.origin.value}
        here.output.say(text, "imported", **fields, files=[str(path) for path in model.paths])
    return is_good


def _brought(
    here: Surroundings, finder: ModelFinder, found: FoundModel, folder: Path, *, copies: bool
) -> LibraryModel:
    if copies and found.can_be_rewritten:
        progress = partial(here.output.work, found.name)
        return finder.rewrite(found, folder, progress, StopSign())
    return finder.take(found, folder)


def _told(here: Surroundings, model: LibraryModel) -> str:
    if model.origin is Origin.LINKED:
        return here.words("{name} is in the library, and was not copied.", name=model.id)
    if model.origin is Origin.IN_PLACE:
        return here.words(
            "{name} is in the library and stays where it is: {file}",
            name=model.id,
            file=str(model.paths[0]),
        )
    return here.words("{name} is in the library.", name=model.id)


def _line(here: Surroundings, found: FoundModel) -> str:
    facts = (found.name, size_text(found.size_bytes), found.quantisation, found.keeper.value)
    line = "  ".join(filter(None, facts))
    if found.problem is None:
        return f"{line}  {found.paths[0]}"
    told = here.words(found.problem.title, **found.problem.fields)
    return f"{line}: {told}"


def _fields(found: FoundModel) -> dict[str, Any]:
    problem = found.problem
    return {
        "name": found.name,
        "keeper": found.keeper.value,
        "files": [str(path) for path in found.paths],
        "size_bytes": found.size_bytes,
        "quantisation": found.quantisation,
        "layers": found.layers,
        "problem": problem.title.format(**problem.fields) if problem else None,
        "can_be_copied": found.can_be_rewritten,
    }


def _identity(path: Path) -> tuple[int, int] | Path:
    """What tells one file from another, whatever its name."""
    try:
        status = path.stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino


def _at(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - links stay links
