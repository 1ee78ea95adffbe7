"""The token loop of one assistant turn: read the prompt, sample, understand, tell.

Engine thread only.  Raw analysis leaves this module for the turn's filter alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from engine.context_fit import ContextFit
from engine.equipment import Equipment
from engine.errors import EngineError
from engine.events import (
    MessagesLeftOut,
    Phase,
    PhaseChanged,
    PromptRead,
    StopReason,
    ThinkingCut,
    ThoughtAdded,
    TurnEvent,
    Usage,
)
from engine.going_on import take_up
from engine.harmony.history import answer_history, remembered
from engine.harmony.messages import ToolMessage
from engine.harmony.reader import HarmonyReader
from engine.harmony.tokens import CALL, END, TURN_ENDS
from engine.harmony.tools import declared_tools
from engine.prompt_marks import checkpoint_marks
from engine.requests import AnswerRequest
from engine.telling import Telling
from engine.thinking import ThinkingWatch
from engine.thought_stream import ThoughtStream
from engine.token_choice import TokenChoice
from engine.turn_meter import TurnMeter


def _never() -> bool:
    return False


class Turn:
    """One turn, from its prompt to its end; between calls it waits for a tool's result.

    Args:
        request: what to answer, and how.
        equipment: what turns on this model share.
        emit: gets the turn's events; never `Finished` or `Failed`, which the caller sends.
        should_stop: asked before each token and each chunk of the prompt.
        is_hurried: whether the answer is wanted now, without further thoughts; asked before
            each token of analysis.

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
        is_hurried: Callable[[], bool] = _never,
    ) -> None:
        self.turn_id = request.turn_id
        self.chat = request.chat
        self._request = request
        self._equipment = equipment
        self._writer = equipment.writer
        self._cache = equipment.cache
        self._emit = emit
        self._should_stop = should_stop
        self._tools = declared_tools(request.conversation)
        self._choice = TokenChoice(request, equipment, self._tools)
        self._thinking = ThinkingWatch(request, is_hurried)
        self._fit = ContextFit(self._writer, equipment.context_tokens)
        fitted = self._fit.prompt(request.conversation, request.begun)
        self._left_out_messages, self._context_tokens = fitted.left_out_messages, 0
        self._ids = self._writer.prompt(fitted.conversation)
        self._reader = HarmonyReader(equipment.vocabulary, self._tools)
        self._was_led_to_final = False
        self._meter = TurnMeter(lambda phase: emit(PhaseChanged(request.turn_id, phase)))
        thoughts = ThoughtStream(
            equipment.make_filter,
            request.conversation,
            lambda piece: emit(ThoughtAdded(request.turn_id, piece)),
        )
        self._telling = Telling(request.turn_id, thoughts, self._meter, emit)
        if request.begun:
            take_up(request.begun, self._ids, equipment, self._choice, self._reader)
            self._was_led_to_final = self._telling.has_words = True
        self._prompt_tokens = self._attempt_begins = len(self._ids)

    @property
    def usage(self) -> Usage:
        """Cost so far."""
        usage = self._meter.usage(self._context_tokens, self._reader.repairs, self._choice.guarded)
        return replace(usage, left_out_messages=self._left_out_messages)

    def run(self) -> StopReason | None:
        """Read what is new and sample; None when the turn waits for a tool's result.

        Raises:
            EngineError: the prompt does not fit, or the model failed.
            DecodeError: llama.cpp failed.
        """
        self._meter.enter(Phase.READING)
        reason = self._attempt()
        if reason is StopReason.END_OF_TURN and self._is_in_vain():
            self._begin_again()
            reason = self._attempt()
        if reason is None:
            self._telling.tell_call()
        else:
            self._reader.forget_partial_character()  # where the turn was stopped in its middle
            self._telling.end(self._reader.finish())
            self._meter.enter(None)
        return reason

    def take_result(self, result: ToolMessage) -> None:
        """Append a tool's result; `run` then goes on with the same turn.

        What the model wrote stays in the ids as it was sampled, thoughts included.

        Raises:
            EngineError: nothing was called.
        """
        if self._telling.call is None:
            raise EngineError(
                "A tool's result came that nothing waits for.", "", f"result of {result.name!r}"
            )
        if self._ids[-1] in TURN_ENDS or self._ids[-1] == END:
            self._ids[-1] = CALL
        self._ids += self._writer.message_ids(result)
        self._ids += self._writer.next_assistant()
        self._attempt_begins = len(self._ids)
        self._telling.take_result(result)
        self._choice.begin_message()
        self._read_anew()

    def history_ids(self) -> list[int]:
        """What the next turn's prompt will most likely begin with.

        The conversation and what was said in this turn: no thoughts, calls with their results,
        and nothing where there is neither an answer nor a call (as in `app.conversation`).
        """
        said = answer_history(self._telling.said)
        fitted = self._fit.history(remembered((*self._request.conversation, *said)))
        return self._writer.render(fitted.conversation)

    # ---- attempts

    def _attempt(self) -> StopReason | None:
        try:
            if not self._read():
                return StopReason.CANCELLED
            with self._meter.sampling(), self._choice.sampling():
                return self._sample()
        finally:  # while the turn waits for a tool, the cache may come to hold another chat
            self._context_tokens = len(self._cache.tokens)
            self._telling.catch_up(self._reader)  # where the model failed, that is all there is

    def _is_in_vain(self) -> bool:
        """The turn ended and nothing of it is for the user; one more attempt is worth it."""
        return not self._telling.has_words and self._meter.retries == 0

    def _begin_again(self) -> None:
        """Go back to the prompt, where a checkpoint stands, and draw otherwise from there."""
        self._telling.end(self._reader.finish())
        self._telling.forget()
        self._meter.retries += 1
        del self._ids[self._attempt_begins :]
        self._was_led_to_final = False
        again = replace(self._request, sampling=self._request.sampling.another())
        self._choice = TokenChoice(again, self._equipment, self._tools, self._choice.guarded)
        self._read_anew()

    def _read_anew(self) -> None:
        self._meter.repairs += self._reader.repairs
        self._reader = HarmonyReader(self._equipment.vocabulary, self._tools)

    # ---- reading

    def _read(self) -> bool:
        most = self._equipment.context_tokens
        if len(self._ids) >= most:
            raise EngineError(
                "This chat has grown longer than the model's context of {tokens} tokens.",
                "Start a new chat, or choose a larger context in the settings.",
                f"{len(self._ids)} tokens",
                {"tokens": str(most)},
            )
        if self._left_out_messages and self._meter.sampled_tokens == 0:
            self._emit(MessagesLeftOut(self.turn_id, self._left_out_messages))
        began = time.perf_counter()
        self._cache.turn_to(self.chat, self._ids)
        result = self._cache.sync(
            self._ids,
            marks=checkpoint_marks(self._ids),
            should_stop=self._should_stop,
            on_progress=lambda *counts: self._emit(PromptRead(self.turn_id, *counts)),
        )
        self._cache.settle(self._prompt_tokens)
        self._meter.add_reading(result, time.perf_counter() - began)
        return result.is_complete

    # ---- sampling

    def _sample(self) -> StopReason | None:
        self._thinking.begin(self._room())
        self._cut(self._thinking.why_not_at_all())
        while True:
            if (room := self._room()) <= 0:  # the last token is read when something follows it
                return StopReason.TOKEN_LIMIT
            token = self._forced()
            if self._should_stop():
                return StopReason.CANCELLED
            if self._reader.is_thinking and self._cut(self._thinking.why_no_longer(room)):
                continue
            if token is None:
                token = self._choice.choose(self._reader.channel)
            self._meter.sampled_tokens += 1
            if token in TURN_ENDS and self._must_lead_to_final(token):
                self._meter.repairs += 1
                self._lead_to_final()
                continue
            self._take(token)
            if self._reader.is_thinking:
                self._meter.thought_tokens += 1
                self._thinking.take(token)
            if self._telling.call is not None:
                return None
            if token in TURN_ENDS:
                return StopReason.END_OF_TURN

    def _forced(self) -> int | None:
        """The one token that may follow, if there is but one; else the model is asked first.

        What stands before a forced token is evaluated together with it, later.
        """
        token = self._choice.forced(self._reader.channel)
        while token is None and (waiting := self._ids[len(self._cache.tokens) :]):
            if not self._choice.extend(waiting) and self._should_stop():
                break
        return token

    def _take(self, token: int) -> None:
        self._ids.append(token)
        self._choice.take(token, self._reader.channel)
        self._telling.read(self._reader, token)

    def _room(self) -> int:
        """How many more tokens may be sampled."""
        room = self._equipment.context_tokens - len(self._ids)
        most = self._request.max_reply_tokens
        return min(room, most - self._meter.sampled_tokens) if most > 0 else room

    def _cut(self, why: ThinkingCut) -> bool:
        """End the thoughts and open the answer, if there is a reason to; True when it did."""
        if why is ThinkingCut.NONE or self._was_led_to_final:
            return False
        self._meter.thinking_cut = why
        self._reader.forget_partial_character()
        self._lead_to_final()
        return True

    def _must_lead_to_final(self, token: int) -> bool:
        """The model wants to end a turn in which the user was told nothing.

        Where the answer has to be JSON, nothing but that counts as told.
        """
        self._telling.catch_up(self._reader)
        if token == CALL or self._reader.is_in_call or self._was_led_to_final:
            return False
        has_told = self._telling.has_words and self._request.response_format is None
        return not has_told and not self._reader.has_final

    def _lead_to_final(self) -> None:
        """Open the answer's header for the model (reference: OpenAI's handle-raw-cot).

        Thoughts are never shown in place of an answer.
        """
        self._was_led_to_final = True
        opening = self._writer.next_assistant()
        lead = [END] if self._reader.channel is not None else []
        lead += [] if self._ids[-len(opening) :] == opening else opening
        lead += self._writer.final_header()
        room = self._equipment.context_tokens - len(self._ids)
        for token in lead[:room]:
            self._take(token)
