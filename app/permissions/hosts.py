"""Where an address leads, in one spelling.  What has several readings has none here."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from tld import get_tld, is_tld

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_WILDCARD: Final = "*."

# Programs disagree on addresses that break this (RFC 3986 3, https://url.spec.whatwg.org), and
# the one who judges an address is not the one who fetches it.  User names are not allowed.
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
# What makes a last label a number, and so the host an IPv4 address in one of its many spellings.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port.

    Attributes:
        host: in lower case; IPv6 addresses without brackets; "*.example.com" in rules only.
    """

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{host}" + ("" if is_default else f":{self.port}")


def origin_of(url: str) -> Origin | None:
    """Where a web address leads; None where that can be read in more than one way."""
    match = _ADDRESS.fullmatch(url)
    if match is None or not _is_clean(match["rest"] or ""):
        return None
    host = _host(match["host"].lower())
    scheme = match["scheme"].lower()
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    return Origin(scheme, host, port) if host and port <= 0xFFFF else None


def pattern_origin(text: str) -> Origin | None:
    """What a rule says of hosts, as `str(Origin)` writes it; None where it says nothing sound.

    "*." in front of the host stands for one or more labels; what follows has to be a name that
    someone can own, so not "com", "co.uk" or "github.io" (https://publicsuffix.org).
    """
    plain = text.replace("://" + _WILDCARD, "://", 1)
    origin = origin_of(plain)
    if origin is None or str(origin) != plain:
        return None
    if plain == text:
        return origin
    if _is_address(origin.host) or not _can_be_owned(origin.host):
        return None
    return Origin(origin.scheme, _WILDCARD + origin.host, origin.port)


def origin_covers(pattern: Origin, origin: Origin) -> bool:
    """Whether an origin is the one that a rule is about, or one of those it stands for."""
    if (pattern.scheme, pattern.port) != (origin.scheme, origin.port):
        return False
    if not pattern.host.startswith(_WILDCARD):
        return pattern.host == origin.host
    return origin.host.endswith(pattern.host[1:]) and not _is_address(origin.host)


def _host(text: str) -> str | None:
    if text.startswith("["):
        return _ipv6(text[1:-1])
    labels = text.split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None  # so no dot at the end either, which is another name to certificates
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(text)
    return text


def _ipv4(text: str) -> str | None:
    """Four decimal numbers without leading zeros; every other spelling is doubtful."""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        return None


def _ipv6(text: str) -> str | None:
    """The shortest spelling; None for addresses that stand for an IPv4 address, and for zones."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    holds_ipv4 = (
        address.ipv4_mapped is not None
        or address.sixtofour is not None
        or address.teredo is not None
        or address in _COMPATIBLE
        or address in _TRANSLATED
    )
    return None if holds_ipv4 and not address.is_loopback else str(address)


_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")  # RFC 4291 2.5.5.1
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/32")  # RFC 6052, RFC 8215


def _is_address(host: str) -> bool:
    return ":" in host or host.rsplit(".", 1)[-1].isdecimal()


def _can_be_owned(name: str) -> bool:
    below = get_tld(f"https://x.{name}", fail_silently=True, search_private=True)
    return below is not None and not is_tld(name, search_private=True)


def _is_clean(rest: str) -> bool:
    """Nothing that a program may cut out or turn round before it reads an address."""
    return not any(
        character == "\\" or unicodedata.category(character) in _UNSEEN for character in rest
    )


_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
