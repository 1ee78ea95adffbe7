"""`sotto models`: lists, adds, checks and takes away models in a terminal."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import urlsplit

from app.assembly import make_words
from app.cli.ask import EXIT_FAILED, EXIT_OK
from app.cli.model_facts import facts_text
from app.cli.model_rows import offered_fields, rows_of, table
from app.cli.model_work import (
    Surroundings,
    UnknownModelError,
    added,
    library_model,
    model_here,
    unknown,
)
from app.cli.models_download import begun, download_command, repair
from app.cli.models_import import import_command
from app.cli.models_output import ModelsOutput, is_for_programs
from app.cli.models_removal import remove_command, restore_command
from app.cli.progress_line import size_text
from app.current_settings import CurrentSettings
from app.model_assembly import make_library
from app.models.catalogue import Catalogue
from app.models.catalogue_file import MAX_BYTES, CatalogueError
from app.models.hub_access import may_carry_token
from app.models.values import LibraryModel, Origin, Verification
from app.paths import Paths
from app.settings import SettingsFile


def models_command(
    options: argparse.Namespace, out: TextIO, errors: TextIO, environ: Mapping[str, str]
) -> int:
    """Run one part; returns the exit code.

    Raises:
        UserFacingError: it could not be done.
        KeyboardInterrupt: the user gave up; what was begun can be gone on with.
    """
    options.json = is_for_programs(out, is_wanted=options.json)
    paths = Paths.from_environment(environ)
    file = SettingsFile(paths.settings)
    current = CurrentSettings(file)
    words = make_words(current.value, environ)
    output = ModelsOutput(out, errors, words, environ, is_json=options.json)
    catalogue, library = Catalogue(paths.data), make_library(paths, current)
    here = Surroundings(paths, current, catalogue, library, words, output, environ)
    try:
        code = _PARTS[options.part](here, options)
    finally:
        output.end_progress()
    for problem in (library.problem, catalogue.problem):
        if problem is not None:
            output.fail(problem)
    return code


def _list(here: Surroundings, _options: argparse.Namespace) -> int:
    rows = rows_of(here.catalogue, here.library, here.current, here.paths, begun(here))
    if here.output.is_json:
        for row in rows:
            here.output.say("", "model", **row.fields())
    else:
        here.output.say(table(here.words, rows), "")
    return EXIT_OK


def _show(here: Surroundings, options: argparse.Namespace) -> int:
    rows = rows_of(here.catalogue, here.library, here.current, here.paths, begun(here))
    known = model_here(here, options.name)
    wanted = known.id if known else options.name.casefold()
    row = next((one for one in rows if one.id == wanted), None)
    if row is None:
        raise unknown(here, options.name)
    here.output.say(facts_text(here.words, row), "model", **row.fields())
    return EXIT_OK


def _add(here: Surroundings, options: argparse.Namespace) -> int:
    model = added(here, options.model, options.mirror)
    size = size_text(model.size_bytes) if model.size_bytes else here.words("size not known")
    here.output.say(
        here.words("On the list: {name} ({size}).", name=model.id, size=size),
        "added",
        **offered_fields(model),
    )
    here.output.note(
        here.words("To fetch it: {command}", command=f"sotto models download {model.id}")
    )
    return EXIT_OK


def _use(here: Surroundings, options: argparse.Namespace) -> int:
    model = library_model(here, options.name)
    here.library.choose(model.id)
    here.output.say(here.words("{name} is used from now on.", name=model.name), "used", id=model.id)
    return EXIT_OK


def _verify(here: Surroundings, options: argparse.Namespace) -> int:
    if options.names:
        models = tuple(library_model(here, name) for name in options.names)
    else:
        models = tuple(one for one in here.library.models() if not one.is_practice)
    if not models:
        here.output.note(here.words("There is nothing to check."))
    ended = [_verified(here, model) or _repaired(here, model, options) for model in models]
    return EXIT_OK if all(ended) else EXIT_FAILED


def _verified(here: Surroundings, model: LibraryModel) -> bool:
    found: list[Verification] = []
    here.library.verify(
        model.id, lambda done, total: here.output.work(model.id, done, total), found.append
    )
    (verification,) = found
    if verification.problem is not None:
        wrong = [str(path) for path in verification.wrong]
        spans = [
            {"file": str(one.path), "start": one.start, "end": one.end}
            for one in verification.spans
        ]
        here.output.fail(verification.problem, id=model.id, wrong=wrong, spans=spans)
        return False
    text = here.words("{name} is whole: every byte is as it should be.", name=model.name)
    if verification.is_first:
        text = here.words(
            "{name} was read to its end. Nobody published what its bytes should be, so they were "
            "noted: the next time it is seen whether they changed.",
            name=model.name,
        )
    here.output.say(text, "verified", id=model.id, is_first=verification.is_first)
    return True


def _repaired(here: Surroundings, model: LibraryModel, options: argparse.Namespace) -> bool:
    """Fetch again what is wrong of a model; False where that is not wanted or did not work."""
    if not options.repair:
        return False
    offered = here.catalogue.find(model.id)
    if offered is None or model.origin is not Origin.DOWNLOADED:
        raise UnknownModelError(
            "{name} was not fetched by Sotto, so it cannot be repaired.",
            "Get the file again from where you had it.",
            fields={"name": model.name},
        )
    return repair(here, offered, model.paths[0].parent, options.mirror) == EXIT_OK


def _update(here: Surroundings, options: argparse.Namespace) -> int:
    newer = here.catalogue.update(_catalogue_text(here, options.source))
    here.output.say(
        here.words(
            "The list of models is number {revision} now, of {date}.",
            revision=newer.revision,
            date=newer.looked_up,
        ),
        "updated",
        revision=newer.revision,
        looked_up=newer.looked_up,
        models=[model.id for model in newer.models],
    )
    return EXIT_OK


def _catalogue_text(here: Surroundings, source: str) -> bytes:
    if "://" not in source:
        try:
            with Path(source).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CatalogueError(
                "{file} cannot be read.",
                "Check its name and that you may read it.",
                str(error),
                {"file": source},
            ) from error
    # Whoever could change it on the way would choose what is fetched later.
    if not may_carry_token(source, source):
        raise CatalogueError(
            "A list of models is taken from {host} over HTTPS only.",
            "Give an address that begins with https://, or a file.",
            fields={"host": urlsplit(source).netloc or source},
        )
    return asyncio.run(_fetched(source, here.endpoint(None)))


async def _fetched(address: str, endpoint: str) -> bytes:
    from app.models.hub import HubClient, open_client  # noqa: PLC0415 - takes long to load

    async with open_client() as client:
        hub = HubClient(endpoint, lambda: None, client)
        return (await hub.look(address, MAX_BYTES + 1))[1]


_PARTS: Final[Mapping[str, Callable[[Surroundings, argparse.Namespace], int]]] = {
    "list": _list,
    "show": _show,
    "add": _add,
    "download": download_command,
    "use": _use,
    "verify": _verify,
    "remove": remove_command,
    "restore": restore_command,
    "update": _update,
    "import": import_command,
}
