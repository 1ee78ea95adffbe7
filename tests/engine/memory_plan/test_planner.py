from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.gguf import ModelFacts
from engine.hardware import Device, DeviceKind
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import CacheType, Part, PlanChoices
from tests.engine.memory_plan.conftest import (
    GIB,
    card,
    facts_of,
    machine,
)
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B

PLANNER = PlanChoices()
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A plan takes milliseconds, and shrinking tries thousands."""


def test_a_16_gb_card_takes_the_whole_model_with_32k(facts_20b: ModelFacts) -> None:
    """Free as on a Windows desktop's 4060 Ti; budget: 12.4 GiB in all, driver included."""
    plan = plan_memory(facts_20b, machine(card(15_225)), PLANNER)
    assert (plan.context_tokens, plan.ubatch_tokens) == (32_768, 1024)
    assert (plan.gpu_layers, plan.cpu_expert_layers) == (24, 0)
    assert plan.fits
    assert 11.5 * GIB < plan.gpus[0].used_bytes < 11.9 * GIB
    assert str(plan.explanation) == (
        "The whole model runs on Card 16 with a context of 32,768 tokens: "
        "it takes 11.7 GiB, and 3.2 GiB stay free."
    )


def test_a_16_gb_card_can_hold_the_full_context(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(15_225)), PlanChoices(context_tokens=131_072))
    assert plan.fits
    assert (plan.gpu_layers, plan.cpu_expert_layers) == (24, 0)


def test_a_12_gb_card_keeps_a_few_experts_in_main_memory(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(11_000, 12)), PLANNER)
    assert plan.fits
    assert plan.gpu_layers == 24
    assert 2 <= plan.cpu_expert_layers <= 4
    assert plan.context_tokens == 16_384
    assert "experts of 3 of 24 layers stay in main memory" in str(plan.explanation)


def test_a_12_gb_card_without_a_desktop_takes_the_whole_model(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(12_185, 12)), PLANNER)
    assert plan.fits
    assert (plan.gpu_layers, plan.cpu_expert_layers) == (24, 0)


def test_an_8_gb_card_keeps_about_half_of_the_experts_in_main_memory(
    facts_20b: ModelFacts,
) -> None:
    plan = plan_memory(facts_20b, machine(card(7_168, 8)), PLANNER)
    assert plan.fits
    assert plan.gpu_layers == 24
    assert 12 <= plan.cpu_expert_layers <= 14
    assert plan.ubatch_tokens == 2048, "experts are copied to the card for each micro-batch"


def test_a_small_card_runs_only_the_last_layers(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(1_500, 2)), PLANNER)
    assert plan.fits
    assert 8 <= plan.gpu_layers < 24
    assert plan.cpu_expert_layers == 24
    assert "layers run on Card 2, the others on the processor" in str(plan.explanation)


def test_without_a_card_the_processor_runs_everything(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(), PLANNER)
    assert plan.fits
    assert (plan.gpu_layers, plan.gpus) == (0, ())
    assert (plan.context_tokens, plan.threads) == (16_384, 8)
    assert plan.device_label == "CPU"
    assert plan.main.blocks == plan.main.expert_blocks == 24


def test_too_little_main_memory_is_told_with_what_is_missing(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(main_free_gib=6, main_gib=8), PLANNER)
    assert not plan.fits
    assert plan.context_tokens == 4096
    missing = plan.main.used_bytes + plan.main.reserve_bytes - 6 * GIB
    assert plan.main.missing_bytes == missing > 5 * GIB
    assert [str(one) for one in plan.shortages] == [
        f"Main memory is short of {missing / GIB:.1f} GiB: "
        f"this takes {plan.main.used_bytes / GIB:.1f} GiB, and 6.0 GiB are free."
    ]


def test_gpt_oss_120b_is_planned_by_the_same_rules(facts_120b: ModelFacts) -> None:
    on_card = plan_memory(facts_120b, machine(card(80_000, 80)), PLANNER)
    assert on_card.fits
    assert (on_card.gpu_layers, on_card.cpu_expert_layers) == (36, 0)

    shared = plan_memory(facts_120b, machine(card(15_225), main_free_gib=70, main_gib=96), PLANNER)
    assert shared.fits
    assert shared.gpu_layers == 36
    assert 24 <= shared.cpu_expert_layers < 36

    on_processor = plan_memory(facts_120b, machine(main_free_gib=80, main_gib=96), PLANNER)
    assert on_processor.fits
    assert 59 * GIB < on_processor.main.used_bytes < 62 * GIB


