"""Opening a chat, or opening it at one of its messages, on whichever branch that is."""

from __future__ import annotations

from contextlib import suppress

from app.chats.background import Background
from app.chats.branch_end import BranchEnd, branch_end
from app.chats.branch_places import Forks
from app.chats.changes import ChatGlimpsed, MessageSought
from app.chats.database import StorageError
from app.chats.ids import ChatId, MessageId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.store import ChatStore
from app.chats.subscribers import Subscribers
from app.chats.values import Message, Problem


class MessageOpening:
    """Confined to the service's thread.

    Args:
        background: where messages are.
        heard: told of the message that is sought.
        chats: the list of chats.
        answers: those in progress.
        open_chat: what is shown.
    """

    def __init__(
        self,
        background: Background,
        heard: Subscribers,
        chats: ChatList,
        answers: OpenAnswers,
        open_chat: OpenChat,
    ) -> None:
        self._background = background
        self._heard = heard
        self._list = chats
        self._answers = answers
        self._open = open_chat

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat, a long one by its end first; the last one asked for wins."""
        wish, chat = self._open.wish(), self._list.find(chat_id)

        def glimpsed(end: BranchEnd | None) -> None:
            if not self._open.is_newest_wish(wish):
                return
            if end is not None and chat is not None and chat_id != self._open.id:
                messages = self._answers.with_live(end.messages)
                self._open.glimpse(ChatGlimpsed(chat, messages, end.earlier))
            self._background.store(
                lambda store: (store.branch(chat_id), store.tree.forks(chat_id)),
                lambda found: loaded(*found),
                failed,
            )

        def loaded(branch: tuple[Message, ...], forks: Forks) -> None:
            shown = self._list.find(chat_id) or chat
            if shown is not None and self._open.is_newest_wish(wish):
                self._open.show(shown, self._answers.with_live(branch), forks)

        def failed(problem: Problem) -> None:
            self._open.look_away()
            self._open.complain(problem)

        self._background.store(lambda store: branch_end(store.database, chat_id), glimpsed)

    def open(self, chat_id: ChatId, message_id: MessageId, text: str = "") -> None:
        """Show a chat on the branch of a message, then tell `MessageSought`.

        Where the message is gone, only the chat is shown.  The last chat asked for wins.

        Args:
            chat_id: whose message it is.
            message_id: which.
            text: what was searched for, to be marked in the message.
        """
        wish, chat = self._open.wish(), self._list.find(chat_id)
        sought = MessageSought(message_id, text)
        if chat_id == self._open.id and _holds(self._open.branch, message_id):
            self._heard.tell(sought)
            return

        def loaded(branch: tuple[Message, ...], forks: Forks) -> None:
            shown = self._list.find(chat_id) or chat
            if shown is not None and self._open.is_newest_wish(wish):
                self._open.show(shown, self._answers.with_live(branch), forks)
                if _holds(branch, message_id):
                    self._heard.tell(sought)
            elif chat_id == self._open.id:  # it is the open one, and the store shows this by now
                self._open.put(self._open.chat, self._answers.with_live(branch), forks)

        self._background.store(
            lambda store: (_branch_with(store, chat_id, message_id), store.tree.forks(chat_id)),
            lambda found: loaded(*found),
        )


def _branch_with(store: ChatStore, chat_id: ChatId, message_id: MessageId) -> tuple[Message, ...]:
    branch = store.branch(chat_id)
    if not _holds(branch, message_id):
        with suppress(StorageError):  # the message is gone
            store.tree.show(chat_id, message_id)
            return store.branch(chat_id)
    return branch


def _holds(branch: tuple[Message, ...], message_id: MessageId) -> bool:
    return any(message.id == message_id for message in branch)
