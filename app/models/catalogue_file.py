"""Reads and checks a catalogue: which models can be fetched, file by file.

Written by Sotto's makers (`resources/models.json`), by whoever the user takes a newer one from,
or by Sotto itself for what the user added; none of them is trusted.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.models.values import ModelPart, OfferedModel
from engine.errors import UserFacingError

FORMAT: Final = 1
MAX_BYTES: Final = 1 << 20
MAX_PARTS: Final = 100
_MAX_SIZE: Final = 1 << 50
_REPOSITORY: Final = r"^([A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?$"
_SPLIT: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.I)


class CatalogueError(UserFacingError):
    """A catalogue is damaged, or not to be used."""


@dataclass(frozen=True, slots=True)
class CatalogueText:
    """What a catalogue file says.

    Attributes:
        revision: counts up with each that is published.
        looked_up: when its facts were, as `YYYY-MM-DD`.
        models: in the order in which they are offered.
    """

    revision: int
    looked_up: str
    models: tuple[OfferedModel, ...]


def split_of(name: str) -> tuple[str, int, int] | None:
    """Stem, number and count of a file that is one of several; None for a whole one.

    The names are llama.cpp's (`llama_split_path`): `STEM-00001-of-00003.gguf`.
    """
    found = _SPLIT.fullmatch(name)
    if found is None:
        return None
    return found["stem"], int(found["number"]), int(found["count"])


def _part_name(name: str) -> str:
    """A path that stays inside the folder it is put into, on every system."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name:
        raise ValueError("not a path inside a repository")
    if re.search(r'[\\:*?"<>|\x00-\x1f\x7f]', name):
        raise ValueError("has a character that file names must not have")
    if not name.lower().endswith(".gguf"):
        raise ValueError("not a GGUF file")
    return name


def _address(address: str) -> str:
    if address and not re.fullmatch(r"https?://[^\s/]+/\S+", address):
        raise ValueError("not an address")
    return address


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    name: Annotated[str, Field(min_length=6, max_length=400), AfterValidator(_part_name)]
    size_bytes: Annotated[int, Field(ge=0, le=_MAX_SIZE)] = 0
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
    parts: Annotated[tuple[_Part, ...], Field(min_length=1, max_length=MAX_PARTS, strict=False)]
    repository: Annotated[str, Field(pattern=_REPOSITORY, max_length=200)] = ""
    commit: Annotated[str, Field(pattern=r"^([A-Za-z0-9_./-]+)?$", max_length=200)] = ""
    address: Annotated[str, Field(max_length=2000), AfterValidator(_address)] = ""
    licence: Annotated[str, Field(max_length=100)] = ""
    quantisation: Annotated[str, Field(max_length=40)] = ""
    sources: Annotated[dict[str, str], Field(max_length=20)] = Field(default_factory=dict)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    format: int
    revision: Annotated[int, Field(ge=0)]
    looked_up: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    models: Annotated[tuple[_Model, ...], Field(max_length=500, strict=False)]


def parse(data: bytes, *, is_added: bool = False) -> CatalogueText:
    """What a file says, checked.

    What a newer version of Sotto may have added to it is passed over, as long as the number of
    its format is ours.

    Args:
        data: the file.
        is_added: it holds what the user added, which need not be pinned to a commit and digests.

    Raises:
        CatalogueError: it is damaged, for another version, or asks for something unsafe.
    """
    try:
        entries = _entries(data)
        file = _File.model_validate(entries)
        models = tuple(_offered(one, is_added=is_added) for one in file.models)
        for model in models:
            _check(model, is_added=is_added)
        if len({model.id for model in models}) != len(models):
            raise ValueError("two models with the same name")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(one) for one in first["loc"])
        raise _damaged(f"{place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(str(error) or type(error).__name__) from error
    return CatalogueText(file.revision, file.looked_up, models)


def written(catalogue: CatalogueText) -> str:
    """The text of a file that `parse` reads."""
    models = []
    for model in catalogue.models:
        fields = asdict(model)
        del fields["is_added"]
        models.append({**fields, "sources": dict(model.sources)})
    head = {"format": FORMAT, "revision": catalogue.revision, "looked_up": catalogue.looked_up}
    return json.dumps({**head, "models": models}, ensure_ascii=False, indent=2) + "\n"


def _entries(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise ValueError("too long")
    entries = json.loads(data.decode("utf-8"))
    if not isinstance(entries, dict):
        raise ValueError("not a JSON object")
    if entries.get("format", FORMAT) != FORMAT:
        raise CatalogueError(
            "This list of models is for another version of Sotto.",
            "Install the newest Sotto, or take another list.",
            detail=f"format {entries['format']!r}",
        )
    return entries


def _offered(model: _Model, *, is_added: bool) -> OfferedModel:
    parts = tuple(ModelPart(one.name, one.size_bytes, one.sha256) for one in model.parts)
    fields = {name: getattr(model, name) for name in _Model.model_fields if name != "parts"}
    return OfferedModel(**fields, parts=parts, is_added=is_added)


def _check(model: OfferedModel, *, is_added: bool) -> None:
    """What no single field can tell."""
    if bool(model.repository) == bool(model.address):
        raise ValueError(f"{model.id}: needs either a repository or an address")
    if not _is_one_model(model):
        raise ValueError(f"{model.id}: its parts are not one model in order")
    if is_added:
        return
    if model.repository and not re.fullmatch(r"[0-9a-f]{40}", model.commit):
        raise ValueError(f"{model.id}: not pinned to a commit")
    if not all(part.sha256 for part in model.parts):
        raise ValueError(f"{model.id}: a part has no digest")


def _is_one_model(model: OfferedModel) -> bool:
    first = split_of(model.parts[0].name)
    if first is None:
        return len(model.parts) == 1
    stem, _, count = first
    wanted = [(stem, number, count) for number in range(1, count + 1)]
    return [split_of(part.name) for part in model.parts] == wanted


def _damaged(detail: str) -> CatalogueError:
    return CatalogueError(
        "This list of models cannot be read.",
        "It is damaged or was not made for Sotto; what Sotto offered before stays.",
        detail=detail,
    )
