"""Loads a model file: weights, context, warm-up.  Engine thread only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.events import EngineEvent, ModelLoaded, ModelLoading
from engine.gguf import ModelFacts, read_facts
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.devices import layer_devices, main_device_name, physical_cores
from engine.llama.kept_chats import kept_bytes
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.requests import LoadRequest

DEFAULT_CONTEXT_TOKENS: Final = 32_768
"""12.4 GiB in all for gpt-oss-20b on a GPU (engine.md 1.6)."""

DEFAULT_UBATCH_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is ready, with what holds its memory.

    Attributes:
        event: what the others are told of it.
    """

    model: Model
    context: Context
    cache: PromptCache
    event: ModelLoaded


class Loader:
    """Loads models, telling the progress.

    Args:
        log: where llama.cpp's reasons are found.
        flag: ends a running computation.
        emit: gets `ModelLoading`.
        should_stop: whether the load is to be given up.
    """

    def __init__(
        self,
        log: LlamaLog,
        flag: AbortFlag,
        emit: Callable[[EngineEvent], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._log = log
        self._flag = flag
        self._emit = emit
        self._should_stop = should_stop

    def load(self, request: LoadRequest) -> Loaded:
        """Load a model and make its context.

        Raises:
            LoadCancelledError: the load was given up.
            EngineError: it could not be loaded.
        """
        began = time.perf_counter()
        self._tell_loading(0.0)
        if self._should_stop():
            raise LoadCancelledError
        facts = read_facts(request.path)
        model = Model.load(
            facts,
            gpu_layers=request.gpu_layers,
            on_progress=self._tell_loading,
            should_stop=self._should_stop,
            log=self._log,
            devices=layer_devices(request.workers),
        )
        try:
            context, cache = self._made_ready(model, request)
        except BaseException:
            model.close()
            raise
        seconds = time.perf_counter() - began
        device = main_device_name(request.gpu_layers, request.workers)
        event = ModelLoaded(facts, context.size_tokens, device, seconds, workers=request.workers)
        return Loaded(model, context, cache, event)

    def _made_ready(self, model: Model, request: LoadRequest) -> tuple[Context, PromptCache]:
        facts = model.facts
        shape = ContextShape(
            context_tokens=context_tokens_for(request, facts),
            ubatch_tokens=request.ubatch_tokens or DEFAULT_UBATCH_TOKENS,
            threads=threads_for(request, facts),
        )
        context = Context(model, shape, self._flag, self._log)
        try:
            is_gpu = main_device_name(request.gpu_layers, request.workers) != "CPU"
            self._warm_up(PromptCache(context), shape, is_gpu=is_gpu)
            if self._should_stop():
                raise LoadCancelledError
        except BaseException:
            context.close()
            raise
        return context, PromptCache(context, kept_bytes=kept_bytes(request.kept_chats_bytes))

    def _tell_loading(self, fraction: float) -> None:
        self._emit(ModelLoading(min(max(fraction, 0.0), 1.0)))

    def _warm_up(self, cache: PromptCache, shape: ContextShape, *, is_gpu: bool) -> None:
        """Let buffers reach their final size now, while a failure still is a failed load.

        On a GPU the memory pool grows with the first full micro-batch (engine.md 2.5); on a
        CPU one token is enough, and a full one would take seconds.
        """
        count = min(shape.ubatch_tokens if is_gpu else 1, shape.context_tokens)
        cache.sync([0] * count, keeps_end=False, should_stop=self._should_stop)
        cache.reset()


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
