from __future__ import annotations

import pytest

from app.safeguard.policy_check import instructions
from app.safeguard.policy_text import (
    MAX_CATEGORIES,
    MAX_CHARACTERS,
    PolicyError,
    read_policy,
    shipped_policy,
)
from app.safeguard.values import Category

PURPOSE = "A message to an assistant."


def test_lines_with_two_signs_name_the_categories() -> None:
    policy = read_policy(
        "\nBe kind.\n##  Rude   words \nNo insults.\n### deeper\n"
        "## Rude words\nNor slurs.\n## Spam",
        PURPOSE,
    )
    assert policy.purpose == f"{PURPOSE}\n\nBe kind."
    assert policy.categories == (
        Category("Rude words", "No insults.\n### deeper\nNor slurs."),
        Category("Spam", "Spam"),
    )


def test_a_policy_without_names_is_one_category() -> None:
    (category,) = read_policy("No insults.", PURPOSE).categories
    assert category.violates == "No insults."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "is empty"),
        ("a" * (MAX_CHARACTERS + 1), "too long"),
        ("\n".join(f"## Number {at}" for at in range(MAX_CATEGORIES + 1)), "categories"),
        (f"## {'a' * 61}", "categories"),
    ],
)
def test_what_cannot_be_a_policy_is_told(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read_policy(text, PURPOSE)


def test_what_ships_can_be_used_in_both_languages_with_the_same_categories() -> None:
    english = read_policy(shipped_policy("en"), PURPOSE)
    korean = read_policy(shipped_policy("ko"), PURPOSE)
    assert len(english.categories) == len(korean.categories) == 6
    assert all("- Fine:" in one.violates for one in english.categories)
    assert all("- 괜찮음:" in one.violates for one in korean.categories)
    assert len(instructions(english)) < 5_000  # leaves room in a context of 4,096 tokens
