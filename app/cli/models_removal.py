"""`sotto models remove` and `restore`: what is taken away can come back for a day."""

from __future__ import annotations

import argparse

from app.cli.ask import EXIT_FAILED, EXIT_OK
from app.cli.model_work import Surroundings, UnknownModelError, model_here, names_of, unknown
from app.cli.models_download import begun, give_up
from app.cli.models_output import NobodyToAskError
from app.cli.progress_line import size_text
from app.models.values import Download, LibraryModel, Origin


def remove_command(here: Surroundings, options: argparse.Namespace) -> int:
    """Take a model away, a download, or one that the user added; returns the exit code.

    Raises:
        UserFacingError: there is none, or nobody said that it may go.
    """
    words, output = here.words, here.output
    model = model_here(here, options.name)
    if model is None:
        return _remove_from_list(here, options)
    if not options.yes and not _is_agreed(here, model):
        return EXIT_FAILED
    here.library.delete(model.id)
    command = f"sotto models restore {model.id}"
    output.say(words("{name} was taken away.", name=model.name), "removed", id=model.id)
    if not model.is_practice:
        output.note(words("For a day, this brings it back: {command}", command=command))
    return EXIT_OK


def _is_agreed(here: Surroundings, model: LibraryModel) -> bool:
    if not here.output.asks():
        raise NobodyToAskError(
            "Nobody is there to say whether {name} is to be taken away.",
            "Say --yes.",
            fields={"name": model.name},
        )
    if model.origin is Origin.IN_PLACE:
        question = here.words("Take {name} off the list? Its file stays.", name=model.name)
    else:
        size = size_text(model.size_bytes)
        question = here.words("Take {name} ({size}) away?", name=model.name, size=size)
    return here.output.agrees(question)


def _remove_from_list(here: Surroundings, options: argparse.Namespace) -> int:
    unfinished = begun(here).get(options.name.casefold())
    if unfinished is not None:
        return _given_up(here, unfinished)
    offered = here.catalogue.find(options.name)
    if offered is None:
        raise unknown(here, options.name)
    if here.catalogue.remove(offered.id) is None:
        raise UnknownModelError(
            "{name} is not here; it is only on Sotto's own list, and stays there.",
            fields={"name": offered.name},
        )
    here.output.say(
        here.words("{name} is off the list.", name=offered.name), "removed", id=offered.id
    )
    return EXIT_OK


def _given_up(here: Surroundings, download: Download) -> int:
    id_ = download.model.id
    give_up(here, id_)
    here.output.say(here.words("The download of {name} is given up.", name=id_), "removed", id=id_)
    here.output.note(
        here.words(
            "What was fetched goes after 7 days, or when another one begins. Until then this goes "
            "on with it: {command}",
            command=f"sotto models download {id_}",
        )
    )
    return EXIT_OK


def restore_command(here: Surroundings, options: argparse.Namespace) -> int:
    """Bring a model back that was taken away; returns the exit code.

    Raises:
        UserFacingError: there is none, or it cannot come back.
    """
    wanted = options.name.casefold()
    gone = [one.model for one in here.library.deleted()]
    found = next((one for one in reversed(gone) if wanted in names_of(one)), None)
    if found is None:
        raise UnknownModelError(
            "No model of this name was taken away within a day: {name}.",
            "Those that can come back: {names}." if gone else "",
            fields={"name": options.name, "names": ", ".join(one.id for one in gone)},
        )
    here.library.undo(found.id)
    here.output.say(here.words("{name} is back.", name=found.name), "restored", id=found.id)
    return EXIT_OK
