from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.unlock.strength import MIN_CHARACTERS, Strength, strength_of


@pytest.mark.parametrize(
    ("passphrase", "strength"),
    [
        ("", Strength.SHORT),
        ("aB3$xyz", Strength.SHORT),
        ("password1", Strength.WEAK),
        ("Passphrase!!", Strength.WEAK),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", Strength.WEAK),
        ("abcdefghijklmnop", Strength.WEAK),
        ("qwertyuiopasdfghjkl", Strength.WEAK),
        ("1234567890123456", Strength.WEAK),
        ("summer house", Strength.FAIR),
        ("correct horse battery staple", Strength.STRONG),
        ("제주도에서 자전거를 탄 여름", Strength.STRONG),
        ("T7#kq9!mZp2$vR", Strength.STRONG),
    ],
)
def test_the_hint_fits_the_passphrase(passphrase: str, strength: Strength) -> None:
    assert strength_of(passphrase) is strength


@given(st.text(max_size=60))
def test_any_text_gets_a_hint_and_too_short_is_always_said(passphrase: str) -> None:
    is_short = len(passphrase) < MIN_CHARACTERS
    assert (strength_of(passphrase) is Strength.SHORT) is is_short
