from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.thoughts.jamo import compose


@pytest.mark.parametrize(
    ("apart", "whole"),
    [
        ("ㅅㅣㅂㅏㄹ", "시발"),
        ("a ㅁㅣㅊㅣㄴㄴㅗㅁ!", "a 미친놈!"),
        ("개ㅅㅐㄲㅣ", "개새끼"),
        ("시ㅂㅏㄹ점", "시발점"),
    ],
)
def test_letters_become_syllables(apart: str, whole: str) -> None:
    composed = compose(apart)

    assert composed is not None
    assert composed[0] == whole


@pytest.mark.parametrize("text", ["", "abc", "시발점", "ㄱㄴㄷ", "ㅏㅑㅓ", "ㅋㅋㅋ"])
def test_what_makes_no_syllable_is_left_alone(text: str) -> None:
    assert compose(text) is None


@settings(derandomize=True, deadline=None)
@given(st.lists(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_syllables_taken_apart_come_back_with_their_places(syllables: list[str]) -> None:
    apart = ["".join(_letters(one)) for one in syllables]
    composed = compose("".join(apart))

    assert composed is not None
    assert composed[0] == "".join(syllables)
    assert composed[1] == [sum(map(len, apart[:at])) for at in range(len(apart) + 1)]


def _letters(syllable: str) -> list[str]:
    """Compatibility letters of a syllable, by Unicode's names of its conjoining ones."""
    return [
        unicodedata.lookup("HANGUL LETTER " + unicodedata.name(one).split(maxsplit=2)[2])
        for one in unicodedata.normalize("NFD", syllable)
    ]
