"""Why a plan is as it is, choice by choice, and what one step more or less would cost.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.gguf import ModelFacts
from engine.hardware import Hardware
from engine.memory_plan.values import MemoryPlan, PlanChoices, Sentence


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
        step_bytes: the same in bytes, on the device where it counts most; negative gives back.
    """

    why: Sentence
    step: Sentence | None = None
    step_bytes: int = 0


def reasons(
    facts: ModelFacts, hardware: Hardware, plan: MemoryPlan, choices: PlanChoices
) -> dict[Choice, Reason]:
    """The reasons of a plan.

    Args:
        facts: the model.
        hardware: what the plan was made for.
        plan: the plan.
        choices: what the user decided of it.
    """
    del facts, hardware, plan, choices
    return {}
