"""A model that is not needed for a while gives its memory back, and is loaded again when it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from engine.events import ModelRested, ModelWanted
from engine.inbox import Answer, Command, Continue, Load, Rest, Side, Unload


class Sleeper(Protocol):
    """The part of `engine.session.Session` that rests."""

    def unload(self) -> bool:
        """Give the memory back; True when there was a model."""
        ...


class Resting:
    """Stands before the session and holds back what needs a model while it rests.

    Whether the model may be loaded as it was is the caller's to say: other machines have to be
    tried first, and settings may have changed.  So this tells `ModelWanted`, and goes on once
    `Load` comes.  Engine thread only.

    Args:
        session: whose model it is.
        obey: does what is commanded.
        has_open_turns: whether a turn waits for a tool or a person.
        emit: told of rest and of its end.
    """

    def __init__(
        self,
        session: Sleeper,
        obey: Callable[[Command], None],
        has_open_turns: Callable[[], bool],
        emit: Callable[[ModelRested | ModelWanted], None],
    ) -> None:
        self._session = session
        self._obey = obey
        self._has_open_turns = has_open_turns
        self._emit = emit
        self._is_asleep = False
        self._held: deque[Command] = deque()

    def take(self, command: Command) -> None:
        """Do what is commanded, now or once there is a model again."""
        if isinstance(command, Rest):
            self._rest()
        elif self._is_asleep and isinstance(command, Answer | Continue | Side):
            self._hold(command)
        else:
            self._obey(command)
            if isinstance(command, Load | Unload):
                self._wake()

    def _rest(self) -> None:
        if not self._has_open_turns() and self._session.unload():
            self._is_asleep = True
            self._emit(ModelRested())

    def _hold(self, command: Command) -> None:
        self._held.append(command)
        if len(self._held) == 1:
            self._emit(ModelWanted())

    def _wake(self) -> None:
        """Whatever came of the load, what waited is not held any longer."""
        self._is_asleep = False
        while self._held:
            self._obey(self._held.popleft())
