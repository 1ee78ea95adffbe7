"""From what a person types about a server to an entry, and back.  Knows no widgets."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from typing import Final

from app.tools.mcp.servers import ServerEntry, ServerSecrets, secret_mark

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_MARK: Final = re.compile(r"\$\{secret:([A-Za-z0-9_.-]+)\}")


class TypedError(ValueError):
    """What was typed makes no server; the text is a key of the translations."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form.

    Attributes:
        command: program and arguments, as in a shell.
        url: address, where it is no program.
        values: `NAME=value` lines: variables of the program, or headers of requests.
        secrets: the same, for the keyring; `NAME` alone keeps the value that is there.
    """

    name: str = ""
    command: str = ""
    folder: str = ""
    url: str = ""
    values: str = ""
    secrets: str = ""


def typed_of(entry: ServerEntry) -> Typed:
    """An entry as the form shows it; values of secrets are never shown."""
    pairs = entry.headers if entry.url else entry.env
    plain = [f"{name}={value}" for name, value in pairs if not _MARK.fullmatch(value)]
    secret = [name for name, value in pairs if _MARK.fullmatch(value)]
    inside = entry.secret_names  # also those inside an argument, an address or a longer value
    whole = {_MARK.sub(r"\1", value) for _, value in pairs if _MARK.fullmatch(value)}
    secret += [name for name in inside if name not in whole]
    return Typed(
        entry.name,
        shlex.join([entry.command, *entry.args]) if entry.command else "",
        entry.cwd,
        entry.url,
        "\n".join(plain),
        "\n".join(secret),
    )


def entry_of(typed: Typed, before: ServerEntry | None) -> tuple[ServerEntry, ServerSecrets]:
    """The entry that was typed, and the secrets that go with it.

    Args:
        typed: the fields.
        before: the entry that is edited; None for a new one.

    Raises:
        TypedError: a field makes no sense.
    """
    entry = before or ServerEntry("")
    words = _split(typed.command)
    if not words and not typed.url.strip():
        raise TypedError("Fill in a program or an address.")
    if words and typed.url.strip():
        raise TypedError("Fill in a program or an address, not both.")
    marks = {name: value for name, value in (*entry.env, *entry.headers) if _MARK.fullmatch(value)}
    pairs = [_pair(line) for line in _lines(typed.values)]
    kept: list[tuple[str, str]] = []
    inside = set(_MARK.findall("\n".join((typed.command, typed.folder, typed.url, typed.values))))
    for line in _lines(typed.secrets):
        name, has_value, value = (part.strip() for part in line.partition("="))
        mark = _UNFIT.sub("-", name) or "secret"
        if mark in inside:  # its place is there already
            kept += [(mark, value)] if has_value else []
        elif has_value:
            kept.append((mark, value))
            pairs.append((name, secret_mark(mark)))
        elif name in marks:
            pairs.append((name, marks[name]))
        else:
            raise TypedError("Write secrets as NAME=value, one in a line.")
    entry = replace(
        entry,
        name=typed.name.strip(),
        command=words[0] if words else "",
        args=tuple(words[1:]),
        cwd=typed.folder.strip(),
        url=typed.url.strip(),
        env=tuple(pairs) if words else (),
        headers=() if words else tuple(pairs),
    )
    return entry, ServerSecrets(tuple(kept))


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise TypedError("A quotation mark in the program has no partner.") from error


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pair(line: str) -> tuple[str, str]:
    name, mark, value = line.partition("=")
    if not mark or not name.strip():
        raise TypedError("Write values as NAME=value, one in a line.")
    return name.strip(), value.strip()
