"""Find bank accounts, wallets and number plates.

Works on folded text (`folding.fold`).  Sources: Korean banks' account shapes (three or four
groups of digits), Bitcoin's Base58Check and BIP 173 (bech32), EIP-55 (20 bytes in
hexadecimal), Korea's plate rules (two or three digits, one of a few syllables, four digits).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.thoughts.check_digits import is_base58check_valid
from app.thoughts.cues import Cued, cued
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.PERSONAL_DATA
_ACCOUNT: Final = r"\d(?:[ \-]?\d){6,19}"
_PLATE_SYLLABLES: Final = (
    "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자배하허호"
)
_CUED: Final[tuple[Cued, ...]] = (
    cued(
        ("account", "acct", "konto", "계좌"),
        r"(?:bank |checking |savings )?(?:account|acct|konto(?:nummer)?)(?: (?:number|no))?|"
        r"계좌(?:\s?번호)?",
        _ACCOUNT,
        7,
    ),
    cued(
        ("sort code", "routing", "bsb", "ifsc", "aba "),
        r"sort[ \-]?code|routing|bsb|ifsc|(?-i:ABA)",
        r"\d{2}-\d{2}-\d{2}|\d{9}|\d{6}|\d{3}-\d{3}|(?-i:[A-Z]{4}0[A-Z0-9]{6})",
    ),
    cued(
        ("은행", "뱅크", "농협", "수협", "신협", "새마을금고", "우체국"),
        r"[가-힣A-Za-z]{0,6}(?:은행|뱅크)|농협|수협|신협|새마을금고|우체국",
        r"(?:계좌\s?(?:번호\s?)?[:는은]?\s?)?\d{2,6}(?:(?:-\d{2,8}){1,4}|\d{8,12})",
        10,
    ),
    cued(
        ("국민", "신한", "하나", "우리", "기업", "카카오", "토스", "케이", "대구", "부산"),
        r"국민|신한|하나|우리|기업|카카오|토스|케이|대구|부산",
        r"\d{3,6}-\d{2,6}-\d{4,8}(?:-\d{1,4})?",
        10,
    ),
    cued(
        ("plate", "kennzeichen", " reg", "registration"),
        r"(?:licen[cs]e|number|registration|reg) plate|(?:vehicle|car) reg|"
        r"kennzeichen|plate number|vehicle registration",
        r"(?-i:(?=[A-Z \-]*\d)[A-Z0-9]{1,4}(?:[ \-]?[A-Z0-9]{2,5}){1,2})",
        1,
    ),
    cued(
        ("차량", "번호판", "차 번호", "차번호"),
        r"차량(?:\s?번호)?|번호판|차\s?번호",
        r"(?:[가-힣]{2}\s?)?\d{2,3}[가-힣]\s?\d{4}",
    ),
    cued(
        ("wallet", "solana", "monero", "xmr", "지갑"),
        r"wallet(?: address)?|solana|monero|xmr|지갑(?:\s?주소)?",
        r"(?=[a-z]*\d)[1-9a-hj-np-z]{32,106}",
        2,
    ),
)
_PLATE = re.compile(
    rf"(?<![\w.,])\d{{2,3}}[{_PLATE_SYLLABLES}]\s?\d{{4}}"
    r"(?![\d.,:]|\s?(?:[가-힣]?(?:억|만|원|년|명|개|번|호|kg|km|m\b|hpa|미터)))",
    re.IGNORECASE,
)
_NO_PLATE = re.compile(r"\d[도조호]|가합|나합")  # 30 degrees, 15 trillion, flat 10
_BASE58 = re.compile(r"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
_BECH32 = re.compile(r"(?<![a-z0-9])(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{11,87}(?![a-z0-9])", re.I)
_ETHEREUM = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_TRON = re.compile(r"(?<![A-Za-z0-9])T[1-9A-HJ-NP-Za-km-z]{33}(?![A-Za-z0-9])")
_SOLID = re.compile(r"[A-Za-z0-9]{26}")
_FEWEST_SIGNS: Final = 6  # different ones in a wallet; 0x000…dEaD belongs to nobody


def find(text: str, lowered: str) -> Iterator[Span]:
    """Accounts, wallets and plates in a folded text; `lowered` is it in small letters."""
    for one in _CUED:
        yield from one.find(text, lowered, _KIND)
    for found in _PLATE.finditer(text):
        if not _NO_PLATE.search(found[0]):
            yield Span(*found.span(), _KIND)
    if _SOLID.search(text):
        yield from _wallets(text)


def _wallets(text: str) -> Iterator[Span]:
    for pattern in (_BASE58, _TRON):
        for found in pattern.finditer(text):
            if is_base58check_valid(found[0]):
                yield Span(*found.span(), _KIND)
    for pattern in (_BECH32, _ETHEREUM):
        for found in pattern.finditer(text):
            if len(set(found[0].lower())) >= _FEWEST_SIGNS:
                yield Span(*found.span(), _KIND)
