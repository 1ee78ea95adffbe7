"""Tags in what is typed into the search field: `tag:work` asks for chats with that tag."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(r'(?:^|(?<=\s))(?:tag|태그):(?:"([^"]*)"?|(\S*))', re.IGNORECASE)


def split_tags(text: str) -> tuple[str, tuple[str, ...]]:
    """What is typed without its tags, and the tags, folded.

    A tag of several words stands in quotes: `tag:"next year"`.
    """
    found = [folded(quoted or plain) for quoted, plain in _TAG.findall(text)]
    rest = " ".join(_TAG.sub(" ", text).split())
    return rest, tuple(dict.fromkeys(filter(None, found)))


def written(tag: str) -> str:
    """A tag as it would be typed."""
    return f'tag:"{tag}"' if " " in tag else f"tag:{tag}"


def folded(text: str) -> str:
    """Case does not count, nor how letters are composed (macOS, some input methods)."""
    return unicodedata.normalize("NFC", text).casefold()
