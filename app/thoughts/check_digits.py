"""Check digits of numbers that stand for a person or an account.  Pure arithmetic."""

from __future__ import annotations

from typing import Final


def is_luhn_valid(digits: str) -> bool:
    """Whether the last digit is right by the Luhn rule (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban_valid(iban: str) -> bool:
    """Whether an IBAN without spaces, in capitals, has remainder 1 by 97 (ISO 13616, ISO 7064)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


_RESIDENT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def is_resident_number_valid(digits: str) -> bool:
    """Whether a 13-digit Korean resident registration number has the right last digit.

    Weights 2 to 9, then 2 to 5; the check is (11 - sum mod 11) mod 10; foreigners' numbers
    (seventh digit 5 to 8) have 13 in place of 11.  Numbers given out since October 2020 are
    random after the seventh digit and need not pass (Ministry of the Interior and Safety).
    """
    total = sum(int(d) * w for d, w in zip(digits, _RESIDENT_WEIGHTS, strict=False))
    base = 13 if digits[6] in "5678" else 11
    return (base - total % 11) % 10 == int(digits[12])


def is_card_number(digits: str) -> bool:
    """Whether digits have the length, first digits and check digit of a payment card.

    Ranges of first digits: the networks' published ones, as listed in ISO/IEC 7812's
    public summaries (Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay,
    Korean domestic cards).
    """
    lengths = next((found for first, found in _CARD_RANGES if digits.startswith(first)), ())
    return len(digits) in lengths and len(set(digits)) > 1 and is_luhn_valid(digits)


def _prefixes(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


_CARD_RANGES: Final[tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]] = (
    (("4",), (13, 16, 19)),
    (_prefixes(51, 55), (16,)),
    (_prefixes(2221, 2720), (16,)),
    (("34", "37"), (15,)),
    (("36", "38", "39", *_prefixes(300, 305)), (14, 16, 19)),
    (("6011", "65", *_prefixes(644, 649)), (16, 19)),
    (_prefixes(3528, 3589), (16, 19)),
    (("62", "81"), (16, 17, 18, 19)),
    (("50", *_prefixes(56, 58), "60", "63", "67", "68", "69"), (16, 18, 19)),
    (("9",), (16,)),
)
