"""The answer that is being written: from the engine's events to the store and the views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from app.chats.answer_style import StyleOf
from app.chats.background import Background
from app.chats.calling import Calling, Outlets
from app.chats.changes import ChatChange
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat, Message, MessageStatus, Problem
from app.conversation import chat_key, harmony_conversation, left_out_of_branch, local_date
from app.instructions.text import joined
from app.tools.records import CallRecord
from app.tools.toolbox import Offer
from app.turn import AnswerEngine, Turn, TurnStep
from engine.events import Failed, Finished, StopReason, TurnEvent, Usage
from engine.harmony.messages import Effort, ResponseFormat
from engine.requests import AnswerRequest, TurnId

PARTIAL_COMMIT_MS: Final = 1000
"""How often the answer in progress is written to the store."""


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a new chat begins with; the attributes are those of `app.chats.values.Chat`."""

    title: str
    response_format: ResponseFormat | None = None
    tools: tuple[str, ...] | None = None
    instructions: str = ""

    def keep(self, store: ChatStore, chat: Chat) -> Chat:
        """Keep the options of a chat that was just made.  Storage thread."""
        if self.response_format is not None:
            store.answer_forms.keep(chat.id, self.response_format)
        if self.tools is not None:
            store.tool_results.switch(chat.id, self.tools)
        if self.instructions:
            store.answer_forms.instruct(chat.id, self.instructions)
        return replace(
            chat,
            response_format=self.response_format,
            tools=self.tools,
            instructions=self.instructions,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What a user wrote, and where it goes.

    Attributes:
        chat_id: None makes a new chat.
        parent_id: the message it follows; None for a first one.
        asked_ms: Unix time in milliseconds, UTC.
        new: what a new chat begins with.
    """

    chat_id: ChatId | None
    parent_id: MessageId | None
    text: str
    effort: Effort
    asked_ms: int
    new: NewChat

    def store(self, store: ChatStore) -> Sent:
        """Commit it, and an empty answer after it.  Storage thread."""
        title, effort = self.new.title, self.effort
        chat, question = store.append_user(
            self.chat_id, self.parent_id, self.text, effort, self.asked_ms, title=title
        )
        if self.chat_id is None:
            chat = self.new.keep(store, chat)
        answer = store.begin_answer(question.id, self.effort, self.asked_ms)
        return Sent(chat, store.branch(chat.id, question.id), answer)


@dataclass(frozen=True, slots=True)
class Sent:
    """A user's message and the place for its answer, both committed.

    Attributes:
        branch: messages from the first on; the last is the user's new one.
    """

    chat: Chat
    branch: tuple[Message, ...]
    answer: Message


class Answering:
    """Run one turn at a time.  Confined to the service's thread.

    Args:
        engine: answers turns; never blocks.
        background: where the store is.
        clock_ms: Unix time in milliseconds.
        style_of: how an answer of an effort is to be written.
        tools: which tools a chat has, and what runs them.
        on_change: told what a view of the given chat should hear.
        on_ended: told of the whole answer once it is final, and whether there is none because
            the question alone is longer than the context.

    Attributes:
        context_tokens: size of the loaded model's context; 0 before one is loaded.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        background: Background,
        *,
        clock_ms: Callable[[], int],
        style_of: StyleOf,
        tools: ToolChoice,
        on_change: Callable[[ChatId, ChatChange], None],
        on_ended: Callable[[Message, bool], None],
    ) -> None:
        self._engine = engine
        self._background = background
        self._clock_ms = clock_ms
        self._style_of = style_of
        self._tools = tools
        self._on_change = on_change
        self._on_ended = on_ended
        self._turn: Turn | None = None
        self._calling: Calling | None = None
        self.context_tokens = 0
        self._turn_ids = count(1)
        self._committed_ms = 0
        self._held: AnswerRequest | None = None
        self._must_hurry = False
        self._is_preparing = False
        self._is_engine_ready = False

    @property
    def is_running(self) -> bool:
        """Whether an answer is being written."""
        return self._turn is not None

    @property
    def message_id(self) -> MessageId | None:
        """The answer that is being written."""
        return self._turn.message.id if self._turn else None

    def is_in(self, chat_id: ChatId) -> bool:
        """Whether the answer that is being written belongs to this chat."""
        return self._turn is not None and self._turn.message.chat_id == chat_id

    def instructions_of(self, chat: Chat) -> str:
        """What the user tells the model before each answer in a chat, by the settings now."""
        style = self._style_of(Effort.MEDIUM)  # they are the same for every effort
        return joined(style.instructions, chat.instructions)

    def begin(self, sent: Sent) -> None:
        """Have a committed message answered."""
        self._turn = turn = Turn(TurnId(next(self._turn_ids)), sent.answer)
        self._committed_ms = self._clock_ms()
        self._must_hurry = False
        ready = self._tools.prepare(sent.chat)
        self._is_preparing = ready is not None
        if ready is None:
            self._ask(turn, sent)
        else:
            dispatch = self._background.dispatch
            ready.add_done_callback(lambda _: dispatch(lambda: self._ask(turn, sent)))

    def hold(self) -> None:
        """A model is about to be asked for: questions wait until it is (`release`)."""
        self._is_engine_ready = False

    def release(self) -> None:
        """A load was asked of the engine, which takes things in order: what waited can go."""
        self._is_engine_ready = True
        held, self._held = self._held, None
        if held is not None:
            self._hand_over(held)

    def stop(self) -> None:
        """End the answer; what is there stays, marked as stopped."""
        if self._turn is None:
            return
        self._end_calls()
        if not self._is_waiting:
            self._engine.stop(self._turn.turn_id)
        else:
            self._held = None
            self.handle(Finished(self._turn.turn_id, StopReason.CANCELLED, Usage()))

    def answer_now(self) -> None:
        """Have the answer come without further thoughts; nothing without one in progress."""
        if self._turn is None:
            return
        self._must_hurry = self._is_waiting
        if not self._must_hurry:
            self._engine.answer_now(self._turn.turn_id)
        if self._calling is not None:
            self._calling.answer_without()

    def go_on(self) -> None:
        """Let a turn that has reached a cap on its calls go on."""
        if self._calling is not None:
            self._calling.go_on()

    def handle(self, event: TurnEvent) -> None:
        """Take one event; late ones of a turn that was dropped are ignored by their id."""
        turn = self._turn
        if turn is None or event.turn_id != turn.turn_id:
            return
        if isinstance(event, Finished | Failed):
            self._end_calls()
        step = turn.apply(event)
        for change in step.changes:
            self._on_change(turn.message.chat_id, change)
        if step.ended:
            self._turn = None
            ended = turn.message
            self._background.store(lambda store: store.finish_answer(ended))
            self._on_ended(ended, turn.is_too_long)
        else:
            self._carry_on(turn, step)

    def with_live(self, branch: Sequence[Message]) -> tuple[Message, ...]:
        """A stored branch with the answer that is being written as far as it is."""
        live = self._turn.snapshot() if self._turn else None
        return tuple(live if live and live.id == m.id else m for m in branch)

    def interrupt(self) -> None:
        """The engine broke down: end the answer where it is, marked as interrupted."""
        if self._turn is not None:
            self._held = None
            self.handle(Failed(self._turn.turn_id, "", was_interrupted=True))

    def abandon(self) -> None:
        """The app closes: keep what is there, marked as stopped, and listen no more."""
        if self._turn is None:
            return
        self._end_calls()
        kept = replace(self._turn.snapshot(), status=MessageStatus.STOPPED)
        self._background.store(lambda store: store.finish_answer(kept))
        self._engine.stop(self._turn.turn_id)
        self._turn = None

    @property
    def _is_waiting(self) -> bool:
        """Whether the engine has not heard of the turn yet."""
        return self._is_preparing or self._held is not None

    def _ask(self, turn: Turn, sent: Sent) -> None:
        """The tools are ready, or there are none: ask the engine, or hold the request."""
        if turn is not self._turn:
            return  # stopped in the meantime
        self._is_preparing = False
        offer = self._tools.offer(sent.chat)
        conversation = harmony_conversation(
            sent.branch,
            date=local_date(sent.chat.created_ms),
            effort=sent.answer.effort,
            instructions=self.instructions_of(sent.chat),
            response_format=sent.chat.response_format,
            tools=offer.declaration,
        )
        turn.to_branch = lambda messages: left_out_of_branch(sent.branch, conversation, messages)
        self._calling = self._new_calling(turn, offer, sent.branch)
        style = self._style_of(sent.answer.effort)
        request = AnswerRequest(
            turn.turn_id,
            conversation,
            style.sampling,
            thinking_budget_tokens=style.thinking_budget_tokens,
            chat=chat_key(sent.chat.id),
        )
        if self._is_engine_ready:
            self._hand_over(request)
        else:
            self._held = request

    def _hand_over(self, request: AnswerRequest) -> None:
        self._engine.answer(request)
        if self._must_hurry:
            self._engine.answer_now(request.turn_id)

    def _carry_on(self, turn: Turn, step: TurnStep) -> None:
        if step.called is not None and self._calling is not None:
            self._calling.begin(step.called)
        if self._clock_ms() - self._committed_ms >= PARTIAL_COMMIT_MS:
            self._commit(turn)

    def _commit(
        self,
        turn: Turn,
        on_done: Callable[[None], None] = lambda _: None,
        on_failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self._committed_ms = self._clock_ms()
        partial = turn.snapshot()
        self._background.store(lambda store: store.update_answer(partial), on_done, on_failed)

    def _end_calls(self) -> None:
        calling, self._calling = self._calling, None
        if calling is not None:
            calling.stop()

    def _new_calling(self, turn: Turn, offer: Offer, branch: Sequence[Message]) -> Calling:
        def show(call: CallRecord) -> None:
            self._on_change(turn.message.chat_id, turn.put(call))

        def give_up(why: Problem) -> None:
            turn.give_up(why)
            self._engine.stop(turn.turn_id)

        return Calling(
            turn,
            offer,
            self._tools,
            self._background,
            clock_ms=self._clock_ms,
            earlier=branch,
            context_tokens=lambda: self.context_tokens,
            outlets=Outlets(
                show=show,
                commit=lambda on_done, on_failed: self._commit(turn, on_done, on_failed),
                hand_on=lambda result: self._engine.continue_turn(turn.turn_id, result),
                give_up=give_up,
                hurry=lambda: self._engine.answer_now(turn.turn_id),
            ),
        )
