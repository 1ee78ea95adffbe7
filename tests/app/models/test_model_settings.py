from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.model_settings import (
    MAX_MODELS,
    OF_A_MODEL,
    renamed,
    settings_of,
    switched,
    written,
)
from app.settings import Settings
from engine.memory_plan.values import CacheType

PATHS = st.sampled_from([None, "/a.gguf", "/b.gguf", "/c.gguf"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "context_tokens": st.integers(0, 131_072),
        "gpu_layers": st.integers(-1, 40),
        "cache_type": st.sampled_from([None, *CacheType]),
        "temperature": st.floats(0.0, 2.0),
        "min_p": st.floats(0.0, 1.0),
        "seed": st.none() | st.integers(0, 2**32 - 2),
        "kept_chats_mib": st.none() | st.integers(0, 4096),
        "draws_on_device": st.sampled_from([None, True, False]),
        "adapters": st.lists(
            st.builds(lambda name: {"path": f"/{name}.gguf", "scale": 0.5}, st.sampled_from("xy")),
            max_size=2,
        ),
    },
)


def put(settings: Settings, changes: dict[str, Any]) -> Settings:
    """As `CurrentSettings` does, through the file and back."""
    whole = Settings.model_validate({**settings.model_dump(), **changes})
    return Settings.model_validate_json(whole.model_dump_json())


def own(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(include=set(OF_A_MODEL))


@given(st.lists(st.tuples(PATHS, VALUES), max_size=12))
def test_switching_back_and_forth_loses_nothing(steps: list[tuple[str | None, Any]]) -> None:
    settings = Settings(theme="dark")
    expected: dict[str | None, dict[str, Any]] = {None: own(settings)}
    for path, changes in steps:
        settings = put(settings, switched(settings, path))
        assert own(settings) == expected.get(path, own(Settings()))
        settings = put(settings, changes)
        expected[path] = own(settings)
    for path, values in expected.items():
        settings = put(settings, switched(settings, path))
        assert own(settings) == values
    assert settings.theme == "dark"


@given(st.lists(st.tuples(PATHS, VALUES), max_size=6), PATHS)
def test_a_model_can_be_looked_at_without_being_used(
    steps: list[tuple[str | None, Any]], path: str | None
) -> None:
    settings = Settings()
    for other, changes in steps:
        settings = put(put(settings, switched(settings, other)), changes)
    looked_at = settings_of(settings, path)
    assert looked_at == put(settings, switched(settings, path))


def test_what_a_newer_version_keeps_of_a_model_stays() -> None:
    settings = Settings(model_settings={"/a.gguf": {"newer": {"x": 1}, "seed": 3}})
    settings = put(settings, switched(settings, "/a.gguf"))
    assert settings.seed == 3
    settings = put(settings, switched(settings, None))
    assert settings.model_settings == {"/a.gguf": {"newer": {"x": 1}, "seed": 3}}


@pytest.mark.parametrize("wrong", [{"top_p": 7}, {"top_p": "much"}, {"adapters": 3}])
def test_a_value_that_makes_no_sense_is_left_out_and_the_others_count(wrong: Any) -> None:
    settings = Settings(model_settings={"/a.gguf": {**wrong, "seed": 3}})
    settings = put(settings, switched(settings, "/a.gguf"))
    assert own(settings) == {**own(Settings()), "seed": 3}


def test_the_number_of_models_is_bounded_and_the_last_ones_are_kept() -> None:
    settings = Settings()
    for number in range(MAX_MODELS + 20):
        settings = put(settings, switched(settings, f"/{number}.gguf"))
        settings = put(settings, {"seed": number})
    assert len(settings.model_settings) == MAX_MODELS
    assert settings_of(settings, f"/{MAX_MODELS}.gguf").seed == MAX_MODELS
    assert settings_of(settings, "/0.gguf").seed is None


def test_a_model_that_is_in_use_keeps_its_settings_when_it_moves() -> None:
    settings = Settings(model_path="/a.gguf", seed=5, model_settings={"/b.gguf": {"seed": 6}})
    moved = put(settings, renamed(settings, "/a.gguf", "/new/a.gguf"))
    assert (moved.model_path, moved.seed) == ("/new/a.gguf", 5)
    moved = put(moved, renamed(moved, "/b.gguf", "/new/b.gguf"))
    assert moved.model_settings == {"/new/b.gguf": {"seed": 6}}


def test_the_same_model_again_changes_nothing() -> None:
    assert switched(Settings(model_path="/a.gguf", seed=5), "/a.gguf") == {}


def test_a_change_of_another_model_than_the_files_goes_to_that_one() -> None:
    stored = Settings(model_path="/a.gguf", seed=5)
    changes = written(stored, "/b.gguf", {"seed": 9, "theme": "dark"})
    after = put(stored, changes)
    assert (after.model_path, after.seed, after.theme) == ("/a.gguf", 5, "dark")
    assert settings_of(after, "/b.gguf").seed == 9


def test_every_setting_of_a_model_is_one_of_the_settings() -> None:
    assert set(OF_A_MODEL) <= set(Settings.model_fields)
