"""Which tool the model means by an address, however it spelt it.  Pure.

The spellings are those seen in the field: the prefix left out or set before built-in tools
(openai/gpt-oss `functions_python_as_builtin`), a content type glued to the name (llama.cpp
PR #15158), leftovers of markers (ollama #11704), dots where a name has `_`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

FUNCTIONS: Final = "functions."

_LEFTOVERS: Final = re.compile(r"(?:<\||\s).*\Z", re.DOTALL)
_GLUED: Final = re.compile(r"[\s.]?(?:json|code|text|commentary|analysis)\Z")
_SEPARATORS: Final = re.compile(r"[.\-/:]+|__+")


def find_address(written: str, known: Collection[str]) -> str | None:
    """The known address that is meant; None where none is, or where several could be.

    Args:
        written: the recipient as the model wrote it.
        known: canonical addresses, e.g. `python`, `browser.open`, `functions.files__read`.
    """
    for guess in _guesses(written):
        if guess in known:
            return guess
    meant = {_loose(guess) for guess in _guesses(written)}
    alike = [address for address in known if _loose(address) in meant]
    if not alike:  # perhaps the name alone, without its server
        alike = [address for address in known if _last_part(address) in meant]
    return alike[0] if len(alike) == 1 else None


def _guesses(written: str) -> Iterator[str]:
    name = _LEFTOVERS.sub("", written.strip()).rstrip(".-:")
    for plain in (name, _GLUED.sub("", name)):
        bare = plain
        while bare.startswith(FUNCTIONS):
            bare = bare.removeprefix(FUNCTIONS)
        if bare:
            yield from (plain, FUNCTIONS + bare, bare)


def _loose(address: str) -> str:
    """The address without what models mix up: case, and the signs between its parts."""
    return _SEPARATORS.sub("_", address.lower().removeprefix(FUNCTIONS))


def _last_part(address: str) -> str:
    """The name of a function without its server, or of a built-in tool without `browser.`."""
    bare = address.lower().removeprefix(FUNCTIONS)
    return _loose(re.split(r"\.|__", bare)[-1])
