from __future__ import annotations

import pytest

from app.thoughts.check_digits import (
    is_card_number,
    is_iban_valid,
    is_luhn_valid,
    is_resident_number_valid,
)


@pytest.mark.parametrize(
    "digits",
    [
        "4111111111111111",
        "5500000000000004",
        "2221000000000009",
        "378282246310005",
        "30569309025904",
    ],
)
def test_published_test_cards_are_cards_and_with_a_wrong_digit_are_not(digits: str) -> None:
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)

    assert is_card_number(digits)
    assert not is_card_number(wrong)


@pytest.mark.parametrize(
    "digits",
    [
        "0000000000000000",
        "1111111111111117",
        "411111111111111",
        "41111111111111111111",
        "7992739871300000",
    ],
)
def test_other_numbers_are_no_cards(digits: str) -> None:
    assert not is_card_number(digits)


def test_the_luhn_rule_finds_a_wrong_digit_and_a_swap() -> None:
    assert is_luhn_valid("79927398713")
    assert not is_luhn_valid("79927398710")
    assert not is_luhn_valid("97927398713")


def test_an_iban_has_remainder_one() -> None:
    assert is_iban_valid("GB82WEST12345698765432")
    assert not is_iban_valid("GB82WEST12345698765433")


@pytest.mark.parametrize("digits", ["9001011234568", "8501015123453"])
def test_resident_numbers_have_one_right_last_digit(digits: str) -> None:
    valid = [last for last in "0123456789" if is_resident_number_valid(digits[:-1] + last)]

    assert len(valid) == 1
