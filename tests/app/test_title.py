from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chats.title import MAX_TITLE_CHARACTERS, title_from


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello", "Hello"),
        ("\n\n  first   line \nsecond", "first line"),
        ("# A heading", "A heading"),
        ("제주도 여행 계획을 세워 줘", "제주도 여행 계획을 세워 줘"),
        ("###", "###"),
        ("a" * 80, "a" * 59 + "…"),
        (
            "Why does my explicit heat equation solver blow up when I refine the grid?",
            "Why does my explicit heat equation solver blow up when I…",
        ),
    ],
)
def test_a_title_is_the_first_words(text: str, title: str) -> None:
    assert title_from(text) == title


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_a_title_is_never_empty_nor_too_long_nor_broken(text: str) -> None:
    title = title_from(text)
    assert title.strip()
    assert len(title) <= MAX_TITLE_CHARACTERS
    assert "\n" not in title
