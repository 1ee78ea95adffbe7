"""Whether some chat wants the model now."""

from __future__ import annotations

from app.chats.changes import BusyChanged, ChatChange, ChatMark, ChatMarksChanged


class Yielding:
    """Follows what the chat service tells of answers.  Confined to its thread.

    An answer that waits for its user's decision does not want the model: that may take hours.

    Args:
        is_wanted: what is so at first.
    """

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_answering = is_wanted
        self._is_sending = self._has_marks = False

    @property
    def is_wanted(self) -> bool:
        """Whether a message is being sent or answered, in whichever chat."""
        return self._is_sending or self._is_answering

    def hear(self, change: ChatChange) -> bool:
        """Take a change; returns whether it was about this."""
        if isinstance(change, BusyChanged):
            self._is_sending = change.is_busy and change.message_id is None
            if not self._has_marks:  # all that is known is what is so in the open chat
                self._is_answering = self._is_answering and change.is_busy
        elif isinstance(change, ChatMarksChanged):
            self._has_marks = True
            self._is_answering = ChatMark.ANSWERING in change.marks.values()
        else:
            return False
        return True
