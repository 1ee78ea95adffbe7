# ruff: noqa: RUF001 - disguised letters are what is tested
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.thoughts.folding import fold


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("plain", "plain"),
        ("＜｜start｜＞", "<|start|>"),
        ("i\u200bd\u0456ot", "idiot"),
        ("ïdıöt", "idiot"),
        ("i\u0336d\u0336iot", "idiot"),
        ("𝐢𝐝𝐢𝐨𝐭", "idiot"),
        ("٤١١١", "4111"),
        ("a\u00a0b", "a b"),
        ("ㅅㅂ", "ㅅㅂ"),
        ("\u1109\u1175\u1107\u1161\u11af", "시발"),
        ("시\u3164발", "시발"),
        ("…", "..."),
        ("İ", "I"),
        ("漢字", "漢字"),
    ],
)
def test_disguises_fall(raw: str, folded: str) -> None:
    assert fold(raw).text == folded


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from("\u200b\u1109\u1175…ﷺﬁ가aİ")))
def test_places_can_be_traced_back(raw: str) -> None:
    folded = fold(raw)

    assert len(folded.text.lower()) == len(folded.text)
    for place in range(len(folded.text)):
        start, end = folded.raw_range(place, place + 1)
        assert 0 <= start < end <= len(raw)
        assert folded.text[place] in fold(raw[start:end]).text
    if folded.text:
        assert folded.raw_range(0, len(folded.text))[1] == len(raw)
