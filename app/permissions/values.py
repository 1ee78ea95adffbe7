"""Questions whether a call may run, answers to them, and rules.  Frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.chats.ids import ChatId, MessageId
from app.permissions.rules import Pattern
from app.tools.values import CallView


class Scope(StrEnum):
    """How far an answer reaches."""

    ONCE = "once"
    CHAT = "chat"  # calls that this rule matches, in this chat
    ALWAYS = "always"  # calls that this rule matches, in every chat


class By(StrEnum):
    """Who answered."""

    PERSON = "person"
    RULE = "rule"
    COMMAND_LINE = "command_line"  # `sotto ask --allow`
    MODE = "mode"  # nothing had to be asked, e.g. to look at a page that is there already


@dataclass(frozen=True, slots=True)
class PermissionRequest:
    """A call that waits for a decision.  Nothing runs meanwhile, however long that takes.

    Attributes:
        id: unique while the program runs.
        call_number: as in `app.tools.records.CallRecord`.
        suggested_by: whose content the model had read before; then rules do not count.
        offers_chat, offers_always: which answers make sense besides once and no.
        why: English sentences, keys of the translations, that the card has to say.
        asked_ms: Unix time in milliseconds.
        pattern: what a yes for the chat or for always would be about; None for neither.
    """

    id: int
    chat_id: ChatId
    message_id: MessageId
    call_number: int
    view: CallView
    asked_ms: int
    suggested_by: tuple[str, ...] = ()
    offers_chat: bool = True
    offers_always: bool = True
    why: tuple[str, ...] = ()
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer.

    Attributes:
        scope: how far a yes reaches.
        reason: of a no, told to the model; "" for none.
        arguments: the body as edited; None to run it as it is.
        expires_ms: Unix time in milliseconds when the rule that it makes ends; 0 for never.
    """

    is_allowed: bool
    scope: Scope = Scope.ONCE
    reason: str = ""
    arguments: str | None = None
    expires_ms: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """What was decided of a call, as it is kept with the call and in the record.

    Attributes:
        rule_id: of the rule that decided or that was made; 0 for none.
        at_ms: Unix time in milliseconds.
    """

    is_allowed: bool
    by: By
    scope: Scope = Scope.ONCE
    reason: str = ""
    rule_id: int = 0
    at_ms: int = 0
