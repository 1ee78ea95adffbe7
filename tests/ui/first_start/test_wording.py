"""What is said of a computer and of a model on it, and who sees the first start at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.outlook import Machine, Outlook
from app.models.planning import Planned
from app.models.speed_estimate import SpeedEstimate
from app.models.values import Download, DownloadState, ModelPart, OfferedModel
from app.settings import Settings
from app.words import Words
from engine.hardware import Device, DeviceKind, Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from tests.engine.memory_plan.conftest import facts_of
from tools.random_model.header import GPT_OSS_20B
from ui.first_start.door import is_due
from ui.first_start.offers import host_of, usual_of
from ui.first_start.wording import machine_facts, pace, place, verdict

GIB = 1 << 30
FACTS = facts_of(GPT_OSS_20B)
CPU = Device("CPU", "AMD Ryzen 7 5800X", DeviceKind.CPU, 28 * GIB, 32 * GIB)


def card(gib: int) -> Device:
    return Device("CUDA0", "NVIDIA GeForce RTX 5070 Ti", DeviceKind.GPU, (gib - 1) * GIB, gib * GIB)


def outlook(*devices: Device, main_gib: int = 28, speed: float | None = 80.0) -> Outlook:
    hardware = Hardware((*devices, CPU), main_gib * GIB, 32 * GIB, 8)
    plan = plan_memory(FACTS, hardware, PlanChoices())
    planned = Planned(FACTS, plan, plan, hardware, PlanChoices(), FACTS)
    return Outlook(planned, SpeedEstimate(speed * 0.8, speed * 1.2) if speed else None)


def model(id_: str, address: str = "") -> OfferedModel:
    return OfferedModel(id_, id_, (ModelPart(f"{id_}.gguf", 1, ""),), address=address)


@pytest.mark.parametrize(
    ("devices", "main_gib", "said"),
    [
        ((card(16),), 28, "fits NVIDIA GeForce RTX 5070 Ti"),
        ((card(8),), 28, "stays in main memory"),
        ((), 28, "runs on the processor, without a graphics card"),
        ((), 6, "needs more memory than is free"),
    ],
)
def test_where_the_model_goes_is_one_sentence(
    devices: tuple[Device, ...], main_gib: int, said: str, words: Words
) -> None:
    plan = outlook(*devices, main_gib=main_gib).planned.plan
    assert said in verdict(words, "gpt-oss-20b", plan)


@pytest.mark.parametrize(
    ("speed", "said"),
    [
        (80.0, "faster than people read"),
        (5.0, "about as fast as people read"),
        (2.0, "a short answer takes about 2 min"),
        (None, "known once it has answered"),
    ],
)
def test_a_speed_is_told_by_what_it_is_like(speed: float | None, said: str, words: Words) -> None:
    assert said in pace(words, outlook(card(16), speed=speed))


def test_where_it_does_not_fit_the_choice_stays(words: Words) -> None:
    assert "choice is yours" in pace(words, outlook(main_gib=6))


def test_facts_of_a_computer_are_one_line(words: Words) -> None:
    machine = Machine(Hardware((card(16), CPU), 28 * GIB, 32 * GIB, 8), 214_000_000_000)
    assert machine_facts(words, machine) == (
        "NVIDIA GeForce RTX 5070 Ti, 16 GiB  ·  32 GiB memory  ·  214.0 GB free on the disk"
    )
    bare = Machine(Hardware((CPU,), 28 * GIB, 32 * GIB, 8), 1)
    assert machine_facts(words, bare).startswith("No graphics card")


def test_a_folder_at_home_is_told_from_there(tmp_path: Path) -> None:
    assert place(Path.home() / "models").split()[0] == "~"
    assert place(tmp_path) == str(tmp_path)


def test_what_is_under_way_is_offered_before_the_usual_model() -> None:
    other, usual = model("gpt-oss-120b"), model("gpt-oss-20b")
    assert usual_of((other, usual), ()) == usual
    going = Download(other, Path(), DownloadState.PAUSED)
    assert usual_of((other, usual), (going,)) == other
    assert usual_of((), ()) is None


def test_the_host_that_is_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert host_of(model("m"), "") == "huggingface.co"
    assert host_of(model("m"), "https://mirror.example") == "mirror.example"
    assert host_of(model("m", address="https://files.example/m.gguf"), "") == "files.example"
    monkeypatch.setenv("HF_ENDPOINT", "no address at all")
    assert host_of(model("m"), "") == "huggingface.co"


@pytest.mark.parametrize(
    ("settings", "is_new", "due"),
    [
        (Settings(), True, True),
        (Settings(), False, False),  # chats of a version that had no first start
        (Settings(first_start="model"), False, True),  # left at a step
        (Settings(first_start="done"), True, False),
        (Settings(model_path="/m.gguf"), True, False),
    ],
)
def test_who_sees_the_first_start(settings: Settings, is_new: bool, due: bool) -> None:
    assert is_due(settings, is_new=is_new) is due
