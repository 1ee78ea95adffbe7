"""Find keys, tokens and passwords.

Works on folded text (`folding.fold`).  The prefixes are the ones the issuers document so
that leaked keys can be found (GitHub "token formats", AWS "unique identifiers", Slack "token
types", Stripe "API keys", OpenAI, Anthropic, Google Cloud, GitLab, npm, PyPI, Hugging Face,
SendGrid, Telegram); JWT is RFC 7519, PEM RFC 7468, user information in a URL RFC 3986.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.SECRET

KEY_BLOCK_START: Final = re.compile(r"-----\s?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
KEY_BLOCK_END: Final = re.compile(r"-----\s?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")

_TOKENS: Final = tuple(
    re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})", re.ASCII)
    for pattern in (
        r"sk-[A-Za-z0-9_\-]{16,400}",
        r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])",
        r"gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[\w\-]{16,64}",
        r"xox[abeoprs]-[A-Za-z0-9\-]{8,255}|xapp-\d-[A-Za-z0-9\-]{8,255}",
        r"AIza[A-Za-z0-9_\-]{30,64}|ya29\.[\w\-]{20,255}|GOCSPX-[\w\-]{20,64}",
        r"(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,128}|whsec_[A-Za-z0-9+/=]{16,128}",
        r"hf_[A-Za-z0-9]{24,64}|npm_[A-Za-z0-9]{30,64}|pypi-[\w\-]{30,255}|dop_v1_[a-f0-9]{40,64}",
        r"SG\.[\w\-]{16,32}\.[\w\-]{30,64}|\d{8,10}:AA[\w\-]{30,40}",
        r"eyJ[\w\-]{8,400}\.[\w\-]{8,400}(?:\.[\w\-]{0,400})?",
        r"(?i:bearer|basic)\s{1,2}(?=[a-zA-Z.~+/_\-=]{0,60}\d)[\w.~+/\-]{16,400}=?=?",
    )
)

_SOLID = re.compile(r"[\w.~+/\-]{12}", re.ASCII)  # every token has such a run

_URL_LOGIN = re.compile(r"[a-z][a-z0-9+.\-]{1,15}://[^\s/:@]{0,64}:[^\s/@]{1,128}@\S{0,200}", re.I)
_URL_KEY = re.compile(
    r"[?&](?:access_token|auth|token|api_?key|key|secret|sig|signature|password|pwd)=[^\s&#]{6,300}",
    re.IGNORECASE,
)

_UNLOCKERS = (
    r"pass(?:word|phrase|code|wd)|pwd|비밀\s?번호|비번|암호|패스워드|"
    r"pin(?:\s?(?:code|number|번호))?"
)
_KEY_NAME = (
    r"(?:api|access|secret|private|auth|client|encryption|signing)[ _\-]?(?:key|token|secret)"
    r"(?:[ _\-]id)?|secret|token|credentials?|인증\s?키|API\s?키|토큰"
)
_NAMED: Final = (  # part of every name above
    *("pass", "pwd", "pin", "key", "token", "secret", "cred"),
    *("비", "암호", "패스", "토큰", "인증", "키"),
)
_QUOTED = r"[\"'`](?P<quoted>[^\"'`\n]{4,128})[\"'`]"
_ASSIGN = r"[\"'`*)]{0,3}\s?(?:(?P<sign>:=|=>|[:=])|\b(?:is|are|was)\b|은|는|이|가)\s{0,2}\*{0,2}"
_ASSIGNMENTS: Final = tuple(
    re.compile(
        rf"(?<![a-z])(?:{name}){_ASSIGN}(?:{_QUOTED}|(?P<bare>[^\s\"'`]{{{shortest},255}}))", re.I
    )
    for name, shortest in ((_UNLOCKERS, 3), (_KEY_NAME, 8))
)
_LOOKS_LIKE_CODE = re.compile(
    r"[(\[<{$]|^[*.?_]+$|^\W+$|\.\w+\.|^(?:os|self|args|config|env)\.", re.I
)
_PLAIN_WORD = re.compile(
    "str|string|int|bytes|none|null|true|false|undefined|optional|required|missing|unknown|"
    "empty|the|this|that|your|their|his|her|its|our|must|should|not|and|with|from|for|are|"
    "was|has|been|can|cannot|could|may|might|will|would|needs|stored|hashed|hidden|wrong|"
    "correct|incorrect|invalid|valid|input|field|type|text|something|anything|what|which|"
    "where|how"
)


def find(text: str) -> Iterator[Span]:
    """The secrets in a folded text."""
    if _SOLID.search(text):
        for pattern in _TOKENS:
            for found in pattern.finditer(text):
                yield Span(*found.span(), _KIND)
        yield from _random_strings(text)
    if "-----" in text:
        yield from _key_blocks(text)
    if "://" in text or "=" in text:
        for pattern in (_URL_LOGIN, _URL_KEY):
            for found in pattern.finditer(text):
                yield Span(*found.span(), _KIND)
    lowered = text.lower()
    if any(need in lowered for need in _NAMED):
        yield from _assigned(text)


def has_open_key_block(text: str) -> bool:
    """Whether a private key block began in `text` and has not ended in it."""
    if "-----" not in text:
        return False
    starts = [found.end() for found in KEY_BLOCK_START.finditer(text)]
    return bool(starts) and not KEY_BLOCK_END.search(text, starts[-1])


def _key_blocks(text: str) -> Iterator[Span]:
    for start in KEY_BLOCK_START.finditer(text):
        end = KEY_BLOCK_END.search(text, start.end())
        yield Span(start.start(), end.end() if end else len(text), _KIND)


def _assigned(text: str) -> Iterator[Span]:
    for strict, pattern in enumerate(_ASSIGNMENTS):
        for found in pattern.finditer(text):
            name = "quoted" if found["quoted"] else "bare"
            value = found[name].rstrip(".,;:!?)")
            if value and (name == "quoted" or _is_secret_word(value, found["sign"], bool(strict))):
                yield Span(found.start(name), found.start(name) + len(value), _KIND)


def _is_secret_word(value: str, sign: str | None, strict: bool) -> bool:
    """Whether an unquoted word after "password:" is one.

    After "is", and for keys, a plain word passes: "the password is wrong".
    """
    if _LOOKS_LIKE_CODE.search(value) or _PLAIN_WORD.fullmatch(value.lower()):
        return False
    has_digit = any(character.isdigit() for character in value)
    is_plain = not has_digit and value.isalpha()
    if sign is None or strict:
        return has_digit or (not is_plain and not value.replace("-", "").replace("/", "").isalpha())
    return value.isascii() or has_digit


_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{32,400}={0,2}", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F\-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _random_strings(text: str) -> Iterator[Span]:
    for found in _LONG_RUN.finditer(text):
        if _is_random(found[0]):
            yield Span(*found.span(), _KIND)


def _is_random(run: str) -> bool:
    """Whether a long run is hexadecimal or base64 of something random.

    Words, paths and identifiers change between capitals, small letters and digits seldom,
    random text about every second character.  UUIDs name things and pass.
    """
    has_digit = any(character.isdigit() for character in run)
    has_letter = any(character.isalpha() for character in run)
    if not (has_digit and has_letter) or _UUID.fullmatch(run):
        return False
    entropy = _entropy_bits(run)
    if _HEX.fullmatch(run):
        return entropy > 3.0
    classes = [0 if c.islower() else 1 if c.isupper() else 2 for c in run if c.isalnum()]
    changes = sum(left != right for left, right in pairwise(classes))
    return entropy > 3.8 and changes > 0.36 * len(run)


def _entropy_bits(run: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(run).values()
    return -sum(count / len(run) * math.log2(count / len(run)) for count in counts)
