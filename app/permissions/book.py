"""The rules and the record as the settings page sees them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.chats.background import Background
from app.chats.store import ChatStore
from app.chats.values import Problem
from app.permissions.export import ExportFormat, exported, header
from app.permissions.record import ListedRule, RecordedCall
from engine.errors import UserFacingError

_PAGE_ENTRIES: Final = 1000


class ExportError(UserFacingError):
    """The record could not be written to a file."""


class PermissionBook:
    """Reads and changes what the desk decides by.  Confined to the service's thread.

    Args:
        background: the way to the store.
        clock_ms: Unix time in milliseconds.
    """

    def __init__(self, background: Background, clock_ms: Callable[[], int]) -> None:
        self._background = background
        self._clock_ms = clock_ms

    def rules(self, on_done: Callable[[tuple[ListedRule, ...]], None]) -> None:
        """Hand out the rules that count, the newest first."""
        now_ms = self._clock_ms()
        self._background.store(lambda store: store.permissions.listed_rules(now_ms), on_done)

    def revoke(self, ids: Collection[int], on_done: Callable[[], None]) -> None:
        """Have rules count no more, from this moment on and everywhere."""
        now_ms = self._clock_ms()
        self._background.store(
            lambda store: store.permissions.revoke(ids, now_ms), lambda _: on_done()
        )

    def restore(self, ids: Collection[int], on_done: Callable[[], None]) -> None:
        """Have revoked rules count again."""
        now_ms = self._clock_ms()
        self._background.store(
            lambda store: store.permissions.restore(ids, now_ms), lambda _: on_done()
        )

    def record(
        self,
        words: str,
        before_id: int,
        limit: int,
        on_done: Callable[[tuple[RecordedCall, ...]], None],
    ) -> None:
        """Hand out a page of the record (`StoredPermissions.recorded_calls`)."""
        self._background.store(
            lambda store: store.permissions.recorded_calls(words, before_id, limit), on_done
        )

    def clear_record(self, on_done: Callable[[int], None]) -> None:
        """Destroy the record; hands out how many entries that were."""
        now_ms = self._clock_ms()
        self._background.store(lambda store: store.permissions.clear_record(now_ms), on_done)

    def export(
        self,
        file: Path,
        form: ExportFormat,
        on_done: Callable[[int], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        """Write the whole record to a file, in place of what is there; hands out how many entries.

        Answers that are being written are stored between its pages.
        """
        _Export(self._background, file, form, on_done, on_failed).begin()


class _Export:
    """One export on its way, page by page.  The file stands whole or not at all."""

    def __init__(
        self,
        background: Background,
        file: Path,
        form: ExportFormat,
        on_done: Callable[[int], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        self._background = background
        self._file = file
        self._form = form
        self._on_done = on_done
        self._on_failed = on_failed
        self._part: Path | None = None
        self._count = 0

    def begin(self) -> None:
        self._background.store(self._begin, self._go_on, self._fail)

    def _go_on(self, after_id: int) -> None:
        """0 is the end."""
        if after_id:
            self._background.store(
                lambda store: self._write(store, after_id), self._go_on, self._fail
            )
        else:
            self._on_done(self._count)

    def _fail(self, problem: Problem) -> None:
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink()
        self._on_failed(problem)

    # ---- on the storage thread

    def _begin(self, store: ChatStore) -> int:
        with _told(self._file):
            handle, name = tempfile.mkstemp(".part", f".{self._file.name}.", self._file.parent)
            self._part = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as part:
                part.write(header(self._form))
        return self._write(store, 0)

    def _write(self, store: ChatStore, after_id: int) -> int:
        assert self._part is not None  # noqa: S101 - _begin has made it
        entries = store.permissions.entries_after(after_id, _PAGE_ENTRIES)
        with _told(self._file):
            with self._part.open("a", encoding="utf-8", newline="") as part:
                part.write(exported(entries, self._form))
            self._count += len(entries)
            if len(entries) == _PAGE_ENTRIES:
                return entries[-1].id
            self._part.replace(self._file)
        return 0


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn errors of the file system into a sentence for the user."""
    try:
        yield
    except OSError as error:
        raise ExportError(
            "{file} could not be written.",
            "Check that the disk is not full and that you may write there.",
            detail=str(error),
            fields={"file": str(file)},
        ) from error
