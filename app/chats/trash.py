"""What was deleted: chats and parts of chats, with ways back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.chats.background import Background
from app.chats.changes import DeletedMessages, ShelfDeed, ShelfStep, UndoSubject
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.marks import ChatMarks
from app.chats.open_chat import OpenChat
from app.chats.quiet import Quiet
from app.chats.store import ChatStore
from app.chats.trash_values import KEEP_DELETED_MS, BroughtBack, TrashedChat
from app.chats.undo import UndoStack
from app.chats.values import Chat
from app.conversation import chat_key
from app.tools.workshop import Workshop
from app.turn import AnswerEngine


@dataclass(frozen=True, slots=True)
class ChatHolders:
    """Who holds something of a chat besides the store, and has to let go of it."""

    engine: AnswerEngine
    workshop: Workshop
    marks: ChatMarks
    open_chat: OpenChat
    quiet: Quiet

    def let_go(self, chat_id: ChatId) -> None:
        """A chat is there no more."""
        self.engine.forget(chat_key(chat_id))
        self.workshop.forget(chat_key(chat_id))
        self.marks.note_seen(chat_id)
        if chat_id == self.open_chat.id:
            self.open_chat.show(None, ())


class ChatTrash:
    """Takes chats away and brings them back.  Confined to the service's thread.

    Args:
        background: where chats are.
        chats: the list of chats that are not deleted.
        undo: remembers the way back.
        holders: let go of a chat that is deleted.
        open_chat: shows a chat that came back.
    """

    def __init__(
        self,
        background: Background,
        chats: ChatList,
        undo: UndoStack,
        holders: ChatHolders,
        open_chat: Callable[[ChatId], None],
    ) -> None:
        self._background = background
        self._list = chats
        self._undo = undo
        self._holders = holders
        self._open = open_chat

    def delete(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        chat = self._list.find(chat_id)
        if chat is None:
            return
        now_ms = self._list.clock_ms()
        self._holders.quiet.stop_in(chat_id)

        def deleted(_: None) -> None:
            self._holders.let_go(chat_id)
            self._undo.offer(chat, lambda: self._bring_back(chat_id))

        self._background.store(lambda store: store.delete_chat(chat_id, now_ms), deleted)
        self._list.refresh()

    def delete_all(self, chat_ids: Collection[ChatId]) -> None:
        """Take several chats away; one `UndoOffered` brings all of them back."""
        known = tuple(one for one in chat_ids if self._list.find(one) is not None)
        if len(known) < 2:
            for chat_id in known:
                self.delete(chat_id)
            return
        now_ms = self._list.clock_ms()

        def delete(store: ChatStore) -> None:
            for chat_id in known:
                store.delete_chat(chat_id, now_ms)

        def deleted(_: None) -> None:
            for chat_id in known:
                self._holders.let_go(chat_id)
            step = ShelfStep(ShelfDeed.CHATS_DELETED, chats=len(known), at_ms=now_ms)
            self._undo.offer(step, lambda: self._restore_all(known))

        for chat_id in known:
            self._holders.quiet.stop_in(chat_id)
        self._background.store(delete, deleted)
        self._list.refresh()

    def list(self, on_done: Callable[[tuple[TrashedChat, ...]], None]) -> None:
        """Have `on_done` called with the deleted chats, the one deleted last first.

        What was deleted more than 30 days ago is destroyed before.
        """
        self._purge_old()
        self._background.store(lambda store: store.trash.chats(), on_done)

    def parts(self, on_done: Callable[[tuple[DeletedMessages, ...]], None]) -> None:
        """Have `on_done` called with the deleted parts of chats, the one deleted last first.

        Those of deleted chats are not among them: they come back with their chat.
        """
        self._purge_old()
        self._background.store(lambda store: store.trash.parts(), on_done)

    def restore(self, chat_id: ChatId) -> None:
        """Bring a deleted chat back with everything in it; it is not opened."""
        self._undo.forget(_is_of(chat_id))
        self._background.store(lambda store: store.restore_chat(chat_id))
        self._list.refresh()

    def restore_part(self, part: DeletedMessages) -> None:
        """Bring a deleted part back, and open its chat where it stood."""

        def back(brought: BroughtBack) -> None:
            self._undo.forget(brought.has)
            self._open(brought.chat_id)

        self._background.store(lambda store: store.trash.restore_messages(part.number), back)
        self._list.refresh()

    def purge(self, chat_id: ChatId) -> None:
        """Destroy a deleted chat for good."""
        self._undo.forget(_is_of(chat_id))
        self._background.store(lambda store: store.trash.purge_chat(chat_id))

    def purge_part(self, part: DeletedMessages) -> None:
        """Destroy a deleted part for good."""
        self._undo.forget(lambda subject: subject == part)
        self._background.store(lambda store: store.trash.purge_messages(part.number))

    def empty(self) -> None:
        """Destroy everything that was deleted, for good."""
        self._undo.forget(lambda _: True)
        until_ms = self._list.clock_ms() + 1
        self._background.store(lambda store: store.trash.purge(until_ms))

    def _bring_back(self, chat_id: ChatId) -> None:
        self._background.store(lambda store: store.restore_chat(chat_id))
        self._list.refresh()
        self._background.store(lambda _: None, lambda _: self._open(chat_id))

    def _restore_all(self, chat_ids: Collection[ChatId]) -> None:
        def restore(store: ChatStore) -> None:
            for chat_id in chat_ids:
                store.restore_chat(chat_id)

        self._background.store(restore)
        self._list.refresh()

    def _purge_old(self) -> None:
        before_ms = self._list.clock_ms() - KEEP_DELETED_MS
        self._background.store(lambda store: store.trash.purge(before_ms))


def _is_of(chat_id: ChatId) -> Callable[[UndoSubject], bool]:
    return lambda subject: isinstance(subject, Chat) and subject.id == chat_id
