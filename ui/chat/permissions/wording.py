"""What a call wants and what a rule covers, in plain words.  Knows no widgets."""

from __future__ import annotations

from typing import Final

from app.permissions.hosts import origin_of
from app.permissions.matching import SANDBOX_FOLDER
from app.permissions.rules import ANY, CHAT_FOLDER, OWN_SERVER, Pattern
from app.permissions.values import PermissionRequest
from app.tools.browser.provider_settings import provider_name
from app.tools.values import CHAT_SERVER, CallView, TargetKind, ToolFamily
from app.words import Words
from ui.chat.permissions.visible import visible_line

_LONGEST: Final = 48
_MOST_PLACES: Final = 4


def wish(words: Words, view: CallView) -> str:
    """What Sotto wants to do, as one sentence."""
    name = short(view.function or view.tool)
    match view.target.kind, view.family:
        case TargetKind.CODE, _:
            return words("Sotto wants to run Python")
        case TargetKind.SEARCH, _:
            name = short(provider_name(view.target.value))
            return words("Sotto wants to search the web with {name}", name=name)
        case TargetKind.HOST, _:
            origin = origin_of(view.target.value)
            if origin is None:
                return words("Sotto wants to open an address")
            return words("Sotto wants to open a page on {name}", name=short(origin.host))
        case _, ToolFamily.FILES:
            return _file_wish(words, view)
        case _, ToolFamily.OWN:
            return words("Sotto wants to run your function {name}", name=name)
        case _, ToolFamily.MCP:
            return words(
                "Sotto wants to use {name} of {server}", name=name, server=short(view.server)
            )
        case _:
            return words("Sotto wants to use {name}", name=name)


def effect(words: Words, view: CallView) -> str:
    """What that means for the user, where it is known; "" where it is not."""
    is_held = view.target.kind is TargetKind.CODE or view.family is ToolFamily.OWN
    if is_held and not view.runs_outside:
        return words("It runs in a closed box: no network, only this chat’s folder.")
    if view.target.kind is TargetKind.HOST:
        return words("The site sees your network address and the whole link.")
    if view.target.kind is TargetKind.SEARCH:
        return words("The search service sees your network address and the words searched for.")
    if view.family is ToolFamily.FILES:
        return words("It sees this chat’s own files only, and changes nothing.")
    if view.family is ToolFamily.MCP:
        if view.is_read_only:
            return words("The server says that this changes nothing.")
        return words("This may change things.")
    return ""


def suggestion(words: Words, request: PermissionRequest) -> str:
    """Whose content the call may follow from; "" for nobody's."""
    if not request.suggested_by:
        return ""
    places = ", ".join(short(place) for place in request.suggested_by[:_MOST_PLACES])
    if len(request.suggested_by) > _MOST_PLACES:
        places += ", …"
    return words(
        "This call was suggested by content from {places}. Rules do not count for it.",
        places=places,
    )


def always_label(words: Words, pattern: Pattern) -> str:
    """What stands on the button that makes a rule for all chats."""
    if pattern.folder == CHAT_FOLDER and pattern.is_read_only:
        return words("Always for reading here")
    match pattern.kind:
        case TargetKind.CODE:
            return words("Always for any code")
        case TargetKind.HOST:
            origin = origin_of(pattern.value)
            return words("Always for {name}", name=short(origin.host if origin else pattern.value))
        case TargetKind.FUNCTION:
            return words("Always for {name}", name=short(pattern.value.partition("/")[2]))
        case _:
            return words("Always for {name}", name=short(provider_name(pattern.value)))


def rule_sentence(words: Words, pattern: Pattern) -> str:
    """What a rule lets through."""
    match pattern.kind:
        case TargetKind.CODE:
            return words("Any Python code")
        case TargetKind.SEARCH:
            if pattern.value == ANY:
                return words("Searching the web")
            name = short(provider_name(pattern.value))
            return words("Searching the web with {name}", name=name)
        case TargetKind.HOST:
            return _pages(words, pattern.value)
        case _:
            return _functions(words, pattern)


def short(text: str) -> str:
    """A name of a stranger's in one line of a bearable length, nothing hidden in it."""
    shown = visible_line(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _file_wish(words: Words, view: CallView) -> str:
    """Which file, by the path that stands below as well; the folder alone is to be listed."""
    path = view.paths[0] if view.paths else ""
    name = path.removeprefix(f"{SANDBOX_FOLDER}/")
    if name == path:
        return words("Sotto wants to see which files this chat has")
    return words("Sotto wants to read {name}", name=short(name))


def _pages(words: Words, value: str) -> str:
    place = visible_line(value.removeprefix("https://"))
    if "*." in place:
        return words("Pages on every host below {name}", name=place.replace("*.", "", 1))
    return words("Pages on {name}", name=place)


def _functions(words: Words, pattern: Pattern) -> str:
    server, _, function = (visible_line(part) for part in pattern.value.partition("/"))
    if server == CHAT_SERVER and function == ANY and pattern.folder == CHAT_FOLDER:
        return words("Listing and reading the chat’s own files")
    if server == CHAT_SERVER:
        server = words("the chat’s own files")
    if server == OWN_SERVER:
        server = words("your own functions")
    if function == ANY and pattern.is_read_only:
        what = words("All that only reads, of {server}", server=server)
    elif function == ANY:
        what = words("Everything of {server}", server=server)
    elif pattern.is_read_only:
        what = words("{name} of {server}, as long as it only reads", name=function, server=server)
    else:
        what = words("{name} of {server}", name=function, server=server)
    if pattern.folder == CHAT_FOLDER:
        return words("{what}, only in the chat’s own folder", what=what)
    if pattern.folder:
        return words("{what}, only in {folder}", what=what, folder=visible_line(pattern.folder))
    return what
