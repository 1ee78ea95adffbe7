"""What the model asks of the browser, read from its JSON with patience.  Pure.

The schema is the trained one: `search(query, topn=10, source?)`, `open(id=-1, cursor=-1, loc=-1,
num_lines=-1, view_source=false, source?)`, `find(pattern, cursor=-1)` (openai/harmony, the
browser's namespace).  The model also writes numbers as text, `top_n`, and keys that do not exist.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.tools.tool import CallRefusedError

MOST_RESULTS: Final = 20
"""The reference asks its search for so many (openai/gpt-oss simple_browser_tool.py)."""

_LONGEST_QUERY: Final = 1000
_LONGEST_PATTERN: Final = 500
_LINK_ID: Final = re.compile(r"【?([0-9]{1,6})(?:†.*)?】?", re.DOTALL)
_LINE: Final = re.compile(r"L?(-?[0-9]{1,8})(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class SearchCall:
    """`browser.search`."""

    query: str
    topn: int = 10


@dataclass(frozen=True, slots=True)
class OpenCall:
    """`browser.open`.

    Attributes:
        id: number of a link on the page of `cursor`, or an address; -1 for the page itself.
        cursor: number of a page; -1 for the last one.
        loc: line to begin at; -1 for where it makes sense.
        num_lines: -1 for as many as fit a view.
    """

    id: int | str = -1
    cursor: int = -1
    loc: int = -1
    num_lines: int = -1
    view_source: bool = False


@dataclass(frozen=True, slots=True)
class FindCall:
    """`browser.find`."""

    pattern: str
    cursor: int = -1


BrowserCall = SearchCall | OpenCall | FindCall


def read_call(function: str, arguments: str) -> BrowserCall:
    """Read a call.

    Args:
        function: "search", "open" or "find".
        arguments: JSON as the model or the user wrote it.

    Raises:
        CallRefusedError: it makes no sense; says what would.
    """
    said = _Said(_object(function, arguments))
    if function == "search":
        query = said.text("query", "q")
        if not query or len(query) > _LONGEST_QUERY:
            raise CallRefusedError(
                'browser.search needs a query of at most 1000 characters, e.g. {"query": "oaks"}.'
            )
        topn = said.number("topn", "top_n", "num_results", "max_results", default=10)
        return SearchCall(query, max(1, min(topn, MOST_RESULTS)))
    if function == "find":
        pattern = said.text("pattern", "text", "query")
        if not pattern or len(pattern) > _LONGEST_PATTERN:
            raise CallRefusedError(
                "browser.find needs a pattern of at most 500 characters, "
                'e.g. {"pattern": "oak", "cursor": 0}.'
            )
        return FindCall(pattern, said.cursor())
    if not any(said.has(name) for name in ("id", "url", "cursor", "loc")):
        raise CallRefusedError(
            'browser.open needs an id, e.g. {"id": 0, "cursor": 0} for a link of a page, '
            '{"id": "https://example.com"} for an address, or {"cursor": 0, "loc": 40} '
            "to go on reading a page."
        )
    return OpenCall(
        said.link(),
        said.cursor(),
        max(-1, said.number("loc", "line", default=-1)),
        max(-1, said.number("num_lines", default=-1)),
        said.flag("view_source"),
    )


def written(call: BrowserCall) -> str:
    """A call as JSON, indented by two: what will run, without what changes nothing."""
    usual = asdict(_usual(call))
    said = {name: value for name, value in asdict(call).items() if value != usual[name]}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _usual(call: BrowserCall) -> BrowserCall:
    if isinstance(call, SearchCall):
        return SearchCall("")
    return FindCall("") if isinstance(call, FindCall) else OpenCall()


def _object(function: str, arguments: str) -> Mapping[str, Any]:
    try:
        said = json.loads(arguments) if arguments.strip() else {}
    except (ValueError, RecursionError) as error:
        raise CallRefusedError(f"The arguments of browser.{function} are not JSON.") from error
    if not isinstance(said, dict):
        raise CallRefusedError(f"The arguments of browser.{function} have to be a JSON object.")
    return said


class _Said:
    """The arguments as they were written."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments

    def has(self, name: str) -> bool:
        return self._arguments.get(name) is not None

    def text(self, *names: str) -> str:
        value = self._first(names)
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            raise CallRefusedError(f"`{names[0]}` has to be text.")
        return "" if value is None else " ".join(str(value).split())

    def number(self, *names: str, default: int) -> int:
        value = self._first(names)
        if value is None:
            return default
        number = _whole(value)
        if number is None:
            raise CallRefusedError(f"`{names[0]}` has to be a whole number.")
        return number

    def cursor(self) -> int:
        cursor = self.number("cursor", default=-1)
        if cursor < -1:
            raise CallRefusedError("`cursor` has to be the number of a page, from 0 on.")
        return cursor

    def link(self) -> int | str:
        value = self._first(("id", "url"))
        if value is None:
            return -1
        if isinstance(value, str):
            text = value.strip()
            number = _whole(text)
            if number is None and (found := _LINK_ID.fullmatch(text)):
                number = int(found[1])
            if number is None:
                return text
            return max(-1, number)
        number = _whole(value)
        if number is None:
            raise CallRefusedError("`id` has to be the number of a link, or an address.")
        return max(-1, number)

    def flag(self, name: str) -> bool:
        value = self._arguments.get(name)
        return value is True or str(value).lower() in {"true", "1"}

    def _first(self, names: tuple[str, ...]) -> Any:
        given = (self._arguments.get(name) for name in names)
        return next((value for value in given if value is not None), None)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**8 else None
    if isinstance(value, float):
        is_whole = math.isfinite(value) and value == int(value) and abs(value) < 10**8
        return int(value) if is_whole else None
    if isinstance(value, str) and (found := _LINE.fullmatch(value.strip())):
        return int(found[1])
    return None
