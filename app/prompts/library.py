"""The prompts there are, and what a user does with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from app import resources
from app.chats.background import Background
from app.prompts.exchange import read_prompts, write_prompts
from app.prompts.stored import StoredPrompts
from app.prompts.values import Prompt


class PromptLibrary:
    """Prompts that ship with Sotto and the user's own.  Confined to the service's thread.

    Nothing is read before somebody asks for it.

    Args:
        background: where the store and slow work are; also told of what fails.
        language: of the prompts that ship.

    Attributes:
        background: the same.
    """

    def __init__(self, background: Background, language: str) -> None:
        self.background = self._background = background
        self._language = language
        self._own: tuple[Prompt, ...] = ()
        self._subscribers: list[Callable[[], None]] = []

    @cached_property
    def shipped(self) -> tuple[Prompt, ...]:
        """Those that come with Sotto, read once."""
        entries = json.loads(resources.path("prompts.json").read_text(encoding="utf-8"))
        language = self._language
        return tuple(
            Prompt(f"shipped:{one['id']}", one["name"][language], one["text"][language])
            for one in entries
        )

    @property
    def own(self) -> tuple[Prompt, ...]:
        """The user's, the oldest first, as they were read last."""
        return self._own

    @property
    def all(self) -> tuple[Prompt, ...]:
        """The user's before those that ship."""
        return (*self._own, *self.shipped)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when prompts were read anew; returns the way to end that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def refresh(self) -> None:
        """Read the user's prompts; who subscribed is called."""
        self._background.store(lambda store: StoredPrompts(store.database).all(), self._take)

    def add(self, name: str, text: str) -> None:
        """Save a prompt; neither is blank."""
        self._do(lambda stored: stored.add([(name, text)]))

    def change(self, prompt: Prompt, name: str, text: str) -> None:
        """Give one of the user's another name and text; neither is blank."""
        self._do(lambda stored: stored.change(prompt.number, name, text))

    def remove(self, prompt: Prompt) -> None:
        """Take one of the user's away; `put_back` brings it back."""
        self._do(lambda stored: stored.remove(prompt.number))

    def put_back(self, prompt: Prompt) -> None:
        """Bring one back that was taken away."""
        self._do(lambda stored: stored.put_back(prompt))

    def find_values(self, prompt: Prompt, on_done: Callable[[dict[str, str]], None]) -> None:
        """Have `on_done` called with what was last filled into its blanks."""
        key = prompt.key
        self._background.store(lambda store: StoredPrompts(store.database).values_of(key), on_done)

    def keep_values(self, prompt: Prompt, values: Mapping[str, str]) -> None:
        """Keep what was filled into its blanks for the next time."""
        key, kept = prompt.key, dict(values)
        self._background.store(lambda store: StoredPrompts(store.database).keep_values(key, kept))

    def export_to(self, file: Path, on_done: Callable[[int], None]) -> None:
        """Write the user's prompts into a file; then how many."""
        own = self._own

        def write() -> int:
            write_prompts(own, file)
            return len(own)

        self._background.chore(write, on_done, self._background.report)

    def import_from(self, file: Path, on_done: Callable[[int], None]) -> None:
        """Add the prompts of a file; then how many of them were new and had room."""

        def add(found: tuple[tuple[str, str], ...]) -> None:
            self._background.store(lambda store: StoredPrompts(store.database).add(found), added)

        def added(count: int) -> None:
            self.refresh()
            on_done(count)

        self._background.chore(lambda: read_prompts(file), add, self._background.report)

    def _do(self, change: Callable[[StoredPrompts], object]) -> None:
        self._background.store(lambda store: change(StoredPrompts(store.database)))
        self.refresh()

    def _take(self, own: tuple[Prompt, ...]) -> None:
        self._own = own
        for callback in tuple(self._subscribers):
            callback()
