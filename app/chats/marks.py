"""Which chats are being answered, wait for the user, or have an answer nobody has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.chats.changes import ChatMark, ChatMarksChanged
from app.chats.ids import ChatId
from app.chats.values import Message, MessageStatus


class ChatMarks:
    """Tells of the marks when they change.  Confined to the service's thread.

    Args:
        tell: hears `ChatMarksChanged`.
    """

    def __init__(self, tell: Callable[[ChatMarksChanged], None]) -> None:
        self._tell = tell
        self._open: dict[ChatId, bool] = {}
        self._unread: set[ChatId] = set()
        self._told: dict[ChatId, ChatMark] = {}

    def follow(self, asking: Mapping[ChatId, bool]) -> None:
        """These chats have an answer in progress; True where it waits for a decision."""
        self._open = dict(asking)
        self._tell_if_other()

    def note_ended(self, message: Message) -> None:
        """An answer has ended in a chat that is not shown; one the user stopped is no news."""
        if message.status is not MessageStatus.STOPPED or message.is_withheld:
            self._unread.add(message.chat_id)
            self._tell_if_other()

    def note_seen(self, chat_id: ChatId) -> None:
        """A chat is shown, or is there no more."""
        self._unread.discard(chat_id)
        self._tell_if_other()

    def _tell_if_other(self) -> None:
        marks = dict.fromkeys(self._unread, ChatMark.UNREAD)
        for chat_id, is_asking in self._open.items():
            marks[chat_id] = ChatMark.ASKING if is_asking else ChatMark.ANSWERING
        if marks != self._told:
            self._told = marks
            self._tell(ChatMarksChanged(dict(marks)))
