from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.prompts.blanks import Given, blanks_of, filled, given_by, givens_of


def fill(text: str, **values: str) -> str:
    return filled(text, values, lambda one: f"<{one}>")


def test_each_blank_is_asked_for_once_in_the_order_of_the_text() -> None:
    text = "{{b}} and {{ a }}, then {{b}} on {{date}} with {{Clipboard}} and {{클립보드}}"
    assert blanks_of(text) == ("b", "a")
    assert givens_of(text) == {Given.CLIPBOARD, Given.DATE}


def test_all_places_of_a_name_are_filled_alike() -> None:
    said = fill("{{b}} and {{ a }}, {{b}} on {{DATE}}", a="1", b="2")
    assert said == "2 and 1, 2 on <date>"


def test_what_is_filled_in_is_not_read_for_blanks() -> None:
    assert fill("{{a}} {{b}}", a="{{b}} {{date}}", b="x") == "{{b}} {{date}} x"


def test_a_blank_without_a_value_is_left_empty() -> None:
    assert fill("Dear {{name}}") == "Dear"


@pytest.mark.parametrize("text", ["{a}", "{{}}", "{{a", "a}}", "{{a\nb}}", "{{ }}", "{{a{b}}}"])
def test_what_is_no_blank_stays_as_it_is(text: str) -> None:
    assert blanks_of(text) == ()
    assert fill(text) == text


@given(st.text(), st.text())
def test_any_text_is_filled_without_a_fault_and_keeps_what_is_no_blank(
    before: str, value: str
) -> None:
    clean = before.replace("{", "").replace("}", "")
    assert fill(f"{clean}{{{{x}}}}", x=value) == f"{clean}{value}".strip()
    blanks_of(before)


def test_the_prompts_that_ship_are_in_both_languages_with_as_many_blanks() -> None:
    entries = json.loads(resources.path("prompts.json").read_text("utf-8"))
    assert len({one["id"] for one in entries}) == len(entries) >= 5
    for one in entries:
        english, korean = one["text"]["en"], one["text"]["ko"]
        assert len(blanks_of(english)) == len(blanks_of(korean))
        assert givens_of(english) == givens_of(korean)
        assert one["name"]["en"]
        assert one["name"]["ko"]


def test_names_are_known_in_any_case() -> None:
    assert given_by("ClipBoard") is Given.CLIPBOARD
    assert given_by("날짜") is Given.DATE
    assert given_by("dates") is None
