from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.models.speed_estimate import SpeedEstimate, bytes_per_token, speed_estimate
from engine.gguf import read_facts
from engine.hardware import Device
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import MemoryPlan, PlanChoices
from tests.engine.memory_plan.conftest import card, facts_of, machine
from tools.random_model.header import GPT_OSS_20B

FACTS = facts_of(GPT_OSS_20B)
SHORT = 128


@dataclass(frozen=True)
class Published:
    """A figure that somebody measured with gpt-oss-20b in MXFP4.

    Attributes:
        gigabytes: a second, of its memory.
        speed: tokens a second; of a range its middle.
        source: where it stands.
    """

    name: str
    memory_gib: int
    gigabytes: float
    speed: float
    source: str
    depth: int = SHORT
    is_shared: bool = False


PUBLISHED = (
    Published("RTX 5090", 32, 1792, 362.6, "llama-bench b7100, public log of 2026-02-16"),
    Published("RTX PRO 6000", 96, 1792, 305.7, "ggml-org/llama.cpp#25262"),
    Published("RTX PRO 6000, GPU sampling", 96, 1792, 365.1, "ggml-org/llama.cpp#25262"),
    Published("RTX 4090", 24, 1008, 187, "ggml-org/llama.cpp#15631, #16834"),
    Published("RTX 4080 SUPER", 16, 736, 139, "smeltcore recipe"),
    Published("RTX 4080", 16, 717, 121, "vettedconsumer.com, 106 to 136"),
    Published("RTX 5070 Ti", 16, 896, 135.5, "vettedconsumer.com, 115 to 156"),
    Published("RTX 5080", 16, 960, 188, "HF iBlessi/rtx-5080-llm-throughput"),
    Published("RTX 5060 Ti", 16, 448, 82, "vettedconsumer.com, 73 to 92"),
    Published("RTX 4060 Ti", 16, 288, 66, "ollama/ollama#11758, LM Studio"),
    Published("RTX 4000 SFF Ada", 20, 280, 87, "ggml-org/llama.cpp#25262"),
    Published("DGX Spark", 96, 273, 83.4, "llama.cpp, benches/dgx-spark"),
    Published("DGX Spark", 96, 273, 61.7, "llama.cpp, benches/dgx-spark", 32_768),
    Published("H100", 80, 3352, 288, "docs/PERFORMANCE.md"),
    Published("RX 7900 XT", 20, 800, 162.6, "AlexsJones/llmfit#808"),
    Published("RX 9070 XT", 16, 640, 110, "lmstudio-ai/lmstudio-bug-tracker#574, ROCm"),
    Published("RX 9070 XT", 16, 640, 132, "lmstudio-ai/lmstudio-bug-tracker#574, Vulkan"),
    Published("M2 Ultra", 128, 800, 130, "llama.cpp, benches/mac-m2-ultra", is_shared=True),
    Published("M2 Ultra", 128, 800, 98, "llama.cpp, benches/mac-m2-ultra", 32_768, is_shared=True),
    Published("M4 Pro", 48, 273, 66.5, "AlexsJones/llmfit", is_shared=True),
)


def device(one: Published) -> Device:
    found = card((one.memory_gib - 1) * 1024, one.memory_gib)
    return replace(found, name="Metal0") if one.is_shared else found


def planned(device: Device, context: int = 0, main_gib: int = 64) -> MemoryPlan:
    hardware = machine(device, main_free_gib=main_gib, main_gib=main_gib)
    return plan_memory(FACTS, hardware, PlanChoices(context_tokens=context))


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: f"{one.name}, {one.depth}")
def test_published_figures_lie_in_the_range(one: Published) -> None:
    plan = planned(device(one), 65_536 if one.depth > SHORT else 0)
    speeds = {plan.gpus[0].device.name: one.gigabytes * 1e9, "": 50e9}
    found = speed_estimate(FACTS, plan, speeds, one.depth)
    assert found is not None
    assert found.low <= one.speed <= found.high
    assert found.high / found.low < 2.1, "a range so wide says nothing"


