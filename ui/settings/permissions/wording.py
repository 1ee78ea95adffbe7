"""What rules and the record say, in plain words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDateTime, QLocale

from app.permissions.record import Entry, Event, ListedRule, RecordedCall
from app.permissions.rule_text import RuleTextError, parse_rule
from app.permissions.values import By, Scope
from app.words import Words
from ui.chat.permissions.visible import visible_line
from ui.chat.permissions.wording import rule_sentence, short
from ui.chat.wording import duration

_DECISIONS: Final = frozenset({Event.ALLOWED, Event.DENIED, Event.WITHDRAWN, Event.REFUSED})
_OF_CALLS: Final = frozenset({*_DECISIONS, Event.ASKED, Event.ENDED})
_LONGEST: Final = 160


def when(words: Words, at_ms: int) -> str:
    """A date and a time of day as the user's language writes them."""
    moment = QDateTime.fromMSecsSinceEpoch(at_ms)
    return QLocale(words.language).toString(moment, QLocale.FormatType.ShortFormat)


def rule_details(words: Words, listed: ListedRule) -> str:
    """Where a rule counts, since when, until when, and whether it is of use."""
    rule = listed.rule
    parts = [
        words("In every chat")
        if rule.chat_id is None
        else words("In the chat “{title}”", title=short(listed.chat_title)),
        words("since {when}", when=when(words, rule.created_ms)),
    ]
    if rule.expires_ms:
        parts.append(words("until {when}", when=when(words, rule.expires_ms)))
    if rule.last_used_ms:
        parts.append(words("last used {when}", when=when(words, rule.last_used_ms)))
    else:
        parts.append(words("not used yet"))
    return "  ·  ".join(parts)


def call_title(words: Words, recorded: RecordedCall) -> str:
    """What it was about, in a line."""
    first = recorded.entries[0]
    match first.event:
        case Event.RULE_MADE:
            return words("Rule made: {rule}", rule=_rule(words, first.target))
        case Event.RULE_REVOKED:
            return words("Rule revoked: {rule}", rule=_rule(words, first.target))
        case Event.RULE_RESTORED:
            return words("Rule brought back: {rule}", rule=_rule(words, first.target))
        case Event.CLEARED:
            return words("You deleted the record: {count} entries", count=first.target)
        case _:
            text = visible_line(f"{first.tool}  {first.target}".strip())
            return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def call_details(words: Words, recorded: RecordedCall) -> str:
    """When it was, what was decided and what came of it."""
    entries = recorded.entries
    parts = [when(words, entries[0].at_ms)]
    if entries[0].event in _OF_CALLS:
        decided = [entry for entry in entries if entry.event in _DECISIONS]
        parts.append(_decision(words, decided[-1]) if decided else words("never answered"))
        ended = [entry for entry in entries if entry.event is Event.ENDED]
        parts += [_outcome(words, entry) for entry in ended[-1:]]
        if entries[-1].suggested_by:
            places = ", ".join(short(place) for place in entries[-1].suggested_by)
            parts.append(words("suggested by content from {places}", places=places))
    return "  ·  ".join(parts)


def body_of(recorded: RecordedCall) -> str:
    """The whole call, as it ran where it ran; "" where there is none."""
    bodies = [entry.body for entry in recorded.entries if entry.body]
    return bodies[-1] if bodies else ""


def _decision(words: Words, entry: Entry) -> str:
    match entry.event, entry.decided_by, entry.scope:
        case Event.DENIED, _, _:
            reason = short(entry.reason)
            return words("you said no: {reason}", reason=reason) if reason else words("you said no")
        case Event.WITHDRAWN, _, _:
            return words("taken back before it ran")
        case Event.REFUSED, _, _:
            return words("could not run as written")
        case _, By.RULE, _:
            return words("a rule allowed it")
        case _, By.COMMAND_LINE, _:
            return words("the command line allowed it")
        case _, By.MODE, _:
            return words("nothing had to be asked")
        case _, _, Scope.CHAT:
            return words("you allowed it for the chat")
        case _, _, Scope.ALWAYS:
            return words("you allowed it for always")
        case _:
            return words("you allowed it once")


def _outcome(words: Words, entry: Entry) -> str:
    match entry.status:
        case "done":
            return words("done in {time}", time=duration(words, entry.took_ms / 1000))
        case "timed_out":
            return words("took too long")
        case "stopped":
            return words("stopped")
        case _:
            return words("ended with an error")


def _rule(words: Words, text: str) -> str:
    try:
        return rule_sentence(words, parse_rule(text))
    except RuleTextError:
        return visible_line(text)  # of a version that wrote rules in another way
