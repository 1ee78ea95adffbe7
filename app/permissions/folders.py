"""Where a path leads, in one spelling.  What has several readings has none here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

Resolve = Callable[[str], str | None]
"""Follows the symlinks of an absolute path as far as it exists; None where that fails."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# What someone's clean-up of a name may make a slash, a backslash or a dot of, besides those
# that Unicode itself says are alike (NFKC).
_ALIKE: Final = frozenset("\\\u2044\u2215\u29f5\u29f8\u2571\u3001\u3002")
_ESCAPE: Final = re.compile("%[0-9a-f]{2}", re.IGNORECASE | re.ASCII)


def canonical_path(text: str, resolve: Resolve) -> str | None:
    """An absolute POSIX path with its symlinks resolved; None in any doubt.

    Windows paths are always doubtful: they have too many spellings (case, 8.3 names, streams,
    dots and spaces at the end).
    """
    plain = _plain(text)
    found = resolve(plain) if plain is not None else None
    return _plain(found) if found is not None else None


def is_inside(path: str, folder: str) -> bool:
    """Whether a canonical path is a canonical folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def as_written(path: str) -> str | None:
    """A `Resolve` for places without symlinks that could lead out, such as a sandbox."""
    return path


def _plain(text: str) -> str | None:
    """The path if every program has to read it the same way.  One slash at the end is left out.

    ".." is refused rather than worked out: whether a symlink before it is followed first is
    where programs differ.
    """
    if not text.startswith("/") or _ESCAPE.search(text):
        return None
    names = text.split("/")[1:]
    if names[-1] == "":
        names.pop()
    return "/" + "/".join(names) if all(_is_plain_name(name) for name in names) else None


def _is_plain_name(name: str) -> bool:
    if name == "" or name != name.strip() or name.endswith(".") or name == "~":
        return False
    return not any(
        character in _ALIKE
        or unicodedata.category(character) in _UNSEEN
        or (not character.isascii() and _turns_into_a_separator(character))
        for character in name
    )


def _turns_into_a_separator(character: str) -> bool:
    return any(mark in unicodedata.normalize("NFKC", character) for mark in "./\\ ~%:")
