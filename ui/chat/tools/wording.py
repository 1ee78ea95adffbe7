"""What a call did, in plain words.  Knows no widgets."""

from __future__ import annotations

import json
import re
from typing import Final

from app.permissions.matching import SANDBOX_FOLDER
from app.tools.records import CallRecord, CallStatus
from app.tools.values import CallView, TargetKind, ToolFamily
from app.words import Words
from ui.chat.wording import duration
from ui.markdown.addresses import host_of

_LONGEST: Final = 80
_NAMED: Final = 3
_FINE_BELOW_S: Final = 10
_WENT: Final = frozenset(
    {CallStatus.DONE, CallStatus.FAILED, CallStatus.TIMED_OUT, CallStatus.STOPPED}
)
_INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def plain(text: str) -> str:
    """Text of a stranger without colour codes, and without signs that hide or turn it."""
    return _INVISIBLE.sub("", _ANSI.sub("", text))


def one_line(text: str) -> str:
    """The same in one line of a bearable length."""
    line = " ".join(plain(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def title(words: Words, call: CallRecord) -> str:
    """What is done, was done or would be done."""
    view = call.view
    match view.family:
        case ToolFamily.PYTHON:
            return _by_status(
                call,
                words("Running Python"),
                words("Ran Python"),
                words("Run Python"),
            )
        case ToolFamily.BROWSER:
            return _browser_title(words, call)
        case ToolFamily.MCP:
            return f"{one_line(view.server)}: {one_line(view.function)}"
        case ToolFamily.FILES:
            return _files_title(words, call)
        case ToolFamily.OWN:
            name = one_line(view.function or view.tool)
            return words("Your function {name}", name=name)
        case ToolFamily.UNKNOWN:
            return words("No such tool: {name}", name=one_line(call.recipient))


def _browser_title(words: Words, call: CallRecord) -> str:
    view = call.view
    act = view.tool.rpartition(".")[2]
    if act == "search":
        query = one_line(_argument(view, "query"))
        return _by_status(
            call,
            words("Searching the web for “{query}”", query=query),
            words("Searched the web for “{query}”", query=query),
            words("Search the web for “{query}”", query=query),
        )
    host = host_of(view.target.value) if view.target.value else ""
    if act == "find":
        pattern = one_line(_argument(view, "pattern"))
        return _by_status(
            call,
            words("Looking for “{pattern}” in the page", pattern=pattern),
            words("Looked for “{pattern}” in the page", pattern=pattern),
            words("Look for “{pattern}” in the page", pattern=pattern),
        )
    if view.target.kind is TargetKind.PAGE or not host:
        return _by_status(
            call,
            words("Reading on in the page"),
            words("Read on in the page"),
            words("Read on in the page"),
        )
    return _by_status(
        call,
        words("Opening {host}", host=host),
        words("Opened {host}", host=host),
        words("Open {host}", host=host),
    )


def _files_title(words: Words, call: CallRecord) -> str:
    name = one_line(_argument(call.view, "path").removeprefix(f"{SANDBOX_FOLDER}/"))
    if not name:
        return _by_status(
            call,
            words("Looking at this chat’s files"),
            words("Looked at this chat’s files"),
            words("Look at this chat’s files"),
        )
    return _by_status(
        call,
        words("Reading {name}", name=name),
        words("Read {name}", name=name),
        words("Read {name}", name=name),
    )


def _by_status(call: CallRecord, running: str, went: str, wanted: str) -> str:
    if call.status is CallStatus.RUNNING:
        return running
    has_begun = call.started_ms > 0 or call.status is not CallStatus.STOPPED
    return went if call.status in _WENT and has_begun else wanted


def _argument(view: CallView, name: str) -> str:
    try:
        found = json.loads(view.body)
    except (ValueError, RecursionError):
        return ""
    value = found.get(name, "") if isinstance(found, dict) else ""
    return value if isinstance(value, str) else str(value)


def state(words: Words, status: CallStatus) -> str:
    """How far a call is, in a word or two; "" where the title says it."""
    return {
        CallStatus.WAITING: words("waits for your answer"),
        CallStatus.PAUSED: words("waits: many calls so far"),
        CallStatus.RUNNING: "",
        CallStatus.DONE: "",
        CallStatus.FAILED: words("ended with an error"),
        CallStatus.TIMED_OUT: words("took too long"),
        CallStatus.DENIED: words("you said no"),
        CallStatus.REFUSED: words("could not run as written"),
        CallStatus.STOPPED: words("stopped"),
    }[status]


def elapsed(words: Words, seconds: float) -> str:
    """A short time with a tenth, a longer one in whole seconds."""
    if 0 < seconds < _FINE_BELOW_S:
        return words("{seconds} s", seconds=f"{max(0.1, seconds):.1f}")
    return duration(words, seconds)


def time_of(words: Words, call: CallRecord) -> str:
    """How long a call took; "" for one that has not ended or never ran."""
    if not call.started_ms or call.ended_ms < call.started_ms:
        return ""
    return elapsed(words, (call.ended_ms - call.started_ms) / 1000)


def contents(words: Words, call: CallRecord) -> str:
    """What came besides text, counted; "" for nothing."""
    kinds = [ref.media_type for ref in call.attachments]
    images = sum(kind.startswith("image/") for kind in kinds)
    tables = sum(kind in {"text/html", "text/csv"} for kind in kinds)
    files = len(call.files)
    parts = []
    if images:
        parts.append(words("1 image") if images == 1 else words("{count} images", count=images))
    if tables:
        parts.append(words("1 table") if tables == 1 else words("{count} tables", count=tables))
    if files:
        parts.append(words("1 file") if files == 1 else words("{count} files", count=files))
    return ", ".join(parts)


def suggested(words: Words, call: CallRecord) -> str:
    """Whose words the model had read before it asked for this; "" for nobody's."""
    if not call.suggested_by:
        return ""
    return words("The model had read content from {places}.", places=_some(call.suggested_by))


def answered(words: Words, call: CallRecord) -> str:
    """Who let it run or did not, where that is worth saying."""
    given = call.answered
    if given is None:
        return ""
    if not given.is_allowed:
        if given.reason:
            return words("You said no: {reason}", reason=one_line(given.reason))
        return words("You said no.")
    return {
        "person": words("You allowed it."),
        "rule": words("A rule of yours allowed it."),
        "command_line": words("The command line allowed it."),
        "mode": "",
    }[given.by.value]


def untrusted(words: Words, origins: tuple[str, ...]) -> str:
    """Whose words the result holds."""
    return words("Content from {places}: not checked by anyone", places=_some(origins))


def _some(places: tuple[str, ...]) -> str:
    shown = [one_line(place) for place in places[:_NAMED]]
    return ", ".join([*shown, "…"] if len(places) > _NAMED else shown)
