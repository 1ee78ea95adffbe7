"""The evaluation lab of a window, made when somebody first wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.chats.changes import ChatChange, StatusChanged
from engine.events import EngineEvent, TurnEvent

if TYPE_CHECKING:  # the lab is not imported before it is wanted
    from app.lab.service import LabService


class LabDoor:
    """Leads to the one lab of a window.  UI thread.

    Args:
        make: makes it, told what the engine can do now.
    """

    def __init__(self, make: Callable[[StatusChanged], LabService]) -> None:
        self._make = make
        self._lab: LabService | None = None
        self._status = StatusChanged()

    def open(self) -> LabService:
        """The lab; made now if nobody wanted it yet."""
        if self._lab is None:
            self._lab = self._make(self._status)
        return self._lab

    def show_change(self, change: ChatChange) -> None:
        """Take a change of the chat service; a lab that is made later knows the newest."""
        if isinstance(change, StatusChanged):
            self._status = change

    def handle(self, event: EngineEvent) -> None:
        """Take an event of the engine; without a lab there is nobody to take it."""
        if self._lab is not None and isinstance(event, TurnEvent):
            self._lab.handle(event)

    def close(self) -> None:
        """Stop what the lab does; what is stored stays.  Before the engine is closed."""
        if self._lab is not None:
            self._lab.close()
