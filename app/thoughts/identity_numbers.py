"""Find numbers that states give to people and firms, and those of their documents.

Works on folded text (`folding.fold`).  Numbers with a check digit are known by it; others
need a word before them.  Sources: Korea's National Tax Service (business numbers), Brazil's
Receita Federal (CPF), Spain's Interior Ministry (DNI, NIE), Italy's Agenzia delle Entrate
(codice fiscale), GB 11643-1999 (China), UK HMRC NIM39110 (National Insurance), Korea's Road
Traffic Authority (licences: region, year, six digits, two digits), ICAO 9303 (passports).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from app.thoughts import check_digits
from app.thoughts.cues import Cued, checked, cued
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA
_BEFORE: Final = r"(?<![A-Za-z0-9.\-])"
_AFTER: Final = r"(?![A-Za-z0-9]|-\d)"


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + pattern + _AFTER, re.ASCII)


_CHECKED: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...]] = (
    (_shape(r"\d{3}-\d{2}-\d{5}"), check_digits.is_korean_business_number),
    (_shape(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), check_digits.is_brazilian_person),
    (_shape(r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]"), check_digits.is_spanish_person),
    (_shape(r"[1-9]\d{16}[\dXx]"), check_digits.is_chinese_person),
)
_SHAPES: Final = tuple(
    _shape(pattern)
    for pattern in (
        r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]",  # Italy
        r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d",  # Mexico
        r"(?:1[1-9]|2[0-68])-\d{2}-\d{6}-\d{2}",  # Korean driving licence
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: \d\d){3} [A-D]",  # UK
    )
)
_ANY_NUMBER: Final = r"(?-i:[A-Z0-9](?:[ .\-/]?[A-Z0-9]){4,19})"
_CUED: Final[tuple[Cued, ...]] = (
    cued(
        ("social", "ssn", "사회보장"),
        r"social security|ssn|사회보장\s?번호",
        r"\d{3}[ \-]?\d{2}[ \-]?\d{4}",
    ),
    cued(
        ("national ins", "nino"),
        r"national insurance|nino",
        r"[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]",
    ),
    cued(
        ("passport", "여권"), r"passport|여권(?:\s?번호)?", r"(?-i:(?=[A-Z0-9]*\d)[A-Z0-9]{7,9})", 4
    ),
    cued(
        ("licen", "dl", "면허"),
        r"(?:driver'?s?'?|driving|drivers) licen[cs]e|licen[cs]e(?= (?:number|no)\b)|(?-i:DL)|"
        r"운전\s?면허(?:증)?(?:\s?번호)?|면허(?:증|\s?번호)",
        r"(?-i:[A-Z0-9][A-Z0-9\-]{5,20})",
        4,
    ),
    cued(
        (
            "identi",
            "id card",
            "id n",
            "tax",
            "national",
            "personal",
            "insurance",
            "medicare",
            "medical",
            "steuer",
        ),
        r"(?:national |identity |identification )(?:card |document )?(?:number|no|id)|"
        r"identity card|(?-i:ID)(?= (?:card|number|no)\b)|"
        r"tax(?:payer)? (?:id\b|identification|file)|personal (?:identification|identity)|"
        r"(?:health|social) insurance|medicare|medical record|steuer-?(?:id|nummer)",
        _ANY_NUMBER,
        5,
    ),
    cued(
        ("aadha", "personnummer", "pesel", "마이넘버"),
        r"aadhaa?r|personnummer|pesel",
        _ANY_NUMBER,
        5,
    ),
    cued(
        ("sin", "ein", "cpf", "dni", "nie", "bsn", "tfn", "nric", "curp", "nir", "tin", "nif"),
        r"(?-i:SIN|EIN|CPF|DNI|NIE|BSN|TFN|NRIC|CURP|NIR|TIN|NIF)",
        _ANY_NUMBER,
        7,
    ),
    cued(("pan",), r"(?-i:PAN)", r"(?-i:[A-Z]{5}\d{4}[A-Z])"),
    cued(
        ("사업자", "등록번호", "주민", "외국인"),
        r"사업자(?:\s?등록)?\s?번호|(?:주민|외국인)(?:\s?등록)?\s?번호",
        r"\d(?:[ \-]?\d){8,12}",
    ),
)


def find(text: str, lowered: str) -> Iterator[Span]:
    """Such numbers in a folded text; `lowered` is the same in small letters."""
    for pattern, check in _CHECKED:
        yield from checked(text, pattern, check, _KIND)
    for pattern in _SHAPES:
        for found in pattern.finditer(text):
            yield Span(*found.span(), _KIND)
    for one in _CUED:
        yield from one.find(text, lowered, _KIND)
