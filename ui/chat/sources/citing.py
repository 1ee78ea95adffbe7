"""Makes links of the citations in one answer and numbers its sources.  Knows no widgets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from typing import Final

from app.tools.browser.citations import Citation, citations
from app.words import Words
from ui.chat.sources.values import PageSpot, SourceWish
from ui.markdown.blocks import Block, TableBlock, TextBlock

SCHEME: Final = "cite:"
"""Of addresses that only this module writes: the parser lets no link of a model have it."""

_KEPT: Final = re.compile(r"(<code>.*?</code>|<a .*?</a>|<[^>]*>)", re.DOTALL)
_ADDRESS: Final = re.compile(r"cite:(\d+)(?:-(\d+)-(\d+))?")
_LONGEST_HOST: Final = 28
_MARK: Final = "【"
_EDGE: Final = "\u00a0"
"""Inside the link's ground, left and right; Qt joins thinner spaces with their neighbours."""


class Citing:
    """Citations of one answer.

    Args:
        words: the user's language.
        spots: pages the answer may cite, oldest first; asked when a mark is found.
    """

    def __init__(self, words: Words, spots: Callable[[], Iterable[PageSpot]]) -> None:
        self._words = words
        self._spots = spots
        self._numbers: dict[str, int] = {}
        self._cited: dict[int, PageSpot] = {}
        self._at_hand: dict[int, PageSpot] = {}

    @property
    def cited(self) -> dict[int, PageSpot]:
        """The cited sources by their numbers."""
        return dict(self._cited)

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The same blocks with links in place of the marks; code keeps its own."""
        if not any(_has_mark(block) for block in blocks):
            return blocks
        self._at_hand = self._by_cursor()  # once for all of them: a chat may be long
        return tuple(self._block(block) for block in blocks)

    def plain(self, text: str) -> str:
        """An answer as it leaves the app: its marks as links that others can follow."""
        spots = self._by_cursor() if _MARK in text else {}
        done, end = [], 0
        for citation in citations(text, [spot.page for spot in spots.values()]):
            done.append(text[end : citation.start])
            if citation.url:
                done.append(f" ([{citation.host}](<{citation.url}>))")
            end = citation.end
        return "".join(done) + text[end:]

    def wish(self, address: str) -> SourceWish | None:
        """What a link that `blocks` made leads to; None for any other address."""
        match = _ADDRESS.fullmatch(address)
        spot = self._by_cursor().get(int(match[1])) if match else None
        if match is None or spot is None:
            return None
        if match[2] is None:
            return SourceWish(spot)
        return SourceWish(spot, int(match[2]), int(match[3]))

    def _block(self, block: Block) -> Block:
        if not _has_mark(block):
            return block
        if isinstance(block, TableBlock):
            cells = (block.header, *block.rows)
            header, *rows = (tuple(self._html(cell) for cell in row) for row in cells)
            return replace(block, header=header, rows=tuple(rows))
        return (
            replace(block, html=self._html(block.html)) if isinstance(block, TextBlock) else block
        )

    def _html(self, html: str) -> str:
        parts = _KEPT.split(html)
        # Every second part is what the pattern caught: code, links and tags stay as they are.
        return "".join(
            part if number % 2 or _MARK not in part else self._text(part)
            for number, part in enumerate(parts)
        )

    def _text(self, text: str) -> str:
        spots = self._at_hand
        done, end = [], 0
        for citation in citations(text, [spot.page for spot in spots.values()]):
            done.append(text[end : citation.start].rstrip(" ") if end else text[: citation.start])
            done.append(self._link(citation, spots[citation.cursor]))
            end = citation.end
        return "".join(done) + text[end:]

    def _link(self, citation: Citation, spot: PageSpot) -> str:
        key = citation.url or f"{citation.cursor}"
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._cited.setdefault(number, spot)
        lines = "" if citation.first is None else f"-{citation.first}-{citation.last}"
        host = citation.host.removeprefix("www.") or self._words("search results")
        if len(host) > _LONGEST_HOST:
            host = f"…{host[1 - _LONGEST_HOST :]}"  # its end says whose it is
        label = f"{_EDGE}{number}\u00a0{escape(host)}{_EDGE}"
        address = f"{SCHEME}{citation.cursor}{lines}"
        return f' <a href="{address}" class="cite">{label}</a>'

    def _by_cursor(self) -> dict[int, PageSpot]:
        return {spot.page.cursor: spot for spot in self._spots()}


def _has_mark(block: Block) -> bool:
    """Whether there may be a citation in a block that can have links."""
    if isinstance(block, TableBlock):
        return any(_MARK in cell for row in (block.header, *block.rows) for cell in row)
    return isinstance(block, TextBlock) and _MARK in block.html
