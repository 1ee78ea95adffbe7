"""Citations in an answer: where `【3†L10-L12】` stands and which page it means.

Pure functions; nothing here fetches, stores or draws.  The form is the trained one
(openai/gpt-oss gpt_oss/tools/simple_browser, the tool's description).  Text of pages can hold no
such mark (`app.tools.browser.marks`), and one with a cursor that no page of this branch of the
chat has is left as it stands, so a page cannot make a link to anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from app.tools.browser.display import FIND_SUFFIX, FIND_TITLE, SOURCE_PREFIX
from app.tools.records import PageRef
from app.tools.values import SourcePage

_MARK: Final = re.compile(
    r"【(?P<cursor>[0-9]{1,6})†"
    r"(?:L(?P<first>[0-9]{1,7})(?:\s*[-–]\s*L?(?P<last>[0-9]{1,7}))?|source)"
    r"(?:†[^†】\n]{1,120})?】"
)
_UNFINISHED: Final = re.compile(r"【(?:[0-9]{1,6}(?:†[^†】\n]{0,40}(?:†[^†】\n]{0,120})?)?)?\Z")


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark in an answer that means a page the model has read.

    Attributes:
        start, end: the mark in the text, `text[start:end]`.
        cursor: which page; as in `PageRef.cursor`.
        url: http(s) address of the page; "" for search results.
        title: of the page.
        first, last: quoted lines, counted from 0, first <= last; None where none are named.
    """

    start: int
    end: int
    cursor: int
    url: str
    title: str
    first: int | None = None
    last: int | None = None

    @property
    def host(self) -> str:
        """Host name of the page, for people; "" for search results."""
        return urlsplit(self.url).hostname or ""


def citations(text: str, pages: Iterable[PageRef | SourcePage]) -> tuple[Citation, ...]:
    """Find the marks of a text that mean a page, in their order.

    Args:
        text: an answer, whole or as far as it is written.
        pages: what calls of this branch of the chat opened, oldest first.
    """
    by_cursor = {page.cursor: page for page in pages}
    found = []
    for mark in _MARK.finditer(text):
        page = by_cursor.get(int(mark["cursor"]))
        if page is None:
            continue
        first = None if mark["first"] is None else int(mark["first"])
        last = first if mark["last"] is None else int(mark["last"])
        if first is not None and last is not None and last < first:
            first, last = last, first
        found.append(
            Citation(*mark.span(), page.cursor, address_behind(page), page.title, first, last)
        )
    return tuple(found)


def finished_length(text: str) -> int:
    """How much of a text that is still being written can be shown.

    What follows may be the beginning of a mark; it is held back until it is one or is none.
    """
    unfinished = _UNFINISHED.search(text)
    return unfinished.start() if unfinished else len(text)


def quoted_lines(page: SourcePage, citation: Citation) -> range:
    """The lines of a page that a citation names and that are there; may be empty."""
    if citation.first is None or citation.last is None:
        return range(0)
    return range(min(citation.first, len(page.lines)), min(citation.last + 1, len(page.lines)))


def address_behind(page: PageRef | SourcePage) -> str:
    """The http(s) address a page came from; "" where there is none, as for search results."""
    plain = page.url.removeprefix(SOURCE_PREFIX)
    if page.title.startswith(FIND_TITLE):
        plain = plain.rpartition(FIND_SUFFIX)[0]
    return plain if plain.startswith(("http://", "https://")) else ""
