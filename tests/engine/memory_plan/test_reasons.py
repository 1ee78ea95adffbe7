from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.hardware import Hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.reasons import Choice, Reason, reasons
from engine.memory_plan.values import CacheType, PlanChoices
from tests.engine.memory_plan.conftest import GIB, MIB, card, facts_of, machine
from tools.random_model.header import GPT_OSS_20B

FACTS = facts_of(GPT_OSS_20B)
AUTOMATIC = PlanChoices()


def told(hardware: Hardware, choices: PlanChoices = AUTOMATIC) -> dict[Choice, Reason]:
    return reasons(FACTS, hardware, plan_memory(FACTS, hardware, choices), choices)


def test_a_card_that_holds_everything_is_given_its_reasons_and_the_price_of_more() -> None:
    found = told(machine(card(15_225)))
    said = {choice: (str(one.why), str(one.step)) for choice, one in found.items()}
    assert said[Choice.CONTEXT] == ("Enough for a long chat.", "Twice as much takes 0.8 GiB more.")
    assert said[Choice.GPU_LAYERS][0] == "All layers fit on Card 16."
    assert said[Choice.EXPERTS][0] == "The experts of all layers fit on Card 16."
    assert said[Choice.CACHE_TYPE][1] == "q8_0 gives 0.4 GiB back."
    assert said[Choice.THREADS][0].startswith("One for each of the 8 cores")
    # 32,768 tokens more, of 12 blocks with 2 KiB a token each, and room for the masks.
    assert 768 * MIB < found[Choice.CONTEXT].step_bytes < 900 * MIB


def test_what_would_not_fit_any_more_is_said_to() -> None:
    found = told(machine(card(11_000, 12)))
    assert "which do not fit" in str(found[Choice.CONTEXT].step)
    assert "which do not fit" in str(found[Choice.EXPERTS].step)
    assert "more do not fit" not in str(found[Choice.CACHE_TYPE].step)
    assert found[Choice.EXPERTS].step_bytes == pytest.approx(404 * MIB, rel=0.05)


def test_the_largest_context_can_only_be_halved() -> None:
    found = told(machine(card(23_000, 24)))[Choice.CONTEXT]
    assert str(found.step) == "Half of it gives 1.6 GiB back."
    assert found.step_bytes < 0


def test_without_a_card_nothing_is_said_of_its_layers_but_why() -> None:
    found = told(machine())
    assert str(found[Choice.GPU_LAYERS].why) == "No graphics card was found that can be used."
    assert found[Choice.GPU_LAYERS].step is None
    assert found[Choice.EXPERTS].step is None
    assert str(found[Choice.CONTEXT].why) == "On the processor, more would take long to read."


def test_what_the_user_chose_is_told_as_that() -> None:
    choices = PlanChoices(4096, 256, 12, 20, CacheType.Q8_0, 3)
    found = told(machine(card(15_225)), choices)
    assert {str(one.why).split(" There")[0] for one in found.values()} == {"You chose this."}


def test_more_than_the_model_was_made_for_is_told() -> None:
    found = told(machine(card(15_225)), PlanChoices(context_tokens=200_000))
    assert str(found[Choice.CONTEXT].why) == "The model was made for no more than this."


def test_the_practice_model_has_reasons_of_its_own() -> None:
    facts = replace(FACTS, is_practice=True)
    hardware = machine(card(15_225))
    plan = plan_memory(facts, hardware, AUTOMATIC)
    said = [str(one.why) for one in reasons(facts, hardware, plan, AUTOMATIC).values()]
    assert sum("practice model" in one for one in said) == 3


@settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(st.integers(0, 24 * 1024), max_size=2),
    st.integers(2, 64),
    st.sampled_from([0, 4096, 131_072]),
    st.integers(-1, 24),
    st.integers(-1, 24),
)
def test_every_choice_has_a_reason_and_every_price_is_that_of_another_plan(
    free: list[int], main_gib: int, context: int, layers: int, experts: int
) -> None:
    cards = [card(mib, 24, f"CUDA{index}") for index, mib in enumerate(free)]
    hardware = machine(*cards, main_free_gib=main_gib, main_gib=64)
    choices = PlanChoices(context, 0, layers, experts)
    plan = plan_memory(FACTS, hardware, choices)
    found = reasons(FACTS, hardware, plan, choices)
    assert set(found) == set(Choice)
    for reason in found.values():
        assert str(reason.why)
        assert (reason.step is None) == (reason.step_bytes == 0)
        assert abs(reason.step_bytes) < 4 * GIB
        if reason.step is not None:
            assert "{" not in str(reason.step)
