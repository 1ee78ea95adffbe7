from __future__ import annotations

from collections.abc import Callable

import pytest

from app.thoughts.check_digits import (
    is_base58check_valid,
    is_brazilian_person,
    is_card_number,
    is_chinese_person,
    is_iban_valid,
    is_korean_business_number,
    is_luhn_valid,
    is_resident_number_valid,
    is_spanish_person,
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


@pytest.mark.parametrize(
    ("check", "number", "wrong"),
    [
        (is_korean_business_number, "1208147521", "1208147522"),
        (is_brazilian_person, "52998224725", "52998224726"),
        (is_brazilian_person, "52998224725", "11111111111"),
        (is_spanish_person, "12345678Z", "12345678A"),
        (is_spanish_person, "X1234567L", "X1234567M"),
        (is_chinese_person, "11010519491231002X", "110105194912310021"),
        (is_chinese_person, "11010519491231002X", "11010519491331002X"),
        (
            is_base58check_valid,
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        ),
    ],
)
def test_published_examples_pass_and_others_do_not(
    check: Callable[[str], bool], number: str, wrong: str
) -> None:
    assert check(number)
    assert not check(wrong)
