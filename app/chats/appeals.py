"""The user decides otherwise than a check."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.background import Background
from app.chats.ids import MessageId
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.question import Sent, sent_after
from app.chats.sending import OnItsWay
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import Message


class Appeals:
    """Confined to the service's thread.

    Args:
        background: where messages are.
        answers: those in progress.
        open_chat: the chat whose messages may be appealed.
        clock_ms: Unix time in milliseconds.
        on_sent: has a stored question answered.
    """

    def __init__(
        self,
        background: Background,
        answers: OpenAnswers,
        open_chat: OpenChat,
        clock_ms: Callable[[], int],
        on_sent: Callable[[Sent, OnItsWay], None],
    ) -> None:
        self._background = background
        self._answers = answers
        self._open = open_chat
        self._clock_ms = clock_ms
        self._on_sent = on_sent

    def appeal(self, message_id: MessageId) -> None:
        """Have a withheld answer of the open chat shown, or the question before it answered.

        Nothing happens where nothing is withheld; a question waits for the end of the answer
        that is being written in its chat, which means: it is asked for again.
        """
        branch = self._open.branch
        place = next((at for at, one in enumerate(branch) if one.id == message_id), None)
        answer = branch[place] if place is not None else None
        if place is None or answer is None or answer.check is None or not answer.is_withheld:
            return
        if not answer.check.is_of_question:
            self._background.store(
                lambda store: StoredChecks(store.database).appeal(message_id), self._show
            )
        elif place == len(branch) - 1 and not self._open.is_busy:
            self._answer(branch[place - 1])

    def _show(self, message: Message) -> None:
        if message.chat_id == self._open.id:
            self._open.reveal(message)

    def _answer(self, question: Message) -> None:
        chat, asked_ms, checks = self._open.chat, self._clock_ms(), self._answers.safeguard
        if chat is None:
            return
        view = self._open.view

        def begin(store: ChatStore) -> Sent:
            appealed = StoredChecks(store.database).appeal(question.id)
            return sent_after(store, chat, appealed, asked_ms, checks)

        def begun(sent: Sent) -> None:
            if self._open.view == view:
                # The empty answer before stays in the tree, as a branch of its own.
                self._open.show(chat, sent.branch[:-1])
                self._on_sent(sent, OnItsWay(self._open.view, chat.id))
            else:
                self._on_sent(sent, OnItsWay(-1, chat.id))

        self._background.store(begin, begun)
