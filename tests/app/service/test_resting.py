"""The model rests: what is said, and that it is there again when it is wanted."""

from __future__ import annotations

from dataclasses import replace

from app.chats.changes import ModelState, StatusChanged
from engine.events import ModelLoaded, ModelRested, ModelWanted
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from tests.app.service.conftest import Bench
from tests.engine.memory_plan.conftest import facts_of, machine
from tools.random_model.header import GPT_OSS_20B

FACTS = facts_of(GPT_OSS_20B)
PLAN = plan_memory(FACTS, machine(), PlanChoices())
LOADED = ModelLoaded(FACTS, 4096, "CPU", 1.0, PLAN, workers=("10.0.0.2:1",))


def status(bench: Bench) -> StatusChanged:
    told = bench.of(StatusChanged)[-1]
    assert isinstance(told, StatusChanged)
    return told


def rest(bench: Bench) -> None:
    bench.engine.play(replace(LOADED, workers=()), ModelRested())
    bench.settle()


def test_a_resting_model_is_named_can_be_asked_and_holds_no_memory(bench: Bench) -> None:
    rest(bench)
    told = status(bench)
    assert told.state is ModelState.RESTING
    assert told.model_name == FACTS.name
    assert told.can_answer
    assert told.loaded is not None
    assert told.held_plan is None


def test_a_model_that_is_wanted_is_found_anew_and_loaded_once(bench: Bench) -> None:
    rest(bench)
    before = len(bench.engine.loads)
    bench.engine.play(ModelWanted(), ModelWanted())
    bench.settle()
    assert len(bench.engine.loads) == before + 1
    assert status(bench).state is ModelState.LOADING


def test_nothing_is_loaded_twice_where_another_model_is_on_its_way(bench: Bench) -> None:
    rest(bench)
    before = len(bench.engine.loads)
    bench.service.load_model()
    bench.engine.play(ModelWanted())
    bench.settle()
    assert len(bench.engine.loads) == before + 1


def test_what_waits_is_let_go_when_the_model_cannot_be_found(bench: Bench) -> None:
    rest(bench)
    bench.workers, bench.refused = ("10.0.0.2:1",), "10.0.0.2:1"
    bench.engine.play(ModelWanted())
    bench.settle()
    assert bench.engine.unloads == 1
    assert status(bench).state is ModelState.FAILED
    assert status(bench).problem is not None
