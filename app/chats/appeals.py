"""The user decides otherwise than a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.chats.background import Background
from app.chats.ids import MessageId
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.question import AppealedQuestion, Sent
from app.chats.sending import OnItsWay, Sending
from app.chats.stored_checks import StoredChecks
from app.chats.values import Message, Problem

_TOO_LATE: Final = Problem(
    "More was said since, so this message cannot be answered in its place.",
    "Copy it and send it again.",
)


class Appeals:
    """Confined to the service's thread.

    Args:
        background: where messages are.
        answers: those in progress.
        open_chat: the chat whose messages may be appealed.
        sending: commits what is to be answered.
        clock_ms: Unix time in milliseconds.
        on_sent: has a stored question answered.
    """

    def __init__(
        self,
        background: Background,
        answers: OpenAnswers,
        open_chat: OpenChat,
        sending: Sending,
        clock_ms: Callable[[], int],
        on_sent: Callable[[Sent, OnItsWay], None],
    ) -> None:
        self._background = background
        self._answers = answers
        self._open = open_chat
        self._sending = sending
        self._clock_ms = clock_ms
        self._on_sent = on_sent

    def appeal(self, message_id: MessageId) -> None:
        """Have a withheld answer of the open chat shown, or the question before it answered.

        Nothing happens where nothing is withheld.  Only the newest question can be answered: an
        answer to an earlier one would come into the middle of what was said since.
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
        elif place < len(branch) - 1:
            self._open.complain(_TOO_LATE)
        elif not self._open.is_busy:
            self._answer(branch[place - 1])

    def _show(self, message: Message) -> None:
        if message.chat_id == self._open.id:
            self._open.reveal(message)

    def _answer(self, question: Message) -> None:
        chat = self._open.chat
        if chat is None:
            return
        appealed = AppealedQuestion(chat, question, self._clock_ms(), self._answers.safeguard)

        def refused(problem: Problem) -> None:
            self._open.complain(problem)
            self._open.tell_busy()

        # The empty answer before stays in the tree, as a branch of its own.
        self._sending.commit(appealed, self._open.view, self._on_sent, refused)
        self._open.tell_busy()
