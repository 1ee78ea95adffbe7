"""What to give up next when a plan turns out not to fit.  Pure."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Final

from engine.gguf import ModelFacts
from engine.hardware import Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import MemoryPlan, PlanChoices, Sentence

SMALLEST_UBATCH: Final = 256
SMALLEST_CONTEXT: Final = 4096
_EXPERTS_A_STEP: Final = 4


class Stage(StrEnum):
    """Where a load failed."""

    WEIGHTS = "weights"
    CONTEXT = "context"
    WARM_UP = "warm_up"


def pinned(plan: MemoryPlan) -> PlanChoices:
    """The choices that give just this plan."""
    return PlanChoices(
        context_tokens=plan.context_tokens,
        ubatch_tokens=plan.ubatch_tokens,
        gpu_layers=plan.gpu_layers,
        cpu_expert_layers=plan.cpu_expert_layers,
        cache_type=plan.cache_type,
        threads=plan.threads,
        devices=tuple(one.device.name for one in plan.gpus) or None,
        slots=plan.slots or None,
    )


def lowered(
    facts: ModelFacts, hardware: Hardware, plan: MemoryPlan, stage: Stage
) -> tuple[MemoryPlan, Sentence] | None:
    """The next smaller plan and what was given up; None when there is nothing left to give.

    First a smaller micro-batch, then a smaller context, then experts of more blocks in main
    memory, then fewer blocks on GPUs.  The first two would not help weights that do not fit.

    Args:
        facts: the model.
        hardware: what the plan was made for.
        plan: what failed.
        stage: where it failed.
    """
    choices = pinned(plan)
    step = None if stage is Stage.WEIGHTS else _smaller_step(plan, choices)
    step = step or _less_on_gpus(facts, plan, choices)
    if step is None:
        return None
    smaller, sentence = step
    return plan_memory(facts, hardware, smaller), sentence


def on_processor(facts: ModelFacts, hardware: Hardware, plan: MemoryPlan) -> MemoryPlan:
    """The same without any GPU."""
    choices = replace(pinned(plan), gpu_layers=0, cpu_expert_layers=-1, devices=None, slots=None)
    return plan_memory(facts, hardware, choices)


def _smaller_step(plan: MemoryPlan, choices: PlanChoices) -> tuple[PlanChoices, Sentence] | None:
    if plan.ubatch_tokens > SMALLEST_UBATCH:
        ubatch = max(SMALLEST_UBATCH, plan.ubatch_tokens // 2)
        return replace(choices, ubatch_tokens=ubatch), Sentence(
            "Memory was short, so prompts are read in smaller steps of {tokens} tokens.",
            {"tokens": f"{ubatch:,}"},
        )
    if plan.context_tokens > SMALLEST_CONTEXT:
        context = max(SMALLEST_CONTEXT, plan.context_tokens // 2)
        return replace(choices, context_tokens=context), Sentence(
            "Memory was short, so the context is {tokens} tokens now.",
            {"tokens": f"{context:,}"},
        )
    return None


def _less_on_gpus(
    facts: ModelFacts, plan: MemoryPlan, choices: PlanChoices
) -> tuple[PlanChoices, Sentence] | None:
    if plan.gpu_layers == 0:
        return None
    if plan.cpu_expert_layers < facts.layers:
        experts = min(facts.layers, plan.cpu_expert_layers + _EXPERTS_A_STEP)
        return replace(choices, cpu_expert_layers=experts), Sentence(
            "Memory was short, so the experts of {experts} of {layers} layers are in main memory.",
            {"experts": str(experts), "layers": str(facts.layers)},
        )
    layers = plan.gpu_layers // 2
    if layers:
        return replace(choices, gpu_layers=layers, slots=None), Sentence(
            "Memory was short, so {gpu_layers} of {layers} layers run on the graphics card.",
            {"gpu_layers": str(layers), "layers": str(facts.layers)},
        )
    return replace(choices, gpu_layers=0, cpu_expert_layers=-1, devices=None, slots=None), Sentence(
        "Memory was short, so the model runs on the processor alone."
    )
