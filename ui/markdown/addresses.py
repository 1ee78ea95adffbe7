"""Which addresses a link may have, and what a reader is told about them.  Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

SCHEMES: Final = frozenset({"http", "https", "mailto"})

BARE_ADDRESS: Final = re.compile(
    r"https?://[^\s<>\"'`()\[\]{}，。、）」』]+[^\s<>\"'`()\[\]{}，。、）」』.,;:!?…]"
)
"""An address written out in running text, without the punctuation after it."""

_CONTROL: Final = re.compile(r"[\x00-\x20\x7f\\]")


def is_allowed(address: str) -> bool:
    """Whether a link to this address may be offered at all: web or mail, nothing else."""
    if _CONTROL.search(address):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in SCHEMES:
        return False
    return bool(host) if parts.scheme != "mailto" else "@" in parts.path


def host_of(address: str) -> str:
    """Who is contacted: the host as the name service sees it, or the mail address.

    Foreign letters come out in their `xn--` form (RFC 3492), so that a look-alike name
    cannot pass for another.
    """
    parts = urlsplit(address)
    if parts.scheme == "mailto":
        return parts.path
    host = parts.hostname or ""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")
