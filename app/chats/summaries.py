"""The summaries of thoughts: wanted by an open panel, made when the engine has time."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import ThoughtsSummaryChanged
from app.chats.ids import MessageId
from app.chats.values import Message
from app.thoughts.summary_values import SummaryState, ThoughtsSummary


class Summaries:
    """Makes summaries, one at a time.  Confined to the service's thread.

    Args:
        tell: hears `ThoughtsSummaryChanged`.
    """

    def __init__(self, tell: Callable[[ThoughtsSummaryChanged], None]) -> None:
        self._tell = tell

    def want(self, message: Message) -> None:
        """A panel shows the summary of an answer that has ended; what there is, is told at once.

        `ThoughtsSummaryChanged` follows, and again whenever the summary is further.
        """
        if message.summary.state is SummaryState.READY:
            self._tell(ThoughtsSummaryChanged(message.id, message.summary))
        else:
            summary = ThoughtsSummary(SummaryState.GENERIC)
            self._tell(ThoughtsSummaryChanged(message.id, summary))

    def release(self, message_id: MessageId) -> None:
        """The panel was closed: nobody waits for this summary any more."""

    def user_types(self) -> None:
        """The user writes: what is being made gives way at once, and is tried again later."""
