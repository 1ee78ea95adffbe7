"""The signs of one chat: each reason is told once.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable

from app.attachments.values import Files
from app.chats.ids import MessageId
from app.chats.values import Message, MessageRole, MessageStatus
from app.honesty.signs import NOTHING, Finding, Reason, judge
from app.tools.records import CallStatus

_BROWSER = "browser."


def is_grounded(answer: Message) -> bool:
    """Whether the model read something from the web for this answer."""
    done = (call for call in answer.calls if call.status is CallStatus.DONE)
    return any(call.view.tool.startswith(_BROWSER) for call in done)


class ChatSigns:
    """Judges the answers of a chat when somebody looks at them.  Confined to one thread.

    Args:
        message: a message of the branch that is shown, by its place.
    """

    def __init__(self, message: Callable[[int], Message]) -> None:
        self._message = message
        self._judged: dict[MessageId, Finding] = {}

    def finding(self, index: int) -> Finding:
        """What is to be said below an answer; a reason only where it was not told above."""
        found = self._judge(index)
        if found.reason is None or not self._is_told(found.reason, index):
            return found
        return Finding(needs_web=found.needs_web)

    def question(self, index: int) -> str:
        """What the user asked for the answer at this place; "" for nothing."""
        asked = self._message(index - 1) if index else None
        return asked.text if asked is not None and asked.role is MessageRole.USER else ""

    def files(self, index: int) -> Files:
        """What went with that question."""
        return self._message(index - 1).files if self.question(index) else ()

    def _is_told(self, reason: Reason, index: int) -> bool:
        return any(self._judge(above).reason is reason for above in range(index))

    def _judge(self, index: int) -> Finding:
        answer = self._message(index)
        is_shown = bool(answer.text) and not answer.is_withheld
        is_judged = answer.role is MessageRole.ASSISTANT and is_shown
        if not is_judged or answer.status is MessageStatus.STREAMING or answer.format_name:
            return NOTHING
        if answer.id not in self._judged:
            grounded = is_grounded(answer)
            found = judge(self.question(index), answer.text, is_grounded=grounded)
            self._judged[answer.id] = found
        return self._judged[answer.id]
