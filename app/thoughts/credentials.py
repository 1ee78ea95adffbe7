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

from app.thoughts.cues import cued
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
        r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{24,64}|dapi[a-f0-9]{30,40}|sq0(?:atp|csp|idp)-[\w\-]{20,64}",
        r"lin_api_\w{24,64}|key-[a-f0-9]{32}|fig[dou]_[\w\-]{30,64}|gl(?:sa|c)_\w{24,128}|gsk_\w{24,64}",
        r"NRAK-[A-Z0-9]{20,40}|PMAK-[a-f0-9\-]{30,80}|xkeysib-[a-f0-9\-]{40,100}|r8_\w{30,48}",
        r"pplx-[a-z0-9]{30,64}|nvapi-[\w\-]{40,80}|dckr_pat_[\w\-]{20,40}|ATATT3[\w\-=]{30,255}",
        r"do[or]_v1_[a-f0-9]{40,64}|hvs\.\w{20,128}|sbp_[a-f0-9]{30,64}|rubygems_[a-f0-9]{30,64}",
        r"AGE-SECRET-KEY-1[A-Z0-9]{50,64}|(?:ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])|tvly-[\w\-]{20,64}",
        r"[MNO][A-Za-z0-9_\-]{22,27}\.[\w\-]{6}\.[\w\-]{27,45}|(?:EAACEdEose0cBA|EAA)[A-Za-z0-9]{60,255}",
        r"[A-Za-z0-9_]{3}8Q~[\w.~\-]{31,40}",
        r"(?<=services/)T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,32}",
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
    r"(?:pg|my|db|user|root|admin)?pass(?=\s?[:=])|pw(?=\s?[:=])|(?:pg|my|db|user|root|admin)?"
    r"pass(?:word|phrase|code|wd)|pwd|비밀\s?번호|비번|암호|패스워드|"
    r"pin(?:\s?(?:code|number|번호))?"
)
_KEY_NAME = (
    r"(?:api|access|secret|private|auth|client|encryption|signing|storage|account)"
    r"[ _\-]?(?:key|token|secret)"
    r"(?:[ _\-]id)?|(?:my|our)?secret|token|credentials?|인증\s?키|"
    r"(?:API|암호화|시크릿|비밀|개인)\s?키|시크릿|토큰"
)
_NAMED: Final = (  # part of every name above
    *("pass", "pwd", "pw", "pin", "key", "token", "secret", "cred"),
    *("비", "암호", "패스", "토큰", "인증", "키", "시크릿"),
)
_PURPOSE = r"(?:\s(?:for|of|to|on)\s(?:(?:the|my|his|her|their|our|its)\s)?[\w.\-]{1,20})?"
_QUOTED = r"[\"'`](?P<quoted>[^\"'`\n]{4,128})[\"'`]"
_ASSIGN = (
    r"[\"'`*)]{0,3}\s?(?:(?P<sign>:=|=>|[:=])|(?<=['’])s\b|"
    r"(?:\b(?:is|are|was|were|has been)(?:\s(?:now|still))?\b)?\s?\b(?:changed|set|reset) to\b|"
    r"\b(?:is|are|was)(?:\s(?:now|still))?\b|은|는|이|가)\s{0,2}\*{0,2}"
)
_ASSIGNMENTS: Final = tuple(
    re.compile(
        rf"(?<![a-z])(?:{name}){_PURPOSE}{_ASSIGN}"
        rf"(?:{_QUOTED}|(?P<bare>[^\s\"'`]{{{shortest},255}}))",
        re.I,
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
    "where|how|raise|return|print|pass|assert|exit|break|continue|else"
)


_CUED: Final = (
    cued(
        ("code", "otp", "cvv", "cvc", "pin", "password"),
        r"(?:one[ \-]?time|verification|security|access|auth(?:entication)?|"
        r"log-?in|2fa|mfa|recovery|"
        r"backup|unlock|door|gate|alarm|sms)[ \-]?(?:pass)?(?:codes?|pin|password)"
        r"(?:\s(?:for|of|to|at)\s(?:(?:the|my|his|her|their|our)\s)?[a-z]{1,16}"
        r"|\s(?:that\s)?(?:i|we|they|he|she|you|it)\s[a-z]{1,12}(?:\s(?:out|me|us|in|to))?"
        r"(?=\s(?:is|was)\b|\s?:))?|otp(?: secret)?|"
        r"cv[vc]2?|pin",
        r"(?=[a-z\-]*\d)[a-z0-9][a-z0-9\-]{3,31}|(?-i:[A-Z2-7]{16,64})|\d{3}(?!\d)",
    ),
    cued(
        ("번호", "코드", "otp"),
        r"인증\s?(?:번호|코드)|보안\s?코드|otp(?:\s?(?:번호|코드))?|일회용\s?비밀\s?번호|"
        r"(?:현관|도어락|통장|카드|금고|와이파이)\s?(?:비밀\s?번호|비번)",
        r"\d[\d\-]{3,9}[*#]?",
    ),
    cued(
        ("별표", "샵", "우물정"),
        r"(?:비밀\s?번호|비번)(?:은|는)?\s?(?:별표|샵|우물정)",
        r"\d{3,10}",
    ),
    cued(
        ("wifi", "wi-fi", "wlan", "hotspot", "ssid"),
        r"(?:wi-?fi|wlan|hotspot|ssid)[^\n.!?]{0,48}?(?:[,;(]|\band|\bwith)\s(?:the\s)?"
        r"(?:pass|pw|key)\b",
        r"(?=[^\s,]*\d)(?=[^\s,]*[a-z])[^\s,\"']{6,64}",
    ),
    cued(
        ("비번", "암호", "비밀", "패스워드"),
        r"비밀\s?번호|비번|암호|패스워드",
        r"(?!aes|rsa|sha|md5|des|utf|bcrypt|argon)(?=[!-~]*\d)(?=[^a-z\s]*[a-z])[!-~]{4,64}",
    ),
    cued(
        ("curl", "wget", "-u"),
        r"-u|--user",
        r"(?!user(?:name)?:pass)(?:(?<=-u )|(?<=--user ))[\w.@\-]{1,64}:\S{3,64}",
    ),
    cued(
        ("id", "login", "credential", "계정", "로그인", "log in", "sign in"),
        r"(?:login|credentials?|log in|sign in|계정|로그인|id\s?/\s?p(?:w|assword))[^\n]{0,24}?\s/",
        r"(?=[^\s,]*\d)(?=[^\s,]*[a-z])[^\s,]{6,64}",
    ),
)


def find(text: str, lowered: str) -> Iterator[Span]:
    """The secrets in a folded text; `lowered` is the same in small letters."""
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
    if any(need in lowered for need in _NAMED):
        yield from _assigned(text)
    for one in _CUED:
        yield from one.find(text, lowered, _KIND)


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
_SIGN_REACH: Final = 48
_HEX_SIGN = re.compile(
    r"(?P<secret>(?<!cache )key|secret|token|passw|credential|키|시크릿|토큰|비밀|암호)|"
    r"hash|sha-?\d|md5|commit|digest|etag|checksum|trace|커밋|해시|체크섬",
    re.IGNORECASE,
)
_INTEGRITY = re.compile(r"sha(?:1|224|256|384|512)-")  # of a web page's scripts: no secret
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F\-]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _random_strings(text: str) -> Iterator[Span]:
    for found in _LONG_RUN.finditer(text):
        if _is_random(found[0], text[max(0, found.start() - _SIGN_REACH) : found.start()]):
            yield Span(*found.span(), _KIND)


def _is_random(run: str, before: str) -> bool:
    """Whether a long run is hexadecimal or base64 of something random and secret.

    Hexadecimal is what commits, checksums and traces are written in, so it needs a sign.

    Words, paths and identifiers change between capitals, small letters and digits seldom,
    random text about every second character.  UUIDs name things and pass.
    """
    has_digit = any(character.isdigit() for character in run)
    has_letter = any(character.isalpha() for character in run)
    if not (has_digit and has_letter) or _UUID.fullmatch(run):
        return False
    entropy = _entropy_bits(run)
    if _HEX.fullmatch(run):
        signs = list(_HEX_SIGN.finditer(before))
        return bool(signs) and signs[-1]["secret"] is not None and entropy > 3.0
    if _INTEGRITY.match(run):
        return False
    classes = [0 if c.islower() else 1 if c.isupper() else 2 for c in run if c.isalnum()]
    changes = sum(left != right for left, right in pairwise(classes))
    return entropy > 3.8 and changes > 0.36 * len(run)


def _entropy_bits(run: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(run).values()
    return -sum(count / len(run) * math.log2(count / len(run)) for count in counts)
