"""What the window asks of the search.  The service's thread; the work is done on the storage's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.chats.background import Background
from app.chats.changes import ChatChange, ChatsChanged
from app.chats.database import StorageError
from app.chats.listing import ChatList
from app.chats.store import ChatStore
from app.chats.subscribers import Subscribers
from app.chats.values import Chat, Problem
from app.search.values import SearchResults

_STEP_SECONDS: Final = 0.03
"""Others may wait so long for the storage thread while a large history is being indexed."""

_BEFORE_SEARCH_SECONDS: Final = 0.01


class Search:
    """Finds messages, and has the index follow them.  Confined to the service's thread.

    Args:
        background: where the store is.
        heard: tells when messages may have come; then the index follows.
        chats: the list, whose titles are searched, too.
        on_problem: told where a search fails.
    """

    def __init__(
        self,
        background: Background,
        heard: Subscribers,
        chats: ChatList,
        on_problem: Callable[[Problem], None],
    ) -> None:
        self._background = background
        self._list = chats
        self._on_problem = on_problem
        self._newest = 0
        self._is_working = False
        heard.add(self._follow)

    def find(
        self,
        text: str,
        on_found: Callable[[SearchResults], None],
        among: Callable[[Chat], bool] | None = None,
    ) -> None:
        """Have `on_found` called with what a typed text finds, unless another search follows.

        The search before is given up, wherever it is.

        Args:
            text: any.
            on_found: called later.
            among: whether a chat is to be looked into; None is all of them.
        """
        self._newest += 1
        number, chats, now_ms = self._newest, self._list.chats, self._list.clock_ms()
        if among is not None:
            chats = tuple(filter(among, chats))

        def is_wanted() -> bool:
            return number == self._newest  # read by the storage thread; an int is never half new

        def found(store: ChatStore) -> SearchResults | None:
            if not is_wanted():
                return None
            store.search.index.catch_up(_BEFORE_SEARCH_SECONDS)
            try:
                with store.database.while_wanted(is_wanted):
                    is_part = among is not None
                    return store.search.find(text, chats, now_ms, only_these=is_part)
            except StorageError:
                if is_wanted():
                    raise
                return None

        def hand_on(results: SearchResults | None) -> None:
            if results is not None and is_wanted():
                on_found(results)

        self._background.store(found, hand_on, self._on_problem)

    def give_up(self) -> None:
        """Nobody waits for the last search any more."""
        self._newest += 1

    def _follow(self, change: ChatChange) -> None:
        # The list is told anew whenever a message was stored, and once at the start.
        if isinstance(change, ChatsChanged) and not self._is_working:
            self._work()

    def _work(self) -> None:
        """One short step after what was asked of the storage before; then perhaps the next."""
        self._is_working = True

        def done(is_more: bool) -> None:
            self._is_working = False
            if is_more:
                self._work()

        def failed(_: Problem) -> None:
            self._is_working = False  # the next change tries again; a search tells why

        self._background.store(lambda store: store.search.index.work(_STEP_SECONDS), done, failed)
