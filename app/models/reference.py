"""What a user types to name a model that is to be fetched, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from app.models.catalogue_file import split_of
from engine.errors import UserFacingError

HUB: Final = "https://huggingface.co"
_HUB_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_MAX_CHARACTERS: Final = 2000
_EXAMPLES: Final = (
    "Name a repository of the Hub, such as ggml-org/gpt-oss-20b-GGUF, one of its files behind a "
    "colon, or the address of a .gguf file."
)


class ModelNameError(UserFacingError):
    """A model was named in a way that means nothing."""


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A model, or several to choose from, as somebody named it.

    Attributes:
        repository: "owner/name" on the Hub; "" for a bare address.
        revision: a branch, tag or commit.
        wish: a file of the repository or the name of a quantisation; "" for whatever is there.
        address: of a file that is in no repository; "" otherwise.
    """

    repository: str = ""
    revision: str = "main"
    wish: str = ""
    address: str = ""


def parse_reference(text: str, endpoint: str = HUB) -> ModelReference:
    """What a text means.

    Understood are `owner/name`, `owner/name:file-or-quantisation`, addresses of pages and files
    of the Hub or of its mirror (`/tree/`, `/blob/`, `/resolve/`), and any other address of a
    `.gguf` file.

    Args:
        text: as typed or pasted.
        endpoint: the mirror that is in use.

    Raises:
        ModelNameError: it means nothing.
    """
    text = text.strip().strip("<>\"'")
    if not text or len(text) > _MAX_CHARACTERS or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise _meaningless(text)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return _from_address(text, endpoint)
    if text.split("/")[0].lower() in _HUB_HOSTS:
        return _from_address("https://" + text, endpoint)
    repository, _, wish = text.partition(":")
    if _REPOSITORY.fullmatch(repository) and ".." not in repository:
        return ModelReference(repository, wish=wish)
    raise _meaningless(text)


def _from_address(text: str, endpoint: str) -> ModelReference:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower() if parts.port != 0 else ""
    except ValueError:
        raise _meaningless(text) from None
    if parts.scheme == "hf":
        return _in_repository([parts.netloc, *_steps(parts.path)], text)
    if parts.scheme not in {"http", "https"} or not host:
        raise _meaningless(text)
    if parts.username or parts.password:
        raise ModelNameError(
            "This address holds a name or a password, which Sotto does not keep.",
            "Leave out what stands before the @.",
        )
    mirror = urlsplit(endpoint)
    if host in _HUB_HOSTS:
        return _in_repository(_steps(parts.path), text)
    if parts.netloc.lower() == mirror.netloc.lower() and parts.path.startswith(mirror.path):
        return _in_repository(_steps(parts.path[len(mirror.path) :]), text)
    if not parts.path.lower().endswith(".gguf"):
        raise ModelNameError(
            "{address} is not the address of a GGUF file.",
            _EXAMPLES,
            fields={"address": text[:200]},
        )
    return ModelReference(revision="", address=text.partition("#")[0])


def _in_repository(steps: list[str], text: str) -> ModelReference:
    """From a path on the Hub: `owner/name[/blob|resolve|raw|tree/revision[/file]]`."""
    owner = steps[0] if steps else ""
    match steps:
        case [_, name, "blob" | "resolve" | "raw" | "tree", revision, *file]:
            found = ModelReference(f"{owner}/{name}", revision, "/".join(file))
        case [_, name]:
            found = ModelReference(f"{owner}/{name}")
        case [_, name, *file] if file and file[-1].lower().endswith(".gguf"):
            found = ModelReference(f"{owner}/{name}", wish="/".join(file))
        case _:
            raise _meaningless(text)
    if not _REPOSITORY.fullmatch(found.repository) or owner in {"datasets", "spaces", "api"}:
        raise _meaningless(text)
    return found


def _steps(path: str) -> list[str]:
    return [unquote(step) for step in path.split("/") if step]


def _meaningless(text: str) -> ModelNameError:
    return ModelNameError("“{text}” names no model.", _EXAMPLES, fields={"text": text[:200]})


_QUANTISATION: Final = re.compile(
    r"(?<![A-Za-z0-9])((?:UD-)?(?:MXFP4(?:_MOE)?|BF16|F16|F32|I?Q\d(?:_[A-Z0-9]+)*))(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def quantisation_of(name: str) -> str:
    """What the name of a file says of its quantisation, in capitals; "" where nothing."""
    found = _QUANTISATION.findall(name.rpartition("/")[2])
    return str(found[-1]).upper() if found else ""


def stem_of(name: str) -> str:
    """A file's name without folder, ending and the number of its part."""
    last = name.rpartition("/")[2]
    split = split_of(last)
    return split[0] if split else last[: -len(".gguf")]
