"""Rules as people type them, for `sotto ask --allow RULE`, and as lists show them.

    python                          any code
    search:brave   browser.search   one search provider; whichever is set
    host:example.com                https on the usual port
    host:http://example.com:8080    another scheme or port
    host:*.example.com              every host below it
    files/read_file   files/*       a function of a server; all of them
    files/*+read                    ... only what says that it changes nothing
    files/*+read@/home/me/notes     ... and only within a folder
    files/*+read@chat               ... and only within the chat's own folder
    own/weather                     one of the user's own functions
    chat/*+read@chat                listing and reading the files of the chat

Letters of a name that have a meaning here (/ @ + * % : and blanks) are written as in addresses,
e.g. %20.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from app.permissions.folders import as_written, canonical_path
from app.permissions.hosts import pattern_origin
from app.permissions.rules import ANY, CHAT_FOLDER, Pattern
from app.tools.values import TargetKind
from engine.errors import UserFacingError

_CODE: Final = "python"
_ANY_SEARCH: Final = "browser.search"
_SEARCH: Final = "search:"
_HOST: Final = "host:"
_READ: Final = "+read"
_CHAT: Final = "chat"
_SPECIAL: Final = re.compile(r"[/@+*%:\s]")

RULE_HINT: Final = (
    "Rules look like python, search:brave, host:example.com, files/read_file or"
    " files/*+read@/home/me/notes."
)


class RuleTextError(UserFacingError):
    """A text is no rule; the title says what is wrong with it."""


def rule_text(pattern: Pattern) -> str:
    """Write a pattern so that `parse_rule` reads it back."""
    match pattern.kind:
        case TargetKind.CODE:
            return _CODE
        case TargetKind.SEARCH:
            return _ANY_SEARCH if pattern.value == ANY else _SEARCH + _quoted(pattern.value)
        case TargetKind.HOST:
            origin = pattern_origin(pattern.value)
            is_usual = origin is not None and (origin.scheme, origin.port) == ("https", 443)
            return _HOST + (pattern.value.removeprefix("https://") if is_usual else pattern.value)
        case TargetKind.FUNCTION:
            return _function_text(pattern)
        case _:
            raise ValueError(f"nothing can be remembered of {pattern.kind}")


def parse_rule(text: str) -> Pattern:
    """Read what `rule_text` writes.

    Raises:
        RuleTextError: it is no rule.
    """
    text = text.strip()
    if text == _CODE:
        return Pattern(TargetKind.CODE)
    if text == _ANY_SEARCH:
        return Pattern(TargetKind.SEARCH, ANY)
    if text.startswith(_SEARCH):
        return Pattern(TargetKind.SEARCH, _name(text.removeprefix(_SEARCH), text))
    if text.startswith(_HOST):
        return _parse_host(text.removeprefix(_HOST), text)
    if "/" in text.partition("@")[0]:
        return _parse_function(text)
    raise RuleTextError("“{rule}” is not a rule.", RULE_HINT, fields={"rule": text})


def _function_text(pattern: Pattern) -> str:
    server, _, function = pattern.value.partition("/")
    text = f"{_quoted(server)}/{ANY if function == ANY else _quoted(function)}"
    folder = _CHAT if pattern.folder == CHAT_FOLDER else pattern.folder
    return text + (_READ if pattern.is_read_only else "") + (f"@{folder}" if folder else "")


def _parse_host(place: str, text: str) -> Pattern:
    origin = pattern_origin(place if "://" in place else f"https://{place}")
    if origin is None:
        raise RuleTextError("“{rule}” does not name a host.", RULE_HINT, fields={"rule": text})
    return Pattern(TargetKind.HOST, str(origin))


def _parse_function(text: str) -> Pattern:
    names, at, folder = text.partition("@")
    is_read_only = names.endswith(_READ)
    server, _, function = names.removesuffix(_READ).partition("/")
    value = f"{_name(server, text)}/{function if function == ANY else _name(function, text)}"
    if at and folder != _CHAT and canonical_path(folder, as_written) != folder:
        raise RuleTextError(
            "“{rule}” does not name a folder by its full path.", RULE_HINT, fields={"rule": text}
        )
    if "/" in unquote(server):
        raise RuleTextError(
            "“{rule}” does not name a server and a function.", RULE_HINT, fields={"rule": text}
        )
    return Pattern(
        TargetKind.FUNCTION, value, CHAT_FOLDER if folder == _CHAT else folder, is_read_only
    )


def _name(quoted: str, text: str) -> str:
    """Raises where a name is empty or holds letters that have to be written as %.. here."""
    name = unquote(quoted)
    if not name.strip() or _quoted(name) != quoted or name == ANY:
        raise RuleTextError(
            "“{rule}” does not name a server and a function.", RULE_HINT, fields={"rule": text}
        )
    return name


def _quoted(name: str) -> str:
    return _SPECIAL.sub(lambda match: quote(match[0], safe=""), name)
