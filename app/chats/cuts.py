"""Messages of the open chat taken away with all that follows them."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import DeletedMessages, SendRefused
from app.chats.ids import ChatId, MessageId
from app.chats.trash_values import BroughtBack
from app.chats.tree_parts import Branch, TreeParts
from app.chats.values import Problem


class Cuts:
    """Confined to the service's thread.

    Args:
        parts: of the service.
        tell: hears what goes back to where it was written.
        open_chat: shows another chat.
    """

    def __init__(
        self,
        parts: TreeParts,
        tell: Callable[[SendRefused], None],
        open_chat: Callable[[ChatId], None],
    ) -> None:
        self._parts = parts
        self._tell = tell
        self._open = parts.open_chat
        self._open_other = open_chat

    def delete(self, message_id: MessageId) -> None:
        """Take a message of the open chat away with all that follows it; `UndoOffered` follows.

        A sibling takes its place, where there is one.  What is being written of it is stopped.
        """
        chat_id = self._open.id
        if chat_id is None:
            return
        now_ms = self._parts.chats.clock_ms()
        deleted: list[DeletedMessages] = []

        def done(found: Branch) -> None:
            self._parts.put(chat_id, found)
            part = deleted[0]
            self._parts.undo.offer(part, lambda: self._bring_back(part))

        def delete() -> None:
            self._parts.change(
                chat_id,
                lambda store: deleted.append(store.trash.delete_messages(message_id, now_ms)),
                done,
            )

        answers, sending = self._parts.answers, self._parts.sending
        if answers.is_below(chat_id, message_id) or sending.is_to(chat_id):
            self._parts.quiet.when_in(chat_id, delete)
        else:
            delete()

    def take_back(self, problem: Problem) -> None:
        """The open chat's question can never be answered: it goes back to where it was written.

        It is put into the trash, so that it stands in nobody's way; where it took the place of
        another message, that one is shown again.
        """
        chat_id, question = self._open.id, self._open.take_back()
        if chat_id is None:
            return
        now_ms = self._parts.chats.clock_ms()

        def left(found: Branch) -> None:
            if found[0] != self._open.branch:
                self._parts.put(chat_id, found)

        self._parts.change(
            chat_id, lambda store: store.trash.delete_messages(question.id, now_ms), left
        )
        self._tell(SendRefused(question.text, problem, question.files))

    def _bring_back(self, part: DeletedMessages) -> None:
        chat_id = part.chat.id
        back: list[BroughtBack] = []

        def done(found: Branch) -> None:
            self._parts.undo.forget(back[0].has)
            if self._open.id == chat_id:
                self._parts.put(chat_id, found)
            else:
                self._open_other(chat_id)

        self._parts.change(
            chat_id, lambda store: back.append(store.trash.restore_messages(part.number)), done
        )
