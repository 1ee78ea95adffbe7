from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.library import PRACTICE_ID
from app.models.library_file import LIBRARY_NAME
from app.models.speed_keeping import FEWEST_TOKENS, SpeedKeeping, averaged
from app.models.values import MeasuredSpeed
from engine.events import ModelLoaded, Usage
from engine.gguf import ModelFacts
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from tests.app.models.shelf import Home, model_of
from tests.engine.memory_plan.conftest import facts_of, machine
from tools.random_model.header import GPT_OSS_20B

FACTS = facts_of(GPT_OSS_20B)


def usage(tokens: int = 200, speed: float = 40.0) -> Usage:
    return Usage(reply_tokens=tokens, reply_seconds=tokens / speed)


def loaded(facts: ModelFacts, device: str = "Card 16") -> ModelLoaded:
    plan = plan_memory(facts, machine(), PlanChoices())
    return ModelLoaded(facts, 4096, device, 1.0, plan)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def keeping(home: Home) -> SpeedKeeping:
    return SpeedKeeping(home.file, home.clock)


def test_the_first_answer_is_the_speed_and_later_ones_move_it(
    home: Home, keeping: SpeedKeeping
) -> None:
    path = home.written("large.gguf")
    home.library().add(model_of(path))
    large = loaded(replace(FACTS, path=path))
    assert keeping.note(large, usage(), None)
    assert home.library().models()[0].speed == MeasuredSpeed(40.0, "Card 16", home.clock())
    home.clock.now_ms += 5
    keeping.note(large, usage(200, 60.0), None)
    assert home.library().models()[0].speed == MeasuredSpeed(44.0, "Card 16", home.clock())


def test_each_device_has_a_speed_of_its_own_and_the_newest_is_shown(
    home: Home, keeping: SpeedKeeping
) -> None:
    path = home.written("large.gguf")
    home.library().add(model_of(path))
    facts = replace(FACTS, path=path)
    keeping.note(loaded(facts), usage(), None)
    keeping.note(loaded(facts, "CPU"), usage(200, 4.0), None)
    keeping.note(loaded(facts), usage(200, 40.0), None)
    speed = home.library().models()[0].speed
    assert speed is not None
    assert (speed.device, speed.tokens_per_second) == ("Card 16", 40.0)
    assert len(home.file.read().models[0].speeds) == 2


def test_an_answer_of_a_few_words_says_nothing(home: Home, keeping: SpeedKeeping) -> None:
    path = home.written("large.gguf")
    home.library().add(model_of(path))
    large = loaded(replace(FACTS, path=path))
    assert not keeping.note(large, usage(FEWEST_TOKENS - 1), None)
    assert not keeping.note(large, Usage(reply_tokens=500), None)
    assert home.library().models()[0].speed is None


def test_the_practice_model_has_a_speed_too_and_is_listed_once(
    home: Home, keeping: SpeedKeeping
) -> None:
    keeping.note(loaded(replace(FACTS, is_practice=True), "CPU"), usage(), None)
    (practice,) = home.library().models()
    assert practice.id == PRACTICE_ID
    assert practice.speed is not None
    assert practice.speed.tokens_per_second == 40.0


def test_the_model_of_the_settings_need_not_be_in_the_list_yet(
    home: Home, keeping: SpeedKeeping
) -> None:
    path = home.written("mine.gguf")
    keeping.note(loaded(replace(FACTS, path=path)), usage(), str(path))
    (mine, _) = home.library().models()
    assert (mine.paths, mine.speed is not None) == ((path,), True)


def test_a_copy_of_the_practice_model_is_a_model_like_others(
    home: Home, keeping: SpeedKeeping
) -> None:
    path = home.written("copy.gguf")
    facts = replace(FACTS, is_practice=True, path=path)
    keeping.note(loaded(facts), usage(), None)
    keeping.note(loaded(facts), usage(), str(path))
    copy, practice = home.library().models()
    assert copy.paths == (path,)
    assert copy.speed is not None
    assert practice.id == PRACTICE_ID


def test_of_a_model_that_was_only_named_for_once_nothing_is_kept(
    home: Home, keeping: SpeedKeeping
) -> None:
    keeping.note(loaded(replace(FACTS, path=home.written("once.gguf"))), usage(), None)
    assert home.file.read().models == ()


def test_no_other_model_gets_the_name_of_the_practice_model(home: Home) -> None:
    library = home.library()
    model = library.add(model_of(home.written("practice.gguf"), id_=PRACTICE_ID))
    assert model.id == "practice-2"
    assert not model.is_practice


def test_only_numbers_are_kept(home: Home, keeping: SpeedKeeping) -> None:
    path = home.written("large.gguf")
    home.library().add(model_of(path))
    before = json.loads((home.data / LIBRARY_NAME).read_text())
    keeping.note(loaded(replace(FACTS, path=path)), usage(), None)
    after = json.loads((home.data / LIBRARY_NAME).read_text())
    speed = {"tokens_per_second": 40.0, "device": "Card 16", "measured_ms": home.clock()}
    assert after["models"][0].pop("speeds") == [speed]
    assert before["models"][0].pop("speeds") == []
    assert after == before


def test_a_long_answer_counts_more_than_a_short_one() -> None:
    assert averaged(None, usage(20, 30.0)) == pytest.approx(30.0)
    assert averaged(40.0, usage(20, 140.0)) == pytest.approx(42.0)
    assert averaged(40.0, usage(4_000, 140.0)) == pytest.approx(90.0)
