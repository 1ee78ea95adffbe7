"""Text of PDF files, read in the process that reads web pages, in a box.  Asyncio thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from app.tools.files.excerpt import NoTextError
from app.tools.sandbox.box import Sandbox

if TYPE_CHECKING:
    from app.tools.browser.reader import PageReader


_HEAD_LINES: Final = 2
"""An empty one and the address, which stand above every page."""


class BoxedPdfLines:
    """Reads PDF files by a process of its own, which is started with the first of them.

    Args:
        sandbox: what its box is made of; may be slow the first time.
    """

    def __init__(self, sandbox: Callable[[], Sandbox]) -> None:
        self._sandbox = sandbox
        self._reader: PageReader | None = None

    async def read(self, data: bytes) -> Sequence[str]:
        """The text as lines.

        Raises:
            NoTextError: it cannot be read.
        """
        # What these stand on takes a while to load, and few chats have PDF files.
        from app.tools.browser.fetch import Fetched  # noqa: PLC0415 - see above
        from app.tools.browser.reader import PageReader  # noqa: PLC0415
        from app.tools.browser.web_client import PageError  # noqa: PLC0415

        if self._reader is None:
            self._reader = PageReader(self._sandbox)
        try:
            page = await self._reader.read(Fetched("", "", "application/pdf", "", data))
        except PageError as error:
            raise NoTextError(str(error)) from error
        return page.lines[_HEAD_LINES:]

    async def close(self) -> None:
        """End the process."""
        if self._reader is not None:
            await self._reader.close()
