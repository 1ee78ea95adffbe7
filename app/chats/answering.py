"""One answer in progress: from the engine's events to the store and the views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.chats.answer_style import SafeguardStyle, StyleOf
from app.chats.background import Background
from app.chats.calling import Calling, Outlets
from app.chats.changes import (
    AnswerCheckChanged,
    AnswerPhaseChanged,
    AnswerQueued,
    AnswerTextAdded,
    ChatChange,
    CheckStage,
)
from app.chats.checks import Checks
from app.chats.engine_queue import EngineQueue
from app.chats.question import Sent
from app.chats.stored_checks import StoredChecks
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat, Message, MessageStatus, Problem
from app.conversation import chat_key, harmony_conversation, left_out_of_branch, local_date
from app.instructions.text import joined
from app.safeguard.cost import CheckTimes
from app.safeguard.message_check import CheckState, MessageCheck
from app.side_desk import SideDesk
from app.tools.records import CallRecord, CallStatus
from app.tools.toolbox import Offer
from app.turn import Turn, TurnStep
from engine.events import Failed, Finished, StopReason, TurnEvent, Usage
from engine.harmony.messages import Effort, ToolMessage
from engine.requests import AnswerRequest, TurnId

PARTIAL_COMMIT_MS: Final = 1000
"""How often the answer in progress is written to the store."""

_ASKING: Final = frozenset({CallStatus.WAITING, CallStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """What all answers in progress share.

    Attributes:
        queue: the way to the engine.
        background: where the store is.
        clock_ms: Unix time in milliseconds.
        style_of: how an answer of an effort is to be written.
        tools: which tools a chat has, and what runs them.
        context_tokens: size of the loaded model's context; 0 before one is loaded.
        sides: asks what is asked beside the chats.
        check_times: how long checks took.
    """

    queue: EngineQueue
    background: Background
    clock_ms: Callable[[], int]
    style_of: StyleOf
    tools: ToolChoice
    context_tokens: Callable[[], int]
    sides: SideDesk
    check_times: CheckTimes

    @property
    def safeguard(self) -> SafeguardStyle:
        """What is checked, by the settings now."""
        return self.style_of(Effort.MEDIUM).safeguard  # the same for every effort

    def instructions_of(self, chat: Chat) -> str:
        """What the user tells the model before each answer in a chat, by the settings now."""
        style = self.style_of(Effort.MEDIUM)  # they are the same for every effort
        return joined(style.instructions, chat.instructions)


class Answering:
    """Has one committed message answered.  Confined to the service's thread.

    Args:
        turn_id: of the turn in the engine.
        sent: what is answered.
        parts: what it shares with other answers.
        on_change: told what a view of its chat should hear.
        on_ended: told of the answer once it is final.

    Attributes:
        sent: what is answered.
        turn: how far it is.
        progress: what a view that comes late should hear first; None for nothing yet.
    """

    def __init__(
        self,
        turn_id: TurnId,
        sent: Sent,
        parts: AnswerParts,
        *,
        on_change: Callable[[Answering, ChatChange], None],
        on_ended: Callable[[Answering], None],
    ) -> None:
        self.sent = sent
        self.turn = Turn(turn_id, sent.answer)
        self.progress: ChatChange | None = None
        self._parts = parts
        self._on_change = on_change
        self._on_ended = on_ended
        self._calling: Calling | None = None
        self._checks = Checks(
            parts.sides,
            parts.background,
            lambda: parts.safeguard,
            self._show,
            clock_ms=parts.clock_ms,
            times=parts.check_times,
        )
        self._is_hidden = sent.answer.is_withheld  # until it is checked
        self._committed_ms = parts.clock_ms()
        self._has_ended = False

    @property
    def is_asking(self) -> bool:
        """Whether it goes on only after a person has decided something."""
        return any(call.status in _ASKING for call in self.turn.calls)

    def begin(self) -> None:
        """Ask the engine, as soon as the tools are ready."""
        ready = self._parts.tools.prepare(self.sent.chat, self.sent.also_tools)
        if ready is None:
            self._ask_when_checked()
        else:
            dispatch = self._parts.background.dispatch
            ready.add_done_callback(lambda _: dispatch(self._ask_when_checked))

    def stop(self) -> None:
        """End the answer; what is there stays, marked as stopped."""
        self._end_calls()
        if self._checks.is_running:
            self._checks.stop()
        elif self.sent.branch[-1].is_withheld:
            self._withhold_question(MessageCheck(CheckState.UNDECIDED))
        elif not self._parts.queue.stop(self.turn.turn_id):
            self.handle(Finished(self.turn.turn_id, StopReason.CANCELLED, Usage()))

    def answer_now(self) -> None:
        """Have the answer come without further thoughts."""
        self._parts.queue.answer_now(self.turn.turn_id)
        if self._calling is not None:
            self._calling.answer_without()

    def go_on(self) -> None:
        """Go on where a cap on calls was reached."""
        if self._calling is not None:
            self._calling.go_on()

    def handle(self, event: TurnEvent) -> None:
        """Take one event of its turn."""
        if self._has_ended:
            return
        if isinstance(event, Finished | Failed):
            self._end_calls()
        step = self.turn.apply(event)
        for change in step.changes:
            if not (self._is_hidden and isinstance(change, AnswerTextAdded)):
                self._show(change)
        if not step.ended:
            self._carry_on(step)
        elif self._is_hidden:
            self._commit()  # what is checked is not lost if the program ends meanwhile
            self._checks.begin(self.turn.message, self.turn.message.id, self._on_answer_checked)
        else:
            self._end()

    def shown(self) -> Message:
        """The answer as far as a view may have it."""
        live = self.turn.snapshot()
        return replace(live, text="") if self._is_hidden else live

    def tell_place(self) -> None:
        """Tell where the engine has others to compute first."""
        if self._parts.queue.is_behind(self.turn.turn_id):
            self._show(AnswerQueued(self.turn.message.id))

    def interrupt(self) -> None:
        """The engine broke down: end the answer where it is, marked as interrupted."""
        self._parts.queue.drop(self.turn.turn_id)
        if self._checks.is_running:
            self._checks.stop()
            return
        self.handle(Failed(self.turn.turn_id, "", was_interrupted=True))

    def abandon(self) -> Message:
        """The app closes: listen no more.  Returns what is there, marked as stopped."""
        self._end_calls()
        self._has_ended = True
        self._checks.drop()
        self._parts.queue.stop(self.turn.turn_id)
        return replace(self.turn.snapshot(), status=MessageStatus.STOPPED)

    def _ask_when_checked(self) -> None:
        """The tools are ready, or there are none."""
        if self._has_ended:
            return  # stopped in the meantime
        if self.sent.branch[-1].is_withheld:
            self._parts.queue.before(self.turn.turn_id, self._check_question)
        else:
            self._ask()

    def _check_question(self) -> None:
        question, answer = self.sent.branch[-1], self.turn.message
        self._checks.begin(question, answer.id, self._on_question_checked)

    def _on_question_checked(self, check: MessageCheck) -> None:
        if check.withholds:
            self._withhold_question(check)
            return
        self._show(AnswerCheckChanged(self.turn.message.id, CheckStage.NONE))
        *earlier, question = self.sent.branch
        self.sent = replace(self.sent, branch=(*earlier, replace(question, check=check)))
        self._ask()

    def _withhold_question(self, check: MessageCheck) -> None:
        """There will be no answer, unless the user wants one all the same."""
        message = self.turn.message
        kept = replace(check, is_of_question=True)
        self._parts.background.store(
            lambda store: StoredChecks(store.database).keep(message.id, kept)
        )
        self.turn.message = replace(message, status=MessageStatus.STOPPED, check=kept)
        self._parts.queue.drop(self.turn.turn_id)
        self._end()

    def _on_answer_checked(self, check: MessageCheck) -> None:
        message = self.turn.message = replace(self.turn.message, check=check)
        if not check.withholds and message.text:
            self._show(AnswerTextAdded(message.id, message.text))
        self._show(AnswerCheckChanged(message.id, CheckStage.NONE))
        self._end()

    def _end(self) -> None:
        self._has_ended = True
        self._on_ended(self)

    def _ask(self) -> None:
        parts, sent, turn = self._parts, self.sent, self.turn
        offer = parts.tools.offer(sent.chat, sent.also_tools)
        conversation = harmony_conversation(
            sent.branch,
            date=local_date(sent.chat.created_ms),
            effort=sent.answer.effort,
            instructions=parts.instructions_of(sent.chat),
            response_format=sent.chat.response_format,
            tools=offer.declaration,
            begun=sent.answer if sent.answer.text else None,
        )
        turn.to_branch = lambda messages: left_out_of_branch(sent.branch, conversation, messages)
        self._calling = self._new_calling(offer, sent.branch)
        style = parts.style_of(sent.answer.effort)
        parts.queue.ask(
            AnswerRequest(
                turn.turn_id,
                conversation,
                style.sampling.varied(sent.earlier_answers),
                thinking_budget_tokens=style.thinking_budget_tokens,
                chat=chat_key(sent.chat.id),
                begun=sent.answer.text,
            )
        )
        self.tell_place()

    def _show(self, change: ChatChange) -> None:
        if isinstance(change, AnswerPhaseChanged | AnswerQueued | AnswerCheckChanged):
            self.progress = change
        self._on_change(self, change)

    def _carry_on(self, step: TurnStep) -> None:
        if step.called is not None and self._calling is not None:
            self._calling.begin(step.called)
        if self._parts.clock_ms() - self._committed_ms >= PARTIAL_COMMIT_MS:
            self._commit()

    def _commit(
        self,
        on_done: Callable[[None], None] = lambda _: None,
        on_failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self._committed_ms = self._parts.clock_ms()
        partial = self.turn.snapshot()
        self._parts.background.store(lambda store: store.update_answer(partial), on_done, on_failed)

    def _end_calls(self) -> None:
        calling, self._calling = self._calling, None
        if calling is not None:
            calling.stop()

    def _hand_on(self, result: ToolMessage) -> None:
        self._parts.queue.continue_turn(self.turn.turn_id, result)
        self.tell_place()

    def _new_calling(self, offer: Offer, branch: Sequence[Message]) -> Calling:
        parts, turn = self._parts, self.turn

        def show(call: CallRecord) -> None:
            self._show(turn.put(call))

        def give_up(why: Problem) -> None:
            turn.give_up(why)
            parts.queue.stop(turn.turn_id)

        return Calling(
            turn,
            offer,
            parts.tools,
            parts.background,
            clock_ms=parts.clock_ms,
            earlier=branch,
            context_tokens=parts.context_tokens,
            outlets=Outlets(
                show=show,
                commit=self._commit,
                hand_on=self._hand_on,
                give_up=give_up,
                hurry=lambda: parts.queue.answer_now(turn.turn_id),
            ),
        )