def test_two_cards_share_what_neither_can_hold(facts_20b: ModelFacts) -> None:
    cards = card(7_000, 8, "CUDA0"), card(7_400, 8, "CUDA1")
    plan = plan_memory(facts_20b, machine(*cards), PLANNER)
    assert plan.fits
    assert [one.device.name for one in plan.gpus] == ["CUDA1", "CUDA0"], "the roomier one first"
    assert sum(one.blocks for one in plan.gpus) == 24
    assert [one.has_output for one in plan.gpus] == [False, True]
    assert "runs on 2 × Card 8" in str(plan.explanation)


def test_another_machine_is_used_only_for_what_does_not_fit_here(facts_20b: ModelFacts) -> None:
    lent = card(40_000, 48, "RPC0")
    assert lent.is_remote
    alone = plan_memory(facts_20b, machine(lent, card(15_225)), PLANNER)
    assert [one.device.name for one in alone.gpus] == ["CUDA0"]
    both = plan_memory(facts_20b, machine(lent, card(7_000, 8)), PLANNER)
    assert [one.device.name for one in both.gpus] == ["CUDA0", "RPC0"]
    no_card = plan_memory(facts_20b, machine(lent), PLANNER)
    assert [one.device.name for one in no_card.gpus] == ["RPC0"]


def test_chosen_devices_are_all_used_in_the_chosen_order(facts_20b: ModelFacts) -> None:
    cards = card(15_225, 16, "CUDA0"), card(15_225, 16, "CUDA1")
    plan = plan_memory(facts_20b, machine(*cards), PlanChoices(devices=("CUDA1", "CUDA0")))
    assert [one.device.name for one in plan.gpus] == ["CUDA1", "CUDA0"]
    assert all(one.blocks > 8 for one in plan.gpus)


def test_a_graphics_unit_in_the_processor_counts_only_without_a_card(
    facts_20b: ModelFacts,
) -> None:
    unit = Device("Vulkan0", "Unit", DeviceKind.INTEGRATED_GPU, 20 * GIB, 24 * GIB)
    with_card = plan_memory(facts_20b, machine(unit, card(15_225)), PLANNER)
    assert [one.device.name for one in with_card.gpus] == ["CUDA0"]
    alone = plan_memory(facts_20b, machine(unit), PLANNER)
    assert [one.device.name for one in alone.gpus] == ["Vulkan0"]
    assert alone.main.device.free_bytes == 24 * GIB - alone.gpus[0].used_bytes


def test_a_device_that_cannot_tell_its_memory_is_taken_to_use_the_machines(
    facts_20b: ModelFacts,
) -> None:
    silent = Device("SILENT0", "Silent", DeviceKind.GPU, 0, 0)
    plan = plan_memory(facts_20b, machine(silent), PLANNER)
    assert plan.fits
    assert plan.gpus[0].device.free_bytes == 24 * GIB


def test_the_practice_model_runs_on_one_thread_of_the_processor(facts_20b: ModelFacts) -> None:
    practice = replace(facts_20b, is_practice=True)
    plan = plan_memory(practice, machine(card(80_000, 80)), PLANNER)
    assert (plan.gpus, plan.threads, plan.context_tokens) == ((), 1, 8192)
    wanted = plan_memory(practice, machine(card(80_000, 80)), PlanChoices(gpu_layers=24))
    assert wanted.gpu_layers == 24


def test_what_the_user_chose_stays_and_what_does_not_fit_is_told(facts_20b: ModelFacts) -> None:
    choices = PlanChoices(65_536, 2048, 24, 0, CacheType.Q8_0, 3)
    plan = plan_memory(facts_20b, machine(card(7_000, 8)), choices)
    assert (plan.context_tokens, plan.ubatch_tokens) == (65_536, 2048)
    assert (plan.gpu_layers, plan.cpu_expert_layers) == (24, 0)
    assert (plan.cache_type, plan.threads) == (CacheType.Q8_0, 3)
    assert not plan.fits
    assert str(plan.shortages[0]).startswith("Card 8 is short of 5.8 GiB: this takes 12.1 GiB")


def test_more_tokens_than_the_model_was_trained_on_are_not_planned(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(80_000, 80)), PlanChoices(1 << 20))
    assert plan.context_tokens == 131_072


def test_a_bar_shows_every_byte_of_the_free_memory(facts_20b: ModelFacts) -> None:
    plan = plan_memory(facts_20b, machine(card(15_225)), PLANNER)
    for one in plan.devices:
        assert sum(size for _, size in one.segments) == one.device.free_bytes
        assert all(size > 0 for _, size in one.segments)
    assert [part for part, _ in plan.gpus[0].segments] == list(Part)
    assert [part for part, _ in plan.main.segments] == [
        Part.WEIGHTS,
        Part.COMPUTE,
        Part.RESERVE,
        Part.FREE,
    ]


