"""What a turn needs to run tools, in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.chats.ids import ChatId
from app.permissions.rules import Pattern
from app.permissions.strictness import Strictness
from app.tools.async_thread import AsyncThread
from app.tools.result_text import Tokens
from app.tools.toolbox import Toolbox

CLOSE_SECONDS: Final = 15.0
"""How long all tools together may take to end."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much a turn may do before it asks whether to go on.

    Attributes:
        calls: that were let through or denied.
        run_ms: milliseconds of tools at work; waiting for people does not count.
        refused: calls in a row that could not run as written, after which the turn is ended.
    """

    calls: int = 24
    run_ms: int = 10 * 60 * 1000
    refused: int = 3


def _no_defaults() -> Collection[str]:
    return ()


def _no_tokens() -> Tokens:
    raise LookupError("there are no tools, so nothing is counted")


def _ready_at_once(_names: Collection[str]) -> None:
    return None


def _no_folder(_chat: ChatId) -> str:
    return ""


def _normal() -> Strictness:
    return Strictness.NORMAL


@dataclass(frozen=True, slots=True)
class Workshop:
    """The tools, the thread they run on, and what permissions go by.

    Attributes:
        defaults: names of the tools that chats have switched on which chose none; asked anew.
        tokens: counts results; may be slow the first time, so it is asked on the tools' thread.
        strictness: how much strangers' content counts; asked anew.
        chat_folder: the own folder of a chat as a full path, "" for none; asked on the storage
            thread.
        allowed: rules of the command line, for this one run.
        prepare: begins what tools of these names need; gives None, or what a turn has to wait
            for.
        closers: ended after the tools; coroutines of the asyncio thread.
    """

    toolbox: Toolbox = field(default_factory=Toolbox)
    thread: AsyncThread = field(default_factory=AsyncThread)
    caps: Caps = Caps()
    defaults: Callable[[], Collection[str]] = _no_defaults
    tokens: Callable[[], Tokens] = _no_tokens
    strictness: Callable[[], Strictness] = _normal
    chat_folder: Callable[[ChatId], str] = _no_folder
    allowed: tuple[Pattern, ...] = ()
    prepare: Callable[[Collection[str]], Future[None] | None] = _ready_at_once
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()

    def forget(self, chat: str) -> None:
        """Have all tools let go of a chat; does not wait.  The service's thread."""
        if self.thread.is_started:  # else nothing has run, so that there is nothing to let go of
            self.thread.submit(lambda: self.toolbox.forget(chat))

    def close(self) -> None:
        """End all tools and the thread they run on.  Blocks while they end."""
        if self.thread.is_started:
            ending = self.thread.submit(self._end_tools)
            with suppress(TimeoutError, CancelledError):
                ending.result(CLOSE_SECONDS)
        self.thread.close()

    async def _end_tools(self) -> None:
        for close in self.closers:  # first, since they end many things at once
            await close()
        await self.toolbox.close()
