"""Exports and imports of the window: step by step, so that nothing waits for them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from app.archive.sources import ChatFile
from app.archive.values import (
    ArchivedChat,
    BroughtIn,
    ExportWish,
    LeftOut,
    Parsed,
    Preview,
)
from app.archive.writing import ChatWriter
from app.chats.background import Background
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.words import Words

_STEP_SECONDS: Final = 0.1
_STEP_CHATS: Final = 50
_SHOWN_TITLES: Final = 5

OnProgress = Callable[[float], None]
OnFailed = Callable[[Problem], None]


class Job:
    """Work that goes on in steps.  The service's own thread.

    Attributes:
        is_over: it has ended, in whatever way.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._is_cancelled = False

    def cancel(self) -> None:
        """Go no further than the step that is being done."""
        self._is_cancelled = True

    @property
    def is_cancelled(self) -> bool:
        """Whether it is to go no further."""
        return self._is_cancelled


class ArchiveDesk:
    """Chats out to files and in from files.  The service's own thread; never blocks.

    Args:
        background: where files are read and written, and where the store is.
        clock_ms: Unix time in milliseconds.
        chat_ids: the chats of the list, from the top.
        refresh: has the list read anew.
    """

    def __init__(
        self,
        background: Background,
        clock_ms: Callable[[], int],
        chat_ids: Callable[[], tuple[ChatId, ...]],
        refresh: Callable[[], None],
    ) -> None:
        self._background = background
        self._clock_ms = clock_ms
        self._chat_ids = chat_ids
        self._refresh = refresh

    def export(
        self,
        chat_id: ChatId | None,
        path: Path,
        wish: ExportWish,
        words: Words,
        *,
        on_progress: OnProgress,
        on_done: Callable[[int], None],
        on_failed: OnFailed,
    ) -> Job:
        """Write one chat, or all for None, into a file; `on_done` gets how many there were.

        Where it is cancelled or fails, nothing is written; a cancelled one tells 0 chats.
        """
        chats = self._chat_ids() if chat_id is None else (chat_id,)
        job = _Exporting(self._background, chats, on_progress, on_done, on_failed)
        job.begin(path, wish, words)
        return job

    def look(
        self,
        path: Path,
        *,
        on_progress: OnProgress,
        on_found: Callable[[Preview], None],
        on_failed: OnFailed,
    ) -> Job:
        """Say what a file would bring in; a cancelled look tells nothing."""
        return _Looking(self._background, path, on_progress, on_found, on_failed).begin()

    def bring_in(
        self,
        preview: Preview,
        *,
        on_progress: OnProgress,
        on_done: Callable[[BroughtIn], None],
        on_failed: OnFailed,
    ) -> Job:
        """Bring in what the file holds and is not there yet.

        Where it is cancelled, what came in until then stays and is told.
        """

        def done(brought: BroughtIn) -> None:
            self._refresh()
            on_done(brought)

        return _BringingIn(self._background, preview, on_progress, done, on_failed).begin()

    def take_back(self, brought: BroughtIn, on_done: Callable[[], None] = lambda: None) -> None:
        """Undo an import: its chats go into the trash."""
        now_ms = self._clock_ms()
        self._background.store(
            lambda store: store.archive.take_back(brought.chat_ids, now_ms),
            lambda _: on_done(),
        )
        self._refresh()


class _Exporting(Job):
    def __init__(
        self,
        background: Background,
        chats: Sequence[ChatId],
        on_progress: OnProgress,
        on_done: Callable[[int], None],
        on_failed: OnFailed,
    ) -> None:
        super().__init__()
        self._background = background
        self._waiting = list(reversed(chats))
        self._total = len(chats)
        self._written = 0
        self._on_progress, self._on_done, self._on_failed = on_progress, on_done, on_failed

    def begin(self, path: Path, wish: ExportWish, words: Words) -> None:
        self._background.chore(lambda: ChatWriter(path, wish, words), self._next, self._fail)

    def _next(self, writer: ChatWriter) -> None:
        if self.is_cancelled:
            self._background.chore(writer.drop, lambda _: self._end(0), self._fail)
            return
        if not self._waiting:
            self._background.chore(writer.keep, lambda _: self._end(self._written), self._fail)
            return
        self._on_progress(1 - len(self._waiting) / max(1, self._total))
        chat_id = self._waiting.pop()

        def read(chat: ArchivedChat | None) -> None:
            if chat is None:  # deleted in the meantime
                self._next(writer)
                return
            self._written += 1
            self._background.chore(lambda: writer.add(chat), lambda _: self._next(writer), failed)

        def failed(problem: Problem) -> None:
            self._background.chore(writer.drop, lambda _: self._fail(problem), self._fail)

        self._background.store(lambda store: store.archive.read(chat_id), read, failed)

    def _end(self, count: int) -> None:
        self.is_over = True
        self._on_done(count)

    def _fail(self, problem: Problem) -> None:
        self.is_over = True
        self._on_failed(problem)


