"""The model that is loaded and the turns on it.  Engine thread only."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Final

import psutil

from engine.analysis_filter import AnalysisFilterFactory
from engine.errors import EngineError, told
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    ModelLoading,
    StopReason,
    Usage,
)
from engine.generation import Turn
from engine.gguf import ModelFacts, read_facts
from engine.harmony.messages import ToolMessage
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.inbox import Inbox
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.devices import main_device_name
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest, LoadRequest, TurnId

_LOGGER: Final = logging.getLogger(__name__)

DEFAULT_CONTEXT_TOKENS: Final = 32_768
"""12.4 GiB in all for gpt-oss-20b on a GPU (engine.md 1.6)."""

_BROKE_OFF: Final = "The answer broke off because something went wrong in the engine."


class Session:
    """Loads models and answers turns, one at a time, telling everything through `emit`.

    A turn that called a tool waits without holding anything but its ids, so other turns
    can be answered meanwhile.

    Args:
        vocabulary: ids and bytes.
        make_filter: makes the thoughts filter of a turn.
        emit: gets every event.
        inbox: says what is to end.
        flag: the inbox's flag, for llama.cpp to poll.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        make_filter: AnalysisFilterFactory,
        emit: Callable[[EngineEvent], None],
        inbox: Inbox,
        flag: AbortFlag,
    ) -> None:
        self._vocabulary = vocabulary
        self._make_filter = make_filter
        self._emit = emit
        self._inbox = inbox
        self._flag = flag
        self._log = LlamaLog()
        self._log.install()
        self._writer = HarmonyWriter(vocabulary)
        self._model: Model | None = None
        self._context: Context | None = None
        self._cache: PromptCache | None = None
        self._turns: dict[TurnId, Turn] = {}
        self._ended_turn: Turn | None = None  # the cache still ends in its thoughts

    # ---- models

    def load(self, request: LoadRequest) -> None:
        """Load a model in place of the one there is; `ModelLoaded` or `ModelLoadFailed` follows."""
        self._inbox.begin_load()
        try:
            self.unload()
            self._emit(self._loaded(request))
        except LoadCancelledError:
            self.unload()
            self._emit(ModelLoadFailed("The model was not loaded.", was_cancelled=True))
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self.unload()
            why = told(error, "The model could not be loaded.")
            self._emit(ModelLoadFailed(why.title, why.hint, why.detail, why.fields))
        finally:
            self._inbox.end_load()

    def _loaded(self, request: LoadRequest) -> ModelLoaded:
        began = time.perf_counter()
        self._tell_loading(0.0)
        if self._inbox.is_load_cancelled():
            raise LoadCancelledError
        facts = read_facts(request.path)
        self._model = Model.load(
            facts,
            gpu_layers=request.gpu_layers,
            on_progress=self._tell_loading,
            should_stop=self._should_stop_loading,
            log=self._log,
        )
        shape = ContextShape(
            context_tokens=context_tokens_for(request, facts),
            ubatch_tokens=request.ubatch_tokens,
            threads=threads_for(request, facts),
        )
        self._context = Context(self._model, shape, self._flag, self._log)
        self._cache = PromptCache(self._context)
        device = main_device_name(request.gpu_layers)
        self._warm_up(self._cache, shape, is_gpu=device != "CPU")
        if self._inbox.is_load_cancelled():
            raise LoadCancelledError
        seconds = time.perf_counter() - began
        return ModelLoaded(facts, self._context.size_tokens, device, seconds)

    def _tell_loading(self, fraction: float) -> None:
        self._emit(ModelLoading(min(max(fraction, 0.0), 1.0)))

    def _should_stop_loading(self) -> bool:
        self.cancel_queued()
        return self._inbox.is_load_cancelled()

    def _warm_up(self, cache: PromptCache, shape: ContextShape, *, is_gpu: bool) -> None:
        """Let buffers reach their final size now, while a failure still is a failed load.

        On a GPU the memory pool grows with the first full micro-batch (engine.md 2.5); on a
        CPU one token is enough, and a full one would take seconds.
        """
        count = min(shape.ubatch_tokens if is_gpu else 1, shape.context_tokens)
        cache.sync([0] * count, keeps_end=False, should_stop=self._should_stop_loading)
        cache.reset()

    def unload(self) -> None:
        """Give the memory back; turns that wait for a tool end as cancelled."""
        for turn_id in tuple(self._turns):
            self.cancel(turn_id)
        self._ended_turn = None
        self._cache = None
        if self._context is not None:
            self._context.close()
            self._context = None
        if self._model is not None:
            self._model.close()
            self._model = None

    # ---- turns

    def answer(self, request: AnswerRequest) -> None:
        """Answer one turn until it ends or waits for a tool."""
        turn_id = request.turn_id
        if not self._inbox.begin_turn(turn_id):
            self.cancel(turn_id)
            return
        try:
            self._turns[turn_id] = self._new_turn(request)
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        self._run(turn_id)

    def resume(self, turn_id: TurnId, result: ToolMessage) -> None:
        """Go on with a turn that waits for `result`; one that has ended is left alone."""
        if turn_id not in self._turns:
            return
        if not self._inbox.begin_turn(turn_id):
            self.cancel(turn_id)
            return
        try:
            self._turns[turn_id].take_result(result)
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        self._run(turn_id)

    def cancel(self, turn_id: TurnId) -> None:
        """End a turn that is not being computed."""
        turn = self._turns.get(turn_id)
        self._end(Finished(turn_id, StopReason.CANCELLED, turn.usage if turn else Usage()))

    def cancel_queued(self) -> None:
        """End every turn somebody wants ended, without waiting for the one that runs."""
        while (turn_id := self._inbox.take_cancelled()) is not None:
            self.cancel(turn_id)

    def cancel_all(self) -> None:
        """End every turn that has not ended."""
        for turn_id in self._inbox.open_turns():
            self.cancel(turn_id)

    def fail_all(self, error: Exception) -> None:
        """Something nobody thought of happened: end every turn that has not ended."""
        for turn_id in self._inbox.open_turns():
            self._fail(turn_id, error)

    def _new_turn(self, request: AnswerRequest) -> Turn:
        if self._cache is None or self._context is None:
            raise EngineError("No model is loaded.", "Choose a model first.")
        return Turn(
            request,
            writer=self._writer,
            vocabulary=self._vocabulary,
            cache=self._cache,
            context_tokens=self._context.size_tokens,
            make_filter=self._make_filter,
            emit=self._emit,
            should_stop=self._should_stop_turn,
        )

    def _should_stop_turn(self) -> bool:
        if self._inbox.has_cancelled():
            self.cancel_queued()
        return self._inbox.is_stopped()

    def _run(self, turn_id: TurnId) -> None:
        turn = self._turns[turn_id]
        try:
            reason = turn.run()
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        if reason is None and not self._inbox.pause_turn():
            reason = StopReason.CANCELLED
        if reason is not None:
            self._end(Finished(turn_id, reason, turn.usage))

    def _fail(self, turn_id: TurnId, error: Exception) -> None:
        turn = self._turns.get(turn_id)
        usage = turn.usage if turn else Usage()
        why = told(error, _BROKE_OFF)
        if self._cache is not None and not isinstance(error, EngineError):
            self._cache.reset()  # nobody knows what a failed computation left in the KV cache
        self._end(Failed(turn_id, why.title, why.hint, why.detail, why.fields, usage))

    def _end(self, event: Finished | Failed) -> None:
        self._ended_turn = self._turns.pop(event.turn_id, self._ended_turn)
        if self._inbox.end_turn(event.turn_id):
            self._emit(event)

    # ---- between turns

    def idle(self) -> None:
        """Read what the next prompt will begin with, until a command comes.

        After a turn the cache ends in thoughts that no later prompt holds; this puts the
        finished answer in their place while the user reads (engine.md 1.4).
        """
        turn, self._ended_turn = self._ended_turn, None
        if turn is None or self._cache is None or self._context is None:
            return
        self._inbox.begin_idle()
        try:
            target = turn.history_ids()
            if len(target) < self._context.size_tokens:
                self._cache.sync(target, should_stop=self._inbox.has_work, wants_logits=False)
        except Exception as error:  # noqa: BLE001 - only a head start is lost
            _LOGGER.warning("reading ahead failed: %s", type(error).__name__)
            self._cache.reset()
        finally:
            self._inbox.end_idle()


def context_tokens_for(request: LoadRequest, facts: ModelFacts) -> int:
    """Size of the KV cache for a request: what was asked for, within what was trained."""
    wanted = request.context_tokens or DEFAULT_CONTEXT_TOKENS
    return min(wanted, facts.trained_context_tokens)


def threads_for(request: LoadRequest, facts: ModelFacts) -> int:
    """CPU threads for a request.

    The practice model gets one: its steps are so short that threads spend their time meeting
    each other.  Measured on two cores with other work beside: one thread 170 tokens/s, two 105.
    """
    if request.threads:
        return request.threads
    return 1 if facts.is_practice else physical_cores()


def physical_cores() -> int:
    """CPU cores that may be used; hyper-threads only get in each other's way (engine.md 2.6)."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return max(1, min(cores, allowed))
