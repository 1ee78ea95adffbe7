"""The notebooks that live: one for each chat, a few at a time.  Asyncio thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from app.tools.python.chat_folders import ChatFolders
from app.tools.python.fonts import FontList
from app.tools.python.kernel import Ending, Kernel
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)

MOST_ALIVE: Final = 3
IDLE_SECONDS: Final = 30 * 60.0


@dataclass
class _Notebook:
    kernel: Kernel
    is_busy: bool = False
    ends_at: asyncio.TimerHandle | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A notebook to run a call in.

    Attributes:
        is_anew: what an earlier one of this chat knew is lost.
        lost_by: why, where that is known.
    """

    kernel: Kernel
    is_anew: bool
    lost_by: Ending | None = None


class Notebooks:
    """Starts notebooks when they are needed and ends those that are not.

    Args:
        folders: where they work.
        limits: of their boxes.
        fonts: for plots; made while the first notebook is at work.
        most_alive: the one that was used longest ago makes room for another.
        idle_seconds: after so long without a call a notebook is ended.
    """

    def __init__(
        self,
        folders: ChatFolders,
        limits: Limits,
        fonts: FontList,
        most_alive: int = MOST_ALIVE,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._folders = folders
        self._limits = limits
        self._fonts = fonts
        self._renewal: asyncio.Task[None] | None = None
        self._most_alive = most_alive
        self._idle_seconds = idle_seconds
        self._alive: dict[str, _Notebook] = {}  # the one used last stands last
        self._tasks: set[asyncio.Task[None]] = set()
        # Held while one starts or ends, so that no folder is taken from under a new one.
        self._lock = asyncio.Lock()

    @property
    def chats(self) -> tuple[str, ...]:
        """The chats that have a living notebook, the one used last at the end."""
        return tuple(self._alive)

    async def begin(self, chat: str, sandbox: Sandbox) -> Ready:
        """The chat's notebook, started if need be; no other call of the chat may run.

        Raises:
            NotebookError: it cannot be started.
            StorageError: the chat's files cannot be read.
        """
        async with self._lock:
            held = self._alive.get(chat)
            lost_by = held.kernel.lost_by if held else None
            if held is not None and not held.kernel.is_alive:
                await self._end(chat, is_kept=lost_by is not Ending.DISK)
                held = None
            is_anew = False
            if held is None:
                await self._make_room()
                is_anew = await self._folders.begin_notebook(chat)
                held = await self._start(chat, sandbox)
            self._alive[chat] = self._alive.pop(chat, held)
            held.is_busy = True
            if held.ends_at is not None:
                held.ends_at.cancel()
            return Ready(held.kernel, is_anew, lost_by)

    def rest(self, chat: str) -> None:
        """A call is over; the notebook waits for the next."""
        held = self._alive.get(chat)
        if held is not None:
            held.is_busy = False
            loop = asyncio.get_running_loop()
            held.ends_at = loop.call_later(self._idle_seconds, self._end_later, chat)

    async def end(self, chat: str, *, is_kept: bool = True) -> None:
        """End the notebook of a chat, if it has one.

        Args:
            chat: its key.
            is_kept: files that have changed since the last call are kept.
        """
        async with self._lock:
            await self._end(chat, is_kept=is_kept)

    async def close(self) -> None:
        """End all."""
        for chat in tuple(self._alive):
            try:
                await self.end(chat)
            except UserFacingError:
                _log.exception("the files of a chat could not be kept")
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _end(self, chat: str, *, is_kept: bool = True) -> None:
        held = self._alive.pop(chat, None)
        if held is not None:
            if held.ends_at is not None:
                held.ends_at.cancel()
            await held.kernel.end()
            await self._folders.close(chat, is_kept=is_kept)

    async def _start(self, chat: str, sandbox: Sandbox) -> _Notebook:
        workplace = await self._folders.open(chat)
        try:
            kernel = await Kernel.start(sandbox, workplace, self._limits, self._fonts.mounts())
        except BaseException:
            await self._folders.close(chat, is_kept=False)
            raise
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._fonts.renew(sandbox))
        held = self._alive[chat] = _Notebook(kernel)
        return held

    async def _make_room(self) -> None:
        resting = [chat for chat, held in self._alive.items() if not held.is_busy]
        for chat in resting[: max(0, len(self._alive) + 1 - self._most_alive)]:
            await self._end(chat)

    def _end_later(self, chat: str) -> None:
        self._keep(self.end(chat))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
