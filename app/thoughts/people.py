"""Find names and birth dates of people, where a strong sign says that they are.

Works on folded text (`folding.fold`).  A name alone passes, and so does the birth of somebody
before 1905: thoughts are full of people from books.  The Korean rule knows family names and
the endings that follow a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.thoughts.cues import JOINT, OWNER, OWNER_KO
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA

# --- names ----------------------------------------------------------------------------

_ONE: Final = r"(?-i:[A-Z][A-Za-z'’\-]{1,24})"
_FURTHER: Final = (
    r"(?:\s(?:(?-i:van der|van|von|de la|de|da|di|bin|al)\s)?"
    r"(?-i:[A-Z]\.(?=\s)|[A-Z][A-Za-z'’\-]{1,24}))"
)
_TITLE: Final = r"(?:(?-i:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s)?"
_NAME: Final = rf"(?P<value>{_TITLE}{_ONE}{_FURTHER}{{0,4}})"
_NAME_OF_TWO: Final = rf"(?P<value>{_TITLE}{_ONE}{_FURTHER}{{1,4}})"
_IS: Final = r"(?:\s(?:is|was|as)|\s?[:=]|['’]?s)\s{0,2}[\"'“*]{0,2}"
_PRIVATE: Final = (  # not "client", "user", "tenant" or "parent", which programs have too
    r"(?:patient|caller|landlord|landlady|neighbou?r|wife|husband|spouse|sister|brother|mother|"
    r"father|mom|mum|dad|daughter|colleague|witness|victim|applicant)"
)
_TITLED: Final = r"(?:Mr|Mrs|Ms|Miss)\.?\s"
_NO_NAME = re.compile(
    r"(?:required|optional|string|default|null|none|unknown|the|a|an|not|first|last|full|please|"
    r"must|your|new|foo|north|south|east|west|united|african|asian|puerto|latin|native|middle|"
    r"\w{2,12}(?:ish|ese)|king|queen|senior|junior|chief|lead|head|los|san|enter|example|test|build|deploy|release|user\s?name)\b",
    re.IGNORECASE,
)
_ENGLISH: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:my|his|her|their|{OWNER}(?:'s|s|s'))\s(?:(?:full|real|legal|first|last|given|family|"
        rf"maiden|middle|birth|actual)\s)?(?:sur)?name{_IS}{_NAME}",
        rf"\b(?:(?:i'm|i am|he's|she's)\s(?:called|named)|call me|i go by)\s{_NAME}",
        rf"\b(?:full|first|last|contact|customer|guest|recipient|sender|patient|billing|shipping|"
        rf"(?:account|card)\s?holder)(?:'?s)?\s?name[\"'*]{{0,3}}(?:\sis|\s?[:=])\s{{0,2}}[\"'*]{{0,2}}{_NAME}",
        rf"\b{_PRIVATE}\s(?:is|was|:)\s{_NAME_OF_TWO}",
        rf"\b(?:parent|guardian|teacher|{OWNER})\s(?:is|was|:)\s"
        rf"(?P<value>(?-i:{_TITLED}){_ONE}{_FURTHER}{{0,3}})",
        rf"(?:^|[\n,;|{{]\s{{0,4}})[\"'*]{{0,3}}(?-i:Name|NAME)[\"'*]{{0,3}}\s?[:=]\s{{0,2}}[\"'*]{{0,2}}"
        rf"{_NAME_OF_TWO}",
        rf"(?-i:\bFN(?:;[A-Z=\-]{{1,30}})?):\s?{_NAME}",
        r"(?-i:\bN):(?P<value>[^;\n:]{1,40};[^;\n:]{1,40})(?=;)",
    )
)
_NAME_SIGNS: Final = (
    *("name", "call", "named", "fn:", "n:", "go by", "holder", "patient", "mr", "ms", "landl"),
    *("neighb", "wife", "husband", "spouse", "sister", "brother", "mother", "father", "mom", "mum"),
    *("dad", "miss", "daughter", "colleague", "witness", "victim", "applicant"),
)

_FAMILY: Final = (
    "(?:남궁|황보|제갈|사공|선우|독고|서문|[김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허노심하"
    "곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용])"
)
_FULL_KO: Final = rf"(?P<value>{_FAMILY}[가-힣]{{2}}|(?:남궁|황보|제갈|사공|선우|독고)\s?[가-힣])"
_SHORT_KO: Final = f"(?P<value>{_FAMILY}[가-힣]{{1,2}})"
_STATED: Final = (
    r"(?=입니다|이에요|이예요|예요|이다|이고|이며|이야|이라|라고|이었|였|님|씨|[\s.,)\"'”’]|$)"
)
_IS_KO: Final = r"\s?(?:은|는|이|가|을|를|:|=)?\s{0,2}[\"'“‘*]{0,2}"
_NO_NAME_KO = re.compile(
    "고양이|강아지|한국|오늘|이번|이미|공식|정부|모두|아직|지금|어제|나중|조금|최대|최소|이것|그것|"
    "주로|하나|우리|나라|이름|소문자|대문자|영어|한글|변수|함수|문자|숫자|필수|선택|반드시|여러|"
    "다음|이상|이하|공백|기본|정해|무엇|어떤|없|다르|바뀌|같"
)
_KOREAN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:(?<![가-힣])(?:제|내|저의|나의|그의|그녀의)|{OWNER_KO})\s?(?:이름|성함|성명|본명|실명){_IS_KO}"
        rf"{_FULL_KO}{_STATED}",
        rf"(?:(?<![가-힣])(?:제|내|저의|나의|그의|그녀의)|{OWNER_KO})\s?(?:이름|성함|성명|본명|실명){_IS_KO}"
        rf"{_SHORT_KO}(?=입니다|이에요|예요|이다|[.]|$)",
        rf"(?:성함|성명|본명|실명|예금주|수취인|예약자명?|받는\s?분){_IS_KO}{_FULL_KO}{_STATED}",
        rf"(?:^|[.!?\n,\"'“(]\s{{0,2}})이름\s?(?:은|:)\s?{_FULL_KO}"
        r"(?=입니다|이에요|예요|이고|이며|이라고|라고|이다|[\s,.)]*$|\n)",
        rf"(?:환자|고객|손님|보호자|집주인|담당자|학부모|세입자|예약자)(?:분|님)?(?:은|는|이|가|:)?\s"
        rf"{_FULL_KO}(?=\s?(?:님|씨|선생님?)(?![가-힣]{{3}}))",
        rf"담임(?:\s?선생님?)?(?:은|는|이|가|:)?\s{_FULL_KO}(?=\s?(?:선생|쌤|님|씨|이고|이다|입니다))",
        rf"(?<![가-힣])(?:저는|나는|제가)\s{_FULL_KO}(?=(?:이)?라고\s?(?:합니다|해요|한다|불))",
    )
)
_NAME_SIGNS_KO: Final = (
    *("환자", "고객", "손님", "담임", "보호자", "집주인", "담당자", "학부모", "님", "씨"),
    *("이름", "성함", "성명", "본명", "실명", "예금주", "수취인", "예약자", "받는", "라고"),
)

# --- birth dates ----------------------------------------------------------------------

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR: Final = r"(?:19(?:0[5-9]|[1-9]\d)|20\d\d)"
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE: Final = (
    rf"(?:{_DAY}(?:\sof)?\s{_MONTH},?\s{_YEAR}|{_MONTH}\s{_DAY},?\s{_YEAR}|"
    rf"{_YEAR}\s?[\-/.]\s?\d{{1,2}}\s?[\-/.]\s?\d{{1,2}}|"
    rf"\d{{1,2}}[\-/.]\d{{1,2}}[\-/.](?:{_YEAR}|\d\d(?!\d))|"
    rf"(?:{_YEAR}|\d\d)년\s?\d{{1,2}}월\s?\d{{1,2}}일)"
)
_SHORT_DATE: Final = (
    rf"(?:{_DATE}|{_DAY}(?:\sof)?\s{_MONTH}(?![a-z])|{_MONTH}\s{_DAY}|\d{{1,2}}월\s?\d{{1,2}}일)"
)
_SOMEBODY: Final = rf"(?:\b(?:my|his|her|their)|{OWNER}(?:'s|s|s'))"
_BIRTHS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:date of birth|birth\s?dates?|\bd\.?o\.?b\b\.?|birthday\s?:|생년월일){JOINT}"
        rf"(?P<value>{_DATE}|\d{{8}}|\d{{6}}(?!\d))",
        rf"\bbirthday\s(?:of|is|was|on|falls on|in)\s(?P<value>{_DATE})",
        rf"{_SOMEBODY}\s(?:birthday|birthdate)(?:\s(?:is|was|falls))?(?:\son)?\s?[:,]?\s?"
        rf"(?P<value>{_SHORT_DATE})",
        rf"(?:\b(?-i:I)|\b{OWNER}),?\s(?:was\s|were\s|is\s)?born\s?(?:on|:)?\s?(?:the\s)?"
        rf"(?P<value>{_DATE})",
        rf"\b{_PRIVATE}\s(?:is|was|:)\s{_ONE}{_FURTHER}{{0,4}},\sborn\s?(?:on\s)?(?P<value>{_DATE})",
        rf"생일{_IS_KO}(?P<value>{_DATE})",
        rf"(?:(?<![가-힣])(?:제|내|나의|저의)|{OWNER_KO})\s?생일{_IS_KO}(?P<value>{_SHORT_DATE})",
        rf"(?:(?<![가-힣])(?:저는|나는|제가|내가)|{OWNER_KO}[는은가이])\s(?P<value>{_DATE})(?:에|생|\s출생|\s?에\s태)",
    )
)
_BIRTH_SIGNS: Final = ("birth", "born", "dob", "d.o.b", "생년", "생일", "태어", "출생")


def find(text: str, lowered: str) -> Iterator[Span]:
    """Names and birth dates in a folded text; `lowered` is the same in small letters."""
    if any(sign in lowered for sign in _NAME_SIGNS):
        yield from _names(text, _ENGLISH, _NO_NAME)
    if any(sign in lowered for sign in _NAME_SIGNS_KO):
        yield from _names(text, _KOREAN, _NO_NAME_KO)
    if any(sign in lowered for sign in _BIRTH_SIGNS):
        for pattern in _BIRTHS:
            for found in pattern.finditer(text):
                yield Span(*found.span("value"), _KIND)


def _names(
    text: str, patterns: tuple[re.Pattern[str], ...], no_name: re.Pattern[str]
) -> Iterator[Span]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            if not no_name.match(found["value"]):
                yield Span(*found.span("value"), _KIND)
