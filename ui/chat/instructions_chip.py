"""By the composer: whether the chat has instructions of its own, and the way to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.chats.changes import ChatChange, ChatOpened, InstructionsChanged, StatusChanged
from app.conversation import local_date
from app.words import Words
from ui.controls.button import IconButton
from ui.instructions.doors import InstructionDoors
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.instructions.dialog import InstructionsDialog

_BUTTON: Final = 28
_MOST_CHARACTERS: Final = 200
"""Of the instructions, in the tooltip."""


class InstructionsChip(IconButton):
    """A button that opens the dialog; it is lit where the chat has instructions of its own.

    Signals:
        chosen: (text: str) what the user wants the chat's to be; "" for none.
        settings_requested: show the instructions for all chats.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.

    Attributes:
        own: the open chat's own; "" for none.
        doors: presets and counting; nothing opens without them.
        dialog: the one that was opened last.
    """

    chosen = Signal(str)
    settings_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, "notebook-pen", words("Instructions…"), size=_BUTTON, parent=parent)
        self._words = words
        self.own = ""
        self._date = ""
        self._read_tokens = 0
        self.doors: InstructionDoors | None = None
        self.dialog: InstructionsDialog | None = None
        self.clicked.connect(self.open)

    def apply(self, change: ChatChange) -> None:
        """Take what the chat service tells of the open chat; other changes are ignored."""
        match change:
            case InstructionsChanged(text=text):
                self._show_own(text)
            case ChatOpened(chat=chat):
                self._date = local_date(chat.created_ms) if chat else ""
            case StatusChanged():
                self._read_tokens = change.context_tokens

    def _show_own(self, text: str) -> None:
        self.own = text
        words = self._words
        shown = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
        said = words("Instructions of this chat: {said}", said=shown) if text else ""
        name = words("Instructions of this chat") if text else words("Instructions…")
        self.set_look("notebook-pen", name, tooltip=said)
        self.setCheckable(bool(text))
        self.setChecked(bool(text))

    def open(self) -> None:
        """Show the dialog."""
        self.setChecked(bool(self.own))  # a press is no switch
        if self.doors is None:
            return
        from ui.instructions.dialog import ChatFacts, InstructionsDialog  # noqa: PLC0415 - not before the first frame

        facts = ChatFacts(self.own, self._date, self._read_tokens)
        self.dialog = dialog = InstructionsDialog(self._theme, self._words, facts, self.doors, self)
        dialog.chosen.connect(self.chosen)
        dialog.settings_requested.connect(self.settings_requested)
        dialog.open()
