"""What a Hub's answers say, whatever their shape: nothing in them is trusted to be there.

Shapes: huggingface.co/docs/huggingface.js, `ListFileEntry`; names of headers: `constants.py` of
github.com/huggingface/huggingface_hub.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.models.values import ModelPart

Headers = Mapping[str, str]
"""Names without regard to case, as httpx2 has them."""

_MOST_DIGITS: Final = 18
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What the Hub says of a repository at a revision.

    Attributes:
        commit: 40 hexadecimal digits.
        licence: as in SPDX where the Hub's tag is one; "" where it says none.
        architecture: of its GGUF files as the Hub read it from one of them; "" where it did not.
        is_gated: its files are for those whom its owner lets.
    """

    id: str
    commit: str
    licence: str = ""
    architecture: str = ""
    is_gated: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a server says of one file before it is fetched.

    Attributes:
        size_bytes: 0 where it does not say.
        sha256: "" where it does not say.
        commit: the Hub's; "" elsewhere.
        etag: tells one state of the file from another, without its quotation marks.
    """

    size_bytes: int = 0
    sha256: str = ""
    commit: str = ""
    etag: str = ""


def repository_facts(told: object, name: str) -> RepositoryFacts | None:
    """What `GET /api/models/{name}/revision/{revision}` says; None where it names no commit."""
    if not isinstance(told, dict) or not _COMMIT.fullmatch(str(told.get("sha"))):
        return None
    gguf = told.get("gguf")
    return RepositoryFacts(
        str(told.get("id") or name),
        told["sha"],
        _licence(told),
        str(gguf.get("architecture") or "") if isinstance(gguf, dict) else "",
        bool(told.get("gated")),
    )


def gguf_file(row: object) -> ModelPart | None:
    """One row of a tree; None for what is no GGUF file.

    Large files stand in it by a pointer, so the size and digest of `lfs` count.
    """
    if not isinstance(row, dict) or row.get("type") != "file":
        return None
    path, lfs = row.get("path"), row.get("lfs")
    if not isinstance(path, str) or not path.lower().endswith(".gguf"):
        return None
    large = lfs if isinstance(lfs, dict) else {}
    size, oid = large.get("size", row.get("size")), str(large.get("oid", ""))
    known = size if isinstance(size, int) and size > 0 else 0
    return ModelPart(path, known, oid if _SHA256.fullmatch(oid) else "")


def is_told(headers: Headers) -> bool:
    """Whether the Hub says of a large file what it is, before it leads to it."""
    return "x-linked-size" in headers


def told_of_file(headers: Headers) -> FileFacts:
    """What the Hub, or another server, answers to a HEAD."""
    commit = headers.get("x-repo-commit", "")
    size = headers.get("x-linked-size") or headers.get("content-length") or ""
    etag = _unquoted(headers.get("x-linked-etag") or headers.get("etag") or "")
    return FileFacts(
        _count(size),
        etag if "x-linked-etag" in headers and _SHA256.fullmatch(etag) else "",
        commit if _COMMIT.fullmatch(commit) else "",
        etag,
    )


def given_of_file(headers: Headers, *, is_partial: bool) -> FileFacts:
    """What comes with the first bytes of a file."""
    told = headers.get("content-range", "").rpartition("/")[2]
    size = told if is_partial else headers.get("content-length", "")
    return FileFacts(_count(size), etag=_unquoted(headers.get("etag", "")))


def _licence(told: dict[str, Any]) -> str:
    card, tags = told.get("cardData"), told.get("tags")
    named = card.get("license") if isinstance(card, dict) else None
    if not isinstance(named, str) and isinstance(tags, list):
        marks = [one for one in tags if isinstance(one, str) and one.startswith("license:")]
        named = marks[0].partition(":")[2] if marks else None
    known = {"apache-2.0": "Apache-2.0", "mit": "MIT"}
    return known.get(named, named)[:100] if isinstance(named, str) else ""


def _count(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < _MOST_DIGITS else 0


def _unquoted(etag: str) -> str:
    return etag.removeprefix("W/").strip('"')
