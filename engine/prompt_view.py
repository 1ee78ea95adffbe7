"""What the model would read next, message by message, as values.  No Qt, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from engine.harmony.messages import HarmonyMessage


@dataclass(frozen=True, slots=True)
class PromptPart:
    """A piece of a message as the model reads it.

    Attributes:
        text: letters, "" for a special token.
        special: what a special token is called, as a plain word such as "start"; "" for letters.
            Its spelling is never told.
    """

    text: str = ""
    special: str = ""


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of the next prompt.

    Attributes:
        message: what it was made of.
        tokens: how long it is.
        ids: exactly what the model reads; () where the message is left out.
        parts: the same for people; () where the message is left out.
        cached_tokens: so many of them, from the first on, need not be read again.
        is_left_out: the context has no room for it, so the model does not read it.
    """

    message: HarmonyMessage
    tokens: int
    ids: tuple[int, ...] = ()
    parts: tuple[PromptPart, ...] = ()
    cached_tokens: int = 0
    is_left_out: bool = False
