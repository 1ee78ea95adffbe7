"""What the record of calls holds.  Frozen values only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from app.chats.ids import ChatId, MessageId
from app.permissions.rules import Rule
from app.tools.values import CallView


class Event(StrEnum):
    """What happened.

    CLEARED: the user deleted all entries before this one.
    """

    ASKED = "asked"
    ALLOWED = "allowed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"  # the answer ended before a decision, or before the call began
    ENDED = "ended"
    REFUSED = "refused"  # it could not run as written; nobody was asked
    RULE_MADE = "rule_made"
    RULE_REVOKED = "rule_revoked"
    RULE_RESTORED = "rule_restored"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record, which is never changed.

    Attributes:
        call: what the entries of one call have in common, e.g. a request and its decision.
        target: what the call touches, as its tool says it; a rule's text for rules.
        body: the whole call; of an ALLOWED one, as it ran.
        decided_by: of decisions, a word of `app.permissions.values.By`.
        scope: of decisions, a word of `app.permissions.values.Scope`.
        suggested_by: whose content the call may have followed from.
        status: of ENDED, a word of `app.tools.records.CallStatus`.
        result_chars, result_digest: of ENDED; SHA-256 of the text in UTF-8, in hexadecimal.
            The text itself is with the chat, and is deleted with it.
        id: in the store, ascending; 0 for an entry that is yet to be stored.
    """

    at_ms: int
    event: Event
    call: str = ""
    chat_id: ChatId | None = None
    message_id: MessageId | None = None
    tool: str = ""
    target: str = ""
    body: str = ""
    decided_by: str = ""
    scope: str = ""
    reason: str = ""
    rule_id: int = 0
    suggested_by: tuple[str, ...] = ()
    status: str = ""
    took_ms: int = 0
    result_chars: int = 0
    result_digest: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as a list shows it.

    Attributes:
        chat_title: of the one chat it counts in; "" for a rule that counts in all.
    """

    rule: Rule
    chat_title: str = ""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """All entries of one call, or the one of a rule, the oldest first."""

    entries: tuple[Entry, ...]


def target_text(view: CallView) -> str:
    """What a call touches, in one line."""
    paths = ", ".join(view.paths)
    return f"{view.target.value} ({paths})" if paths else view.target.value


def digest(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
