"""Keeps what is typed and not sent, and gives it back at the next start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from app.attachments.parts import DraftFile
from app.chats.ids import ChatId
from app.chats.storage_thread import StorageThread

_log = logging.getLogger(__name__)


class DraftKeeper:
    """The window's way to `app.chats.drafts`.  The service's thread; never blocks.

    Nobody is told of a failure: the same words fail to be sent with a reason.

    Args:
        storage: the thread that owns the store.
        dispatch: runs a callable on the service's thread, in order.
    """

    def __init__(
        self, storage: StorageThread, dispatch: Callable[[Callable[[], None]], None]
    ) -> None:
        self._storage = storage
        self._dispatch = dispatch

    def keep(self, chat_id: ChatId | None, text: str) -> None:
        """Keep what is typed in a chat; "" forgets it, None is a chat that is not there yet."""
        self._storage.submit(lambda store: store.drafts.keep(chat_id, text)).add_done_callback(
            _note_failure
        )

    def keep_files(self, chat_id: ChatId | None, files: Sequence[DraftFile]) -> None:
        """Keep the files that wait in a chat, as `keep` does its text."""
        self._storage.submit(
            lambda store: store.drafts.files.keep(chat_id, files)
        ).add_done_callback(_note_failure)

    def find_files(
        self, on_found: Callable[[Mapping[ChatId | None, tuple[DraftFile, ...]]], None]
    ) -> None:
        """Have `on_found` called with the files that are kept."""

        def settled(ended: Future[dict[ChatId | None, tuple[DraftFile, ...]]]) -> None:
            _note_failure(ended)
            if not ended.cancelled() and ended.exception() is None:
                self._dispatch(lambda: on_found(ended.result()))

        self._storage.submit(lambda store: store.drafts.files.all()).add_done_callback(settled)

    def find(self, on_found: Callable[[Mapping[ChatId | None, str]], None]) -> None:
        """Have `on_found` called with what is kept."""

        def settled(ended: Future[dict[ChatId | None, str]]) -> None:
            _note_failure(ended)
            if not ended.cancelled() and ended.exception() is None:
                self._dispatch(lambda: on_found(ended.result()))

        self._storage.submit(lambda store: store.drafts.all()).add_done_callback(settled)


def _note_failure(ended: Future[Any]) -> None:
    if not ended.cancelled() and (error := ended.exception()) is not None:
        _log.warning("drafts are not kept: %s", type(error).__name__)
