"""Loads a model file as planned, and with less where that fails.  Engine thread only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.adapters import read_adapters, with_adapters
from engine.errors import NotEnoughMemoryError
from engine.events import EngineEvent, ModelLoaded, ModelLoading
from engine.gguf import ModelFacts, read_facts
from engine.hardware import Hardware
from engine.llama import devices
from engine.llama.abort_flag import AbortFlag
from engine.llama.context import Context
from engine.llama.kept_chats import kept_bytes
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.load_attempt import LoadAttempt, What
from engine.memory_plan.ladder import Stage, lowered, on_processor
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import MemoryPlan, Sentence
from engine.probe import Outcome, Prober, Verdict, is_due
from engine.requests import LoadRequest

MOST_CRASHES = 2
"""After so many probes that crashed, the GPUs are left alone."""


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
        prober: tries loads in processes of their own.
    """

    def __init__(
        self,
        log: LlamaLog,
        flag: AbortFlag,
        emit: Callable[[EngineEvent], None],
        should_stop: Callable[[], bool],
        prober: Prober | None = None,
    ) -> None:
        self._emit = emit
        self._should_stop = should_stop
        self._prober = prober or Prober()
        self._attempt = LoadAttempt(log, flag, self._tell_loading, should_stop)

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
        descent = _Descent(facts, hardware, plan_memory(facts, hardware, request.choices))
        self._probe(descent, request)
        with self._prober.watched(request, facts, descent.plan):
            model, context = self._descended(descent, What(facts, adapters, request.workers))
        cache = PromptCache(context, kept_bytes=kept_bytes(request.kept_chats_bytes))
        event = ModelLoaded(
            facts,
            context.size_tokens,
            descent.plan.device_label,
            time.perf_counter() - began,
            descent.plan,
            tuple(descent.given_up.values()),
            workers=_workers_in(descent.plan, request.workers),
            adapters=adapters,
        )
        return Loaded(model, context, cache, event)

    def _probe(self, descent: _Descent, request: LoadRequest) -> None:
        """Go down to a plan that a process of its own could load, where that is to be found out."""
        crashes = 0
        while is_due(request, descent.plan):
            verdict = self._prober.verdict(
                request, descent.facts, descent.plan, self._tell_loading, self._should_stop
            )
            if verdict.outcome in (Outcome.WORKS, Outcome.UNDECIDED):
                return
            if verdict.outcome is Outcome.CRASHED:
                crashes += 1
            if crashes >= MOST_CRASHES:
                descent.leave_gpus()
            elif not descent.step_down(verdict.stage):
                raise _told(verdict)

    def _descended(self, descent: _Descent, what: What) -> tuple[Model, Context]:
        model: Model | None = None
        try:
            while True:
                try:
                    model = model or self._attempt.weights(what, descent.plan)
                    return model, self._attempt.context(model, descent.plan)
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

    def _tell_loading(self, fraction: float) -> None:
        self._emit(ModelLoading(min(max(fraction, 0.0), 1.0)))


def _told(verdict: Verdict) -> NotEnoughMemoryError:
    return NotEnoughMemoryError(
        "There is not enough memory for this model.",
        "Close other programs, or choose a smaller context in the settings.",
        verdict.detail,
    )


def _workers_in(plan: MemoryPlan, workers: tuple[str, ...]) -> tuple[str, ...]:
    """The workers that hold a part; ggml describes their devices by their addresses."""
    used = {one.device.description for one in plan.gpus if one.device.is_remote}
    return tuple(address for address in workers if address in used)


class _Descent:
    """A plan, and what had to be given up of it so far.

    Attributes:
        plan: what is to be tried now.
        given_up: the sentences, by what was given up; of several steps the last one counts.
        keeps_weights: whether the last step left the weights where they were.
    """

    def __init__(self, facts: ModelFacts, hardware: Hardware, plan: MemoryPlan) -> None:
        self.facts = facts
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

    def leave_gpus(self) -> None:
        """Take the plan without any GPU."""
        self.plan = on_processor(self.facts, self._hardware, self.plan)
        sentence = Sentence(
            "The graphics card failed in a trial, so the model runs on the processor alone."
        )
        self.given_up = {sentence.title: sentence}


def _places(plan: MemoryPlan) -> tuple[object, ...]:
    return plan.gpu_layers, plan.cpu_expert_layers, plan.slots, plan.device_label
