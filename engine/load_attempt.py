"""One try to load a model just as planned.  Engine thread, or the only thread of a probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.adapters import AdapterFacts
from engine.errors import ModelFileError, NotEnoughMemoryError
from engine.gguf import ModelFacts
from engine.llama import devices
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, DecodeError, Offload
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.memory_plan.values import CacheType, MemoryPlan


@dataclass(frozen=True, slots=True)
class What:
    """What is to be loaded.

    Attributes:
        facts: the model, the adapters' bytes among its own.
        adapters: what changes its weights.
        workers: addresses of other machines whose devices may be planned with.
    """

    facts: ModelFacts
    adapters: tuple[AdapterFacts, ...] = ()
    workers: tuple[str, ...] = ()


class LoadAttempt:
    """Loads weights, makes contexts and warms up.

    Args:
        log: where llama.cpp's reasons are found.
        flag: ends a running computation.
        on_progress: gets fractions of the weights from 0.0 to 1.0.
        should_stop: whether the load is to be given up.
    """

    def __init__(
        self,
        log: LlamaLog,
        flag: AbortFlag,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._log = log
        self._flag = flag
        self._on_progress = on_progress
        self._should_stop = should_stop

    def weights(self, what: What, plan: MemoryPlan) -> Model:
        """Load the weights, adapters included, to where the plan puts them.

        Raises:
            LoadCancelledError: the load was given up.
            NotEnoughMemoryError: there is no room for them.
            EngineError: llama.cpp could not load a file, or a file is not what it was.
        """
        names = [one.device.name for one in plan.gpus]
        offload = Offload(
            devices=devices.pointers(names, what.workers),
            split=plan.slots,
            cpu_expert_layers=plan.cpu_expert_layers if names else 0,
        )
        check_unchanged(what.facts)
        model = Model.load(
            what.facts,
            gpu_layers=sum(plan.slots),
            on_progress=self._on_progress,
            should_stop=self._should_stop,
            log=self._log,
            offload=offload,
        )
        try:
            model.add_adapters(what.adapters, self._log)
        except BaseException:
            model.close()
            raise
        return model

    def context(self, model: Model, plan: MemoryPlan) -> Context:
        """Make the context and warm it up; it comes back empty.

        Raises:
            LoadCancelledError: the load was given up.
            NotEnoughMemoryError: there is no room for it, or to compute with it.
            ModelFileError: the file is not what it was.
        """
        shape = ContextShape(
            context_tokens=plan.context_tokens,
            ubatch_tokens=plan.ubatch_tokens,
            threads=plan.threads,
            has_small_cache=plan.cache_type is CacheType.Q8_0,
        )
        context = Context(model, shape, self._flag, self._log)
        try:
            # On a GPU the memory pool grows with the first full micro-batch and once more with
            # the first single token (engine.md 2.5); on a CPU one token is enough, and a full
            # micro-batch would take seconds.
            self.compute(context, plan.ubatch_tokens + 1 if plan.gpus else 1)
            if self._should_stop():
                raise LoadCancelledError
            check_unchanged(model.facts)
        except BaseException:
            context.close()
            raise
        return context

    def compute(
        self, context: Context, tokens: int, should_stop: Callable[[], bool] | None = None
    ) -> None:
        """Read so many tokens and forget them, so that buffers reach their final size now.

        Args:
            context: an empty one.
            tokens: how many; at most the context's size counts.
            should_stop: ends it early; the attempt's own if None.

        Raises:
            NotEnoughMemoryError: llama.cpp failed at it.
        """
        cache = PromptCache(context)
        count = min(tokens, context.size_tokens)
        try:
            cache.sync([0] * count, keeps_end=False, should_stop=should_stop or self._should_stop)
        except DecodeError as error:
            raise NotEnoughMemoryError(
                "There is not enough memory to compute with this model.",
                "Close other programs, or choose a smaller context in the settings.",
                f"{error}\n{self._log.take_troubles()}",
            ) from error
        cache.reset()


def check_unchanged(facts: ModelFacts) -> None:
    """Make sure that the file is still the one whose header was read.

    Raises:
        ModelFileError: it was changed or is gone.
    """
    first_bytes = facts.size_bytes - sum(one.size_bytes for one in facts.further_parts)
    known = [(facts.path, first_bytes, facts.modified_ns)]
    known += [(one.path, one.size_bytes, one.modified_ns) for one in facts.further_parts]
    try:
        found = [(path, path.stat()) for path, _, _ in known]
    except OSError as error:
        raise ModelFileError(
            "The model file is not there any more.",
            "Choose another file, or put it back.",
            str(error),
        ) from error
    if [(path, status.st_size, status.st_mtime_ns) for path, status in found] != known:
        raise ModelFileError(
            "The model file changed while it was being loaded.",
            "Wait until it is complete, then load it again.",
        )
