"""What a rule covers, as frozen values, and the rule that a call offers to make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.chats.ids import ChatId
from app.tools.values import TargetKind

ANY: Final = "*"
"""As a search provider: whichever is set.  As a function: all of its server."""

CHAT_FOLDER: Final = ":chat"
"""As a folder: the own folder of the chat that calls, whichever chat that is."""

OWN_SERVER: Final = "own"
"""What the user's own functions have in place of a server."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule is about; `app.permissions.matching` alone says what it covers.

    Attributes:
        kind: CODE, SEARCH, HOST or FUNCTION; the other kinds cannot be remembered.
        value: SEARCH: the provider or `ANY`.  HOST: an origin as `app.permissions.hosts` writes
            it, whose host may begin with "*.".  FUNCTION: "server/function" or "server/*".
        folder: FUNCTION only: every path of the call lies in it, symlinks resolved; "" for any.
        is_read_only: only calls that say they change nothing.
    """

    kind: TargetKind
    value: str = ""
    folder: str = ""
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A yes that was remembered.

    Attributes:
        id: in the store; 0 for a rule of the command line, which is never stored.
        chat_id: the one chat it counts in; None for all.
        created_ms: Unix time in milliseconds, like the others.
        expires_ms: when it stops to count; 0 for never.
        last_used_ms: when it let a call through last; 0 for never.
    """

    pattern: Pattern
    id: int = 0
    chat_id: ChatId | None = None
    created_ms: int = 0
    expires_ms: int = 0
    last_used_ms: int = 0
