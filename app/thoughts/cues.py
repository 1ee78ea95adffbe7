"""Values that are told by a word before them: "passport number", "계좌번호"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

JOINT: Final = (
    r"(?:\s?(?:numbers?\b|num\b|no\b\.?|code\b|id\b|card\b|#|번호)){0,2}[\"'`*)\]]{0,3}"
    r"(?:\s?(?:is|was|are|shows?|reads?|to|at|:|=>|=|->|,|은|는|이|가|에는|에|을|를))?"
    r"\s?[:\"'`*(\[]{0,3}\s?"
)
"""What may stand between such a word and its value."""

OWNER: Final = (
    r"(?:user|customer|guest|client|patient|caller|buyer|seller|applicant|sender|recipient|"
    r"employee|student|teacher|member|tenant|visitor|boss|friend|partner|wife|husband|sister|"
    r"brother|mother|father|mom|mum|dad|son|daughter|neighbou?r|landlord|colleague|witness|victim)"
)
"""Words for somebody who is not in the news."""

OWNER_KO: Final = (
    r"(?:사용자|고객|손님|환자|회원|학생|직원|신청인|신청자|예약자|수령인|구매자|판매자|지원자|"
    r"받는\s?사람|보내는\s?사람|발신인|수신인|상대방|상대|친구|남편|아내|아들|딸|엄마|아빠|어머니|"
    r"아버지|형|누나|언니|동생|담당자|가족|피해자|보호자|목격자|세입자|집주인|이웃)(?:님|분)?(?:의)?"
)
"""The same in Korean, with what may follow."""


@dataclass(frozen=True, slots=True)
class Cued:
    """One kind of value and the words before it.  Immutable; any thread.

    Attributes:
        needs: parts of those words in small letters; a text without any cannot match.
        pattern: finds the value as the group `value`.
        fewest_digits: that a value must have.
    """

    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    fewest_digits: int = 0

    def find(self, text: str, lowered: str, kind: WithheldKind) -> Iterator[Span]:
        """The values in a folded text; `lowered` is the same in small letters."""
        if not any(need in lowered for need in self.needs):
            return
        for found in self.pattern.finditer(text):
            digits = sum(character.isdigit() for character in found["value"])
            if digits >= self.fewest_digits:
                yield Span(*found.span("value"), kind)


def cued(needs: Sequence[str], cue: str, value: str, fewest_digits: int = 0) -> Cued:
    """Compile one.

    Args:
        needs: see `Cued`.
        cue: regular expression of the words, in any case unless it says `(?-i:…)`.
        value: regular expression of the value, the same.
        fewest_digits: see `Cued`.
    """
    pattern = rf"(?<![a-z])(?:{cue}){JOINT}(?P<value>{value})(?![a-z0-9])"
    return Cued(tuple(needs), re.compile(pattern, re.IGNORECASE | re.ASCII), fewest_digits)


def checked(
    text: str, pattern: re.Pattern[str], check: Callable[[str], bool], kind: WithheldKind
) -> Iterator[Span]:
    """What matches a pattern and passes a check of its letters and digits, in capitals."""
    for found in pattern.finditer(text):
        bare = "".join(one for one in found[0] if one.isalnum()).upper()
        if check(bare):
            yield Span(*found.span(), kind)
