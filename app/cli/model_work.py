"""What the parts of `sotto models` work on, and how they find the model that was named."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.cli.models_output import ModelsOutput, NobodyToAskError
from app.cli.progress_line import size_text
from app.current_settings import CurrentSettings
from app.models.catalogue import Catalogue
from app.models.hub_access import HubToken, checked_endpoint, endpoint_of
from app.models.hub_desk import looked_up
from app.models.library import ModelLibrary
from app.models.reference import parse_reference, quantisation_of
from app.models.values import LibraryModel, OfferedModel
from app.paths import Paths
from app.secrets import SecretStore
from app.words import Words
from engine.errors import UserFacingError

_MOST_CHOICES: Final = 40


class UnknownModelError(UserFacingError):
    """No model has the name that was given, or it is not one for this command."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the parts of the command work on.

    Attributes:
        library: whatever is asked of it is done at once.
    """

    paths: Paths
    current: CurrentSettings
    catalogue: Catalogue
    library: ModelLibrary
    words: Words
    output: ModelsOutput
    environ: Mapping[str, str]

    def endpoint(self, mirror: str | None) -> str:
        """The Hub that is asked."""
        if mirror:
            return checked_endpoint(mirror)
        return endpoint_of(self.environ, self.current.value.hub_endpoint)

    def token(self, endpoint: str) -> HubToken:
        """The token for it."""
        return HubToken(endpoint, self.environ, SecretStore())


def added(here: Surroundings, text: str, mirror: str | None) -> OfferedModel:
    """Look a model up and put it on the list; where several are meant, ask which.

    Raises:
        UserFacingError: there is none, or nobody can say which.
    """
    endpoint = here.endpoint(mirror)
    reference = parse_reference(text, endpoint)
    host = urlsplit(reference.address or endpoint).netloc
    here.output.note(here.words("Asking {host} …", host=host))
    found = asyncio.run(looked_up(reference, endpoint, here.token(endpoint).get))
    return here.catalogue.add(found[0] if len(found) == 1 else _chosen(here, found))


def _chosen(here: Surroundings, found: tuple[OfferedModel, ...]) -> OfferedModel:
    found = found[:_MOST_CHOICES]
    named = [f"{quantisation_of(one.parts[0].name) or one.name}" for one in found]
    if not here.output.asks():
        raise NobodyToAskError(
            "{name} holds several models: {choices}.",
            "Name one of them behind a colon.",
            fields={"name": found[0].repository, "choices": ", ".join(named)},
        )
    for number, (one, label) in enumerate(zip(found, named, strict=True), 1):
        here.output.note(f"{number:3}  {label:12}  {size_text(one.size_bytes):>9}  {one.name}")
    answer = here.output.answer(here.words("Which one? (1 to {count}) ", count=len(found)))
    if not answer.isdecimal() or not 1 <= int(answer) <= len(found):
        raise NobodyToAskError("None was chosen, so nothing was added.")
    return found[int(answer) - 1]


def library_model(here: Surroundings, name: str) -> LibraryModel:
    """The model of this name or file that is here.

    Raises:
        UnknownModelError: there is none.
    """
    found = model_here(here, name)
    if found is None:
        raise unknown(here, name)
    return found


def model_here(here: Surroundings, name: str) -> LibraryModel | None:
    """The same, or None."""
    wanted = name.casefold()
    models = here.library.models()
    by_name = next((one for one in models if wanted in names_of(one)), None)
    return by_name or next((one for one in models if Path(name).absolute() in one.paths), None)


def names_of(model: LibraryModel) -> tuple[str, str]:
    """What a model can be called, in small letters."""
    return model.id.casefold(), model.name.casefold()


def unknown(here: Surroundings, name: str) -> UnknownModelError:
    """Says that there is no such model, and what to do."""
    offered = here.catalogue.find(name)
    if offered is not None:
        return UnknownModelError(
            "{name} is not here yet.",
            "Fetch it with: sotto models download {id}",
            fields={"name": offered.name, "id": offered.id},
        )
    return UnknownModelError(
        "No model is called {name}.",
        "See which there are with: sotto models list",
        fields={"name": name},
    )