class _Looking(Job):
    def __init__(
        self,
        background: Background,
        path: Path,
        on_progress: OnProgress,
        on_found: Callable[[Preview], None],
        on_failed: OnFailed,
    ) -> None:
        super().__init__()
        self._background, self._path = background, path
        self._on_progress, self._on_found, self._on_failed = on_progress, on_found, on_failed
        self._messages: dict[str, tuple[int, str]] = {}
        self._left: Counter[LeftOut] = Counter()

    def begin(self) -> Job:
        self._background.chore(lambda: _Reading(self._path), self._next, self._fail)
        return self

    def _next(self, reading: _Reading) -> None:
        if self.is_cancelled:
            self.is_over = True
            self._background.chore(reading.close, lambda _: None, lambda _: None)
            return
        self._on_progress(reading.fraction)
        self._background.chore(reading.step, lambda found: self._take(reading, found), self._fail)

    def _take(self, reading: _Reading, found: tuple[Parsed, ...] | None) -> None:
        if found is None:
            self._background.store(lambda store: store.archive.present(self._messages), self._tell)
            return
        for one in found:
            self._left.update(one.left_out)
            if one.chat is not None:
                about = (len(one.chat.messages), one.chat.title)
                self._messages.setdefault(one.chat.source, about)
        self._next(reading)

    def _tell(self, already: frozenset[str]) -> None:
        self.is_over = True
        new = [about for source, about in self._messages.items() if source not in already]
        titles = tuple(title for _, title in islice(new, _SHOWN_TITLES))
        messages = sum(count for count, _ in new)
        left = {kind: count for kind, count in self._left.items() if count}
        self._on_found(Preview(self._path, len(new), messages, already, titles, left))

    def _fail(self, problem: Problem) -> None:
        self.is_over = True
        self._on_failed(problem)


class _BringingIn(Job):
    def __init__(
        self,
        background: Background,
        preview: Preview,
        on_progress: OnProgress,
        on_done: Callable[[BroughtIn], None],
        on_failed: OnFailed,
    ) -> None:
        super().__init__()
        self._background, self._preview = background, preview
        self._on_progress, self._on_done, self._on_failed = on_progress, on_done, on_failed
        self._ids: list[ChatId] = []
        self._messages = 0

    def begin(self) -> Job:
        path = self._preview.path
        self._background.chore(lambda: _Reading(path), self._next, self._on_failed)
        return self

    def _next(self, reading: _Reading) -> None:
        if self.is_cancelled:
            self._background.chore(reading.close, lambda _: None, lambda _: None)
            self._end(is_whole=False)
            return
        self._on_progress(reading.fraction)
        self._background.chore(reading.step, lambda found: self._take(reading, found), self._fail)

    def _take(self, reading: _Reading, found: tuple[Parsed, ...] | None) -> None:
        if found is None:
            self._end(is_whole=True)
            return
        already = self._preview.already
        chats = [one.chat for one in found if one.chat and one.chat.source not in already]

        def kept(ids: tuple[ChatId | None, ...]) -> None:
            for chat, chat_id in zip(chats, ids, strict=True):
                if chat_id is not None:
                    self._ids.append(chat_id)
                    self._messages += len(chat.messages)
            self._next(reading)

        self._background.store(lambda store: store.archive.add(chats), kept, self._fail)

    def _end(self, *, is_whole: bool) -> None:
        self.is_over = True
        self._on_done(BroughtIn(tuple(self._ids), self._messages, is_whole))

    def _fail(self, problem: Problem) -> None:
        """What came in stays, so that it can be undone or gone on with: none comes twice."""
        self._on_failed(problem)
        self._end(is_whole=False)


class _Reading:
    """A file that is read on a chores thread, for a moment at a time."""

    def __init__(self, path: Path) -> None:
        self._file = ChatFile(path)
        self._found = self._file.chats()
        self.fraction = 0.0

    def step(self) -> tuple[Parsed, ...] | None:
        """What comes next; None at the end."""
        until = time.monotonic() + _STEP_SECONDS
        taken: list[Parsed] = []
        try:
            for one in islice(self._found, _STEP_CHATS):
                taken.append(one)
                if time.monotonic() > until:
                    break
        except BaseException:
            self.close()
            raise
        self.fraction = self._file.fraction
        if not taken:
            self.close()
            return None
        return tuple(taken)

    def close(self) -> None:
        self._found.close()
        self._file.close()
