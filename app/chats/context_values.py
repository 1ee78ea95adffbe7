"""What fills the model's context, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.harmony.messages import Effort


class ContextPart(StrEnum):
    """What the model reads before it answers, in the order in which it is told."""

    SYSTEM = "system"
    TOOLS = "tools"
    INSTRUCTIONS = "instructions"
    FORMAT = "format"
    FILES = "files"
    HISTORY = "history"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class ContextSize:
    """How full the context would be if what is written were sent now; all in tokens.

    Attributes:
        limit: what the model can hold; 0 while no model is loaded.
        parts: what each part takes; parts without any are left out.
        answer_room: kept free for the answer; to keep it, the oldest messages are left out.
        thoughts: the most that thoughts may take, by effort.
        by_tool: what the context would gain without a tool, by the name of its switch.
        left_out_messages: so many messages of the chat, from the first on, would not be read.
        will_leave_out: it is this message that has some of them left out.
        is_too_long: the message alone leaves no room for an answer.
    """

    limit: int = 0
    parts: Mapping[ContextPart, int] = field(default_factory=dict)
    answer_room: int = 0
    thoughts: Mapping[Effort, int] = field(default_factory=dict)
    by_tool: Mapping[str, int] = field(default_factory=dict)
    left_out_messages: int = 0
    will_leave_out: bool = False
    is_too_long: bool = False

    @property
    def used(self) -> int:
        """What is read, the message that is being written included."""
        return sum(self.parts.values())

    @property
    def draft(self) -> int:
        """Of the message that is being written."""
        return self.parts.get(ContextPart.DRAFT, 0)

    @property
    def left(self) -> int:
        """What is left for thoughts and the answer."""
        return max(0, self.limit - self.used)

    @property
    def fraction(self) -> float:
        """The part of the context that is used, 0.0 to 1.0."""
        return min(1.0, self.used / self.limit) if self.limit else 0.0
