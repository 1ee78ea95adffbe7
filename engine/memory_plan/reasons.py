"""Why a plan is as it is, choice by choice, and what one step more or less would cost.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.gguf import ModelFacts
from engine.hardware import Hardware
from engine.memory_plan.ladder import pinned
from engine.memory_plan.planner import COPYING_LAYERS, USUAL_CONTEXT, plan_memory
from engine.memory_plan.sentences import gibibytes, joined
from engine.memory_plan.values import CacheType, MemoryPlan, PlanChoices, Sentence


class Choice(StrEnum):
    """What is chosen, by the name that `PlanChoices` has for it."""

    CONTEXT = "context_tokens"
    UBATCH = "ubatch_tokens"
    GPU_LAYERS = "gpu_layers"
    EXPERTS = "cpu_expert_layers"
    CACHE_TYPE = "cache_type"
    THREADS = "threads"


@dataclass(frozen=True, slots=True)
class Reason:
    """What there is to say of one choice.

    Attributes:
        why: why it is so.
        step: what a step more, or less, costs or gives back; None where there is none.
        step_bytes: the same in bytes, on the GPUs or, without any, in main memory; negative
            gives back.
    """

    why: Sentence
    step: Sentence | None = None
    step_bytes: int = 0


def reasons(
    facts: ModelFacts, hardware: Hardware, plan: MemoryPlan, choices: PlanChoices
) -> dict[Choice, Reason]:
    """The reasons of a plan.

    Args:
        facts: the model, with its adapters.
        hardware: what the plan was made for.
        plan: the plan.
        choices: what the user decided of it.
    """
    told = _Told(facts, hardware, plan, choices)
    return {
        Choice.CONTEXT: told.context(),
        Choice.UBATCH: told.ubatch(),
        Choice.GPU_LAYERS: told.gpu_layers(),
        Choice.EXPERTS: told.experts(),
        Choice.CACHE_TYPE: told.cache_type(),
        Choice.THREADS: told.threads(),
    }


class _Told:
    def __init__(
        self, facts: ModelFacts, hardware: Hardware, plan: MemoryPlan, choices: PlanChoices
    ) -> None:
        self._facts = facts
        self._hardware = hardware
        self._plan = plan
        self._choices = choices
        self._device = joined([one.device.label for one in plan.gpus])

    # ---- one for each choice

    def context(self) -> Reason:
        return self._with_step(self._why_context(), *self._context_step())

    def ubatch(self) -> Reason:
        steps = self._plan.ubatch_tokens
        tokens = f"{steps * 2:,}"
        return self._with_step(
            self._why_ubatch(),
            PlanChoices(ubatch_tokens=steps * 2),
            Sentence("Steps of {tokens} take {size} more.", {"tokens": tokens}),
            Sentence("Steps of {tokens} take {size} more, which do not fit.", {"tokens": tokens}),
        )

    def gpu_layers(self) -> Reason:
        plan, layers, device = self._plan, self._facts.layers, {"device": self._device}
        if not plan.gpus:
            return Reason(self._why_no_gpu())
        if self._choices.gpu_layers >= 0:
            why = _chosen()
        elif plan.gpu_layers == layers:
            why = Sentence("All layers fit on {device}.", device)
        else:
            why = Sentence("More layers do not fit on {device}.", device)
        if plan.gpu_layers < layers:
            more = PlanChoices(gpu_layers=plan.gpu_layers + 1)
            return self._with_step(
                why,
                more,
                Sentence("One layer more takes {size} more of {device}.", device),
                Sentence("One layer more takes {size} more, which do not fit.", device),
            )
        return self._with_step(
            why,
            PlanChoices(gpu_layers=layers - 1),
            Sentence("One layer less gives {size} back, and answers get slower.", device),
        )

    def experts(self) -> Reason:
        plan, device = self._plan, {"device": self._device}
        if not plan.gpus:
            return Reason(Sentence("Without a graphics card all experts are in main memory."))
        count = plan.cpu_expert_layers
        if self._choices.cpu_expert_layers >= 0:
            why = _chosen()
        elif count == 0:
            why = Sentence("The experts of all layers fit on {device}.", device)
        else:
            why = Sentence(
                "The experts of more layers do not fit on {device}; each that stays in main "
                "memory makes answers slower.",
                device,
            )
        if count > self._facts.layers - plan.gpu_layers:
            return self._with_step(
                why,
                PlanChoices(cpu_expert_layers=count - 1),
                Sentence("Those of one layer more on {device} take {size} more.", device),
                Sentence(
                    "Those of one layer more on {device} take {size} more, which do not fit.",
                    device,
                ),
            )
        return self._with_step(
            why,
            PlanChoices(cpu_expert_layers=count + 1),
            Sentence("Those of one layer in main memory give {size} of {device} back.", device),
        )

    def cache_type(self) -> Reason:
        if self._plan.cache_type is CacheType.F16:
            why = Sentence("Keys and values stay exact: q8_0 makes answers a little worse.")
            return self._with_step(
                why if self._choices.cache_type is None else _chosen(),
                PlanChoices(cache_type=CacheType.Q8_0),
                Sentence("q8_0 gives {size} back."),
            )
        return self._with_step(
            _chosen(),
            PlanChoices(cache_type=CacheType.F16),
            Sentence("f16 takes {size} more."),
            Sentence("f16 takes {size} more, which do not fit."),
        )

    def threads(self) -> Reason:
        cores = {"cores": f"{self._hardware.cores}"}
        if self._choices.threads:
            return Reason(Sentence("You chose this. There are {cores} cores.", cores))
        if self._facts.is_practice:
            return Reason(
                Sentence("The steps of the practice model are so short that threads only wait.")
            )
        return Reason(
            Sentence("One for each of the {cores} cores: more get in each other's way.", cores)
        )

    # ---- why

    def _why_context(self) -> Sentence:
        tokens = self._plan.context_tokens
        trained = self._facts.trained_context_tokens
        if self._choices.context_tokens > trained and tokens == trained:
            return Sentence("The model was made for no more than this.")
        if self._choices.context_tokens:
            return _chosen()
        if self._facts.is_practice:
            return Sentence("Enough for the practice model, which reads little.")
        if not self._plan.fits:
            return Sentence("Memory is short even so.")
        if tokens > USUAL_CONTEXT:
            return Sentence("Much of {device} stays free even so.", {"device": self._device})
        if tokens == min(USUAL_CONTEXT, trained):
            return Sentence("Enough for a long chat.")
        if not self._plan.gpus:
            return Sentence("On the processor, more would take long to read.")
        return Sentence(
            "Memory is short: with more, less of the model fits on {device}.",
            {"device": self._device},
        )

    def _context_step(self) -> tuple[PlanChoices, Sentence, Sentence | None]:
        tokens = self._plan.context_tokens
        if tokens * 2 > self._facts.trained_context_tokens:
            less = PlanChoices(context_tokens=tokens // 2)
            return less, Sentence("Half of it gives {size} back."), None
        return (
            PlanChoices(context_tokens=tokens * 2),
            Sentence("Twice as much takes {size} more."),
            Sentence("Twice as much takes {size} more, which do not fit."),
        )

    def _why_ubatch(self) -> Sentence:
        plan = self._plan
        if self._choices.ubatch_tokens:
            return _chosen()
        if not plan.gpus:
            return Sentence("Prompts are read in such steps; larger ones gain nothing here.")
        if plan.cpu_expert_layers >= COPYING_LAYERS and plan.ubatch_tokens >= 1024:
            return Sentence(
                "Experts in main memory are copied to {device} for each step, so large steps read "
                "prompts faster.",
                {"device": self._device},
            )
        if plan.ubatch_tokens >= 1024:
            return Sentence("Prompts are read fastest in steps of this size.")
        return Sentence("Memory is short, so prompts are read in smaller steps.")

    def _why_no_gpu(self) -> Sentence:
        if self._choices.gpu_layers == 0:
            return _chosen()
        if not any(one.is_gpu for one in self._hardware.devices):
            return Sentence("No graphics card was found that can be used.")
        if self._facts.is_practice:
            return Sentence("The practice model is so small that a graphics card gains nothing.")
        return Sentence("Not even one layer fits on a graphics card.")

    # ---- steps

    def _with_step(
        self, why: Sentence, step: PlanChoices, told: Sentence, too_much: Sentence | None = None
    ) -> Reason:
        """What a step costs, by the same plan with nothing but that changed."""
        now = pinned(self._plan)
        changes = {
            name: getattr(step, name)
            for name in PlanChoices.__dataclass_fields__
            if getattr(step, name) != getattr(PlanChoices(), name)
        }
        if "gpu_layers" in changes:
            changes["slots"] = None
        then = plan_memory(self._facts, self._hardware, replace(now, **changes))
        cost = _used(then) - _used(self._plan)
        if cost == 0:
            return Reason(why)
        said = too_much if too_much is not None and not then.fits and self._plan.fits else told
        fields = {**said.fields, "size": gibibytes(abs(cost))}
        used = {name: fields[name] for name in fields if "{" + name + "}" in said.title}
        return Reason(why, Sentence(said.title, used), cost)


def _used(plan: MemoryPlan) -> int:
    return sum(one.used_bytes for one in plan.gpus or plan.devices)


def _chosen() -> Sentence:
    return Sentence("You chose this.")
