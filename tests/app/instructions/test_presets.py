from __future__ import annotations

import pytest
from pydantic import ValidationError

from app import resources
from app.instructions.presets import MAX_NAME_CHARACTERS, Preset, free_name, shipped_presets
from app.instructions.text import MAX_TOKENS, tokens_of
from app.settings import Settings
from engine.harmony.vocabulary import Vocabulary

FILE = resources.path("instructions.json")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_ships_has_names_of_its_own_and_leaves_room_for_more(
    language: str, vocabulary: Vocabulary
) -> None:
    presets = shipped_presets(FILE, language)
    encode = vocabulary.encode
    assert len({preset.name for preset in presets}) == len(presets) >= 5
    assert all(0 < tokens_of(preset.text, encode) < MAX_TOKENS // 10 for preset in presets)


def test_both_languages_have_the_same_ones() -> None:
    english, korean = shipped_presets(FILE, "en"), shipped_presets(FILE, "ko")
    assert len(english) == len(korean)
    assert not {preset.text for preset in english} & {preset.text for preset in korean}


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("  My   own ", ()) == "My own"
    assert free_name("My own", ("My own", "My own 2")) == "My own 3"
    longest = "n" * MAX_NAME_CHARACTERS
    numbered = free_name(longest, (longest,))
    assert len(numbered) == MAX_NAME_CHARACTERS
    assert numbered.endswith("n 2")


def test_the_settings_keep_each_name_once_and_no_blank_preset() -> None:
    kept = Settings(presets=(Preset(name="a", text="1"), Preset(name="a", text="2")))
    assert kept.presets == (Preset(name="a", text="2"),)
    with pytest.raises(ValidationError):
        Preset(name="", text="x")
