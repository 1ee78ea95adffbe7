"""What has to wait until no answer is being written in a chat."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.ids import ChatId
from app.chats.open_answers import OpenAnswers
from app.chats.sending import Sending


class Quiet:
    """Stops the answer of a chat for those who want to change its tree.

    Confined to the service's thread.

    Args:
        answers: those in progress.
        sending: messages that are about to be answered.
    """

    def __init__(self, answers: OpenAnswers, sending: Sending) -> None:
        self._answers = answers
        self._sending = sending
        self._waiting: dict[ChatId, list[Callable[[], None]]] = {}
        sending.on_refused = self.note

    def when_in(self, chat_id: ChatId, call: Callable[[], None]) -> None:
        """Call at once where nothing is being answered, else stop that and call then."""
        if not self._is_busy(chat_id):
            call()
            return
        self._waiting.setdefault(chat_id, []).append(call)
        self.stop_in(chat_id)

    def stop_in(self, chat_id: ChatId) -> None:
        """Have what is being answered in a chat stopped, or is about to be."""
        self._sending.stop_in(chat_id)
        self._answers.stop(chat_id)

    def note(self, chat_id: ChatId | None) -> None:
        """An answer has ended in a chat, or there will be none."""
        if chat_id is None or self._is_busy(chat_id):
            return
        for call in self._waiting.pop(chat_id, []):
            self.when_in(chat_id, call)  # the one before may have begun another answer

    def end(self) -> None:
        """The program closes: what still waits is stored, though nothing answers it."""
        waiting, self._waiting = self._waiting, {}
        for calls in waiting.values():
            for call in calls:
                call()

    def _is_busy(self, chat_id: ChatId) -> bool:
        return self._sending.is_to(chat_id) or self._answers.is_in(chat_id)
