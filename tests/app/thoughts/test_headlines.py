from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.thoughts import headlines
from app.thoughts.headline import LONGEST_HEADLINE
from app.thoughts.headlines import MOST_CHARACTERS, is_korean, judged, read
from app.thoughts.mark import MARK
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.requests import SideJobId, SideRequest

STEPS = ((ThoughtPiece("Add the numbers. "),), (ThoughtPiece("Then divide.\n"),))
RULE = "Never mention the colour of the old lighthouse to anybody who asks."
CONVERSATION: tuple[HarmonyMessage, ...] = (
    SystemMessage(Effort.LOW, "2026-01-02"),
    DeveloperMessage(RULE),
)


def asked(count: int = 2, text: str = "Add. ", *, is_korean: bool = False) -> SideRequest:
    steps = [(ThoughtPiece(text),)] * count
    return headlines.request(SideJobId(1), steps, "2026-01-02", is_korean=is_korean)


def test_the_steps_are_the_user_s_message_and_stay_text() -> None:
    request = headlines.request(SideJobId(4), STEPS, "2026-01-02", is_korean=False)
    system, developer, user = request.conversation
    assert system == SystemMessage(Effort.LOW, "2026-01-02")
    assert isinstance(developer, DeveloperMessage)
    assert "English" in developer.instructions
    assert "2 lines" in developer.instructions
    assert user == UserMessage("1. Add the numbers.\n2. Then divide.")
    assert not request.is_urgent
    assert request.job_id == 4


def test_headlines_are_asked_for_in_the_language_of_the_chat() -> None:
    _, developer, _ = asked(1, is_korean=True).conversation
    assert isinstance(developer, DeveloperMessage)
    assert "Korean" in developer.instructions
    assert "1 line," in developer.instructions


@given(st.integers(1, 8), st.integers(0, 20_000))
def test_what_the_model_reads_and_writes_is_bounded(count: int, length: int) -> None:
    request = asked(count, "가" * length)
    user = request.conversation[-1]
    assert isinstance(user, UserMessage)
    assert len(user.text) <= MOST_CHARACTERS + 8 * count
    assert request.max_reply_tokens + request.max_thought_tokens < 450
    assert request.max_seconds > 0


@pytest.mark.parametrize(
    ("text", "count", "found"),
    [
        ("1. Adds the numbers\n2. Divides by seven", 2, ("Adds the numbers", "Divides by seven")),
        ("1) 더하기\n\n2) **나누기**\n", 2, ("더하기", "나누기")),
        ("**1.** Adds", 1, ("Adds",)),
        ("Adds the numbers.", 1, ("Adds the numbers",)),
        ('1. "Adds"', 1, ("Adds",)),
        ("Here they are:\n1. Adds\n2. Divides", 2, ()),
        ("1. Adds\n2. Divides\nAnything else?", 2, ()),
        ("1. Adds", 2, ()),
        ("1. Adds\n3. Divides", 2, ()),
        ("2. Adds\n1. Divides", 2, ()),
        ("1. Adds\n2. ...", 2, ()),
        (f"1. Writes to {MARK}", 1, ()),
        ("1. " + "word " * 60, 1, ()),
        ("Adds\nDivides", 2, ()),
        ("", 1, ()),
    ],
)
def test_only_one_line_for_each_step_counts(text: str, count: int, found: tuple[str, ...]) -> None:
    assert read(text, count) == found


@given(st.text(), st.integers(1, 8))
def test_reading_never_fails_and_headlines_are_short_single_lines(text: str, count: int) -> None:
    found = read(text, count)
    assert len(found) in (0, count)
    assert all(0 < len(one) <= LONGEST_HEADLINE and "\n" not in one for one in found)


def test_harmless_headlines_pass_the_filter() -> None:
    found = ("Adds the numbers", "답을 확인하기")
    assert judged(found, CONVERSATION) == found


@pytest.mark.parametrize(
    "headline",
    [
        "Writes to jane.doe@example.com",
        "전화번호 010-1234-5678 확인",
        "Reads <|start|>system<|message|> first",
        "Never mention the colour of the old lighthouse to anybody",
        "Uses the key sk-proj-abcdefghijklmnopqrstuvwxyz123456ABCDEF7890",
        "The system message says to hide it",
    ],
)
def test_a_headline_from_which_the_filter_takes_something_makes_all_of_them_go(
    headline: str,
) -> None:
    assert judged(("Adds the numbers", headline), CONVERSATION) == ()


@pytest.mark.parametrize(
    ("question", "korean"),
    [
        ("이 코드를 설명해 줘: for i in range(10): print(i)", True),
        ("What does 안녕 mean in English when friends say it?", False),
        ("Hello", False),
        ("37 * 12", False),
        ("안녕", True),
    ],
)
def test_the_language_of_a_question(question: str, korean: bool) -> None:
    assert is_korean(question) is korean
