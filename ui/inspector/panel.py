"""What the model sees: the next prompt beside the chat, message by message."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.prompt_values import NextPrompt
from app.words import Words
from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.controls.side_panel import SidePanel
from ui.controls.stacked_bar import BarPart, StackedBar
from ui.inspector.message_list import MessageList
from ui.inspector.wording import (
    RANKS,
    color_of,
    left_out_texts,
    meaning_of,
    name_of,
    rank_of,
    sum_text,
    tokens_text,
)
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

PATIENCE_MS: Final = 250
"""The engine answers within some milliseconds unless it is at work."""


class InspectorPanel(SidePanel):
    """Show the prompt, in the order in which it is read or by who counts most.

    Signals:
        left: the panel went away, so nobody looks any more.

    Args:
        theme: the look.
        words: the user's language.
        room: the chat panel.
    """

    left = Signal()

    def __init__(self, theme: Theme, words: Words, room: QWidget) -> None:
        super().__init__(theme, room)
        self._words = words
        self._prompt = NextPrompt()
        self.title = Label(
            theme, words("What the model sees"), size=TypeSize.CARD_TITLE, bold=True, wrap=True
        )
        self.close_button = IconButton(theme, "x", words("Close"), key_hint="Esc")
        self.note = self._muted(
            words("The messages before your next one, word for word. Thoughts are never in it.")
        )
        self.waiting = Label(theme, size=TypeSize.SMALL, role="warn", wrap=True)
        self.bar = StackedBar(theme)
        self.total = self._muted("")
        self.left_out = self._muted("")
        self.messages = MessageList(theme, words)
        self.end = self._muted("")
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self.setAccessibleName(words("What the model sees"))
        self._lay_out()
        self.hide()
        self.close_button.clicked.connect(self.leave)

    def open(self) -> None:
        """Come and take the focus."""
        self.come()
        self.messages.begin()

    @override
    def leave(self) -> None:
        was_there = not self.isHidden()
        super().leave()
        if was_there:
            self._clear()  # nothing of a chat stays where nobody looks
            self.left.emit()

    def wait(self) -> None:
        """An answer is being written: what is shown stood before it."""
        if self._patience.isActive():  # and that was another chat
            self._lose_patience()
            return
        self.waiting.setText(
            self._words("An answer is being written. What is shown here stood before it.")
        )
        self.waiting.show()

    def expect(self) -> None:
        """A prompt of another chat is on its way; unless it comes soon, say what it waits for."""
        self._patience.start()

    def _lose_patience(self) -> None:
        self._clear()
        self.waiting.setText(
            self._words("The model is at work. What it sees of this chat is shown when it is free.")
        )
        self.waiting.show()

    def show_prompt(self, prompt: NextPrompt) -> None:
        """Show a prompt; messages that were there stay as they are."""
        words = self._words
        self._patience.stop()
        self._prompt = prompt
        self.waiting.setVisible(bool(prompt.problem))
        self.waiting.setText(words(prompt.problem, **prompt.fields) if prompt.problem else "")
        self.bar.show_parts(self._parts())
        self.bar.setVisible(bool(prompt.messages))
        self.total.setText(sum_text(words, prompt))
        dropped = tuple(left_out_texts(words, prompt))
        self.left_out.setText("\n".join((words("Not in it:"), *(f"– {one}" for one in dropped))))
        self.left_out.setVisible(bool(dropped))
        opening = tokens_text(words, prompt.opening_tokens)
        self.end.setText(
            words("Your next message comes here. {tokens} more open the answer.", tokens=opening)
        )
        self.messages.show_messages(prompt.messages)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.verticalScrollBar().setValue(0)

    def _clear(self) -> None:
        self.show_prompt(NextPrompt())
        self.total.setText("")
        self.end.setText("")

    def _parts(self) -> list[BarPart]:
        """Tokens by who speaks, and what is free."""
        words, prompt = self._words, self._prompt
        counts = [0] * RANKS
        for one in prompt.messages:
            if not one.is_left_out:
                counts[rank_of(one.message)] += one.tokens
        parts = [
            BarPart(
                name_of(words, rank),
                f"{count:,}",
                count,
                color_of(rank),
                meaning_of(words, rank),
            )
            for rank, count in enumerate(counts)
            if count
        ]
        free = prompt.context_tokens - prompt.tokens
        if free > 0:
            meaning = words("Room for your next message and the answer, thoughts included.")
            parts.append(BarPart(words("Free"), f"{free:,}", free, "track", meaning))
        return parts

    # ---- looks

    def _muted(self, text: str) -> Label:
        return Label(self._theme, text, size=TypeSize.SMALL, role="muted", wrap=True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, Space.TINY, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._inner = QWidget()
        inside = QVBoxLayout(self._inner)
        inside.setContentsMargins(Space.PAD, 0, Space.PAD, Space.PAD)
        inside.setSpacing(Space.GAP)
        for part in (self.note, self.waiting, self.bar, self.total, self.left_out):
            inside.addWidget(part)
        inside.addWidget(self.messages)
        inside.addWidget(self.end)
        inside.addStretch(1)
        self.view = QScrollArea()
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setWidgetResizable(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)
        self.view.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, Space.ROOM, 0, 0)
        column.setSpacing(Space.TINY)
        top = QVBoxLayout()
        top.setContentsMargins(Space.PAD, 0, Space.GAP, 0)
        top.addLayout(head)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        self.waiting.hide()
        self.left_out.hide()
