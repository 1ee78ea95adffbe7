"""A small question beside the chat: one turn on a sequence of its own.  Engine thread only.

The chat's sequence is not touched: its tokens, their cells and the ways back along them stay.
What changes is how far the sliding window reaches back behind its 128 tokens, since the side
sequence takes cells there that nothing needs; `engine.llama.way_back` asks llama.cpp about
that each time (docs/decisions/020.md).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from engine.analysis_filter import AnalysisFilter, ThoughtPiece
from engine.equipment import Equipment
from engine.errors import EngineError
from engine.events import SideEnded, SideOutcome, StopReason, TextAdded, TurnEvent
from engine.generation import Turn
from engine.harmony.messages import DeveloperMessage, HarmonyMessage, SystemMessage
from engine.llama.restriction import TokenGuard
from engine.llama.sync import PromptCache
from engine.llama.token_memory import TokenMemory
from engine.requests import AnswerRequest, SideRequest, TurnId
from engine.structured.choices import ChoiceGuard, choices_of

_LOGGER: Final = logging.getLogger(__name__)

UBATCH_TOKENS: Final = 24
"""Most tokens of one decode of a job that gives way: it ends within one.

Under 32, from which llama.cpp copies the weights of experts that are in main memory to the GPU
for each decode (ggml-cuda.cu, GGML_OP_OFFLOAD_MIN_BATCH); that can take a quarter of a second.
"""

_FRAME_TOKENS: Final = 16
"""Of the headers around thoughts and answer."""

_NO_TURN: Final = TurnId(0)


class _Unseen:
    """The filter for thoughts that nobody may see: it lets nothing through."""

    def feed(self, _text: str) -> Sequence[ThoughtPiece]:
        return ()

    def end_message(self) -> Sequence[ThoughtPiece]:
        return ()


def _unseen(_conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    return _Unseen()


class SideJob:
    """One side job.

    Args:
        request: what to ask.
        equipment: what turns on this model share.
        make_memory: gives the side sequence, with so many tokens a decode at most.
        clock: seconds.

    Attributes:
        request: as given.
    """

    def __init__(
        self,
        request: SideRequest,
        equipment: Equipment,
        make_memory: Callable[[int], TokenMemory],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.request = request
        self._equipment = equipment
        most = equipment.context_tokens if request.is_urgent else UBATCH_TOKENS
        self._memory = make_memory(most)
        self._clock = clock
        self._text: list[str] = []

    def run(self, should_stop: Callable[[], bool]) -> SideEnded:
        """Read and answer; never raises, and leaves the side sequence empty.

        Args:
            should_stop: asked before each token and each chunk; the end is GAVE_WAY then.
        """
        chat = self._equipment.cache
        ends = self._clock() + (self.request.max_seconds or math.inf)
        try:
            chat.keep_logits()
            if not self._has_room():
                return SideEnded(self.request.job_id, SideOutcome.NO_ROOM)
            ended = self._answered(lambda: should_stop() or self._clock() > ends)
            if ended.outcome is SideOutcome.GAVE_WAY and not should_stop():
                return replace(ended, outcome=SideOutcome.FAILED)  # its time was over
            return ended
        except EngineError as error:
            _LOGGER.info("a side job failed: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - told as a failure; its text may quote the chat
            _LOGGER.warning("a side job failed: %s", type(error).__name__)
            chat.reset()  # nobody knows what a failed computation left in the KV cache
        finally:
            self._memory.clear()
        return SideEnded(self.request.job_id, SideOutcome.FAILED)

    def _answered(self, should_stop: Callable[[], bool]) -> SideEnded:
        turn = Turn(
            self._as_turn(),
            replace(
                self._equipment,
                cache=PromptCache(self._memory),
                make_filter=_unseen,
                make_answer_guard=self._answer_guard,
                device=None,
            ),
            emit=self._hear,
            should_stop=should_stop,
        )
        reason = turn.run()
        usage = turn.usage
        tokens = usage.read_tokens + usage.reply_tokens
        outcome = SideOutcome.FAILED
        if reason is StopReason.CANCELLED:
            outcome = SideOutcome.GAVE_WAY
        elif reason is StopReason.END_OF_TURN and self._text and not usage.left_out_messages:
            outcome = SideOutcome.DONE
        text = "".join(self._text).strip() if outcome is SideOutcome.DONE else ""
        return SideEnded(self.request.job_id, outcome, text, tokens)

    def _answer_guard(self, request: AnswerRequest) -> TokenGuard | None:
        """What the answer is bound to; a short list of answers needs no grammar."""
        wanted = self.request.response_format
        texts = choices_of(wanted) if wanted is not None else ()
        if texts:
            return ChoiceGuard(self._equipment.vocabulary.encode, texts)
        return self._equipment.make_answer_guard(request)

    def _has_room(self) -> bool:
        """Whether the cells that the chat leaves hold all of the job at its longest."""
        request = self._as_turn()
        prompt = len(self._equipment.writer.prompt(request.conversation))
        wanted = prompt + request.max_reply_tokens + _FRAME_TOKENS
        return wanted <= self._equipment.context_tokens - len(self._equipment.cache.tokens)

    def _as_turn(self) -> AnswerRequest:
        request = self.request
        return AnswerRequest(
            _NO_TURN,
            _told_of_format(request),
            request.sampling,
            request.max_reply_tokens + request.max_thought_tokens + _FRAME_TOKENS,
            request.max_thought_tokens,
        )

    def _hear(self, event: TurnEvent) -> None:
        if isinstance(event, TextAdded):
            self._text.append(event.text)


def _told_of_format(request: SideRequest) -> tuple[HarmonyMessage, ...]:
    """The conversation with the form of the answer in its developer message."""
    wanted = request.response_format
    if wanted is None:
        return request.conversation
    if any(isinstance(one, DeveloperMessage) for one in request.conversation):
        return tuple(
            replace(one, response_format=wanted) if isinstance(one, DeveloperMessage) else one
            for one in request.conversation
        )
    developer = DeveloperMessage(response_format=wanted)
    after = 1 if isinstance(request.conversation[0], SystemMessage) else 0
    return (*request.conversation[:after], developer, *request.conversation[after:])