@pytest.mark.parametrize(
    ("free_mib", "total_gib", "gigabytes", "speed"),
    [
        (7_592, 8, 3352, 44.8),  # an H100 with less memory, docs/PERFORMANCE.md
        (5_544, 6, 3352, 37.0),  # the same
        (7_168, 8, 448, 36.4),  # RTX 2080, AlexsJones/llmfit#775
        (10_500, 12, 672, 57.7),  # RTX 5070, AlexsJones/llmfit#787
    ],
)
def test_published_figures_with_experts_in_main_memory_lie_in_the_range(
    free_mib: int, total_gib: int, gigabytes: float, speed: float
) -> None:
    """Nobody says how fast those main memories were; most are between 40 and 80 GB/s."""
    plan = planned(card(free_mib, total_gib))
    assert plan.cpu_expert_layers > 0
    slow = speed_estimate(FACTS, plan, {"CUDA0": gigabytes * 1e9, "": 40e9}, SHORT)
    fast = speed_estimate(FACTS, plan, {"CUDA0": gigabytes * 1e9, "": 80e9}, SHORT)
    assert slow is not None
    assert fast is not None
    assert slow.low <= speed <= fast.high


def test_a_token_reads_what_the_model_card_says_is_active() -> None:
    """3.6 billion active weights of 4.25 bits, and of 8.5 bits outside the experts: 2.57 GB."""
    plan = planned(card(15_225))
    size = sum(bytes_per_token(FACTS, plan, one, 1) for one in plan.devices)
    assert size == pytest.approx(2.6e9, rel=0.02)


def test_a_longer_chat_is_slower_and_fewer_experts_on_the_card_are_too() -> None:
    plan = planned(card(15_225), 65_536)
    speeds = {"CUDA0": 448e9, "": 50e9}
    short, long = (speed_estimate(FACTS, plan, speeds, depth) for depth in (128, 60_000))
    small = speed_estimate(FACTS, planned(card(7_000, 8)), speeds)
    assert short is not None
    assert long is not None
    assert small is not None
    assert short.low > long.low > small.high


def test_the_processor_alone_is_bound_by_its_memory_and_its_cores() -> None:
    plan = plan_memory(FACTS, machine(main_free_gib=24), PlanChoices())
    found = speed_estimate(FACTS, plan, {"": 60e9})
    one_core = speed_estimate(FACTS, replace(plan, threads=1), {"": 60e9})
    assert found is not None
    assert one_core is not None
    assert 8 < found.low < 15 < found.high < 23  # 2.6 GB at 60 GB/s are 23 tokens/s
    assert one_core.high < found.high


def test_a_model_that_stays_in_the_processors_cache_is_bound_by_its_cores_alone(
    practice_model_path: Path,
) -> None:
    """Measured on such a machine: 355 to 450 tokens/s, memory of 13 GB/s (docs/PERFORMANCE.md)."""
    facts = read_facts(practice_model_path)
    plan = plan_memory(facts, machine(), PlanChoices())
    found = speed_estimate(facts, plan, {"": 13e9}, 512)
    assert found is not None
    assert found.low < 355
    assert found.high > 450


def test_nothing_is_said_of_memory_of_unknown_speed() -> None:
    assert speed_estimate(FACTS, planned(card(15_225)), {"": 60e9}) is None


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (59.7, 88.2, "About 60 to 88 tokens/s"),
        (134.2, 232.1, "About 130 to 230 tokens/s"),
        (3.14, 7.96, "About 3.1 to 8.0 tokens/s"),
        (99.9, 100.4, "About 100 tokens/s"),
    ],
)
def test_a_figure_has_no_more_digits_than_are_known(low: float, high: float, said: str) -> None:
    assert str(SpeedEstimate(low, high).sentence) == said
