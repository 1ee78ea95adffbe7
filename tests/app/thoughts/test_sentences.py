from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.thoughts.sentences import END, REACH, is_sentence_end


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three! Four", ["One. ", "Two? ", "Three! ", "Four"]),
        ("Wait… what", ["Wait… ", "what"]),
        ("I see (well.) Good", ["I see (well.) ", "Good"]),
        ("오늘은 맑다. 내일은 비가 와요. 끝", ["오늘은 맑다. ", "내일은 비가 와요. ", "끝"]),
        ("오늘은 맑다.내일", ["오늘은 맑다.", "내일"]),
        ("好。是", ["好。", "是"]),
        ("a line\nanother", ["a line\n", "another"]),
        ("It is 3.14 and example.com, e.g. this", ["It is 3.14 and example.com, e.g. this"]),
        ("Dr. J. Smith vs. Mr. Kim", ["Dr. J. Smith vs. Mr. Kim"]),
        ("1. first\n2. second", ["1. first\n", "2. second"]),
        ("The answer is 42. Next", ["The answer is 42. ", "Next"]),
        ("call 555\n0109999 now", ["call 555\n0109999 now"]),
        ("It is 42\n\nNext", ["It is 42\n\n", "Next"]),
        ("password:\nhunter2", ["password:\n▮▮▮"]),
        ("Well.\n\nSo", ["Well.\n", "\nSo"]),
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_pieces_are_sentences(
    judge: Callable[..., Any], text: str, sentences: list[str], step: int
) -> None:
    assert [piece.text for piece in judge(text, step).pieces] == sentences


@pytest.mark.parametrize("text", ["ab.\n", 'ab.")] b', "a。", "다.가", "?!… x"])
def test_a_candidate_is_never_longer_than_its_reach(text: str) -> None:
    found = END.search(text)

    assert found is not None
    assert found.end() - found.start() <= REACH
    assert is_sentence_end(text, found.end())
