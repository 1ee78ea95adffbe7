"""What is wished of messages in a window beside the first: done where the chat is the open one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from app.chats.changes import ChatChange, ChatOpened
from app.chats.ids import MessageId
from app.chats.service import ChatService
from app.chats.side_views import SideView
from app.chats.values import Message
from app.chats.what_if import AnswerCost
from engine.harmony.messages import Effort


class SideTree:
    """Shows the chat in the first window, then has its tree do what is wished; the view follows.

    UI thread.  What it would cost is known of the open chat alone, so nothing is foreseen here.

    Args:
        service: the one there is.
        view: of the chat.
    """

    def __init__(self, service: ChatService, view: SideView) -> None:
        self._service = service
        self._view = view

    def edit(self, message_id: MessageId, text: str, effort: Effort) -> None:
        """Send other words in place of a message of the user."""
        self._with(message_id, lambda: self._service.tree.edit(message_id, text, effort))

    def answer_again(self, message_id: MessageId, effort: Effort | None = None) -> None:
        """Have a question answered once more."""
        self._with(message_id, lambda: self._service.tree.answer_again(message_id, effort))

    def go_on(self, message_id: MessageId) -> None:
        """Have the newest answer go on."""
        self._with(message_id, lambda: self._service.tree.go_on(message_id))

    def foresee(
        self, message_id: MessageId, on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None]
    ) -> None:
        """Nothing is known."""
        del message_id, on_foreseen

    def show(self, message_id: MessageId) -> None:
        """Go to the branch of another version of a message."""
        shown = self._view.branch[-1].id if self._view.branch else message_id
        self._with(shown, lambda: self._service.tree.show(message_id))

    def siblings(
        self, message_id: MessageId, on_done: Callable[[tuple[Message, ...]], None]
    ) -> None:
        """Have `on_done` called with a message and its other versions."""
        self._service.tree.siblings(message_id, on_done)

    def delete(self, message_id: MessageId) -> None:
        """Take a message away with all that follows it."""
        self._with(message_id, lambda: self._service.tree.delete(message_id))

    def fork(self, message_id: MessageId) -> None:
        """Copy the chat up to a message; the copy is shown in the first window."""
        self._with(message_id, partial(self._service.tree.fork, message_id))

    def _with(self, message_id: MessageId, act: Callable[[], object]) -> None:
        """Do something once the first window shows the chat with this message."""
        chat_id = self._view.id
        if chat_id is None:
            return

        def hear(change: ChatChange) -> None:
            if not isinstance(change, ChatOpened):
                return
            is_ours = change.chat is not None and change.chat.id == chat_id
            is_there = any(one.id == message_id for one in change.messages)
            if is_ours and not is_there:
                return  # a long chat comes by its end first
            leave()
            if is_ours:
                act()

        leave = self._service.subscribe(hear)
        self._service.open_chat(chat_id)
