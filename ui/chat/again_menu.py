"""The menu that has an answer written once more, with what each effort costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.values import Message
from app.words import Words
from engine.harmony.messages import Effort
from ui.chat.message_desk import MessageDesk
from ui.chat.tools.doors import while_alive

_EFFORTS: Final = (Effort.LOW, Effort.MEDIUM, Effort.HIGH)


class AgainMenu(QMenu):
    """The same effort first, then the others.

    Args:
        words: the user's language.
        desk: hears the wish, and tells the costs.
        message: the answer.
        parent: the foot of the answer.
    """

    def __init__(
        self, words: Words, desk: MessageDesk, message: Message, parent: QWidget | None = None
    ) -> None:
        super().__init__(words("Answer again"), parent)
        self._names = _names(words)
        own = message.effort
        self._actions: dict[Effort, QAction] = {}
        for effort in (own, *(one for one in _EFFORTS if one is not own)):
            name = words("Answer again") if effort is own else self._names[effort]
            self._names[effort] = name
            self._actions[effort] = self.addAction(name)
            self._actions[effort].triggered.connect(
                lambda _=False, chosen=effort: desk.again_wanted.emit(message.id, chosen)
            )
            if effort is own:
                self.addSeparator()
        # As wide as it will be with the costs, so that it does not jump when they come.
        longest = words("reads {count} tokens, about {time}", count="99,999", time="99 s")
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(name) for name in self._names.values())
        self.setMinimumWidth(widest + metrics.horizontalAdvance(longest) + metrics.height() * 4)
        show = while_alive(self, self._show_costs)
        self.aboutToShow.connect(lambda: desk.find_costs(message.id, show))

    def _show_costs(self, costs: Mapping[Effort, str]) -> None:
        """What each takes, at the right."""
        for effort, cost in costs.items():
            if cost:
                self._actions[effort].setText(f"{self._names[effort]}\t{cost}")


def _names(words: Words) -> dict[Effort, str]:
    return {
        Effort.LOW: words("At low effort"),
        Effort.MEDIUM: words("At medium effort"),
        Effort.HIGH: words("At high effort"),
    }
