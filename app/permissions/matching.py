"""The one place that says whether a rule covers a call.  Pure; in doubt the answer is no."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.chats.ids import ChatId
from app.permissions.folders import Resolve, as_written, canonical_path, is_inside
from app.permissions.hosts import origin_covers, origin_of, pattern_origin
from app.permissions.rules import ANY, CHAT_FOLDER, OWN_SERVER, Pattern, Rule
from app.tools.values import CHAT_SERVER, CallTarget, CallView, TargetKind, ToolFamily

SANDBOX_FOLDER: Final = "/mnt/data"
"""What code in the sandbox calls the chat's folder."""

_OWN_NAMES: Final = {ToolFamily.OWN: OWN_SERVER, ToolFamily.FILES: CHAT_SERVER}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the world looks like around a call.

    Attributes:
        chat_id: the chat that calls.
        now_ms: Unix time in milliseconds.
        resolve: of the file system that servers see.
        chat_folder: of this chat, on that file system; "" where there is none.
        is_folder: whether a canonical path is a folder there.
    """

    chat_id: ChatId
    now_ms: int
    resolve: Resolve
    chat_folder: str = ""
    is_folder: Callable[[str], bool] = lambda _: False


def covers(rule: Rule, view: CallView, around: Surroundings) -> bool:
    """Whether a rule lets a call through.

    Args:
        rule: a remembered yes.
        view: the call as its tool sees it, so exactly what will run.
        around: where and when.
    """
    if rule.chat_id is not None and rule.chat_id != around.chat_id:
        return False
    if rule.expires_ms and not rule.created_ms <= around.now_ms < rule.expires_ms:
        return False  # a clock that was put back does not give a rule more time
    return pattern_covers(rule.pattern, view, around)


def pattern_covers(pattern: Pattern, view: CallView, around: Surroundings) -> bool:
    """Whether a call is one of those that a pattern is about."""
    if view.runs_outside or view.target.kind is not pattern.kind:
        return False
    if pattern.is_read_only and not view.is_read_only:
        return False
    if pattern.folder and pattern.kind is not TargetKind.FUNCTION:
        return False
    value = view.target.value
    match pattern.kind:
        case TargetKind.CODE:
            return view.family is ToolFamily.PYTHON and pattern.value == value == ""
        case TargetKind.SEARCH:
            named = pattern.value in (value, ANY) and value.strip() != ""
            return view.family is ToolFamily.BROWSER and named
        case TargetKind.HOST:
            return view.family is ToolFamily.BROWSER and _host_covers(pattern.value, value)
        case TargetKind.FUNCTION:
            return _function_covers(pattern, view) and (
                not pattern.folder or _lies_in(pattern.folder, view, around)
            )
        case _:
            return False


def same_target(one: CallView, other: CallView) -> bool:
    """Whether what was decided of one call can stand for the other, whose body is another."""
    if replace(one, body="", target=CallTarget()) != replace(other, body="", target=CallTarget()):
        return False
    if one.target == other.target:
        return True
    origins = origin_of(one.target.value), origin_of(other.target.value)
    return one.target.kind is other.target.kind is TargetKind.HOST and (
        origins[0] is not None and origins[0] == origins[1]
    )


def offered_pattern(view: CallView, around: Surroundings) -> Pattern | None:
    """What "always" would mean for a call: as little as is of use; None for nothing.

    Calls that only read, and only in the chat's own folder, are remembered for the whole
    server; calls that name files, for the folder of these files.
    """
    kind, value = view.target.kind, view.target.value
    if kind is TargetKind.FUNCTION:
        candidates = _offered_functions(view, around)
    elif kind is TargetKind.HOST:
        candidates = [Pattern(kind, str(origin_of(value) or ""))]
    else:
        candidates = [Pattern(kind, value)] if value != ANY else []
    return next((one for one in candidates if pattern_covers(one, view, around)), None)


def _host_covers(text: str, url: str) -> bool:
    pattern, origin = pattern_origin(text), origin_of(url)
    return pattern is not None and origin is not None and origin_covers(pattern, origin)


def _function_covers(pattern: Pattern, view: CallView) -> bool:
    """Whether the names are the same, letter by letter.

    A server that calls itself what Sotto's own functions go by is nobody's.
    """
    server = _OWN_NAMES.get(view.family, view.server)
    is_own = view.family in _OWN_NAMES
    if not is_own and (view.family is not ToolFamily.MCP or server in _OWN_NAMES.values()):
        return False
    if not server.strip() or "/" in server or not view.function.strip():
        return False
    if view.target.value != f"{server}/{view.function}":
        return False
    return pattern.value in (view.target.value, f"{server}/{ANY}")


def _lies_in(folder: str, view: CallView, around: Surroundings) -> bool:
    resolve, chat_folder = _file_system(view, around)
    place = canonical_path(chat_folder if folder == CHAT_FOLDER else folder, resolve)
    if place is None or (folder != CHAT_FOLDER and place != folder):
        return False  # the folder is not there, or now leads elsewhere
    found = [canonical_path(path, resolve) for path in view.paths]
    return (
        bool(found)
        and all(path is not None and is_inside(path, place) for path in found)
        and not _names_other_places(view)
    )


def _file_system(view: CallView, around: Surroundings) -> tuple[Resolve, str]:
    """How a call sees files: what runs in a box, or reads the chat's own, sees these alone."""
    if view.family in _OWN_NAMES:
        return as_written, SANDBOX_FOLDER
    return around.resolve, around.chat_folder


def _offered_functions(view: CallView, around: Surroundings) -> list[Pattern]:
    """What may be offered for a function, the best first."""
    value = view.target.value
    if view.function == ANY:
        return []
    if not view.paths:
        return [Pattern(TargetKind.FUNCTION, value, "", view.is_read_only)]
    folders = [CHAT_FOLDER, _common_folder(view, around)]
    offered = [
        Pattern(TargetKind.FUNCTION, value, folder, view.is_read_only)
        for folder in folders
        if folder
    ]
    if view.is_read_only:
        server = value.removesuffix(view.function)
        offered.insert(0, Pattern(TargetKind.FUNCTION, server + ANY, CHAT_FOLDER, True))
    return offered


def _common_folder(view: CallView, around: Surroundings) -> str:
    """The smallest folder that holds all files of a call; "" where only the root does."""
    resolve, _ = _file_system(view, around)
    found = [canonical_path(path, resolve) for path in view.paths]
    known = [path for path in found if path is not None]
    if len(known) < len(found):
        return ""
    folders = [path if around.is_folder(path) else path.rpartition("/")[0] for path in known]
    shared = posixpath.commonpath(folders) if all(folders) else "/"
    return "" if shared == "/" else shared


def _names_other_places(view: CallView) -> bool:
    """Whether the arguments hold something that could be a place and is no path of the view."""
    try:
        arguments = json.loads(view.body)
    except (ValueError, RecursionError):
        return True
    return any(
        text not in view.paths and _PLACE.search(text) is not None for text in _texts(arguments)
    )


# At the start: "/", "\", "~", a drive, a scheme.  Anywhere: "..".
_PLACE: Final = re.compile(r"\A\s*(?:[/\\~]|[a-zA-Z][a-zA-Z0-9+.-]*:)|\.\.")


def _texts(value: object) -> Iterator[str]:
    """Every string in a JSON value, names of its fields too."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as several:
                waiting.extend(several)
            case dict() as fields:
                waiting.extend((*fields, *fields.values()))
