"""The process that reads pages, so that a hostile one hurts nothing else.

Started by `app.tools.browser.reader`, in a box without a network where this computer can make
one; how they talk: `app.tools.browser.wire`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from app.tools.browser.documents import DocumentError, document
from app.tools.browser.wire import serve

PART_SECONDS: Final = 5.0
"""For one way of finding the text; then the next is tried."""


class _TooLongError(BaseException):
    """Not an `Exception`, which a library might catch and go on."""


def main(_arguments: Sequence[str], _places: dict[str, str]) -> None:
    """Answer requests until there are no more."""
    sys.setrecursionlimit(5000)
    serve(_answer)


def _answer(asked: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        page = document(
            body,
            asked["media_type"],
            asked["charset"],
            asked["url"],
            limited,
            as_source=asked["as_source"],
        )
    except DocumentError as error:
        return {"error": str(error)}
    except (MemoryError, RecursionError):
        return {"error": "The page is too large or too deeply nested to be read."}
    return {"title": page.title, "lines": page.lines, "links": page.links}


def limited(work: Callable[[], str], seconds: float = PART_SECONDS) -> str:
    """What a function gives; "" where it takes too long or fails, as parsers do on odd pages."""
    if not hasattr(signal, "setitimer"):  # Windows: the reader outside ends the process
        return work()

    def ring(_signal: int, _frame: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work()
    except (_TooLongError, Exception):  # noqa: BLE001 - a library's fault on a stranger's page
        return ""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    main((), {})
