"""The way from the composer to how full the context is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, QTimer

from app.chats.changes import ChatChange, ContextMeasured
from app.words import Words
from ui.chat.context_ring import ContextRing
from ui.chat.panel import ChatPanel
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.chat.context_popover import ContextPopover

REST_MS: Final = 250
"""After the last key: counting is not worth doing for every letter."""


class Metering(Protocol):
    """The part of `app.chats.context_meter.ContextMeter` that the window uses; UI thread."""

    def begin(self) -> None:
        """A window shows it from now on."""
        ...

    def follow(self, text: str, files_tokens: int = 0) -> None:
        """What is written of the next message, and what its files take."""
        ...

    def refresh(self) -> None:
        """Something else than that may have changed, such as the chosen effort."""
        ...


class ContextDoor(QObject):
    """Tells the service what is written, and shows what it says of the context.

    Args:
        theme: the look.
        words: the user's language.
        panel: has the composer; owns this.
        meter: the service's.

    Attributes:
        ring: in the composer.
        rest: runs out when nothing was typed for a moment.
        popover: the one that was opened last.
    """

    def __init__(self, theme: Theme, words: Words, panel: ChatPanel, meter: Metering) -> None:
        super().__init__(panel)
        self._theme = theme
        self._words = words
        self._composer = composer = panel.composer
        self._meter = meter
        self.ring = ContextRing(theme, words, composer.row)
        composer.row.add_sign(self.ring)
        self.popover: ContextPopover | None = None
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(self._on_rest)
        composer.edited.connect(self._on_edited)
        composer.files.changed.connect(self.rest.start)
        panel.effort_changed.connect(lambda _: meter.refresh())
        self.ring.clicked.connect(self.open)
        meter.begin()

    def apply(self, change: ChatChange) -> None:
        """Take what the chat service tells; other changes are ignored."""
        if isinstance(change, ContextMeasured):
            from ui.chat.context_popover import warning  # noqa: PLC0415 - not before the first frame

            self.ring.show_size(change.size)
            self._composer.set_warning(warning(self._words, change.size))

    def open(self) -> None:
        """Explain what fills the context."""
        from ui.chat.context_popover import ContextPopover as Made  # noqa: PLC0415 - as above

        self.popover = popover = Made(
            self._theme,
            self._words,
            self.ring.size_shown,
            self._composer.chosen_effort,
            self._composer,
        )
        popover.place_over(self.ring)
        popover.setFocus()

    def _on_edited(self) -> None:
        if not self._composer.text:
            self.rest.stop()
            self._on_rest()  # sent, or another chat: at once
        else:
            self.rest.start()

    def _on_rest(self) -> None:
        self._meter.follow(self._composer.text, self._composer.files.tokens)
