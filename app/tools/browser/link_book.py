"""The numbered links of one page while its text is made.  Pure; used in the reading process.

While libraries work on the text, links are written in a spelling that the page cannot know, since
it is drawn anew for each page.  Only at the end, when everything else has been made plain, does
that spelling become `【3†text】`.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from app.tools.browser.addresses import AddressError, WebAddress, web_address
from app.tools.browser.marks import link_text, plain

_MOST_LINKS: Final = 5000
_TEXT_LIMIT: Final = 300


class LinkBook:
    """Gives links their numbers.

    Args:
        url: of the page; links are read from there.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        try:
            self._here: WebAddress | None = web_address(url)
        except AddressError:
            self._here = None
        self._numbers: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        # Braille survives every library's cleaning, and no text is written in it by chance.
        self._secret = "".join(chr(0x2801 + secrets.randbelow(255)) for _ in range(5))
        self._mark = re.compile(f"⟦{self._secret}([0-9]+)⟧")

    def mark(self, href: str, text: str) -> str | None:
        """What to write in the place of a link; None where it is no link to a page."""
        text = link_text(text, _TEXT_LIMIT)
        if not text or href.strip().startswith("#") or len(self._numbers) >= _MOST_LINKS:
            return None
        try:
            there = web_address(href, self._url)
        except AddressError:
            return None
        if self._here is not None and there.url == self._here.url:
            return None
        number = self._numbers.setdefault(there.url, len(self._numbers))
        is_near = self._here is not None and there.host == self._here.host
        shown = text if is_near else f"{text}†{there.host}"
        spelled = len(self._texts)
        self._texts[spelled] = f"{number}†{shown}"
        return f"⟦{self._secret}{spelled}⟧"

    def finish(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text with its links, numbered anew in the order in which they stand.

        Returns:
            the text, and the links' addresses by number.
        """
        addresses = list(self._numbers)
        order: dict[int, int] = {}

        def written(found: re.Match[str]) -> str:
            entry = self._texts.get(int(found[1]))
            if entry is None:
                return ""
            number, _, shown = entry.partition("†")
            return f"【{order.setdefault(int(number), len(order))}†{shown}】"

        finished = self._mark.sub(written, plain(text))
        return finished, tuple(addresses[number] for number in order)

    def unused(self, text: str, most: int) -> list[str]:
        """Marks of links that a text which is not finished leaves out, each address once."""
        used = {self._texts[int(at)].partition("†")[0] for at in self._mark.findall(text)
                if int(at) in self._texts}  # fmt: skip
        found: dict[str, str] = {}
        for spelled, entry in self._texts.items():
            number = entry.partition("†")[0]
            if number not in used:
                found.setdefault(number, f"⟦{self._secret}{spelled}⟧")
        return list(found.values())[:most]
