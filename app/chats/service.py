"""Use cases over chats: send, stop, open, rename, delete.  Knows neither widgets nor SQL."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Final, TypeVar

from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    NoticeRaised,
    SendRefused,
    UndoOffered,
)
from app.chats.status import EngineStatus
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.title import title_from
from app.chats.values import Chat, ChatId, Message, MessageStatus, Problem
from app.conversation import harmony_conversation
from app.turn import AnswerEngine, Turn, TurnStep
from engine.errors import UserFacingError
from engine.events import EngineEvent, ModelLoaded, ModelLoadFailed, ModelLoading, TurnEvent
from engine.harmony.messages import Effort
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

PARTIAL_COMMIT_MS: Final = 1000
"""How often the answer in progress is written to the store."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A user's message and the place for its answer, both committed."""

    chat: Chat
    branch: tuple[Message, ...]
    answer: Message


class ChatService:
    """The one place where chats change.

    Confined to the thread that made it (the UI thread, or the command line's main
    thread): engine events are handed to `handle` on that thread, and storage answers
    come back through `dispatch`.

    Args:
        engine: answers turns; never blocks.
        storage: the thread that owns the store.
        dispatch: runs a callable on the service's own thread, in order; any thread may call it.
        clock_ms: Unix time in milliseconds.
        model: what to load at `start`, or None to load nothing.
        sampling: how replies are sampled.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        storage: StorageThread,
        *,
        dispatch: Callable[[Callable[[], None]], None],
        clock_ms: Callable[[], int],
        model: LoadRequest | None,
        sampling: Sampling,
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._dispatch = dispatch
        self._clock_ms = clock_ms
        self._model = model
        self._sampling = sampling
        self._subscribers: list[Callable[[ChatChange], None]] = []
        self._chats: tuple[Chat, ...] = ()
        self._current: Chat | None = None
        self._branch: tuple[Message, ...] = ()
        self._status = EngineStatus()
        self._turn: Turn | None = None
        self._is_sending = False
        self._must_stop = False
        self._turn_ids = count(1)
        self._committed_ms = 0
        self._deleted: list[Chat] = []
        self._opening = 0
        self._new_title = ""

    # ---- subscribers

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _tell(self, change: ChatChange) -> None:
        for callback in tuple(self._subscribers):
            callback(change)

    @property
    def is_busy(self) -> bool:
        """Whether a message is being sent or answered."""
        return self._is_sending or self._turn is not None

    # ---- life

    def start(self) -> None:
        """Announce the chats and the status, and begin to load the model."""
        self._tell(self._status.value)
        self._ask_storage(ChatStore.chats, self._on_chats)
        if self._model is not None:
            self.load(self._model)

    def load(self, model: LoadRequest) -> None:
        """Load a model in place of the one that is loaded."""
        self._tell(self._status.begin_load(model.path.stem, is_practice=False))
        self._engine.load(model)

    def close(self) -> None:
        """Stop the running answer, keep what is there, and let go of engine and storage."""
        if self._turn is not None:
            partial = replace(self._turn.snapshot(), status=MessageStatus.STOPPED)
            self._storage.submit(lambda store: store.finish_answer(partial))
            self._engine.stop(self._turn.turn_id)
            self._turn = None
        self._engine.close()
        self._storage.close()

    # ---- the list of chats

    def new_chat(self, title: str = "") -> None:
        """Show an empty chat; it is stored when its first message is sent.

        Args:
            title: its name, or "" to take the first words of that message.
        """
        self._new_title = title
        self._show(None, ())

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat; the last one asked for wins."""
        self._opening += 1
        ticket = self._opening
        chat = self._chat(chat_id)

        def shown(branch: tuple[Message, ...]) -> None:
            if ticket == self._opening:
                self._show(self._chat(chat_id) or chat, self._with_live_turn(branch))

        self._ask_storage(lambda store: store.branch(chat_id), shown)

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title; a blank one changes nothing."""
        wanted = " ".join(title.split())
        if not wanted:
            return

        def renamed(store: ChatStore) -> tuple[Chat, ...]:
            store.rename_chat(chat_id, wanted)
            return store.chats()

        self._ask_storage(renamed, self._on_chats)

    def delete_chat(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        chat = self._chat(chat_id)
        if chat is None:
            return
        if self._turn is not None and self._turn.message.chat_id == chat_id:
            self.stop()
        now_ms = self._clock_ms()

        def deleted(store: ChatStore) -> tuple[Chat, ...]:
            store.delete_chat(chat_id, now_ms)
            return store.chats()

        def done(chats: tuple[Chat, ...]) -> None:
            self._deleted.append(chat)
            if self._current is not None and self._current.id == chat_id:
                self._show(None, ())
            self._on_chats(chats)
            self._tell(UndoOffered(chat))

        self._ask_storage(deleted, done)

    def undo_delete(self) -> None:
        """Bring the chat that was deleted last back and show it."""
        if not self._deleted:
            return
        chat = self._deleted.pop()

        def restored(store: ChatStore) -> tuple[Chat, ...]:
            store.restore_chat(chat.id)
            return store.chats()

        def done(chats: tuple[Chat, ...]) -> None:
            self._on_chats(chats)
            self.open_chat(chat.id)

        self._ask_storage(restored, done)

    # ---- a turn

    def send(self, text: str, effort: Effort) -> None:
        """Store the user's message in the open chat, then have it answered.

        While another answer is being written, the text is handed back as `SendRefused`.
        """
        if not text.strip():
            return
        if self.is_busy:
            busy = Problem(
                "Another answer is still being written.", "Stop it, or wait for its end."
            )
            self._tell(SendRefused(text, busy))
            return
        self._is_sending = True
        self._must_stop = False
        self._opening += 1  # a chat still on its way must not replace the one written in
        chat_id = self._current.id if self._current else None
        parent_id = self._branch[-1].id if self._branch else None
        title = self._new_title or title_from(text)
        now_ms = self._clock_ms()

        def stored(store: ChatStore) -> Sent:
            chat, question = store.append_user(
                chat_id, parent_id, text, effort, now_ms, title=title
            )
            answer = store.begin_answer(question.id, effort, now_ms)
            return Sent(chat, store.branch(chat.id, question.id), answer)

        def refused(problem: Problem) -> None:
            self._is_sending = False
            self._tell(SendRefused(text, problem))
            self._tell(BusyChanged(is_busy=False))

        self._tell(BusyChanged(is_busy=True))
        self._ask_storage(stored, self._on_sent, refused)

    def stop(self) -> None:
        """End the running answer; what is there stays, marked as stopped."""
        if self._turn is not None:
            self._engine.stop(self._turn.turn_id)
        elif self._is_sending:
            self._must_stop = True

    def handle(self, event: EngineEvent) -> None:
        """Take one event of the engine, on the service's own thread."""
        if isinstance(event, ModelLoading | ModelLoaded | ModelLoadFailed):
            self._tell(self._status.apply(event))
        else:
            self._on_turn_event(event)

    def _on_sent(self, sent: Sent) -> None:
        self._is_sending = False
        is_new = self._current is None
        self._current = sent.chat
        self._branch = (*sent.branch, sent.answer)
        self._turn = Turn(TurnId(next(self._turn_ids)), sent.answer)
        self._committed_ms = self._clock_ms()
        if is_new:
            self._tell(ChatOpened(sent.chat, ()))
        self._tell(MessageAdded(sent.branch[-1]))
        self._tell(MessageAdded(sent.answer))
        self._tell(BusyChanged(is_busy=True, message_id=sent.answer.id))
        self._refresh_chats()
        conversation = harmony_conversation(
            sent.branch, date=_local_date(sent.chat.created_ms), effort=sent.answer.effort
        )
        self._engine.answer(AnswerRequest(self._turn.turn_id, conversation, self._sampling))
        if self._must_stop:
            self.stop()

    def _on_turn_event(self, event: TurnEvent) -> None:
        turn = self._turn
        if turn is None or event.turn_id != turn.turn_id:
            return  # a late event of a turn that was dropped
        step = turn.apply(event)
        if self._is_shown(turn.message.chat_id):
            for change in step.changes:
                self._tell(change)
        if step.ended:
            self._end(turn)
        else:
            self._carry_on(turn, step)

    def _carry_on(self, turn: Turn, step: TurnStep) -> None:
        if step.must_stop:
            self._engine.stop(turn.turn_id)
        elif step.tool_result is not None:
            self._engine.continue_turn(turn.turn_id, step.tool_result)
        if self._clock_ms() - self._committed_ms >= PARTIAL_COMMIT_MS:
            self._committed_ms = self._clock_ms()
            partial = turn.snapshot()
            self._ask_storage(lambda store: store.update_answer(partial), lambda _: None)

    def _end(self, turn: Turn) -> None:
        self._turn = None
        message = turn.message
        self._ask_storage(lambda store: store.finish_answer(message), lambda _: None)
        if self._is_shown(message.chat_id):
            self._branch = tuple(message if m.id == message.id else m for m in self._branch)
            self._tell(MessageEnded(message))
        self._tell(self._status.turn_ended(message.usage))
        self._tell(BusyChanged(is_busy=False))
        self._refresh_chats()

    # ---- what is shown

    def _show(self, chat: Chat | None, branch: tuple[Message, ...]) -> None:
        self._opening += 1
        self._current = chat
        self._branch = branch
        self._tell(ChatOpened(chat, branch))
        self._tell(ChatsChanged(self._chats, chat.id if chat else None))
        context = branch[-1].usage.context_tokens if branch else 0
        self._tell(self._status.show_context(context))
        if self._turn is not None:
            live = self._turn.message
            self._tell(BusyChanged(is_busy=True, message_id=live.id))

    def _with_live_turn(self, branch: tuple[Message, ...]) -> tuple[Message, ...]:
        if self._turn is None:
            return branch
        live = self._turn.snapshot()
        return tuple(live if message.id == live.id else message for message in branch)

    def _on_chats(self, chats: tuple[Chat, ...]) -> None:
        self._chats = chats
        if self._current is not None:
            self._current = self._chat(self._current.id) or self._current
        self._tell(ChatsChanged(chats, self._current.id if self._current else None))

    def _refresh_chats(self) -> None:
        self._ask_storage(ChatStore.chats, self._on_chats)

    def _chat(self, chat_id: ChatId) -> Chat | None:
        return next((chat for chat in self._chats if chat.id == chat_id), None)

    def _is_shown(self, chat_id: ChatId) -> bool:
        return self._current is not None and self._current.id == chat_id

    # ---- storage

    def _ask_storage(
        self,
        function: Callable[[ChatStore], _T],
        on_done: Callable[[_T], None],
        on_failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run `function` on the storage thread and its outcome's callback on this one."""
        failed = on_failed or (lambda problem: self._tell(NoticeRaised(problem)))

        def settled(future: Future[_T]) -> None:
            error = future.exception()
            if error is None:
                self._dispatch(lambda: on_done(future.result()))
            else:
                _log.error("storage failed: %s", type(error).__name__)
                self._dispatch(lambda: failed(_problem_from(error)))

        self._storage.submit(function).add_done_callback(settled)


def _problem_from(error: BaseException) -> Problem:
    if isinstance(error, UserFacingError):
        return Problem(error.title, error.hint, error.detail, dict(error.fields))
    return Problem(
        title="The chat history could not be written.",
        hint="Check that the disk is not full, then try again.",
        detail=type(error).__name__,
    )


def _local_date(created_ms: int) -> str:
    """ISO date of a chat in the user's time zone, fixed when the chat began."""
    return datetime.fromtimestamp(created_ms / 1000).astimezone().date().isoformat()
