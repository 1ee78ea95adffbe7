"""The folders that chats' notebooks work in, and the files in them.  Asyncio thread.

While a notebook lives, its folder lies in memory where the system allows it; after each call what
has changed is kept in the encrypted history, which alone holds the files between notebooks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.chats.chat_files import ChatFile
from app.tools.python.file_store import FileStore
from app.tools.python.workplace import Workplace, Workplaces
from app.tools.sandbox.held_folder import ChatFileError, FoundFile, HeldFolder, safe_name
from app.tools.sandbox.policy import Limits

_log = logging.getLogger(__name__)

_MAX_COPIES: Final = 1000


@dataclass
class _Open:
    """A folder that a notebook works in."""

    workplace: Workplace
    folder: HeldFolder
    saved: dict[str, FoundFile] = field(default_factory=dict)


class ChatFolders:
    """Files by chat, in the folder of its notebook or in the history.

    Args:
        store: the history.
        workplaces: makes folders for notebooks.
        limits: of their boxes.

    Raises:
        StorageError: from every method, when the history cannot be read or written.
    """

    def __init__(self, store: FileStore, workplaces: Workplaces, limits: Limits) -> None:
        self._store = store
        self._workplaces = workplaces
        self._limits = limits
        self._open: dict[str, _Open] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    # ---- for people

    async def list(self, chat: str) -> tuple[ChatFile, ...]:
        """The files of a chat, by name."""
        async with self._locks[chat]:
            opened = self._open.get(chat)
            if opened is None:
                return await self._store.list(chat)
            found = opened.folder.files(self._limits.files)
            return tuple(ChatFile(one.name, one.size, one.changed_ms) for one in found)

    async def read(self, chat: str, name: str) -> bytes:
        """What is in a file.

        Raises:
            ChatFileError: there is no ordinary file of this name.
        """
        async with self._locks[chat]:
            opened = self._open.get(chat)
            if opened is not None:
                return opened.folder.read(name, self._limits.file_bytes)
            data = await self._store.read(chat, name)
        if data is None:
            raise _gone(name)
        return data

    async def put(self, chat: str, name: str, data: bytes) -> str:
        """Add a file of the user's; one that is there already is kept.

        Args:
            chat: its key.
            name: the last part counts; made fit, and another one where it is taken.
            data: its content.

        Returns:
            The name it got.

        Raises:
            ChatFileError: there is no room for it.
        """
        async with self._locks[chat]:
            there = await self._store.list(chat)
            opened = self._open.get(chat)
            taken = {one.name for one in there}
            if opened is not None:
                taken.update(one.name for one in opened.folder.files(self._limits.files))
            self._check_room(there, name, len(data))
            free = _free_name(safe_name(name), taken)
            await self._store.write(chat, ChatFile(free, len(data), _now_ms()), data)
            if opened is not None:
                opened.folder.write(free, data)
                self._remember(opened, free)
        return free

    async def delete(self, chat: str, name: str) -> None:
        """Remove a file; one that is not there is fine."""
        async with self._locks[chat]:
            opened = self._open.get(chat)
            if opened is not None:
                opened.folder.delete(name)
                opened.saved.pop(name, None)
            await self._store.delete(chat, name)

    # ---- for notebooks

    async def open(self, chat: str) -> Workplace:
        """Give a notebook a folder with the chat's files in it."""
        async with self._locks[chat]:
            workplace = self._workplaces.make()
            opened = _Open(workplace, HeldFolder(workplace.data))
            self._open[chat] = opened
            await self._fill(chat, opened)
        return workplace

    async def save(self, chat: str) -> tuple[str, ...]:
        """Keep what has changed since the last time; gives the names of new and changed files."""
        async with self._locks[chat]:
            opened = self._open.get(chat)
            return () if opened is None else await self._save(chat, opened)

    async def close(self, chat: str, *, is_kept: bool = True) -> None:
        """Take the folder away from a notebook that has ended.

        Args:
            chat: its key.
            is_kept: what has changed since the last time is kept, too.
        """
        async with self._locks[chat]:
            opened = self._open.pop(chat, None)
            if opened is None:
                return
            try:
                if is_kept:
                    await self._save(chat, opened)
            finally:
                opened.folder.close()
                self._workplaces.remove(opened.workplace)

    def end(self) -> None:
        """Remove what is left of all folders; no notebook lives any more."""
        self._workplaces.close()

    async def begin_notebook(self, chat: str) -> bool:
        """Note that a chat has a notebook; True if it had one before."""
        return await self._store.begin_notebook(chat)

    async def _fill(self, chat: str, opened: _Open) -> None:
        for file in await self._store.list(chat):
            data = await self._store.read(chat, file.name)
            try:
                opened.folder.write(file.name, data or b"")
            except ChatFileError:
                _log.warning("a file of a chat could not be put into its folder")
        opened.saved = self._found(opened)

    async def _save(self, chat: str, opened: _Open) -> tuple[str, ...]:
        found = self._found(opened)
        changed = []
        for name, file in found.items():
            before = opened.saved.get(name)
            if before is not None and before.stamp == file.stamp:
                continue
            with suppress(ChatFileError):  # gone again, or no ordinary file any more
                data = opened.folder.read(name, self._limits.file_bytes)
                kept = ChatFile(name, len(data), file.changed_ms)
                await self._store.write(chat, kept, data)
                changed.append(name)
        for name in opened.saved.keys() - found.keys():
            await self._store.delete(chat, name)
        opened.saved = found
        return tuple(changed)

    def _found(self, opened: _Open) -> dict[str, FoundFile]:
        return {one.name: one for one in opened.folder.files(self._limits.files)}

    def _remember(self, opened: _Open, name: str) -> None:
        opened.saved |= {key: one for key, one in self._found(opened).items() if key == name}

    def _check_room(self, there: tuple[ChatFile, ...], name: str, size: int) -> None:
        taken = sum(one.size for one in there)
        limits = self._limits
        if size > limits.file_bytes or taken + size > limits.disk_bytes * 9 // 10:
            raise ChatFileError(
                "There is no room for the file {name} in this chat.",
                "Remove files from the chat's folder, or use a smaller one.",
                fields={"name": name},
            )


def _free_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    tries = (f"{stem} ({number}){dot}{ending}" for number in range(2, _MAX_COPIES))
    return name if name not in taken else next(one for one in tries if one not in taken)


def _gone(name: str) -> ChatFileError:
    return ChatFileError(
        "The file {name} cannot be used.",
        "Check that it is still there and an ordinary file.",
        fields={"name": name},
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
