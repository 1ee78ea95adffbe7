"""The open chat as a tree: other words, other answers, and the way between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.chats.changes import ChatChange, ChatForked, SendRefused
from app.chats.cuts import Cuts
from app.chats.ids import ChatId, MessageId
from app.chats.question import AnswerTakenUp, NewChat, Question, QuestionAgain, Sent
from app.chats.sending import OnItsWay, ToBeAnswered
from app.chats.tree_parts import TreeParts
from app.chats.values import Chat, Message, MessageRole, Problem
from app.chats.what_if import AnswerCost
from engine.harmony.messages import Effort

_GONE: Final = Problem(
    "This message is not in the open chat any more.", "It may have been deleted in another window."
)

_TOO_LATE: Final = Problem(
    "More was said since, so this answer cannot go on in its place.",
    "Ask for the rest of it, or have it answered again.",
)


class ChatTree:
    """Makes branches of the open chat and goes from one to another; nothing is written over.

    An answer that is being written is stopped first where another one is wanted; what there is
    of it stays.  Confined to the service's thread.

    Args:
        parts: what it shares with the rest of the service.
        tell: hears what was refused, and of copies.
        on_sent: has a stored question answered.
        open_chat: shows another chat.

    Attributes:
        delete, take_back: as in `app.chats.cuts.Cuts`.
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
        cuts = Cuts(parts, tell, open_chat)
        self.delete, self.take_back = cuts.delete, cuts.take_back

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

    def go_on(self, message_id: MessageId) -> None:
        """Have the newest answer of the open chat go on, which was stopped or broke off.

        It grows where it stands, from its last word on.  Without words to go on from, or where
        answers are to have another form by now, it is made again beside the old one.
        """
        chat, answer = self._open.chat, self._open.find(message_id)
        if chat is None or answer is None or answer.role is not MessageRole.ASSISTANT:
            return
        if answer.is_withheld or not answer.status.can_go_on:
            return
        if not self._open.ends_with(message_id):
            self._open.complain(_TOO_LATE)
            return
        form = chat.response_format.name if chat.response_format is not None else ""
        if not answer.begun or answer.format_name != form:
            self.answer_again(message_id)
            return
        answers = self._parts.answers
        now_ms = self._parts.chats.clock_ms()
        self._commit(chat, AnswerTakenUp(chat, answer, now_ms, answers.safeguard))

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
        chat_id = chat.id
        self._open.wish()
        # What the store was made to show is shown, whatever else is wanted of this chat by then:
        # that may fail, and comes later if it does not.
        self._parts.change(
            chat_id,
            lambda store: store.tree.show(chat_id, message_id),
            lambda found: self._parts.put(chat_id, found),
        )

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
