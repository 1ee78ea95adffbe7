"""The open chat as a tree: other words, other answers, and the way between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.chats.background import Background
from app.chats.branch_places import Forks
from app.chats.changes import ChatChange, ChatForked, DeletedMessages, SendRefused
from app.chats.ids import ChatId, MessageId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.question import NewChat, Question, QuestionAgain, Sent
from app.chats.quiet import Quiet
from app.chats.sending import OnItsWay, Sending, ToBeAnswered
from app.chats.store import ChatStore
from app.chats.undo import UndoStack
from app.chats.values import Chat, Message, MessageRole, Problem
from app.chats.what_if import AnswerCost, WhatIf
from engine.harmony.messages import Effort

_Branch = tuple[tuple[Message, ...], Forks]

_GONE: Final = Problem(
    "This message is not in the open chat any more.", "It may have been deleted in another window."
)


@dataclass(frozen=True, slots=True)
class TreeParts:
    """What the tree shares with the rest of the service.

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


class ChatTree:
    """Makes branches of the open chat and goes from one to another; nothing is written over.

    An answer that is being written is stopped first where another one is wanted; what there is
    of it stays.  Confined to the service's thread.

    Args:
        parts: what it shares with the rest of the service.
        tell: hears what was refused, and of copies.
        on_sent: has a stored question answered.
        open_chat: shows another chat.
    """

    def __init__(
        self,
        parts: TreeParts,
        tell: Callable[[ChatChange], None],
        on_sent: Callable[[Sent, OnItsWay], None],
        open_chat: Callable[[ChatId], None],
    ) -> None:
        self._parts = parts
        self._tell = tell
        self._on_sent = on_sent
        self._open = parts.open_chat
        self._open_other = open_chat

    def edit(self, message_id: MessageId, text: str, effort: Effort) -> None:
        """Send other words in place of a message of the user, which stays as a branch.

        What was sent with it goes with the new words.  A blank text changes nothing.  What
        cannot be stored comes back as `SendRefused`.
        """
        chat, message = self._open.chat, self._open.find(message_id)
        if not text.strip():
            return
        if chat is None or message is None or message.role is not MessageRole.USER:
            self._tell(SendRefused(text, _GONE))
            return
        question = Question(
            chat.id,
            message.parent_id,
            text,
            effort,
            self._parts.chats.clock_ms(),
            NewChat(chat.title),
            self._parts.answers.safeguard,
            files=message.files,
        )
        self._commit(chat, question, lambda problem: SendRefused(text, problem, message.files))

    def answer_again(self, message_id: MessageId, effort: Effort | None = None) -> None:
        """Have a question answered once more; the answers before stay as branches.

        Args:
            message_id: one of its answers, or the question itself.
            effort: of the new answer; None takes that of the answer, or of the question.
        """
        chat, message = self._open.chat, self._open.find(message_id)
        branch = self._question(message_id)
        if chat is None or message is None or not branch:
            return
        again = QuestionAgain(
            chat,
            branch[-1],
            effort or message.effort,
            self._parts.chats.clock_ms(),
            self._parts.answers.safeguard,
        )
        self._commit(chat, again)

    def foresee(
        self,
        message_id: MessageId,
        on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None],
    ) -> None:
        """Have `on_foreseen` called with what `answer_again` would cost, by effort.

        It is not called without a model; see `app.chats.what_if.WhatIf.ask`.
        """
        branch = self._question(message_id)
        if self._open.chat is not None and branch:
            self._parts.what_if.ask(self._open.chat, branch, on_foreseen)

    def show(self, message_id: MessageId) -> None:
        """Go to the branch of the open chat that was shown last below a message."""
        chat = self._open.chat
        if chat is None or self._open.find(message_id) is not None:
            return
        chat_id, wish = chat.id, self._open.wish()

        def there(found: _Branch) -> None:
            if self._open.is_newest_wish(wish):
                self._put(chat_id, found)

        self._change(chat_id, lambda store: store.tree.show(chat_id, message_id), there)

    def siblings(
        self, message_id: MessageId, on_done: Callable[[tuple[Message, ...]], None]
    ) -> None:
        """Have `on_done` called with a message and those that could stand in its place.

        The oldest is the first; there are none where the message was deleted.
        """
        self._parts.background.store(
            lambda store: store.tree.siblings(message_id),
            lambda found: on_done(self._parts.answers.with_live(found)),
        )

    def delete(self, message_id: MessageId) -> None:
        """Take a message of the open chat away with all that follows it; `UndoOffered` follows.

        A sibling takes its place, where there is one.  What is being written of it is stopped.
        """
        chat = self._open.chat
        if chat is None:
            return
        chat_id, now_ms = chat.id, self._parts.chats.clock_ms()
        deleted: list[DeletedMessages] = []

        def done(found: _Branch) -> None:
            self._put(chat_id, found)
            part = deleted[0]
            self._parts.undo.offer(part, lambda: self._bring_back(part))

        def delete() -> None:
            self._change(
                chat_id,
                lambda store: deleted.append(store.trash.delete_messages(message_id, now_ms)),
                done,
            )

        answers, sending = self._parts.answers, self._parts.sending
        if answers.is_below(chat_id, message_id) or sending.is_to(chat_id):
            self._parts.quiet.when_in(chat_id, delete)
        else:
            delete()

    def fork(self, message_id: MessageId) -> None:
        """Copy the open chat up to a message, and open the copy; `ChatForked` comes before.

        The chat stays as it is, and what is being written in it goes on.
        """
        chat, now_ms = self._open.chat, self._parts.chats.clock_ms()
        if chat is None or self._open.find(message_id) is None:
            return
        wish = self._open.wish()

        def copied(copy: Chat) -> None:
            self._tell(ChatForked(copy, chat))
            self._parts.chats.refresh()
            if self._open.is_newest_wish(wish):
                self._open_other(copy.id)

        self._parts.background.store(
            lambda store: store.tree.copy(chat.id, message_id, now_ms), copied
        )

    def take_back(self, problem: Problem) -> None:
        """The open chat's question can never be answered: it goes back to where it was written.

        It is put into the trash, so that it stands in nobody's way; where it took the place of
        another message, that one is shown again.
        """
        chat_id, question = self._open.id, self._open.take_back()
        if chat_id is None:
            return
        now_ms = self._parts.chats.clock_ms()

        def left(found: _Branch) -> None:
            if found[0] != self._open.branch:
                self._put(chat_id, found)

        self._change(chat_id, lambda store: store.trash.delete_messages(question.id, now_ms), left)
        self._tell(SendRefused(question.text, problem, question.files))

    # ---- how

    def _commit(
        self,
        chat: Chat,
        question: ToBeAnswered,
        refusal: Callable[[Problem], ChatChange] | None = None,
    ) -> None:
        """Have a question stored and answered as soon as its chat is quiet."""
        parts, view = self._parts, self._open.view

        def refused(problem: Problem) -> None:
            if refusal is not None:
                self._tell(refusal(problem))
            else:
                self._open.complain(problem)
            self._open.tell_busy()

        def commit() -> None:
            parts.sending.commit(question, view, self._on_sent, refused)
            self._open.tell_busy()

        self._open.wish()
        self._parts.quiet.when_in(chat.id, commit)

    def _question(self, message_id: MessageId) -> tuple[Message, ...]:
        """The open branch up to a question, or to the one before an answer."""
        message = self._open.find(message_id)
        if message is not None and message.role is MessageRole.ASSISTANT:
            message = self._open.find(message.parent_id) if message.parent_id else None
        if message is None or message.role is not MessageRole.USER:
            return ()
        return self._open.branch[: self._open.branch.index(message) + 1]

    def _bring_back(self, part: DeletedMessages) -> None:
        chat_id = part.chat.id

        def done(found: _Branch) -> None:
            if self._open.id == chat_id:
                self._put(chat_id, found)
            else:
                self._open_other(chat_id)

        self._change(chat_id, lambda store: store.trash.restore_messages(part.number), done)

    def _change(
        self,
        chat_id: ChatId,
        change: Callable[[ChatStore], object],
        on_done: Callable[[_Branch], None],
    ) -> None:
        """Change the tree of a chat, then take what its branch is."""

        def changed(store: ChatStore) -> _Branch:
            change(store)
            return store.branch(chat_id), store.tree.forks(chat_id)

        self._parts.background.store(changed, on_done)

    def _put(self, chat_id: ChatId, found: _Branch) -> None:
        """Show what the chat's branch is now, if it is still the open chat."""
        if self._open.id == chat_id:
            branch, forks = found
            self._open.put(self._open.chat, self._parts.answers.with_live(branch), forks)
