"""What a soak does with the app: the chat service over an encrypted history, without a window."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from app.assembly import clock_ms, open_storage
from app.chats.answer_style import AnswerStyle
from app.chats.changes import (
    AnswerTextAdded,
    AnswerThoughtAdded,
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageEnded,
    NoticeRaised,
    SendRefused,
    UndoOffered,
)
from app.chats.service import ChatService
from app.chats.values import Chat
from app.cli.loop import CallLoop
from app.paths import Paths
from app.secrets import DatabaseKey
from engine.events import EngineEvent
from engine.harmony.messages import Effort
from engine.requests import LoadRequest, Sampling
from engine.worker import Engine

_KEPT_CHATS = 8
_QUESTIONS = ("Hello!", "What colour is the sea?", "Please write a long answer about the sea.")


class AppWalk:
    """The chat service, driven on the thread that made it.

    Args:
        engine: started; its events come to `handle`, from any thread.
        request: the model to load.
        paths: where the history is.
        chance: decides what happens.
    """

    def __init__(
        self, engine: Engine, request: LoadRequest, paths: Paths, chance: random.Random
    ) -> None:
        self._chance = chance
        self._loop = CallLoop()
        self._chores = ThreadPoolExecutor(1, "chores")
        self._chats: tuple[Chat, ...] = ()
        self._is_over: Callable[[ChatChange], bool] = lambda _change: False
        self._service = ChatService(
            engine,
            open_storage(paths, DatabaseKey(chance.randbytes(32))),
            self._chores,
            dispatch=self._loop.post,
            clock_ms=clock_ms,
            find_model=lambda _without: request,
            is_practice=lambda: True,
            style_of=lambda _effort: AnswerStyle(Sampling(seed=5)),
        )
        self._service.subscribe(self._hear)
        self.done = dict.fromkeys(("sends", "stops", "switches", "deletions", "problems"), 0)

    def handle(self, event: EngineEvent) -> None:
        """Take an event of the engine.  Any thread."""
        self._loop.post(lambda: self._service.handle(event))

    def start(self) -> None:
        """Load the model; the first chats come."""
        self._until(lambda change: isinstance(change, ChatsChanged), self._service.start)

    def live(self) -> None:
        """Two chats at once, Stop, another chat and back, another name, and one chat less."""
        self._service.new_chat()
        self._leave(_QUESTIONS[0])
        self._service.new_chat()
        self._send(self._chance.choice(_QUESTIONS))
        self._send("Please write a long answer about the sea.", is_stopped=True)
        self._switch()
        self._send(self._chance.choice(_QUESTIONS))
        self._service.rename_chat(self._chats[0].id, f"Chat {self._chance.random()}")
        while len(self._chats) > _KEPT_CHATS:
            self._delete(self._chats[-1])

    def close(self) -> None:
        """End engine, storage and chores."""
        self._service.close()
        self._chores.shutdown()

    def _send(self, text: str, *, is_stopped: bool = False) -> None:
        self.done["sends"] += 1
        effort = self._chance.choice(tuple(Effort))

        def is_over(change: ChatChange) -> bool:
            nonlocal is_stopped
            if is_stopped and isinstance(change, AnswerThoughtAdded | AnswerTextAdded):
                is_stopped = False
                self.done["stops"] += 1
                self._service.stop()
            return isinstance(change, MessageEnded | SendRefused)

        self._until(is_over, lambda: self._service.send(text, effort))
        if self._service.is_busy:
            self._until(
                lambda change: isinstance(change, BusyChanged) and not change.is_busy, lambda: None
            )

    def _leave(self, text: str) -> None:
        """Send a message whose answer nobody watches; those sent after it come later."""
        self.done["sends"] += 1
        self._until(
            lambda change: isinstance(change, BusyChanged) and change.message_id is not None,
            lambda: self._service.send(text, Effort.LOW),
        )

    def _switch(self) -> None:
        chat = self._chance.choice(self._chats)
        self.done["switches"] += 1
        self._until(
            lambda change: isinstance(change, ChatOpened) and change.chat is not None,
            lambda: self._service.open_chat(chat.id),
        )

    def _delete(self, chat: Chat) -> None:
        self.done["deletions"] += 1
        self._until(
            lambda change: isinstance(change, UndoOffered),
            lambda: self._service.delete_chat(chat.id),
        )
        self._chats = tuple(one for one in self._chats if one.id != chat.id)

    def _until(self, is_over: Callable[[ChatChange], bool], act: Callable[[], None]) -> None:
        """Do something and run the service until a change says that it is over."""
        self._is_over = is_over
        self._loop.reopen()
        act()
        self._loop.run()

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, ChatsChanged):
            self._chats = change.chats
        if isinstance(change, NoticeRaised | SendRefused):
            self.done["problems"] += 1
        if self._is_over(change):
            self._is_over = lambda _change: False
            self._loop.finish()
