"""Plans the memory of the model that the settings ask for, before it is loaded.

Reads a header and asks devices for their free memory, so it belongs on a chores thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.workers import borrowing
from engine.adapters import read_adapters, with_adapters
from engine.gguf import ModelFacts, read_facts
from engine.hardware import Device, Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.reasons import Choice, Reason, reasons
from engine.memory_plan.values import MemoryPlan, PlanChoices
from engine.requests import LoadRequest

ReadHardware = Callable[[Sequence[str]], Hardware]
"""What this machine and some workers, tried just now, have; may raise `UserFacingError`."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was made from.

    Attributes:
        facts: what the header says, without adapters.
        plan: by the user's choices.
        automatic: what the planner would do without them.
        hardware: what it was planned for, with the memory of what is loaded given back.
        choices: the user's.
        whole: the facts with the adapters of the request.
        reasons: why the plan is so, choice by choice, and what a step more or less costs.
    """

    facts: ModelFacts
    plan: MemoryPlan
    automatic: MemoryPlan
    hardware: Hardware
    choices: PlanChoices
    whole: ModelFacts
    reasons: Mapping[Choice, Reason] = field(default_factory=dict)


def this_hardware(workers: Sequence[str]) -> Hardware:
    """What there is now, other machines included."""
    from engine.llama.devices import (  # noqa: PLC0415 - a broken llama.cpp must not stop the app
        hardware,
    )

    return hardware(workers)


class Planner:
    """Plan loads.  One thread at a time; blocks for a tenth of a second, or while workers answer.

    Args:
        read_hardware: looks at the devices.
    """

    def __init__(self, read_hardware: ReadHardware = this_hardware) -> None:
        self._read_hardware = read_hardware

    def plan(self, request: LoadRequest, loaded: MemoryPlan | None = None) -> Planned:
        """Plan a load.

        Args:
            request: what would be loaded.
            loaded: the plan of what is loaded now; its memory counts as free, since a load
                gives it back first.

        Raises:
            UserFacingError: the file, an adapter or a worker cannot be used.
        """
        facts = read_facts(request.path)
        whole = with_adapters(facts, read_adapters(request.adapters, facts))
        return _planned(facts, whole, self._hardware(request.workers, loaded), request.choices)

    def plan_facts(
        self, facts: ModelFacts, choices: PlanChoices, loaded: MemoryPlan | None = None
    ) -> Planned:
        """The same for a model that is not here, on this machine alone."""
        return _planned(facts, facts, self.hardware(loaded), choices)

    def hardware(self, loaded: MemoryPlan | None = None) -> Hardware:
        """What this machine has, with the memory of what is loaded given back."""
        return self._hardware((), loaded)

    def _hardware(self, workers: Sequence[str], loaded: MemoryPlan | None) -> Hardware:
        """The devices as they will be when nothing is loaded.

        Workers that hold a part of the model now are busy with it, and their line is the
        engine thread's: what they had before counts.
        """
        remote = _remote_devices(loaded)
        if workers and remote:
            here = _without_load(self._read_hardware(()), loaded)
            return replace(here, devices=(*remote, *here.devices))
        return _without_load(self._read_hardware(tuple(workers)), loaded)


def _planned(
    facts: ModelFacts, whole: ModelFacts, hardware: Hardware, choices: PlanChoices
) -> Planned:
    plan = plan_memory(whole, hardware, choices)
    automatic = PlanChoices()
    best = plan if choices == automatic else plan_memory(whole, hardware, automatic)
    told = reasons(whole, hardware, plan, choices)
    return Planned(facts, plan, best, hardware, choices, whole, told)


def wanted(request: LoadRequest, workers: Sequence[str], loaded: MemoryPlan | None) -> LoadRequest:
    """The load with its workers, each tried unless it holds a part of the model already."""
    if _remote_devices(loaded):
        return replace(request, workers=tuple(workers))
    return borrowing(request, workers)


def _remote_devices(loaded: MemoryPlan | None) -> tuple[Device, ...]:
    if loaded is None:
        return ()
    return tuple(one.device for one in loaded.devices if one.device.is_remote)


def _without_load(hardware: Hardware, loaded: MemoryPlan | None) -> Hardware:
    """The same with the memory of the loaded model given back.

    Weights in main memory are pages of the file, which count as free already.
    """
    if loaded is None:
        return hardware
    held = {one.device.name: one.used_bytes for one in loaded.gpus}
    devices = tuple(
        replace(one, free_bytes=min(one.free_bytes + held.get(one.name, 0), one.total_bytes))
        for one in hardware.devices
    )
    main = loaded.main.cache_bytes + loaded.main.compute_bytes
    free = min(hardware.main_free_bytes + main, hardware.main_total_bytes)
    return replace(hardware, devices=devices, main_free_bytes=free)
