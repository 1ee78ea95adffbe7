"""What the prompts of a chat begin with."""

from __future__ import annotations

from app.chats.answer_style import StyleOf
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat
from app.conversation import harmony_conversation, local_date
from app.instructions.text import joined
from engine.harmony.messages import Effort, HarmonyMessage


class Beginnings:
    """System and developer messages by the settings now.  Confined to the service's thread.

    Args:
        tools: which tools a chat has.
        style_of: has the instructions for all chats.
    """

    def __init__(self, tools: ToolChoice, style_of: StyleOf) -> None:
        self._tools = tools
        self._style_of = style_of

    @property
    def checks_thoughts(self) -> bool:
        """Whether thoughts are judged by the policy before any of them is shown."""
        return self._style_of(Effort.LOW).checks_thoughts

    @property
    def makes_titles(self) -> bool:
        """Whether the model names chats."""
        return self._style_of(Effort.LOW).makes_titles

    def of(self, chat: Chat) -> tuple[HarmonyMessage, ...]:
        """The beginning of a chat's prompts; the effort in it is not that of any answer."""
        return harmony_conversation(
            (),
            date=local_date(chat.created_ms),
            effort=Effort.LOW,
            instructions=joined(self._style_of(Effort.LOW).instructions, chat.instructions),
            response_format=chat.response_format,
            tools=self._tools.declaration(chat),
        )
