"""Plans for what the settings ask for, on a machine made up for the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.planning import Planner, wanted
from engine.errors import UserFacingError
from engine.hardware import Device, DeviceKind, Hardware
from engine.memory_plan.values import MemoryPlan
from engine.requests import LoadRequest

GIB = 1 << 30
CARD = Device("CUDA0", "a card", DeviceKind.GPU, 2 * GIB, 16 * GIB)
CPU = Device("CPU", "", DeviceKind.CPU, 4 * GIB, 8 * GIB)
REMOTE = Device("RPC0", "10.0.0.2:1", DeviceKind.GPU, 8 * GIB, 8 * GIB)


class Machine:
    """Devices, and whom it was asked to look for."""

    def __init__(self, *devices: Device) -> None:
        self.hardware = Hardware(devices, 4 * GIB, 8 * GIB, 4)
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, workers: Sequence[str]) -> Hardware:
        self.asked.append(tuple(workers))
        return self.hardware


def on_card(practice: Path, machine: Machine) -> MemoryPlan:
    request = LoadRequest(practice, devices=("CUDA0",))
    return Planner(machine).plan(request).plan


def test_choices_and_what_would_be_chosen_are_planned_beside_each_other(
    practice_model_path: Path,
) -> None:
    planned = Planner(Machine(CPU)).plan(LoadRequest(practice_model_path, 4096))
    assert planned.facts.is_practice
    assert (planned.plan.context_tokens, planned.automatic.context_tokens) == (4096, 8192)


def test_what_is_loaded_counts_as_free(practice_model_path: Path) -> None:
    machine = Machine(CARD, CPU)
    loaded = on_card(practice_model_path, machine)
    request = LoadRequest(practice_model_path, devices=("CUDA0",))

    again = Planner(machine).plan(request, loaded).plan

    held = loaded.gpus[0].used_bytes
    assert held > 0
    assert again.gpus[0].device.free_bytes == CARD.free_bytes + held
    given_back = loaded.main.cache_bytes + loaded.main.compute_bytes
    assert again.main.device.free_bytes == 4 * GIB + given_back


def test_workers_that_hold_a_part_of_the_model_are_not_asked_again(
    practice_model_path: Path,
) -> None:
    machine = Machine(CPU)
    loaded = on_card(practice_model_path, Machine(CARD, CPU))
    remote = replace(loaded.devices[0], device=REMOTE)
    loaded = replace(loaded, devices=(remote, loaded.main))

    request = wanted(LoadRequest(practice_model_path), ("10.0.0.2:1",), loaded)
    assert request.workers == ("10.0.0.2:1",)
    Planner(machine).plan(request, loaded)
    assert machine.asked == [()]


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError):
        Planner(Machine(CPU)).plan(LoadRequest(tmp_path / "nothing.gguf"))
