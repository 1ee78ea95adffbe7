"""The open chat as a tree: other words, other answers, and the way between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.chats.background import Background
from app.chats.branch_places import Forks
from app.chats.changes import ChatChange, SendRefused
from app.chats.ids import MessageId
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.question import NewChat, Question, QuestionAgain, Sent
from app.chats.quiet import Quiet
from app.chats.sending import OnItsWay, Sending, ToBeAnswered
from app.chats.store import ChatStore
from app.chats.values import Chat, Message, MessageRole, Problem
from engine.harmony.messages import Effort

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
        clock_ms: Unix time in milliseconds.
    """

    background: Background
    answers: OpenAnswers
    open_chat: OpenChat
    sending: Sending
    clock_ms: Callable[[], int]


class ChatTree:
    """Makes branches of the open chat and goes from one to another; nothing is written over.

    An answer that is being written is stopped first where another one is wanted; what there is
    of it stays.  Confined to the service's thread.

    Args:
        parts: what it shares with the rest of the service.
        quiet: says when no answer is being written in a chat.
        tell: hears what was refused.
        on_sent: has a stored question answered.
    """

    def __init__(
        self,
        parts: TreeParts,
        quiet: Quiet,
        tell: Callable[[ChatChange], None],
        on_sent: Callable[[Sent, OnItsWay], None],
    ) -> None:
        self._parts = parts
        self._tell = tell
        self._on_sent = on_sent
        self._open = parts.open_chat
        self._quiet = quiet

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
            self._parts.clock_ms(),
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
        if chat is None or message is None:
            return
        question = message
        if message.role is MessageRole.ASSISTANT:
            found = self._open.find(message.parent_id) if message.parent_id is not None else None
            if found is None:
                return
            question = found
        again = QuestionAgain(
            chat,
            question,
            effort or message.effort,
            self._parts.clock_ms(),
            self._parts.answers.safeguard,
        )
        self._commit(chat, again)

    def show(self, message_id: MessageId) -> None:
        """Go to the branch of the open chat that was shown last below a message."""
        chat = self._open.chat
        if chat is None or self._open.find(message_id) is not None:
            return
        chat_id, wish = chat.id, self._open.wish()

        def go(store: ChatStore) -> tuple[tuple[Message, ...], Forks]:
            store.tree.show(chat_id, message_id)
            return store.branch(chat_id), store.tree.forks(chat_id)

        def there(found: tuple[tuple[Message, ...], Forks]) -> None:
            if self._open.is_newest_wish(wish):
                self._put(chat, found)

        self._parts.background.store(go, there)

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

    def take_back(self, problem: Problem) -> None:
        """The open chat's question can never be answered: it goes back to where it was written.

        It is put into the trash, so that it stands in nobody's way; where it took the place of
        another message, that one is shown again.
        """
        chat, question = self._open.chat, self._open.take_back()
        if chat is None:
            return
        now_ms = self._parts.clock_ms()

        def leave(store: ChatStore) -> tuple[tuple[Message, ...], Forks]:
            store.trash.delete_messages(question.id, now_ms)
            return store.branch(chat.id), store.tree.forks(chat.id)

        def left(found: tuple[tuple[Message, ...], Forks]) -> None:
            if self._open.id == chat.id and found[0] != self._open.branch:
                self._put(chat, found)

        self._parts.background.store(leave, left)
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
        self._quiet.when_in(chat.id, commit)

    def _put(self, chat: Chat, found: tuple[tuple[Message, ...], Forks]) -> None:
        """Show what the chat's branch is now, if it is still the open chat."""
        if self._open.chat is not None and self._open.id == chat.id:
            branch, forks = found
            self._open.put(self._open.chat, self._parts.answers.with_live(branch), forks)
