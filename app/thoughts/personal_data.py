"""Find e-mail addresses, telephone numbers, card, identity, account and network numbers.

Works on folded text (`folding.fold`).  Formats, not meaning; `find` asks for names, places,
identity numbers and accounts too.  Every quantifier is bounded, so the
time per character is bounded too.
Sources: RFC 5321 section 4.5.3.1 (address lengths), ITU-T E.164 and E.123 (numbers and how
they are written), Korea's numbering plan (area and mobile codes), ISO/IEC 7812-1 (cards),
ISO 13616 (IBAN), US Social Security Administration (ranges never given out).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from app.thoughts import accounts, handles, identity_numbers, people, places
from app.thoughts.check_digits import is_card_number, is_iban_valid, is_resident_number_valid
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA


def find(text: str, lowered: str) -> Iterator[Span]:
    """The personal data in a folded text; `lowered` is the same in small letters."""
    yield from _email_addresses(text)
    yield from people.find(text, lowered)
    yield from handles.find(text, lowered)
    digits = len(_DIGIT.findall(text))
    if digits >= _FEWEST_DIGITS:
        yield from _numbers(text)
    if digits >= _FEWEST_DIGITS_OF_AN_ACCOUNT:
        yield from identity_numbers.find(text, lowered)
        yield from accounts.find(text, lowered)
    if digits:
        yield from places.find(text, lowered)
        yield from _addresses_of_machines(text)


def _numbers(text: str) -> Iterator[Span]:
    for pattern in (*_TELEPHONES, _SOCIAL_SECURITY):
        for found in pattern.finditer(text):
            yield Span(*found.span("number"), _KIND)
    yield from _plus_numbers(text)
    yield from _cards(text)
    yield from _resident_numbers(text)
    yield from _ibans(text)


_FEWEST_DIGITS: Final = 7
_FEWEST_DIGITS_OF_AN_ACCOUNT: Final = 2  # number plates have few
_DIGIT = re.compile(r"\d")

# --- e-mail ---------------------------------------------------------------------------

_EMAIL = re.compile(
    # the domain is only looked at, for it may be the next address's mailbox
    r"(?<![\w.%+'-])[\w.%+'-]{1,400}\s?@"
    r"(?=(?P<domain>\s?(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}))",
    re.IGNORECASE | re.ASCII,
)
_CLONE_ADDRESS = re.compile(r"git@[\w.-]{1,80}:", re.ASCII)  # a repository, not a person
_AT = r"\s{0,2}[\[({<]\s?(?:at|@|골뱅이|앳)\s?[\])}>]\s{0,2}"
_DOT = r"(?:\s{0,2}[\[({<]\s?(?:dot|\.|점|닷)\s?[\])}>]\s{0,2}|\s{1,2}(?:dot|점|닷)\s{1,2})"
_LOCAL = rf"(?<![\w.%+-])[\w%+-]{{1,32}}(?:(?:\.|{_DOT})[\w%+-]{{1,32}}){{0,3}}"
_ENDINGS = (
    "com|net|org|edu|gov|io|ai|dev|app|me|info|biz|kr|co|us|uk|de|fr|jp|cn|eu|ca|au|in|ch|nl|it|es"
)
_CALL = re.compile(r"\w{0,20}\(")
_KNOWN = re.compile(rf"\.(?:{_ENDINGS})$", re.IGNORECASE)  # `q@k.transpose(0)` is no address
_SPELLED_EMAILS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # at and perhaps dot in brackets, whatever the ending
        rf"{_LOCAL}{_AT}[a-z0-9-]{{1,40}}(?:(?:\.|{_DOT})[a-z0-9-]{{1,40}}){{1,4}}",
        # at and dot as words, in English or Korean: only with a known ending
        rf"{_LOCAL}\s{{1,2}}(?:at|골뱅이|앳)\s{{1,2}}(?!(?:the|an?|this|that|each|every|one)\b)"
        rf"[a-z0-9-]{{1,40}}(?:(?:\.|{_DOT})[a-z0-9-]{{1,40}}){{0,3}}{_DOT}(?:{_ENDINGS})(?![a-z0-9])",
        # only at as a word: the dot or sign inside the first word makes it a mailbox
        r"(?<![\w.%+-])(?=[a-z0-9]{0,30}[._+][a-z0-9])[a-z0-9._+-]{3,64}\s{1,2}(?:at|골뱅이)\s{1,2}"
        rf"(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{_ENDINGS})(?![a-z0-9])",
        # only dot as a word
        rf"(?<![\w.%+-])[\w.%+-]{{1,400}}\s?@\s?[a-z0-9-]{{1,40}}(?:{_DOT}[a-z0-9-]{{1,40}}){{1,4}}",
    )
)
_SPELLED_DOT = re.compile(r"dot|점|닷|\.\s?[\w\])}]", re.IGNORECASE)
_SPELLED_AT = re.compile(r"@|\bat\b|골뱅이|앳", re.IGNORECASE)


def _email_addresses(text: str) -> Iterator[Span]:
    if not _SPELLED_AT.search(text):
        return
    if "@" in text:
        for found in _EMAIL.finditer(text):
            end = found.end("domain")
            is_call = _CALL.match(text, end) and not _KNOWN.search(found["domain"])
            if not is_call and not _CLONE_ADDRESS.match(text, found.start()):
                yield Span(found.start(), end, _KIND)
    if not _SPELLED_DOT.search(text):
        return
    for pattern in _SPELLED_EMAILS:
        for found in pattern.finditer(text):
            yield Span(*found.span(), _KIND)


# --- telephone ------------------------------------------------------------------------

_CUE = (
    r"(?:contact(?=\s?:)|(?:reach(?:ed|able)?|contact|ring|call|text)(?:\s(?:me|him|her|us|them))?\s(?:at|on)|"
    r"numbers?\sto\s(?:call|text|dial|ring)|phone|telephone|tel|mobile|cell(?:phone)?|fax|whatsapp|call|text|dial|"
    r"handy|telefono?|movil|mobil|portable|cellulare|電話|"
    r"전화|휴대폰|휴대전화|핸드폰|연락처|팩스)"
    r"(?:\s?(?:number|no|번호|#))?[\"'*)]{0,3}\s?(?:is|was|at|to|are|,|:|=|는|은|가)?\s?[:\"'*(]{0,3}\s?"
)
_TELEPHONES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Korea: 010-1234-5678, 02 123 4567, +82 10 1234 5678, (031)123-4567
        r"(?<![\d.\-+])(?P<number>(?:\+?\s?82[ .\-)]{0,3}\(?0?\)?|\(?0)"
        r"(?:2|[3-6][1-5]|70|50\d?|1[016-9])"
        r"[ .\-)]{0,3}\d{3,4}[ .\-]{1,3}\d{4})(?!\d)",
        # Korean mobile number without separators; not a binary number
        r"(?<![\d.])(?P<number>(?=0[01]{0,10}[2-9])(?:01[016-9]\d{7,8}))(?!\d)",
        r"(?<![\d.])(?P<number>\+?8210\d{8})(?!\d)",
        # North America: 555 010 9999, (555) 010-9999, 1-555-010-9999
        r"(?<![\d.,+\-*/=])(?<!\d[ ,])(?P<number>(?:\+?1[ .\-]{1,2})?"
        r"(?:\(\d{3}\)[ .\-]{0,2}|\d{3}[ .\-])\d{3}[ .\-]\d{4})(?!\d|[.,]\d|[ \-]\d)",
        # national numbers with a trunk zero: 020 7946 0958, 03-1234-5678, 01 23 45 67 89
        r"(?<![\d.\-])(?P<number>\(?0[1-9]\d{0,3}\)?[ \-](?:\d{2,4}[ \-]){1,3}\d{2,4})(?![\d\-])",
        r"(?<![\d.\-])(?P<number>07\d{3}\s?\d{3}\s?\d{3})(?![\d\-])",  # British mobile
        r"(?<![\d.\-])(?P<number>00[1-9]\d{0,2}[ \-](?:\d{1,6}[ \-]){1,4}\d{2,8})(?![\d\-])",
        # anything of seven digits or more after a word for telephone
        rf"(?<![a-z]){_CUE}(?P<number>\+?\(?\d(?:[ .\-()]{{0,2}}\d){{6,14}})(?!\d)",
    )
)
_PLUS_NUMBER = re.compile(r"(?<![\w)\]}.+])\+\s?\d{1,3}(?:[ .\-]{0,2}\(?\d{1,4}+\)?){2,7}+(?!\d)")
_OPERAND = re.compile(r"(?:[\d)\]=]|(?<![a-z'’])[a-z])\s?$", re.IGNORECASE)
_SOCIAL_SECURITY = re.compile(
    r"(?<![\d.\-])(?P<number>(?!000|666|9)\d{3}(?P<gap>[ \-])(?!00)\d{2}(?P=gap)(?!0000)\d{4})"
    r"(?![\d\-])"
)


def _plus_numbers(text: str) -> Iterator[Span]:
    """Numbers in international form; `a +1234567890` after an operand is a sum."""
    if "+" not in text:
        return
    for found in _PLUS_NUMBER.finditer(text):
        digits = sum(character.isdigit() for character in found[0])
        before = text[max(0, found.start() - 8) : found.start()]
        is_sum = _OPERAND.search(before) is not None and found[0][1:].strip().isdigit()
        if 8 <= digits <= 15 and not is_sum:
            yield Span(*found.span(), _KIND)


# --- cards and identity numbers -------------------------------------------------------

_DIGIT_RUN = re.compile(r"(?<![\d.])\d(?:[ .\-]{0,2}\d){11,120}(?!\d)")
_CARD_SHAPES: Final = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 6, 5), (4, 6, 4)}
_CARD_CUE = re.compile(r"card|visa|credit|debit|amex|master|카드", re.IGNORECASE)
_GROUP = re.compile(r"\d+")


def _cards(text: str) -> Iterator[Span]:
    for run in _DIGIT_RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        loose = "." not in run[0] and (
            len(groups) == 1
            or all(len(group[0]) == 1 for group in groups)
            or _CARD_CUE.search(text[: run.start()]) is not None
        )
        for first in range(len(groups)):
            span = _card_from(groups, first, loose=loose)
            if span:
                yield span


def _card_from(groups: list[re.Match[str]], first: int, *, loose: bool) -> Span | None:
    digits = ""
    shape: tuple[int, ...] = ()
    for group in groups[first : first + 19]:
        digits += group[0]
        shape += (len(group[0]),)
        if len(digits) > 19:
            return None
        if (loose or shape in _CARD_SHAPES or shape[0] >= 13) and is_card_number(digits):
            return Span(groups[first].start(), group.end(), _KIND)
    return None


_RESIDENT = re.compile(
    r"(?<![\d.\-])\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?P<gap>\s?-\s?|\s)?[1-8]\d{6}(?![\d\-])"
)
_RESIDENT_CUE = re.compile(r"주민|등록번호|resident|registration|RRN", re.IGNORECASE)


def _resident_numbers(text: str) -> Iterator[Span]:
    for found in _RESIDENT.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        is_dashed = found["gap"] is not None and "-" in found["gap"]
        is_named = _RESIDENT_CUE.search(text, 0, found.start()) is not None
        if is_dashed or is_named or is_resident_number_valid(digits):
            yield Span(*found.span(), _KIND)


_IBAN = re.compile(
    r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,3})?(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_NO_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        end = found.end()
        while end - found.start() >= 15:  # the shortest IBAN, Norway's, has 15 characters
            iban = _NO_ALPHANUMERIC.sub("", text[found.start() : end].upper())
            if 15 <= len(iban) <= 34 and is_iban_valid(iban):
                yield Span(found.start(), end, _KIND)
                break
            end = max(text.rfind(" ", found.start(), end), text.rfind("-", found.start(), end))


# --- machines -------------------------------------------------------------------------

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?[A-Za-z0-9_])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){2,7}(?:::)?(?![\w:])", re.I)
_MAC = re.compile(
    r"(?:\bmac\b|hardware address|physical address|bssid|\bether\b|"
    r"물리\s?주소|맥\s?주소)[^\n]{0,24}?"
    r"(?<![\w:.\-])(?P<value>[0-9a-f]{2}(?P<gap>[:\-])(?:[0-9a-f]{2}(?P=gap)){4}[0-9a-f]{2}|"
    r"(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![0-9a-z:])",
    re.IGNORECASE | re.ASCII,
)
_SAMPLE_MAC = re.compile(r"00.?00.?5e|ff.?ff.?ff|00.?00.?00.?00", re.IGNORECASE)  # RFC 7042
_VERSION_CUE = re.compile(r"(?:version|release|ver\.?|v|버전|==|>=|~=)\s?$", re.IGNORECASE)


def _addresses_of_machines(text: str) -> Iterator[Span]:
    """Public addresses only: 127.0.0.1, 192.168.0.1 and the documentation's name nobody."""
    for pattern in (_IPV4, _IPV6):
        for found in pattern.finditer(text):
            if _is_public(found[0]) and not _VERSION_CUE.search(text[: found.start()][-12:]):
                yield Span(*found.span(), _KIND)
    for found in _MAC.finditer(text):
        if not _SAMPLE_MAC.match(found["value"]):
            yield Span(*found.span("value"), _KIND)


def _is_public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False
