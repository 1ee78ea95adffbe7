"""What stands in a server's entry for something else: `${secret:NAME}` and its like.  Pure.

`${env:NAME}`, `${userHome}` and `${pathSeparator}` are those of VS Code ("Variables reference");
`${NAME}` and `${NAME:-default}` those of Claude Code and of shells.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.tools.mcp.secret_values import is_secret
from app.tools.mcp.servers import ServerEntry

_MARK: Final = re.compile(r"\$\{([^{}]{1,300})\}")
_VARIABLE: Final = re.compile(r"(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


class MissingValueError(Exception):
    """Nothing is known for a placeholder; the text is its name."""


@dataclass(frozen=True, slots=True)
class Filled:
    """An entry ready to be started.

    Attributes:
        entry: with everything put in that its placeholders stand for.
        secrets: what must never be shown of it.
    """

    entry: ServerEntry = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def filled(
    entry: ServerEntry, secret: Callable[[str], str | None], environ: Mapping[str, str]
) -> Filled:
    """The entry with everything put in that its placeholders stand for.

    Args:
        entry: as kept.
        secret: the keyring's value of a name; None where there is none.
        environ: this process's environment, or a test's.

    Raises:
        MissingValueError: there is nothing to put in.
    """
    hidden: list[str] = []

    def meant(mark: re.Match[str]) -> str:
        value = _meant(mark[1], secret, environ)
        if mark[1].startswith("secret:") or is_secret(mark[1].removeprefix("env:"), value):
            hidden.append(value)
        return value

    def text(raw: str) -> str:
        return _MARK.sub(meant, raw)

    ready = replace(
        entry,
        command=text(entry.command),
        args=tuple(map(text, entry.args)),
        cwd=text(entry.cwd),
        url=text(entry.url),
        env=tuple((name, text(value)) for name, value in entry.env),
        headers=tuple((name, text(value)) for name, value in entry.headers),
    )
    return Filled(ready, tuple(hidden))


def _meant(inside: str, secret: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    if inside.startswith("secret:"):
        name = inside.removeprefix("secret:")
        kept = secret(name)
        if kept is None:
            raise MissingValueError(name)
        return kept
    if inside == "userHome":
        return environ.get("HOME") or environ.get("USERPROFILE") or ""
    if inside in {"pathSeparator", "/"}:
        return os.sep
    variable = _VARIABLE.fullmatch(inside)
    if variable is None:
        raise MissingValueError(inside)
    found = environ.get(variable[1], variable[2])
    if found is None:
        raise MissingValueError(variable[1])
    return found
