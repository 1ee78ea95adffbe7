"""The answers in progress, one in each chat that waits for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from app.chats.answer_style import SafeguardStyle, StyleOf
from app.chats.answering import Answering, AnswerParts
from app.chats.background import Background
from app.chats.changes import ChatChange
from app.chats.engine_queue import EngineQueue
from app.chats.ids import ChatId, MessageId
from app.chats.question import Sent
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat, Message
from app.safeguard.cost import CheckTimes
from app.side_desk import SideDesk
from app.turn import AnswerEngine
from engine.events import TurnEvent
from engine.requests import TurnId


class OpenAnswers:
    """Begin, find and end answers.  Confined to the service's thread.

    The engine computes one at a time; while one waits for a person or a tool, others go on.

    Args:
        engine: answers turns; never blocks.
        background: where the store is.
        clock_ms: Unix time in milliseconds.
        style_of: how an answer of an effort is to be written.
        tools: which tools a chat has, and what runs them.
        sides: asks what is asked beside the chats.
        on_change: told what a view of the given chat should hear.
        on_ended: told of the whole answer once it is final, and whether there is none because
            the question alone is longer than the context.

    Attributes:
        context_tokens: size of the loaded model's context; 0 before one is loaded.
        check_times: how long checks took.
        style_of: how an answer of an effort is to be written.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        background: Background,
        *,
        clock_ms: Callable[[], int],
        style_of: StyleOf,
        tools: ToolChoice,
        sides: SideDesk,
        on_change: Callable[[ChatId, ChatChange], None],
        on_ended: Callable[[Message, bool], None],
    ) -> None:
        self.context_tokens = 0
        self.check_times = CheckTimes()
        self.style_of = style_of
        self._queue = EngineQueue(engine)
        self._background = background
        self._on_change = on_change
        self._on_ended = on_ended
        self._turn_ids = count(1)
        self._open: dict[ChatId, Answering] = {}
        self._unsaved: dict[MessageId, Message] = {}  # ended; the store may still say otherwise
        self._parts = AnswerParts(
            self._queue,
            background,
            clock_ms,
            style_of,
            tools,
            lambda: self.context_tokens,
            sides,
            self.check_times,
        )

    @property
    def asking(self) -> dict[ChatId, bool]:
        """The chats with an answer in progress, and whether it waits for a person's decision."""
        return {chat_id: one.is_asking for chat_id, one in self._open.items()}

    def is_in(self, chat_id: ChatId | None) -> bool:
        """Whether an answer is being written in this chat."""
        return chat_id in self._open

    def message_id(self, chat_id: ChatId | None) -> MessageId | None:
        """The answer that is being written in this chat."""
        one = self._find(chat_id)
        return one.turn.message.id if one else None

    def is_below(self, chat_id: ChatId, message_id: MessageId) -> bool:
        """Whether the answer that is being written in a chat is this message or follows it."""
        one = self._find(chat_id)
        if one is None:
            return False
        return any(it.id == message_id for it in (*one.sent.branch, one.sent.answer))

    def progress(self, chat_id: ChatId | None) -> ChatChange | None:
        """What a view that begins to show this chat should hear of its answer."""
        one = self._find(chat_id)
        return one.progress if one else None

    def instructions_of(self, chat: Chat) -> str:
        """What the user tells the model before each answer in a chat, by the settings now."""
        return self._parts.instructions_of(chat)

    @property
    def safeguard(self) -> SafeguardStyle:
        """What is checked, by the settings now."""
        return self._parts.safeguard

    def begin(self, sent: Sent) -> None:
        """Have a committed message answered; its chat has no other answer in progress."""
        one = Answering(
            TurnId(next(self._turn_ids)),
            sent,
            self._parts,
            on_change=lambda one, change: self._on_change(one.sent.chat.id, change),
            on_ended=self._end,
        )
        self._open[sent.chat.id] = one
        one.begin()

    def stop(self, chat_id: ChatId | None) -> None:
        """End the answer of a chat; what is there stays, marked as stopped."""
        if one := self._find(chat_id):
            one.stop()

    def answer_now(self, chat_id: ChatId | None) -> None:
        """Have the answer of a chat come without further thoughts; nothing without one."""
        if one := self._find(chat_id):
            one.answer_now()

    def go_on(self, chat_id: ChatId | None) -> None:
        """Let the turn of a chat that has reached a cap on its calls go on."""
        if one := self._find(chat_id):
            one.go_on()

    def hold(self) -> None:
        """A model is about to be asked for: questions wait until it is (`release`)."""
        self._queue.hold()

    def release(self) -> None:
        """A load was asked of the engine, which takes things in order: what waited can go."""
        self._queue.release()
        for one in tuple(self._open.values()):
            one.tell_place()

    def handle(self, event: TurnEvent) -> None:
        """Take one event; late ones of a turn that was dropped are ignored by their id."""
        self._queue.hear(event)
        for one in tuple(self._open.values()):
            if one.turn.turn_id == event.turn_id:
                one.handle(event)

    def with_live(self, branch: Sequence[Message]) -> tuple[Message, ...]:
        """A stored branch with the answers that are further than the store knew."""
        live = dict(self._unsaved)
        for one in self._open.values():
            live[one.turn.message.id] = one.shown()
        return tuple(live.get(message.id, message) for message in branch)

    def interrupt(self) -> None:
        """The engine broke down: end all answers where they are, marked as interrupted."""
        for one in tuple(self._open.values()):
            one.interrupt()

    def abandon(self) -> None:
        """The app closes: keep what is there, marked as stopped, and listen no more."""
        for one in tuple(self._open.values()):
            self._save(one.abandon())
        self._open.clear()

    def _find(self, chat_id: ChatId | None) -> Answering | None:
        return self._open.get(chat_id) if chat_id is not None else None

    def _end(self, one: Answering) -> None:
        del self._open[one.sent.chat.id]
        self._save(one.turn.message)
        self._on_ended(one.turn.message.veiled(), one.turn.is_too_long)

    def _save(self, ended: Message) -> None:
        """Store a final answer; who opens its chat meanwhile must not see an older one."""
        self._unsaved[ended.id] = ended.veiled()
        self._background.store(
            lambda store: store.finish_answer(ended), lambda _: self._saved(ended.id)
        )

    def _saved(self, message_id: MessageId) -> None:
        self._unsaved.pop(message_id, None)
