"""What fills the context, in plain words, and what if."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.context_values import ContextPart, ContextSize
from app.words import N_, Words
from engine.harmony.messages import Effort
from ui.chat.effort_control import NAMES
from ui.chat.tool_switches import title_of
from ui.controls.label import Label
from ui.controls.popover import Popover
from ui.controls.stacked_bar import BarPart, StackedBar
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize

_WIDTH: Final = 380

_PARTS: Final[dict[ContextPart, tuple[str, str, Role]]] = {
    ContextPart.SYSTEM: (N_("Sotto's own message"), N_("Date, effort and rules."), "series_5"),
    ContextPart.TOOLS: (N_("Tools"), N_("What the model is told of its tools."), "series_4"),
    ContextPart.INSTRUCTIONS: (N_("Instructions"), N_("Yours, read each time."), "series_3"),
    ContextPart.FORMAT: (N_("Form of the answers"), N_("The JSON they have to be."), "edge"),
    ContextPart.FILES: (N_("Files"), N_("Those of earlier messages."), "warn"),
    ContextPart.HISTORY: (N_("Chat so far"), N_("Messages and answers."), "accent"),
    ContextPart.DRAFT: (N_("This message"), N_("What is written, with its files."), "series_2"),
}


class ContextPopover(Popover):
    """A bar with its parts, and a few sentences.

    Args:
        theme: the look.
        words: the user's language.
        size: what is shown.
        effort: chosen for the next message.
        parent: the composer.

    Attributes:
        bar: the parts.
        said: the sentences, from the top.
    """

    def __init__(
        self, theme: Theme, words: Words, size: ContextSize, effort: Effort, parent: QWidget
    ) -> None:
        super().__init__(theme, words("What fills the context"), _WIDTH, parent)
        self._words = words
        self.bar = StackedBar(theme)
        self.head = Label(theme, size=TypeSize.CONTROL, bold=True, wrap=True)
        self.said: tuple[Label, ...] = ()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.GAP)
        column.addWidget(self.head)
        column.addWidget(self.bar)
        self.show_size(size, effort)

    def show_size(self, size: ContextSize, effort: Effort) -> None:
        """Show another state of the context."""
        words = self._words
        for old in self.said:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        if not size.limit:
            sentences = [words("How full the context is can be told once a model is loaded.")]
            self.head.setText(words("What fills the context"))
        else:
            counts = {"used": f"{size.used:,}", "limit": f"{size.limit:,}"}
            self.head.setText(words("{used} of {limit} tokens", **counts))
            sentences = list(_sentences(words, size, effort))
        self.bar.setVisible(bool(size.limit))
        self.bar.show_parts(_bar_parts(words, size))
        self.said = tuple(
            Label(self._theme, text, size=TypeSize.CODE, role="muted", wrap=True)
            for text in sentences
        )
        for label in self.said:
            self._column.addWidget(label)
        self.setAccessibleDescription("\n".join((self.head.text(), *sentences)))


def warning(words: Words, size: ContextSize) -> str:
    """What sending the message would do to the chat, before it is sent; "" for nothing."""
    if size.is_too_long:
        limit = f"{size.limit:,}"
        return words("This message is too long: the model can hold {limit} tokens.", limit=limit)
    if size.will_leave_out:
        count = size.left_out_messages
        return words(
            "With this message the model no longer reads the first {count} messages of the chat.",
            count=f"{count:,}",
        )
    return ""


def _bar_parts(words: Words, size: ContextSize) -> tuple[BarPart, ...]:
    parts = []
    for part, tokens in size.parts.items():
        name, meaning, role = _PARTS[part]
        parts.append(BarPart(words(name), f"{tokens:,}", tokens, role, words(meaning)))
    if size.left:
        free = words("Free for thoughts and the answer.")
        parts.append(BarPart(words("Free"), f"{size.left:,}", size.left, "track", free))
    return tuple(parts)


def _sentences(words: Words, size: ContextSize, effort: Effort) -> tuple[str, ...]:
    """What it means, and what if."""
    said = [warning(words, size)]
    if size.draft and not size.is_too_long:
        left = f"{size.left:,}"
        said.append(
            words("This message leaves {tokens} tokens for thoughts and the answer.", tokens=left)
        )
    most = size.thoughts.get(effort, 0)
    if most:
        said.append(
            words(
                "At this effort ({name}), thoughts take up to {tokens} tokens.",
                name=words(NAMES[effort]),
                tokens=f"{min(most, size.left):,}",
            )
        )
    for tool, tokens_of in sorted(size.by_tool.items(), key=lambda one: -one[1])[:3]:
        said.append(
            words(
                "Without {tool}, there would be {tokens} tokens more.",
                tool=title_of(words, tool),
                tokens=f"{tokens_of:,}",
            )
        )
    if size.left_out_messages and not size.will_leave_out:
        count = f"{size.left_out_messages:,}"
        said.append(words("The model does not read the first {count} messages", count=count) + ".")
    if not size.left_out_messages and not size.is_too_long:
        room = max(0, size.left - size.answer_room)
        said.append(
            words(
                "After {tokens} tokens more, the oldest messages are left out, so that {room} "
                "tokens stay free for the answer. They stay in your chat.",
                tokens=f"{room:,}",
                room=f"{size.answer_room:,}",
            )
        )
    return tuple(text for text in said if text)
