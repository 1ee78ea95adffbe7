"""The widgets of messages, loaded with the first of them: their modules take a tenth of a second.

An empty chat is what a window begins with, so they are not imported before it is seen.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.chats.changes import (
    AnswerCallChanged,
    AnswerCheckChanged,
    AnswerPhaseChanged,
    AnswerPreambleAdded,
    AnswerQueued,
    AnswerTextAdded,
    AnswerThoughtAdded,
)

if TYPE_CHECKING:
    from ui.chat.answer import Answer
    from ui.chat.user_bubble import UserBubble

OF_ANSWERS: Final = (
    AnswerTextAdded,
    AnswerPreambleAdded,
    AnswerThoughtAdded,
    AnswerPhaseChanged,
    AnswerQueued,
    AnswerCallChanged,
    AnswerCheckChanged,
)
"""Changes that concern one answer alone."""

LOADED: Final = (
    "markdown_it.main",
    "ui.markdown.grammar",
    "ui.markdown.column",
    "ui.chat.tools.card",
    "ui.chat.answer_flow",
    "ui.chat.thoughts_panel",
    "ui.chat.user_bubble",
    "ui.chat.answer",
    "ui.chat.permission_card",
)
"""In steps that are each too short to be felt."""


def answer_of(widget: QWidget | None) -> Answer | None:
    """The widget if it is an answer's."""
    if widget is None:
        return None
    from ui.chat.answer import Answer  # noqa: PLC0415 - see the module's docstring

    return widget if isinstance(widget, Answer) else None


def bubble_of(widget: QWidget | None) -> UserBubble | None:
    """The widget if it is a message of the user's."""
    if widget is None:
        return None
    from ui.chat.user_bubble import UserBubble  # noqa: PLC0415 - see the module's docstring

    return widget if isinstance(widget, UserBubble) else None


class LoadAhead(QObject):
    """Imports all of it while nobody waits for it: one module each time the window is idle.

    Args:
        parent: owns this.
        modules: what is loaded, one after the other.
    """

    def __init__(self, parent: QObject, modules: tuple[str, ...] = LOADED) -> None:
        super().__init__(parent)
        self._left = list(modules)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._load_one)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def _load_one(self) -> None:
        if self._left:
            import_module(self._left.pop(0))
        if not self._left:
            self._timer.stop()
