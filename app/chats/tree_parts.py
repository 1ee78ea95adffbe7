"""What the rooms around the open chat's tree share, and how they change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.chats.background import Background
from app.chats.branch_places import Forks
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.quiet import Quiet
from app.chats.sending import Sending
from app.chats.store import ChatStore
from app.chats.undo import UndoStack
from app.chats.values import Message
from app.chats.what_if import WhatIf

Branch = tuple[tuple[Message, ...], Forks]
"""The branch of a chat from the first message on, and where the chat forks."""


@dataclass(frozen=True, slots=True)
class TreeParts:
    """Parts of the service.

    Attributes:
        background: where messages are.
        answers: those in progress.
        open_chat: the chat whose tree it is.
        sending: commits what is to be answered.
        quiet: says when no answer is being written in a chat.
        undo: remembers the way back.
        what_if: foresees what answers cost.
        chats: the list of chats.
    """

    background: Background
    answers: OpenAnswers
    open_chat: OpenChat
    sending: Sending
    quiet: Quiet
    undo: UndoStack
    what_if: WhatIf
    chats: ChatList

    def change(
        self,
        chat_id: ChatId,
        change: Callable[[ChatStore], object],
        on_done: Callable[[Branch], None],
    ) -> None:
        """Change the tree of a chat in the store, then take what its branch is."""

        def changed(store: ChatStore) -> Branch:
            change(store)
            return store.branch(chat_id), store.tree.forks(chat_id)

        self.background.store(changed, on_done)

    def put(self, chat_id: ChatId, found: Branch) -> None:
        """Show what a chat's branch is now, if it is still the open chat."""
        if self.open_chat.id == chat_id:
            branch, forks = found
            self.open_chat.put(self.open_chat.chat, self.answers.with_live(branch), forks)
