"""Takes out of a report what tells who and where its user is.

The texts it is given are written by code that logs no words of people; this is the second net.
"""

from __future__ import annotations

import getpass
import ipaddress
import platform
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.logs import redact

_SHORTEST_WORD: Final = 3
_NOBODYS: Final = frozenset(
    {"root", "user", "admin", "localhost", "sotto", "app", "home", "ubuntu"}
)
"""Names that tell nobody apart, and would be found in every line."""

_HOMES: Final = re.compile(
    r"(?i)(?<![\w./\\~-])((?:[a-z]:)?[\\/](?:home|users|homes)[\\/])[^\\/\s:\"']+"
)
_ADDRESS: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,15}://)[^\s\"'<>)]+")
_MACHINE: Final = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?)(?![\w.])",
    re.IGNORECASE,
)
_HARDWARE: Final = re.compile(r"(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b")
_UUID: Final = re.compile(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Redaction:
    """Knows what must not be in a report.  Any thread.

    Args:
        home: the user's home folder.
        user: their name on this computer.
        host: the computer's name.
        words: what else is private, e.g. titles of chats and names of other machines.
    """

    def __init__(
        self,
        home: Path,
        user: str = "",
        host: str = "",
        words: Iterable[str] = (),
    ) -> None:
        has_home = str(home) != home.anchor
        self._home = (
            re.compile(rf"(?<![\w.-]){re.escape(str(home))}(?![\w-])") if has_home else None
        )
        groups = (
            ("[private]", sorted(words, key=len, reverse=True)),
            ("[user]", [user, home.name]),
            ("[host]", [host, host.partition(".")[0]]),
        )
        self._words = [
            (_folded(one), mark) for mark, group in groups for one in group if _tells_somebody(one)
        ]

    @classmethod
    def of_this_user(cls, words: Iterable[str] = ()) -> Redaction:
        """For who runs this process."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError):
            user = ""
        return cls(Path.home(), user, platform.node(), words)

    def __call__(self, text: str) -> str:
        """The text without them; line by line as it was."""
        if self._home is not None:
            text = self._home.sub("~", text)
        whole = _folded(text)
        for word, mark in self._words:
            if word in whole:  # of thousands of titles hardly any is there
                text = _whole(word).sub(mark, text)
        text = _HOMES.sub(r"\1[user]", text)
        text = _UUID.sub("[key]", text)
        text = _HARDWARE.sub("[address]", text)
        text = _ADDRESS.sub(r"\1[address]", text)
        return redact(_MACHINE.sub(_machine, text))


def _tells_somebody(word: str) -> bool:
    return len(word.strip()) >= _SHORTEST_WORD and word.strip().lower() not in _NOBODYS


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _whole(word: str) -> re.Pattern[str]:
    """The word by itself, however its white space and letters are written."""
    spelled = r"\s+".join(re.escape(part) for part in word.split())
    return re.compile(rf"(?i)(?<!\w){spelled}(?!\w)")


def _machine(match: re.Match[str]) -> str:
    """Addresses of other machines; times of day and this computer's own address stay."""
    try:
        address = ipaddress.ip_address(match[0].strip("[]"))
    except ValueError:
        return match[0]
    return match[0] if address.is_loopback or address.is_unspecified else "[address]"
