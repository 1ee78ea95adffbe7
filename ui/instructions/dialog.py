"""The dialog in which one chat gets instructions of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.instructions.doors import InstructionDoors
from ui.instructions.editor import InstructionsEditor
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_BOX: Final = 190
WORTH_TELLING_TOKENS: Final = 256
"""Reading fewer than these again is over before anybody notices."""


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """What the dialog says of the chat.

    Attributes:
        own: its own instructions now.
        date: its ISO date; "" for a chat that has not begun.
        read_tokens: tokens that the model has read of it.
    """

    own: str = ""
    date: str = ""
    read_tokens: int = 0


class InstructionsDialog(PlainDialog):
    """Write the instructions of a chat.

    Signals:
        chosen: (text: str) the user wants these; "" takes them away.
        settings_requested: show the instructions for all chats.

    Args:
        theme: the look.
        words: the user's language.
        facts: of the chat.
        doors: presets and counting.
        parent: the composer.
    """

    chosen = Signal(str)
    settings_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        facts: ChatFacts,
        doors: InstructionDoors,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, words("Instructions for this chat"), parent)
        self._words = words
        self._facts = facts
        self.editor = InstructionsEditor(
            theme, words, words("Instructions for this chat"), doors, _BOX
        )
        self.use = TextButton(theme, words("Use"), kind=ButtonKind.PRIMARY)
        self.use.setEnabled(False)
        self.remove = TextButton(theme, words("Remove"), kind=ButtonKind.DANGER)
        self.remove.setVisible(bool(facts.own))
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.note = Label(theme, self._note(doors), size=TypeSize.CODE, role="muted", wrap=True)
        self.above = Label(theme, self._above(), size=TypeSize.CODE, role="muted", wrap=True)
        self.all_chats = TextButton(
            theme, words("Instructions for all chats…"), kind=ButtonKind.GHOST, compact=True
        )
        self.lay_out(
            (self.note, self.editor, self.above, self.all_chats), (self.remove, cancel, self.use)
        )
        self._column.setAlignment(self.all_chats, Qt.AlignmentFlag.AlignLeft)
        self.editor.edited.connect(lambda: self.use.setEnabled(False))
        self.editor.judged.connect(self._on_judged)
        self.use.clicked.connect(lambda: self._choose(self.editor.text))
        self.remove.clicked.connect(lambda: self._choose(""))
        self.all_chats.clicked.connect(self._on_all_chats)
        cancel.clicked.connect(self.reject)
        self.editor.set_text(facts.own)
        self.editor.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _note(self, doors: InstructionDoors) -> str:
        if doors.general().strip():
            return self._words(
                "The model reads them before each answer in this chat, after those for all chats."
            )
        return self._words("The model reads them before each answer in this chat.")

    def _above(self) -> str:
        words, date = self._words, self._facts.date
        day = words("the chat's date, {date}", date=date) if date else words("today's date")
        return words(
            "Above them stands Sotto's own message, which nobody can edit: {day}, knowledge until "
            "June 2024, the effort and the tools.",
            day=day,
        )

    def _on_judged(self, text: str, can_be_used: bool) -> None:
        is_other = text.strip() != self._facts.own.strip()
        self.use.setEnabled(can_be_used and is_other)
        tokens = self._facts.read_tokens
        if is_other and tokens >= WORTH_TELLING_TOKENS:
            count = f"{tokens:,}"
            self.say(
                self._words(
                    "Your next message then has this chat read again, about {count} tokens.",
                    count=count,
                )
            )
        else:
            self.say("")

    def _choose(self, text: str) -> None:
        self.chosen.emit(text.strip())
        self.accept()

    def _on_all_chats(self) -> None:
        self.reject()
        self.settings_requested.emit()
