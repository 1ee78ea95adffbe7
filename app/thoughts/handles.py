"""Find what people are called in messengers, and Korean telephone numbers read aloud.

Works on folded text (`folding.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.thoughts.cues import Cued, cued
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA
_HANDLE: Final = (
    r"@?(?=[a-z\-]*[\d_@]|(?-i:[a-z]{2,16}\.[a-z]{2}))[a-z0-9][a-z0-9_.\-]{2,31}(?<![.\-])"
)
_CUED: Final[tuple[Cued, ...]] = (
    cued(
        ("kakao", "instagram", "telegram", "discord", "snapchat", "wechat", "whatsapp"),
        r"(?:kakao\s?(?:talk)?|instagram|telegram|discord|snapchat|wechat|whatsapp)\s"
        r"(?:id|handle|user\s?name|account|name)",
        _HANDLE,
    ),
    cued(
        ("카톡", "카카오", "인스타", "텔레그램", "디스코드", "라인", "위챗"),
        r"(?:카카오\s?톡?|카톡|인스타(?:그램)?|텔레그램|디스코드|라인|위챗)\s?(?:아이디|계정|id)",
        _HANDLE,
    ),
)
_SPOKEN_DIGIT: Final = "[공영일이삼사오육칠팔구]"
_SPOKEN = re.compile(
    rf"[공영]일[공영일육칠팔구][\s,\-에]{{0,3}}{_SPOKEN_DIGIT}{{3,4}}[\s,\-에]{{0,3}}{_SPOKEN_DIGIT}{{4}}"
)


def find(text: str, lowered: str) -> Iterator[Span]:
    """Handles and spoken numbers in a folded text; `lowered` is it in small letters."""
    for one in _CUED:
        yield from one.find(text, lowered, _KIND)
    if "공일" in text or "영일" in text:
        for found in _SPOKEN.finditer(text):
            yield Span(*found.span(), _KIND)
