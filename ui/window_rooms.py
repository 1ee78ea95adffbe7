"""What the window shows, one at a time: the chats, the settings, a page in front of the chats."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget


class WindowRooms(QStackedWidget):
    """The rooms.

    Attributes:
        front: what stands in front of the chats, and is come back to from the settings.
    """

    def __init__(self) -> None:
        super().__init__()
        self.front: QWidget | None = None

    def go_back(self, show_chats: Callable[[], None]) -> None:
        """Leave the settings, with the focus where the user now is."""
        if self.front is None:
            show_chats()
        else:
            self.setCurrentWidget(self.front)
            self.front.setFocus()
