"""How much the model can still read, and how fast it reads.  Knows no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.chats.changes import StatusChanged
from app.words import Words
from engine.context_fit import room_for_answer
from engine.harmony.messages import Effort
from ui.chat.wording import duration

_FRAME_TOKENS: Final = 256
"""Of the system message and the frame of the message; tools and instructions come on top."""

_LEAST_READ_TOKENS: Final = 48
"""A shorter prompt says little about the speed of reading."""


@dataclass(frozen=True, slots=True)
class Room:
    """What fits; None where no model is loaded that could say so.

    Attributes:
        free_tokens: that the open chat leaves.
        most_tokens: of one message, however much of the chat is left out.
        seconds_per_token: of reading; None before anything was measured.
    """

    free_tokens: int | None = None
    most_tokens: int | None = None
    seconds_per_token: float | None = None

    def text(self, words: Words, tokens: int) -> str:
        """What so many tokens mean; "" where nothing is known."""
        if self.most_tokens is None or self.free_tokens is None:
            return ""
        count, most, free = (f"{one:,}" for one in (tokens, self.most_tokens, self.free_tokens))
        if tokens > self.most_tokens:
            return words(
                "About {count} tokens, and the model reads at most {most} at once: choose parts, "
                "or have them summarised.",
                count=count,
                most=most,
            )
        if tokens > self.free_tokens:
            return words(
                "About {count} tokens, and {free} are free: the model will no longer read the "
                "beginning of this chat.",
                count=count,
                free=free,
            )
        if self.seconds_per_token is None or tokens * self.seconds_per_token < 1:
            return words("About {count} of {free} free tokens", count=count, free=free)
        time = duration(words, tokens * self.seconds_per_token)
        return words(
            "About {count} of {free} free tokens, read in about {time}",
            count=count,
            free=free,
            time=time,
        )


def room_of(status: StatusChanged, effort: Effort, before: Room) -> Room:
    """The room that the service's status tells of; the speed is kept where it says nothing new."""
    speed, usage = before.seconds_per_token, status.usage
    if usage is not None and usage.read_tokens >= _LEAST_READ_TOKENS and usage.read_seconds > 0:
        speed = usage.read_seconds / usage.read_tokens
    limit = status.context_limit_tokens
    if not limit:
        return Room(seconds_per_token=speed)
    most = max(0, limit - room_for_answer(limit, effort) - _FRAME_TOKENS)
    used = max(0, status.context_tokens - _FRAME_TOKENS)
    return Room(max(0, most - used), most, speed)
