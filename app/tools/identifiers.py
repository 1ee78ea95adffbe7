"""Names of functions as the model calls them: TypeScript identifiers, one for each function.

The model was trained on functions with such names (openai/harmony docs/format.md), and a tool's
name becomes the role of its result: spaces, dots, other alphabets and words of the format must
not get there.  The same names give the same identifiers, in whatever order they come.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

MAX_CHARACTERS: Final = 64
_HASH_CHARACTERS: Final = 6
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9]+")

# ECMA-262 "Reserved Words", and TypeScript's types and values that look like names.
_TYPESCRIPT: Final = (
    "any arguments as async await bigint boolean break case catch class const "
    "continue debugger declare default delete do else enum eval export extends false "
    "finally for function if implements import in instanceof interface let namespace "
    "never new null number object of package private protected public return static "
    "string super switch symbol this throw true try type typeof undefined unknown var "
    "void while with yield "
)
# Roles, channels and namespaces of harmony.
_HARMONY: Final = (
    "all analysis assistant browser code commentary developer final functions json "
    "python system tool user "
)
_RESERVED: Final = frozenset((_TYPESCRIPT + _HARMONY).split())


def identifiers(names: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """An identifier for each name; parts are joined by two underscores.

    Args:
        names: e.g. ("files", "read_file"), a server and its function.
    """
    candidates = {name: _candidate(name) for name in names}
    taken: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name, candidate in candidates.items():
        taken[candidate].append(name)
    found = dict(candidates)
    for candidate, rivals in taken.items():
        if len(rivals) > 1:
            for name in rivals:
                if "__".join(name) != candidate:
                    found[name] = _with_hash(candidate, name)
    return found


def _candidate(name: tuple[str, ...]) -> str:
    parts = [_plain(part) for part in name]
    joined = "__".join(part or "f" for part in parts)
    if joined in _RESERVED:
        joined += "_"
    if joined[0].isdigit():
        joined = "_" + joined
    loses = any(_loses(part) for part in name) or not all(parts)
    return _with_hash(joined, name) if loses or len(joined) > MAX_CHARACTERS else joined


def _plain(part: str) -> str:
    """Latin letters without their accents, digits, single underscores."""
    decomposed = unicodedata.normalize("NFKD", part)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_IN_NAMES.sub("_", bare).strip("_")


def _loses(part: str) -> bool:
    """Whether letters or digits get lost, so that another name could look the same."""
    decomposed = unicodedata.normalize("NFKD", part)
    return any(mark.isalnum() and not mark.isascii() for mark in decomposed)


def _with_hash(candidate: str, name: tuple[str, ...]) -> str:
    raw = json.dumps(name).encode()
    mark = hashlib.sha256(raw).hexdigest()[:_HASH_CHARACTERS]
    return f"{candidate[: MAX_CHARACTERS - _HASH_CHARACTERS - 1].rstrip('_')}_{mark}"
