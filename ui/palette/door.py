"""The way to the palette: what it offers now, and what was used last."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from app.chats.changes import ChatChange, ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.settings import MAX_RECENT_ACTIONS, SettingsFile
from app.words import Words
from engine.errors import UserFacingError
from ui.actions import GROUP_NAMES, Actions, BoundAction
from ui.palette.entries import Entry, EntryIndex, EntryKind
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.palette.panel import Palette

_log = logging.getLogger(__name__)
_MOST_CHATS: Final = 2_000
"""Older ones are found by the search over everything."""


class PaletteDoor:
    """Opens the palette of one window; it is made when it is first wanted.  UI thread.

    Args:
        theme: the look.
        words: the user's language.
        window: what it lies over.
        actions: what can be done.
        settings: where the actions used last are remembered.
        open_chat: shows a chat.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        window: QWidget,
        actions: Actions,
        settings: SettingsFile,
        open_chat: Callable[[ChatId], object],
    ) -> None:
        self._theme, self._words, self._window = theme, words, window
        self._actions, self._settings, self._open_chat = actions, settings, open_chat
        self._chats: tuple[Chat, ...] = ()
        self.find_settings: Callable[[], tuple[Entry, ...]] = tuple
        """What the settings offer; asked each time the palette opens."""
        self.panel: Palette | None = None
        """None until it was wanted once."""

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        if isinstance(change, ChatsChanged):
            self._chats = change.chats

    def open(self) -> None:
        """Show the palette, or take it away where it is shown."""
        panel = self._made()
        if panel.isVisible():
            panel.leave()
            return
        recent = self._settings.load().recent_actions
        panel.open(EntryIndex(self._entries(), recent))

    def forget(self) -> None:
        """Let go of the palette and of all that it lists."""
        if self.panel is not None:
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None

    def _entries(self) -> list[Entry]:
        actions = [self._of_action(bound) for bound in self._actions.all]
        newest = sorted(self._chats, key=lambda one: -one.updated_ms)[:_MOST_CHATS]
        return [*actions, *self.find_settings(), *(self._of_chat(chat) for chat in newest)]

    def _of_action(self, bound: BoundAction) -> Entry:
        words, spec = self._words, bound.spec
        return Entry(
            spec.id,
            EntryKind.ACTION,
            words(spec.words),
            self._actions.note_of(spec.id) or words(GROUP_NAMES[spec.group]),
            key=spec.shown_key,
            also=f"{words(spec.tooltip)} {spec.words}",
            why_not=bound.why_not(),
            run=lambda: self._run(bound),
        )

    def _of_chat(self, chat: Chat) -> Entry:
        day = datetime.fromtimestamp(chat.updated_ms / 1000).astimezone()
        return Entry(
            str(chat.id),
            EntryKind.CHAT,
            chat.title,
            f"{day:%Y-%m-%d}",
            run=lambda: self._open_chat(chat.id),
        )

    def _run(self, bound: BoundAction) -> None:
        self._remember(bound.spec.id)
        self._actions.run(bound.spec.id)

    def _remember(self, name: str) -> None:
        """What was used last comes first; that it cannot be written must not disturb anybody."""
        before = self._settings.load().recent_actions
        recent = (name, *(one for one in before if one != name))[:MAX_RECENT_ACTIONS]
        try:
            self._settings.update(recent_actions=recent)
        except UserFacingError as error:
            _log.warning("settings not saved: %s", error.detail)

    def _made(self) -> Palette:
        if self.panel is None:
            # Not before it is wanted: the first window need not wait for it.
            from ui.palette.panel import Palette  # noqa: PLC0415 - see above

            self.panel = Palette(self._theme, self._words, self._window)
            self.panel.chosen.connect(lambda entry: entry.run())
        return self.panel
