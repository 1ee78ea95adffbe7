"""Check digits of numbers that stand for a person or an account.  Pure arithmetic."""

from __future__ import annotations

import hashlib
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
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1 or not is_luhn_valid(digits):
        return False
    first_four = int(digits[:4])
    return any(
        first <= first_four <= last and len(digits) in lengths
        for first, last, lengths in _CARD_RANGES
    )


_CARD_RANGES: Final = (  # first four digits from, to; lengths
    (2221, 2720, (16,)),
    (3000, 3059, (14, 16)),
    (3400, 3499, (15,)),
    (3528, 3589, (16, 17, 18, 19)),
    (3600, 3699, (14, 15, 16, 17, 18, 19)),
    (3700, 3799, (15,)),
    (3800, 3999, (14, 16, 19)),
    (4000, 4999, (13, 16, 19)),
    (5000, 6999, (16, 18, 19)),
    (8100, 8199, (16, 19)),
    (9000, 9999, (16,)),
)


def is_korean_business_number(digits: str) -> bool:
    """Whether ten digits are a Korean business number (National Tax Service's rule)."""
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) + int(digits[8]) // 2
    return (10 - total % 10) % 10 == int(digits[9]) and len(set(digits)) > 1


def is_brazilian_person(digits: str) -> bool:
    """Whether eleven digits are a CPF: two check digits, each a sum by descending weights."""
    for length in (9, 10):
        total = sum(int(d) * (length + 1 - at) for at, d in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return len(set(digits)) > 1


def is_spanish_person(number: str) -> bool:
    """Whether a DNI or NIE without signs, in capitals, ends with the right letter."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == number[-1]


def is_chinese_person(number: str) -> bool:
    """Whether 18 characters are a resident number by GB 11643-1999: a date and a check."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(d) * pow(2, 17 - at, 11) for at, d in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[-1]


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def is_base58check_valid(text: str) -> bool:
    """Whether the last four bytes are the checksum that Bitcoin and its kind put there."""
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    once = hashlib.sha256(raw[:-4]).digest()
    return len(raw) > 4 and hashlib.sha256(once).digest()[:4] == raw[-4:]
