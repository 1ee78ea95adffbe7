from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text_match import Match, Searchable, holds, match


def found(query: str, text: str) -> Match | None:
    return match(query, Searchable.of(text))


def marked(query: str, text: str) -> str:
    met = found(query, text)
    assert met is not None
    return "".join(text[at] for at in met.marks)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("new", "New chat"),
        ("nc", "New chat"),
        ("chat new", "New chat"),
        ("ewat", "New chat"),
        ("CAFE", "Café"),
        ("설정", "설정"),
        ("ㅅㅈ", "설정"),
        ("ㅅㅈ", "새 대화 저장"),
        ("서", "설정"),  # while 설 is composed
        ("설저", "설정"),
        ("간", "가나다"),  # the ㄴ may belong to the next syllable
        ("", "anything"),
    ],
)
def test_letters_in_order_meet_a_text(query: str, text: str) -> None:
    assert found(query, text) is not None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("xyz", "New chat"),
        ("wen", "New chat"),
        ("chat x", "New chat"),
        ("설", "서당"),
        ("ㅈㅅ", "설정"),
        ("a", ""),
    ],
)
def test_other_letters_do_not(query: str, text: str) -> None:
    assert found(query, text) is None


def test_a_long_text_holds_words_in_one_piece() -> None:
    text = Searchable.of("Higher is freer, lower is steadier; 글씨 크기")
    assert holds("", text)
    assert holds("LOWER free", text)
    assert holds("ㄱㅆ 크", text)
    assert holds("크기", text)
    assert not holds("hlower", text)
    assert not holds("lowest", text)
    assert not holds("크기가", text)


def test_beginnings_of_words_count_more_than_letters_within() -> None:
    names = ["Chat notes", "Rename this chat", "Touch now", "New chat"]
    scored = {name: met.score for name in names if (met := found("nc", name)) is not None}
    assert max(scored, key=lambda one: scored[one]) == "New chat"


def test_a_run_of_letters_counts_more_than_scattered_ones() -> None:
    near, far = found("set", "Settings"), found("set", "Show every tool")
    assert near is not None
    assert far is not None
    assert near.score > far.score


def test_the_letters_that_were_meant_are_marked() -> None:
    assert marked("nc", "New chat") == "Nc"
    assert marked("cha", "New chat") == "cha"
    assert marked("ㅅㅈ", "모델 설정") == "설정"


def test_the_same_text_taken_apart_is_met_too() -> None:
    assert found(unicodedata.normalize("NFD", "설정"), "설정") is not None


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_letters_and_any_text_are_taken(query: str, text: str) -> None:
    met = found(query, text)
    if met is not None:
        assert list(met.marks) == sorted(set(met.marks))
        assert all(0 <= at < len(text) for at in met.marks)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=20))
def test_a_text_is_met_by_itself(text: str) -> None:
    whole = unicodedata.normalize("NFC", text)
    assert not whole.split() or found(whole, whole) is not None
