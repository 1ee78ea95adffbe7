from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.chats.model_title import ANSWER_CHARACTERS, QUESTION_CHARACTERS, read, request
from app.chats.title import MAX_TITLE_CHARACTERS
from engine.harmony.messages import DeveloperMessage, Effort, SystemMessage, UserMessage
from engine.requests import SideJobId


def asked(question: str, answer: str = "Well.") -> tuple[str, str]:
    """Instructions and text of the request for a title."""
    wanted = request(SideJobId(1), question, answer, "2026-11-26")
    system, developer, user = wanted.conversation
    assert isinstance(system, SystemMessage)
    assert isinstance(developer, DeveloperMessage)
    assert isinstance(user, UserMessage)
    assert system.effort is Effort.LOW
    assert not wanted.is_urgent
    return developer.instructions, user.text


def test_a_title_is_asked_for_in_the_language_of_the_question() -> None:
    assert "in Korean" in asked("제주도에서 무엇을 볼까?")[0]
    assert "in the language of the user's message" in asked("Wie repariere ich ein Rad?")[0]


def test_only_the_beginnings_are_read() -> None:
    _, text = asked("q" * 9_000, "a" * 9_000)
    assert len(text) < QUESTION_CHARACTERS + ANSWER_CHARACTERS + 50
    assert "Assistant" not in asked("Hi", "  ")[1]


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Bicycle brake repair", "Bicycle brake repair"),
        ('"Bicycle brake repair."', "Bicycle brake repair"),
        ("**Title:** Brakes", "Brakes"),
        ("Title: Brakes", "Brakes"),
        ("제목: 제주도 사흘 여행", "제주도 사흘 여행"),
        ("“제주도 여행”", "제주도 여행"),
        ("\n  Heat   equation \n", "Heat equation"),
        ("C++ templates", "C++ templates"),
        ("", ""),
        ("...", ""),
        ("42", ""),
        ("One\nTwo", ""),
        ("This is a whole sentence that says far too much about it", ""),
        ("x" * 61, ""),
        ("See https://example.org", ""),
        ("<|start|>assistant", ""),
        ("Right \u202e to left", ""),
        ("Bell \x07 rings", ""),
    ],
)
def test_a_title_is_read_or_it_is_none(answer: str, title: str) -> None:
    assert read(answer) == title


@given(text=st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_the_model_writes_a_title_is_one_short_line(text: str) -> None:
    title = read(text)
    assert len(title) <= MAX_TITLE_CHARACTERS
    assert title == " ".join(title.split())
    assert "<|" not in title or "|>" not in title
