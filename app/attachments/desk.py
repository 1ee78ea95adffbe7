"""Where the window has files read: asked on its own thread, worked on elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from app.attachments.framing import PREFACE_TOKENS, Encode, counted
from app.attachments.parts import DraftFile, FileChoice, ReadFile, all_of
from app.attachments.reader import FileReader
from app.chats.background import problem_from
from app.chats.values import Problem
from app.tools.async_thread import AsyncThread

_T = TypeVar("_T")

MOST_COUNTED: Final = 600_000
"""Characters; of a longer text the tokens of its parts are added up, which is a few off."""

Cancel = Callable[[], object]
"""Ends what was begun; nothing is called any more."""


class AttachmentDesk:
    """Confined to one thread; callbacks come there, too.

    Args:
        reader: reads files.
        encode: gives the encoder of the vocabulary; may be slow the first time.
        thread: where the reader works.
        dispatch: runs a callable on the desk's own thread, in order; any thread may call it.
    """

    def __init__(
        self,
        reader: FileReader,
        encode: Callable[[], Encode],
        thread: AsyncThread,
        dispatch: Callable[[Callable[[], None]], None],
    ) -> None:
        self._reader = reader
        self._encode = encode
        self._thread = thread
        self._dispatch = dispatch

    def read(
        self,
        path: Path,
        on_read: Callable[[DraftFile], None],
        on_failed: Callable[[Problem], None],
    ) -> Cancel:
        """Read a file; all of it is chosen at first."""
        return self._run(lambda: self._drafted(self._reader.read(path)), on_read, on_failed)

    def read_pasted(
        self,
        text: str,
        on_read: Callable[[DraftFile], None],
        on_failed: Callable[[Problem], None],
    ) -> Cancel:
        """The same for a long text from the clipboard."""
        return self._run(lambda: self._drafted(self._reader.read_pasted(text)), on_read, on_failed)

    def choose(self, choice: FileChoice, on_chosen: Callable[[DraftFile], None]) -> Cancel:
        """Take another choice of a file that was read."""

        async def take() -> DraftFile:
            return await asyncio.to_thread(self._counted, choice)

        return self._run(take, on_chosen, lambda _: None)

    def count(self, text: str, on_counted: Callable[[int], None]) -> Cancel:
        """Count the tokens of a text."""

        async def take() -> int:
            return await asyncio.to_thread(lambda: len(self._encode()(text)))

        return self._run(take, on_counted, lambda _: None)

    async def _drafted(self, reading: Coroutine[Any, Any, ReadFile]) -> DraftFile:
        file = await reading
        return await asyncio.to_thread(self._counted, FileChoice(file, all_of(file)))

    def _counted(self, choice: FileChoice) -> DraftFile:
        file = choice.attached
        if len(file.text) <= MOST_COUNTED:
            return DraftFile(counted(file, self._encode()), choice)
        # No context holds as much, and a list of a million ids would keep the window waiting.
        parts = sum(choice.file.parts[index].tokens for index in choice.chosen)
        return DraftFile(replace(file, tokens=parts), choice)

    def _run(
        self,
        work: Callable[[], Coroutine[Any, Any, _T]],
        on_done: Callable[[_T], None],
        on_failed: Callable[[Problem], None],
    ) -> Cancel:
        is_wanted = True

        def settled(ended: Future[_T]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._dispatch(lambda: on_done(ended.result()) if is_wanted else None)
            else:
                problem = problem_from(error)
                self._dispatch(lambda: on_failed(problem) if is_wanted else None)

        def cancel() -> None:
            nonlocal is_wanted
            is_wanted = False
            future.cancel()

        future = self._thread.submit(work)
        future.add_done_callback(settled)
        return cancel


def tokens_of(files: Sequence[DraftFile]) -> int:
    """What these files add to a prompt: their sections and the sentence over them."""
    first = PREFACE_TOKENS[min(len(files), len(PREFACE_TOKENS) - 1)]
    return first + sum(file.attached.tokens for file in files)
