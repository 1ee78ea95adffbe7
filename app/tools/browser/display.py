"""How pages are shown to the model, line for line as it was trained on.  Pure.

After openai/gpt-oss gpt_oss/tools/simple_browser/simple_browser_tool.py: lines of 80 columns,
numbered from 0; views of 1,024 tokens of the numbered text, rounded up to a whole line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote, unquote

from app.tools.browser.marks import one_line

COLUMNS: Final = 80
VIEW_TOKENS: Final = 1024
MOST_VIEW_TOKENS: Final = 6000
"""Of a view whose number of lines the model chose."""

MOST_MATCHES: Final = 50
LINES_OF_A_MATCH: Final = 4

FIND_TITLE: Final = "Find results for text: `"
"""How the title of a page of the trained `find` begins."""

FIND_SUFFIX: Final = "/find?pattern="
"""What the trained `find` puts behind the address of the page that was searched."""

SOURCE_PREFIX: Final = "view-source:"
"""What the trained `open` puts before the address of a page shown as its source."""

_LONGEST_TOKEN: Final = 128  # characters
_URL_LIMIT: Final = 1024
_LONG_LINE: Final = 100_000

_LINK: Final = re.compile(r"【[0-9]+†([^†】]+)(?:†[^†】]+)?】")
_MATCH: Final = re.compile(r"# 【[0-9]+†match at L([0-9]+)】")


class LocationError(Exception):
    """A line to begin at that the page does not have; its text is told to the model."""


class Tokens(Protocol):
    """Counts as the model does; `engine.harmony.vocabulary.Vocabulary` is one."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """What of a page is shown.

    Attributes:
        first, end: lines from `first` to before `end`.
    """

    first: int
    end: int
    text: str


def wrapped(text: str) -> list[str]:
    """Lines of at most 80 characters; nothing is lost."""
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) > _LONG_LINE:  # textwrap's time grows with the square of a word's length
            lines += [line[at : at + COLUMNS] for at in range(0, len(line), COLUMNS)]
        elif len(line) > COLUMNS or "\t" in line:
            lines += textwrap.wrap(
                line, COLUMNS, replace_whitespace=False, drop_whitespace=False
            ) or [""]
        else:
            lines.append(line)
    return lines


def view(lines: Sequence[str], loc: int, num_lines: int, tokens: Tokens) -> View:
    """A view of a page.

    Args:
        lines: of the whole page.
        loc: line to begin at.
        num_lines: how many; 0 or less for as many as fit a view.
        tokens: to measure with.

    Raises:
        LocationError: the page has no such line.
    """
    if loc >= len(lines):
        raise LocationError(
            f"Invalid location parameter: `{loc}`. Cannot exceed page maximum of {len(lines) - 1}."
        )
    most = VIEW_TOKENS if num_lines <= 0 else MOST_VIEW_TOKENS
    wanted = lines[loc:] if num_lines <= 0 else lines[loc : loc + num_lines]
    # Only so much is looked at: the numbered text of a book would be encoded at every view.
    text = "\n".join(f"L{loc + at}: {line}" for at, line in enumerate(wanted[: most + 1]))
    end = loc + len(wanted)
    if len(text) > most:
        ids = tokens.encode(text[: (most + 1) * _LONGEST_TOKEN])
        if len(ids) > most:
            end = min(end, loc + tokens.decode(ids[:most]).count("\n") + 1)
    end = min(end, loc + most + 1)
    return View(loc, end, "\n".join(f"L{at}: {lines[at]}" for at in range(loc, end)))


def shown(cursor: int, title: str, url: str, part: View, last: int) -> str:
    """What the model gets to read.

    Args:
        cursor: number of the page.
        title: of the page.
        url: "" for search results.
        part: the lines.
        last: number of the page's last line.
    """
    # Unquoted as in training; what a page's address holds must not break out of its place.
    place = one_line(unquote(url), _URL_LIMIT)
    head = f"[{cursor}] {title}" + (f" ({place})" if place else "")
    return f"{head}\n**viewing lines [{part.first} - {part.end - 1}] of {last}**\n\n{part.text}"


@dataclass(frozen=True, slots=True)
class Found:
    """What `find` makes of a page: a page of its own.

    Attributes:
        matches: so many; their links, numbered from 0, all lead to the page searched.
    """

    title: str
    url: str
    lines: tuple[str, ...]
    matches: int


def find(pattern: str, title: str, url: str, lines: Sequence[str]) -> Found:
    """Look for a text in a page, whatever its case; links count by their text.

    Args:
        pattern: as the model wrote it; not a regular expression.
        title: of the page.
        url: of the page.
        lines: of the page.
    """
    wanted = pattern.lower()
    # Over the lines' ends, since a link may be broken in two.
    bare = _LINK.sub(lambda link: link[1], "\n".join(lines)).split("\n")
    chunks: list[str] = []
    at = 0
    while at < len(bare) and len(chunks) < MOST_MATCHES:
        if wanted not in bare[at].lower():
            at += 1
            continue
        snippet = "\n".join(bare[at : at + LINES_OF_A_MATCH])
        chunks.append(f"# 【{len(chunks)}†match at L{at}】\n{snippet}")
        at += LINES_OF_A_MATCH
    text = "\n\n".join(chunks) or f"No `find` results for pattern: `{wanted}`"
    return Found(
        f"{FIND_TITLE}{wanted}` in `{title}`",
        f"{url}{FIND_SUFFIX}{quote(wanted)}",
        tuple(wrapped(text)),
        len(chunks),
    )


def match_line(lines: Sequence[str], number: int) -> int | None:
    """The line of the page searched that a match on a page of `find` stands for."""
    heads = [found for line in lines if (found := _MATCH.fullmatch(line))]
    return int(heads[number][1]) if 0 <= number < len(heads) else None
