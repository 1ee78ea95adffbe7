"""How long the next prompt is, and what of the chat it has room for.  Engine thread only."""

from __future__ import annotations

from collections.abc import Sequence

from engine.context_fit import Drafted
from engine.errors import EngineError
from engine.events import PromptMeasured
from engine.harmony.messages import (
    DeveloperMessage,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.writer import HarmonyWriter
from engine.reading_ahead import ReadingAhead
from engine.requests import MeasureRequest


class Measuring:
    """Answers `MeasureRequest`, by the sizes that prompts are fitted with.

    Args:
        writer: knows how many tokens a message has.
    """

    def __init__(self, writer: HarmonyWriter) -> None:
        self._writer = writer

    def measure(self, request: MeasureRequest, ahead: ReadingAhead | None) -> PromptMeasured:
        """The sizes of a conversation with a draft behind it.

        Args:
            request: the conversation, without the user's next message; the draft.
            ahead: knows what fits; None while no model is loaded.
        """
        size = self._writer.message_size
        try:
            heads = tuple(len(self._writer.render(head)) for head in request.heads)
            draft = request.more_tokens
            if request.draft or draft:
                draft += self._writer.passing_size(UserMessage(request.draft))
            if ahead is None:
                whole = sum(map(size, request.conversation))
                before = fitted = Drafted(whole, 0, 0)
            else:
                before = ahead.with_draft(request.conversation, 0)
                fitted = ahead.with_draft(request.conversation, draft) if draft else before
        except EngineError:
            return PromptMeasured(request.number)
        return PromptMeasured(
            request.number,
            context_tokens=ahead.context_tokens if ahead is not None else 0,
            prompt_tokens=fitted.prompt_tokens - self._overrated(request.conversation),
            draft_tokens=draft,
            opening_tokens=len(self._writer.next_assistant()),
            answer_room_tokens=fitted.answer_room_tokens,
            left_out_messages=fitted.left_out_messages,
            left_out_before=before.left_out_messages,
            is_too_long=fitted.is_too_long,
            heads=heads,
        )

    def _overrated(self, conversation: Sequence[HarmonyMessage]) -> int:
        """What fitting reckons for a system message that names functions where there are none."""
        head = [one for one in conversation if isinstance(one, SystemMessage | DeveloperMessage)]
        return sum(map(self._writer.message_size, head)) - len(self._writer.render(head))
