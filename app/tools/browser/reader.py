"""Reads pages of the web in a process of its own.  Asyncio thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.tools.boxed_reader import BoxedReader, ReadTooLongError, UnreadableError
from app.tools.browser.fetch import Fetched
from app.tools.browser.web_client import PageError
from app.tools.sandbox.box import Sandbox

_MODULE: Final = "app.tools.browser.reading_process"
_FLAG: Final = "--read-pages"


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as lines, from a process that a stranger's page may have taken over: only data.

    Attributes:
        links: addresses behind the numbered links, in order of their numbers.
    """

    title: str
    lines: tuple[str, ...]
    links: tuple[str, ...]


class PageReader(BoxedReader):
    """Turns what was fetched into lines.

    Args:
        sandbox: what holds the process; may be slow the first time.
        seconds: that one page may take, with the process's start.
        is_boxed: whether boxes can be made at all; only Linux has them.
    """

    def __init__(
        self,
        sandbox: Callable[[], Sandbox],
        seconds: float = 20.0,
        *,
        is_boxed: bool = sys.platform == "linux",
    ) -> None:
        super().__init__(sandbox, seconds, module=_MODULE, flag=_FLAG, is_boxed=is_boxed)

    async def read(self, fetched: Fetched, *, as_source: bool = False) -> ReadPage:
        """Read a page.

        Raises:
            PageError: there is nothing to read in it, or reading it takes too much.
        """
        asked = {
            "media_type": fetched.media_type,
            "charset": fetched.charset,
            "url": fetched.url,
            "as_source": as_source,
        }
        try:
            answer = await self.exchange(asked, fetched.body)
        except ReadTooLongError as error:
            raise PageError(f"The page could not be read in {self._seconds:g} seconds.") from error
        except UnreadableError as error:
            raise PageError(
                "The page could not be read: it is damaged or takes too much memory."
            ) from error
        if "error" in answer:
            raise PageError(str(answer["error"]))
        return _page(answer)


def _page(answer: dict[str, Any]) -> ReadPage:
    title, lines, links = answer.get("title"), answer.get("lines"), answer.get("links")
    sound = isinstance(title, str) and all(
        isinstance(part, list) and all(isinstance(one, str) for one in part)
        for part in (lines, links)
    )
    if not sound or not lines or links is None:
        raise PageError("The page could not be read: it is damaged.")
    return ReadPage(str(title), tuple(lines), tuple(links))
