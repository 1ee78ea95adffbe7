"""Find where people live and where they are: postal addresses, postcodes, coordinates.

Works on folded text (`folding.fold`).  Only what is plainly an address: a number and a kind
of street, or Korea's road-name and lot-number forms (Road Name Address Act).  Coordinates need
a sign, a compass letter with seconds, or five decimals, which is about a metre.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.thoughts.cues import Cued, cued
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA
_DIGIT = re.compile(r"\d")

_TAIL: Final = (
    r"(?:,?\s(?:(?:apt|apartment|unit|suite|ste|flat|room|no|floor)\b\.?|#)\s?[a-z0-9\-]{1,6})?"
    r"(?:,\s?(?-i:[A-Z][a-z]{1,20}(?:\s[A-Z][a-z]{1,20}){0,2}))?"
    r"(?:,?\s(?-i:[A-Z]{2})\s\d{5}(?:-\d{4})?(?!\d)|,?\s(?-i:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})|,?\s\d{5}(?!\d))?"
)
_STREET = re.compile(
    r"(?:(?-i:Flat|Unit|Apt\.?|Apartment|Suite)\s\w{1,4},\s)?"
    r"(?<![\w.,\-/])(?<!\b[Ii]n )(?:\d{1,4}/)?\d{1,5}(?-i:[A-Za-z]?)\s"
    r"(?-i:(?:(?:N|S|E|W|NE|NW|SE|SW)\.?\s)?"
    r"(?:(?:St\.|[A-Z][a-z']{1,20}|\d{1,3}(?:st|nd|rd|th))\s){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|"
    r"Terrace|Close|Crescent|Square|Parkway|Pkwy|Highway|Hwy|Circle|Trail|Gardens|Grove|Mews|Row)"
    rf"\b\.?){_TAIL}",
    re.IGNORECASE,
)
_KNOWN_PLACES = re.compile(
    r"downing|pennsylvania ave|wall street|sesame|221b? baker|\b(?:minute|hour|day|mile)s?\b",
    re.IGNORECASE,
)
_OTHERS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?-i:\b(?:[A-Z][a-z\-]{2,24}\s)?[A-Z]?[a-zäöü\-]{2,24}(?:straße|strasse|str\.|[a-z]weg|"
        r"platz|allee|gasse))\s\d{1,4}[a-z]?(?![\d.,]\d)(?:,?\s\d{5}\s(?-i:[A-Z][a-z]{2,20}))?",
        r"(?<![\w.,])\d{1,4}(?:\s(?:bis|ter))?,?\s(?:rue|avenue|boulevard|chemin|allee|impasse|quai)\s"
        r"(?:(?:de la|de l'|des|du|de|d')\s?)?(?-i:[A-Z][\w'\-]{1,20}(?:\s[A-Z][\w'\-]{1,20}){0,2})"
        r"(?:,\s\d{5}(?:\s(?-i:[A-Z][a-z]{2,20}))?)?",
        r"\b(?-i:Calle|Avenida|Rua|Via|Viale|Piazza|Plaza)\s(?-i:(?:[a-z]{1,3}\s){0,2}[A-Z]\w{2,20}(?:\s[A-Z]\w{2,20})?)"
        r",?\s(?:n[o.]{0,2}\s?)?\d{1,4}(?![\d.,]\d)",
        r"\bP\.?\s?O\.?\s?Box\s\d{1,6}",
        r"〒?\s?\d{3}-\d{4}\s(?=\S{0,12}[都道府県市区])|[一-鿿ぁ-ヿ]{2,12}\d{1,3}丁目\d{1,3}(?:番地?|-)\d{0,4}号?",
    )
)
_CUED: Final[tuple[Cued, ...]] = (
    cued(
        ("address", " at ", " to "),
        r"address|(?:lives?|living|resides?|residing) at|"
        r"(?:deliver|ship|send)(?:ed|ped)?(?: it| this)? to",
        r"\d{1,5}[a-z]?\s(?-i:(?:[NSEW]\.?\s)?[A-Z][a-z']{1,20}(?:\s[A-Z][a-z']{1,20}){1,4})",
    ),
    cued(
        ("postcode", "postal", "post code", "zip", "우편번호"),
        r"post\s?code|postal code|zip(?:\s?code)?|우편\s?번호",
        r"(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)|\d{5}(?:-\d{4})?|\d{3}-\d{3,4}",
    ),
)

_REGION: Final = (
    "(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|충청[남북]|"
    "전라[남북]|경상[남북])(?:특별자치시|특별자치도|특별시|광역시|시|도)?"
)
_DISTRICT: Final = "[가-힣]{1,5}[시군구]"
_WHERE: Final = (
    rf"(?<![가-힣])(?:{_REGION}(?:\s{_DISTRICT}){{0,2}}|{_DISTRICT}(?:\s{_DISTRICT})?)\s"
)
_TAIL_KO: Final = (
    r"(?:,?\s?\([가-힣0-9, ]{1,20}\))?(?:,?\s?[가-힣A-Za-z]{0,10}\s?\d{1,4}동(?![가-힣]))?"
    r"(?:,?\s?[가-힣]{0,8}\s?\d{1,5}호)?(?:,?\s?\d{1,3}층)?"
)
_NO_UNIT: Final = (
    r"(?!\d|[.,]\d|\s?(?:분|초|시간|시\b|개|명|년|월|일|원|회|번째|"
    r"번(?!지)|km|m\b|%|위|호선|대\b|배|단계|차선|곳|편))"
)
_KOREAN: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WHERE}(?:[가-힣]{{1,5}}[읍면동]\s)?[가-힣0-9]{{1,10}}[로길]\s?(?:\d{{1,4}}[가-힣]?번?길\s?)?"
        rf"\d{{1,4}}(?:-\d{{1,4}})?{_NO_UNIT}{_TAIL_KO}",
        rf"{_WHERE}[가-힣0-9]{{1,8}}[동읍면리가]\s(?:산\s?)?\d{{1,4}}(?:-\d{{1,4}}(?:번지)?|번지){_TAIL_KO}",
        r"(?<!\d)\d{2,4}동\s\d{3,4}호(?!선)",
    )
)
_KOREAN_SIGN = re.compile(r"[로길동리가읍면호]\s?(?:산\s?)?\d|\d동\s")

_NUMBER: Final = r"[+\-]?\d{1,3}\.\d{4,12}"
_PAIR: Final = rf"{_NUMBER}°?(?:\s?[NS])?,?\s{{0,2}}{_NUMBER}(?:°?\s?[EW]\b)?"
_SECONDS: Final = (
    r"\d{1,3}\s?°\s?\d{1,2}\s?['\u2032’]\s?\d{1,2}(?:\.\d{1,4})?\s?(?:[\"\u2033”]|''|\u2032{2})?\s?"
)
_COORDINATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:gps|coordinates?|lat(?:itude)?(?:\s?/\s?(?:lon|lng|longitude))?|"
        rf"위치|좌표)[^\d\n]{{0,24}}?(?P<value>{_PAIR})(?!\d)",
        r"lat(?:itude)?\W{0,4}(?P<value>" + _NUMBER + r"\W{1,6}(?:lon|lng|long|longitude)\W{0,4}"
        rf"{_NUMBER})(?!\d)",
        rf"(?<![\d.])(?P<value>{_SECONDS}[NS]\s?,?\s?{_SECONDS}[EW])",
        r"(?<![\d.])(?P<value>\d{1,2}\.\d{5,12}°?\s?[NS],?\s{0,2}\d{1,3}\.\d{5,12}°?\s?[EW])",
        rf"(?:@|[?&](?:q|ll|query|center)=)(?P<value>{_NUMBER},{_NUMBER})(?!\d)",
        r"\b(?:location|located|position)[^\d\n]{0,24}?(?P<value>-?\d{1,3}\.\d{5,12},\s{0,2}-?\d{1,3}\.\d{5,12})(?!\d)",
    )
)


def find(text: str, lowered: str) -> Iterator[Span]:
    """Addresses and coordinates in a folded text; `lowered` is it in small letters."""
    if not _DIGIT.search(text):
        return
    for found in _STREET.finditer(text):
        if not _KNOWN_PLACES.search(found[0]):
            yield Span(*found.span(), _KIND)
    patterns = (*_OTHERS, *(_KOREAN if _KOREAN_SIGN.search(text) else ()))
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield Span(*found.span(), _KIND)
    for one in _CUED:
        yield from one.find(text, lowered, _KIND)
    if "." in text or "°" in text:
        for pattern in _COORDINATES:
            for found in pattern.finditer(text):
                yield Span(*found.span("value"), _KIND)