@pytest.mark.parametrize("context", [4096, 8192, 32_768, 131_072])
@pytest.mark.parametrize("cache_type", list(CacheType))
def test_the_parts_of_a_plan_add_up_to_the_model(
    facts_20b: ModelFacts, context: int, cache_type: CacheType
) -> None:
    for free in (2_000, 7_000, 11_000, 15_000, 40_000):
        choices = PlanChoices(context_tokens=context, cache_type=cache_type)
        plan = plan_memory(facts_20b, machine(card(free, 48)), choices)
        weights = sum(one.weights_bytes + one.experts_bytes for one in plan.devices)
        assert weights == facts_20b.weights.total
        assert sum(one.blocks for one in plan.devices) == 24
        assert sum(one.expert_blocks for one in plan.devices) == 24
        assert sum(one.has_output for one in plan.devices) == 1


mebibytes = st.integers(0, 90_000)
MODELS = {"20b": facts_of(GPT_OSS_20B), "120b": facts_of(GPT_OSS_120B)}
models = st.sampled_from(sorted(MODELS))
cards = st.lists(st.builds(card, mebibytes, st.just(96), st.just("")), min_size=0, max_size=3).map(
    lambda found: [replace(one, name=f"CUDA{index}") for index, one in enumerate(found)]
)
some_choices = st.builds(
    PlanChoices,
    context_tokens=st.sampled_from([0, 0, 300, 4096, 20_000, 131_072]),
    ubatch_tokens=st.sampled_from([0, 0, 64, 512, 2048]),
    gpu_layers=st.integers(-1, 40),
    cpu_expert_layers=st.integers(-1, 40),
    cache_type=st.sampled_from([None, *CacheType]),
    threads=st.integers(0, 16),
)


@settings(max_examples=100, deadline=None, phases=NO_SHRINKING)
@given(models, cards, st.floats(0, 100), some_choices)
def test_a_plan_that_fits_never_takes_more_than_is_free(
    model: str, found: list[Device], main_gib: float, choices: PlanChoices
) -> None:
    facts = MODELS[model]
    plan = plan_memory(facts, machine(*found, main_free_gib=main_gib, main_gib=128), choices)
    for one in plan.devices:
        if plan.fits:
            assert one.used_bytes + one.reserve_bytes <= one.device.free_bytes
        assert min(one.weights_bytes, one.experts_bytes, one.cache_bytes, one.blocks) >= 0
    short = [one for one in plan.devices if one.missing_bytes]
    assert len(plan.shortages) == len(short)


@settings(max_examples=100, deadline=None, phases=NO_SHRINKING)
@given(models, cards, st.floats(0, 100), some_choices)
def test_choices_are_kept_whatever_the_machine(
    model: str, found: list[Device], main_gib: float, choices: PlanChoices
) -> None:
    facts = MODELS[model]
    plan = plan_memory(facts, machine(*found, main_free_gib=main_gib, main_gib=128), choices)
    if choices.context_tokens:
        assert plan.context_tokens == choices.context_tokens
    if choices.ubatch_tokens:
        assert plan.ubatch_tokens == choices.ubatch_tokens
    if choices.cache_type:
        assert plan.cache_type is choices.cache_type
    if choices.threads:
        assert plan.threads == choices.threads
    if choices.gpu_layers >= 0 and found:
        assert plan.gpu_layers == min(choices.gpu_layers, facts.layers)
    if choices.cpu_expert_layers >= 0 and plan.gpu_layers:
        least = facts.layers - plan.gpu_layers
        assert plan.cpu_expert_layers == max(least, min(choices.cpu_expert_layers, facts.layers))
    assert 0 <= facts.layers - plan.gpu_layers <= plan.cpu_expert_layers <= facts.layers


@settings(max_examples=100, deadline=None, phases=NO_SHRINKING)
@given(models, mebibytes, mebibytes, st.integers(0, 100_000), st.integers(0, 100_000))
def test_more_memory_never_gives_less_context_or_fewer_layers(
    model: str, free: int, more: int, main: int, more_main: int
) -> None:
    facts = MODELS[model]
    small = plan_memory(facts, machine(card(free, 200), main_free_gib=main / 1024), PLANNER)
    large = plan_memory(
        facts,
        machine(card(free + more, 200), main_free_gib=(main + more_main) / 1024),
        PLANNER,
    )
    if small.fits:
        assert large.fits
        assert large.context_tokens >= small.context_tokens
        assert large.gpu_layers >= small.gpu_layers
