"""The token loop of one assistant turn: read the prompt, sample, understand, tell.

Engine thread only.  Raw analysis leaves this module for the turn's filter alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from engine.analysis_filter import ThoughtPiece
from engine.context_fit import ContextFit
from engine.equipment import Equipment
from engine.errors import EngineError
from engine.events import (
    MessagesLeftOut,
    Phase,
    PhaseChanged,
    PreambleAdded,
    PromptRead,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
    TurnEvent,
    Usage,
)
from engine.harmony.history import drop_finished_analysis
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    ToolMessage,
)
from engine.harmony.reader import (
    AnalysisDelta,
    CallDelta,
    FinalDelta,
    HarmonyReader,
    MessageEnded,
    PreambleDelta,
    ReaderEvent,
)
from engine.harmony.tokens import CALL, END, TURN_ENDS
from engine.harmony.tools import declared_tools
from engine.prompt_marks import checkpoint_marks
from engine.requests import AnswerRequest
from engine.thought_stream import ThoughtStream
from engine.token_choice import TokenChoice
from engine.turn_meter import TurnMeter


class Turn:
    """One turn, from its prompt to its end; between calls it waits for a tool's result.

    Args:
        request: what to answer, and how.
        equipment: what turns on this model share.
        emit: gets the turn's events; never `Finished` or `Failed`, which the caller sends.
        should_stop: asked before each token and each chunk of the prompt.

    Raises:
        EngineError: the request cannot be answered.
    """

    def __init__(
        self,
        request: AnswerRequest,
        equipment: Equipment,
        *,
        emit: Callable[[TurnEvent], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self.turn_id = request.turn_id
        self.chat = request.chat
        self._request = request
        self._writer = equipment.writer
        self._vocabulary = equipment.vocabulary
        self._cache = equipment.cache
        self._context_tokens = equipment.context_tokens
        self._emit = emit
        self._should_stop = should_stop
        self._choice = TokenChoice(request.sampling, equipment.make_answer_guard(request))
        self._tools = declared_tools(request.conversation)
        self._thoughts = ThoughtStream(
            equipment.make_filter, request.conversation, self._emit_thought
        )
        self._fit = ContextFit(self._writer, self._context_tokens)
        fitted = self._fit.prompt(request.conversation)
        self._left_out_messages = fitted.left_out_messages
        self._ids = self._writer.prompt(fitted.conversation)
        self._prompt_tokens = len(self._ids)
        self._said: list[AssistantMessage] = []
        self._reader = HarmonyReader(self._vocabulary, self._tools)
        self._call: AssistantMessage | None = None
        self._has_told = False
        self._was_led_to_final = False
        self._meter = TurnMeter(lambda phase: emit(PhaseChanged(request.turn_id, phase)))

    @property
    def usage(self) -> Usage:
        """Cost so far."""
        return replace(
            self._meter.usage(len(self._cache.tokens), self._reader.repairs),
            guarded=self._choice.guarded,
            left_out_messages=self._left_out_messages,
        )

    def run(self) -> StopReason | None:
        """Read what is new and sample; None when the turn waits for a tool's result.

        Raises:
            EngineError: the prompt does not fit, or the model failed.
            DecodeError: llama.cpp failed.
        """
        self._meter.enter(Phase.READING)
        reason: StopReason | None = StopReason.CANCELLED
        if self._read():
            with self._meter.sampling():
                reason = self._sample()
        if reason is None:
            self._tell_call()
        else:
            self._flush()
            self._meter.enter(None)
        return reason

    def take_result(self, result: ToolMessage) -> None:
        """Append a tool's result; `run` then goes on with the same turn.

        What the model wrote stays in the ids as it was sampled, thoughts included.

        Raises:
            EngineError: nothing was called.
        """
        if self._call is None:
            raise EngineError(
                "A tool's result came that nothing waits for.", "", f"result of {result.name!r}"
            )
        if self._ids[-1] in TURN_ENDS or self._ids[-1] == END:
            self._ids[-1] = CALL
        self._ids += self._writer.message_ids(result)
        self._ids += self._writer.next_assistant()
        self._call = None
        self._meter.repairs += self._reader.repairs
        self._reader = HarmonyReader(self._vocabulary, self._tools)

    def history_ids(self) -> list[int]:
        """What the next turn's prompt will most likely begin with.

        The conversation and what the user was told in this turn: no thoughts, no calls, and
        nothing at all when there was no answer (as in `app.conversation`).
        """
        conversation = list(self._request.conversation)
        preamble, answer = self._text_on(Channel.COMMENTARY), self._text_on(Channel.FINAL)
        if preamble and answer:
            conversation.append(AssistantMessage(Channel.COMMENTARY, preamble))
        if answer:
            conversation.append(AssistantMessage(Channel.FINAL, answer))
        fitted = self._fit.history(drop_finished_analysis(conversation))
        return self._writer.render(fitted.conversation)

    def _text_on(self, channel: Channel) -> str:
        return "".join(
            message.text
            for message in self._said
            if message.channel is channel and message.recipient is None
        )

    # ---- reading

    def _read(self) -> bool:
        if len(self._ids) >= self._context_tokens:
            raise EngineError(
                "This chat has grown longer than the model's context of {tokens} tokens.",
                "Start a new chat, or choose a larger context in the settings.",
                f"{len(self._ids)} tokens",
                {"tokens": str(self._context_tokens)},
            )
        if self._left_out_messages and self._meter.sampled_tokens == 0:
            self._emit(MessagesLeftOut(self.turn_id, self._left_out_messages))
        began = time.perf_counter()
        self._cache.turn_to(self.chat, self._ids)
        result = self._cache.sync(
            self._ids,
            marks=checkpoint_marks(self._ids),
            should_stop=self._should_stop,
            on_progress=self._tell_progress,
        )
        self._cache.settle(self._prompt_tokens)
        self._meter.add_reading(result, time.perf_counter() - began)
        return result.is_complete

    def _tell_progress(self, reused: int, done: int, total: int) -> None:
        self._emit(PromptRead(self.turn_id, reused, done, total))

    # ---- sampling

    def _sample(self) -> StopReason | None:
        while True:
            if self._should_stop():
                return StopReason.CANCELLED
            if self._is_at_limit():
                return StopReason.TOKEN_LIMIT
            token = self._choice.choose(self._cache, self._reader.channel)
            self._meter.sampled_tokens += 1
            if token in TURN_ENDS and self._must_lead_to_final(token):
                self._lead_to_final()
                continue
            self._take(token)
            if self._reader.channel is Channel.ANALYSIS:
                self._meter.thought_tokens += 1
            if self._call is not None:
                return None
            if token in TURN_ENDS:
                return StopReason.END_OF_TURN
            self._append(token)

    def _take(self, token: int) -> None:
        self._ids.append(token)
        self._choice.take(token, self._reader.channel)
        for event in self._reader.feed(token):
            self._apply(event)

    def _append(self, token: int) -> None:
        # False is Stop, which the loop asks about next; the token is then not needed.
        while not self._cache.append(token) and not self._should_stop():
            pass

    def _is_at_limit(self) -> bool:
        most = self._request.max_reply_tokens
        return (0 < most <= self._meter.sampled_tokens) or len(
            self._cache.tokens
        ) >= self._context_tokens

    def _must_lead_to_final(self, token: int) -> bool:
        """The model wants to end a turn in which the user was told nothing.

        Where the answer has to be JSON, nothing but that counts as told.
        """
        if token == CALL or self._reader.is_in_call or self._was_led_to_final:
            return False
        has_told = self._has_told and self._request.response_format is None
        return not has_told and not self._reader.has_final

    def _lead_to_final(self) -> None:
        """Open the answer's header for the model (reference: OpenAI's handle-raw-cot).

        Thoughts are never shown in place of an answer.
        """
        self._was_led_to_final = True
        self._meter.repairs += 1
        opening = self._writer.next_assistant()
        lead = [END] if self._reader.channel is not None else []
        lead += [] if self._ids[-len(opening) :] == opening else opening
        lead += self._writer.final_header()
        room = self._context_tokens - len(self._cache.tokens)
        for token in lead[:room]:
            self._take(token)
            self._append(token)

    # ---- telling

    def _apply(self, event: ReaderEvent) -> None:
        if isinstance(event, FinalDelta):
            self._meter.enter(Phase.ANSWERING)
            self._has_told = True
            self._emit(TextAdded(self.turn_id, event.text))
        elif isinstance(event, AnalysisDelta):
            self._meter.enter(Phase.THINKING)
            self._thoughts.feed(event.text)
        elif isinstance(event, PreambleDelta):
            self._meter.enter(Phase.ANSWERING)
            self._has_told = True
            self._emit(PreambleAdded(self.turn_id, event.text))
        elif isinstance(event, CallDelta):
            self._meter.enter(Phase.CALLING)
        elif isinstance(event, MessageEnded):
            self._end_message(event.message)

    def _end_message(self, message: AssistantMessage) -> None:
        self._thoughts.end_message()
        self._said.append(message)
        if message.recipient is not None:
            self._call = message

    def _flush(self) -> None:
        """Give out what was held back when the turn ends in the middle of a message."""
        for event in self._reader.finish():
            self._apply(event)
        self._thoughts.end_message()
        self._call = None

    def _tell_call(self) -> None:
        call = self._call
        if call is not None and call.recipient is not None:
            self._meter.enter(Phase.CALLING)
            channel = call.channel or Channel.COMMENTARY
            self._emit(ToolCalled(self.turn_id, call.recipient, call.text, channel))

    def _emit_thought(self, piece: ThoughtPiece) -> None:
        self._emit(ThoughtAdded(self.turn_id, piece))
