"""The pages of a chat by the numbers the model calls them by.  Immutable, so any thread.

A page's number (its cursor) is its place in the stack; every search, open and find that works
adds one, even a mere scroll.  Pages are kept by number, not by address as in the reference, where
a second search took the first one's place (openai/gpt-oss simple_browser_tool.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from app.tools.browser.display import FIND_SUFFIX, FIND_TITLE, match_line
from app.tools.tool import CallRefusedError
from app.tools.values import SourcePage

MOST_CHARS: Final = 20_000_000
"""Of all lines of a chat that are kept in memory; the oldest pages lose theirs first."""

MOST_PAGES: Final = 500

_BEFORE_A_MATCH: Final = 4  # lines shown above it, as in the reference


@dataclass(frozen=True, slots=True)
class PageStack:
    """The pages of one branch of a chat.

    Attributes:
        pages: oldest first, by rising numbers.
    """

    pages: tuple[SourcePage, ...] = ()

    @classmethod
    def of(cls, pages: tuple[SourcePage, ...]) -> PageStack:
        """The stack that a branch's calls have left; of two with one number the later counts."""
        by_cursor = {page.cursor: page for page in pages}
        return cls(_bounded(tuple(by_cursor[cursor] for cursor in sorted(by_cursor))))

    @property
    def next_cursor(self) -> int:
        """What the next page will be called."""
        return self.pages[-1].cursor + 1 if self.pages else 0

    def with_page(self, page: SourcePage) -> PageStack:
        """The stack with one more page on top."""
        return PageStack(_bounded((*self.pages, page)))

    def page(self, cursor: int) -> SourcePage:
        """A page by its number; -1 is the last one.

        Raises:
            CallRefusedError: there is no such page.
        """
        if not self.pages:
            raise CallRefusedError(
                "No pages to access! Use browser.search or open an address first."
            )
        wanted = self.pages[-1].cursor if cursor == -1 else cursor
        found = next((one for one in self.pages if one.cursor == wanted), None)
        if found is None:
            raise CallRefusedError(
                f"Cursor `{cursor}` is out of range. Available cursor indices: "
                f"[{self.pages[0].cursor} - {self.pages[-1].cursor}]."
            )
        if not found.lines:
            raise CallRefusedError(
                f"Page {wanted} is no longer kept. Open its address again: {found.url or 'search'}."
            )
        return found

    def shown_before(self, url: str) -> SourcePage | None:
        """The latest page that came from an address and is still kept."""
        same = (one for one in reversed(self.pages) if one.url == url and one.lines)
        return next((one for one in same if not is_find_page(one)), None)

    def searched(self, find_page: SourcePage) -> SourcePage | None:
        """The page that a page of `find` is about, if it is still kept."""
        url = find_page.url.rpartition(FIND_SUFFIX)[0]
        return next(
            (
                one
                for one in reversed(self.pages)
                if one.cursor < find_page.cursor
                and one.url == url
                and one.lines
                and not is_find_page(one)
                and find_page.title.endswith(f" in `{one.title}`")
            ),
            None,
        )


def is_find_page(page: SourcePage) -> bool:
    """Whether it is what `find` made, on which `find` does not work."""
    return page.title.startswith(FIND_TITLE) and FIND_SUFFIX in page.url


def line_of_match(find_page: SourcePage, number: int) -> int:
    """Where to begin reading for a match, some lines above it.

    Raises:
        CallRefusedError: there is no such match.
    """
    line = match_line(find_page.lines, number)
    if line is None:
        raise invalid_link(find_page, number)
    return line - _BEFORE_A_MATCH if line > _BEFORE_A_MATCH else line


def invalid_link(page: SourcePage, number: int) -> CallRefusedError:
    """What to tell the model that wants a link which a page does not have."""
    has = f"has links 0 to {len(page.links) - 1}" if page.links else "has no links"
    return CallRefusedError(f"Invalid link id `{number}`. Page {page.cursor} {has}.")


def _bounded(pages: tuple[SourcePage, ...]) -> tuple[SourcePage, ...]:
    room = MOST_CHARS
    kept: list[SourcePage] = []
    seen: set[int] = set()
    for page in reversed(pages[-MOST_PAGES:]):
        # Scrolls share the lines of the page they scroll.
        size = 0 if id(page.lines) in seen else sum(map(len, page.lines))
        seen.add(id(page.lines))
        room -= size
        kept.append(page if room >= 0 else replace(page, lines=(), links=()))
    return tuple(reversed(kept))
