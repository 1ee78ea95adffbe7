"""What was taken away and can be brought back."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import UndoOffered, UndoSubject


class UndoStack:
    """Remembers ways back until the program ends.  Confined to the service's thread.

    Args:
        tell: hears `UndoOffered`.
    """

    def __init__(self, tell: Callable[[UndoOffered], None]) -> None:
        self._tell = tell
        self._ways: list[tuple[UndoSubject, Callable[[], None]]] = []

    def offer(self, subject: UndoSubject, bring_back: Callable[[], None]) -> None:
        """Something was taken away; `UndoOffered` follows.

        Args:
            subject: what it was.
            bring_back: called at most once.
        """
        self._ways.append((subject, bring_back))
        self._tell(UndoOffered(subject))

    def undo(self, subject: UndoSubject | None = None) -> None:
        """Bring something back; None: what was taken away last.  Nothing where that is done."""
        places = [at for at, (one, _) in enumerate(self._ways) if subject in (None, one)]
        if places:
            _, bring_back = self._ways.pop(places[-1])
            bring_back()

    def forget(self, is_over: Callable[[UndoSubject], bool]) -> None:
        """Some things came back another way, or never can."""
        self._ways = [way for way in self._ways if not is_over(way[0])]
