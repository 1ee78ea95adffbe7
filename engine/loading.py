"""Loads a model file as planned: weights, context, warm-up.  Engine thread only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.adapters import AdapterFacts, read_adapters, with_adapters
from engine.errors import ModelFileError, NotEnoughMemoryError
from engine.events import EngineEvent, ModelLoaded, ModelLoading
from engine.gguf import ModelFacts, read_facts
from engine.hardware import Hardware
from engine.llama import devices
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, DecodeError, Offload
from engine.llama.context import Context
from engine.llama.kept_chats import kept_bytes
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.memory_plan.ladder import Stage, lowered
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import CacheType, MemoryPlan, Sentence
from engine.requests import LoadRequest


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
        """Plan, load a model and make its context; with less, where memory does not suffice.

        Raises:
            LoadCancelledError: the load was given up.
            EngineError: it could not be loaded.
        """
        began = time.perf_counter()
        self._tell_loading(0.0)
        if self._should_stop():
            raise LoadCancelledError
        facts = read_facts(request.path)
        adapters = read_adapters(request.adapters, facts)
        facts = with_adapters(facts, adapters)
        hardware = devices.hardware(request.workers)
        plan = plan_memory(facts, hardware, request.choices)
        descent = _Descent(facts, hardware, plan, adapters)
        model, context = self._descended(descent, request)
        cache = PromptCache(context, kept_bytes=kept_bytes(request.kept_chats_bytes))
        event = ModelLoaded(
            facts,
            context.size_tokens,
            descent.plan.device_label,
            time.perf_counter() - began,
            descent.plan,
            tuple(descent.given_up.values()),
            workers=request.workers,
            adapters=adapters,
        )
        return Loaded(model, context, cache, event)

    def _descended(self, descent: _Descent, request: LoadRequest) -> tuple[Model, Context]:
        model: Model | None = None
        try:
            while True:
                try:
                    model = model or self._weights(descent, request)
                    return model, self._made_ready(model, descent.plan)
                except NotEnoughMemoryError:
                    stage = Stage.CONTEXT if model else Stage.WEIGHTS
                    if not descent.step_down(stage):
                        raise
                    if model is not None and not descent.keeps_weights:
                        model.close()
                        model = None
        except BaseException:
            if model is not None:
                model.close()
            raise

    def _weights(self, descent: _Descent, request: LoadRequest) -> Model:
        plan = descent.plan
        names = [one.device.name for one in plan.gpus]
        offload = Offload(
            devices=devices.pointers(names, request.workers),
            split=tuple(one.blocks + int(one.has_output) for one in plan.gpus),
            cpu_expert_layers=plan.cpu_expert_layers if names else 0,
        )
        check_unchanged(descent.facts)
        model = Model.load(
            descent.facts,
            gpu_layers=sum(offload.split),
            on_progress=self._tell_loading,
            should_stop=self._should_stop,
            log=self._log,
            offload=offload,
        )
        try:
            model.add_adapters(descent.adapters, self._log)
        except BaseException:
            model.close()
            raise
        return model

    def _made_ready(self, model: Model, plan: MemoryPlan) -> Context:
        shape = ContextShape(
            context_tokens=plan.context_tokens,
            ubatch_tokens=plan.ubatch_tokens,
            threads=plan.threads,
            has_small_cache=plan.cache_type is CacheType.Q8_0,
        )
        context = Context(model, shape, self._flag, self._log)
        try:
            self._warm_up(PromptCache(context), plan)
            if self._should_stop():
                raise LoadCancelledError
            check_unchanged(model.facts)
        except BaseException:
            context.close()
            raise
        return context

    def _tell_loading(self, fraction: float) -> None:
        self._emit(ModelLoading(min(max(fraction, 0.0), 1.0)))

    def _warm_up(self, cache: PromptCache, plan: MemoryPlan) -> None:
        """Let buffers reach their final size now, while a failure still is a failed load.

        On a GPU the memory pool grows with the first full micro-batch and once more with the
        first single token (engine.md 2.5); on a CPU one token is enough, and a full micro-batch
        would take seconds.
        """
        count = min(plan.ubatch_tokens + 1, plan.context_tokens) if plan.gpus else 1
        try:
            cache.sync([0] * count, keeps_end=False, should_stop=self._should_stop)
        except DecodeError as error:
            raise NotEnoughMemoryError(
                "There is not enough memory to compute with this model.",
                "Close other programs, or choose a smaller context in the settings.",
                f"{error}\n{self._log.take_troubles()}",
            ) from error
        cache.reset()


class _Descent:
    """A plan, and what had to be given up of it so far.

    Attributes:
        plan: what is to be tried now.
        given_up: the sentences, by what was given up; of several steps the last one counts.
        keeps_weights: whether the last step left the weights where they were.
        adapters: what changes the weights; their bytes are among the facts'.
    """

    def __init__(
        self,
        facts: ModelFacts,
        hardware: Hardware,
        plan: MemoryPlan,
        adapters: tuple[AdapterFacts, ...],
    ) -> None:
        self.facts = facts
        self.adapters = adapters
        self.plan = plan
        self.given_up: dict[str, Sentence] = {}
        self.keeps_weights = True
        self._hardware = hardware

    def step_down(self, stage: Stage) -> bool:
        """Take the next smaller plan; False when there is none."""
        step = lowered(self.facts, self._hardware, self.plan, stage)
        if step is None:
            return False
        before, (self.plan, sentence) = self.plan, step
        self.given_up[sentence.title] = sentence
        self.keeps_weights = _places(before) == _places(self.plan)
        return True


def _places(plan: MemoryPlan) -> tuple[object, ...]:
    blocks = tuple((one.device.name, one.blocks, one.expert_blocks) for one in plan.devices)
    return plan.gpu_layers, plan.cpu_expert_layers, blocks


def check_unchanged(facts: ModelFacts) -> None:
    """Make sure that the file is still the one whose header was read.

    Raises:
        ModelFileError: it was changed or is gone.
    """
    try:
        status = facts.path.stat()
    except OSError as error:
        raise ModelFileError(
            "The model file is not there any more.",
            "Choose another file, or put it back.",
            str(error),
        ) from error
    if (status.st_size, status.st_mtime_ns) != (facts.size_bytes, facts.modified_ns):
        raise ModelFileError(
            "The model file changed while it was being loaded.",
            "Wait until it is complete, then load it again.",
        )
