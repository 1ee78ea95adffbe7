"""Turns on their way to the engine, which computes one at a time, in the order it was asked."""

from __future__ import annotations

from collections.abc import Callable

from app.turn import AnswerEngine
from engine.events import Failed, Finished, ToolCalled, TurnEvent
from engine.harmony.messages import ToolMessage
from engine.requests import AnswerRequest, TurnId


class EngineQueue:
    """Knows which turns the engine has to compute, and holds them while no model is asked for.

    A turn that waits for a tool is not in the line, so it delays nobody.
    Confined to the service's thread.

    Args:
        engine: answers turns; never blocks.
    """

    def __init__(self, engine: AnswerEngine) -> None:
        self._engine = engine
        self._is_ready = False
        self._held: dict[TurnId, AnswerRequest] = {}
        self._early: dict[TurnId, Callable[[], None]] = {}
        self._hurried: set[TurnId] = set()
        self._known: set[TurnId] = set()  # the engine has heard of them, and they have not ended
        self._line: list[TurnId] = []  # it is to compute them; the first one is at work

    def hold(self) -> None:
        """A model is about to be asked for: questions wait until it is (`release`)."""
        self._is_ready = False

    def release(self) -> None:
        """A load was asked of the engine, which takes things in order: what waited can go."""
        self._is_ready = True
        early, self._early = self._early, {}
        for call in early.values():
            call()
        held, self._held = self._held, {}
        for request in held.values():
            self._hand_over(request)

    def ask(self, request: AnswerRequest) -> None:
        """Have a turn computed as soon as its time comes."""
        if self._is_ready:
            self._hand_over(request)
        else:
            self._held[request.turn_id] = request

    def before(self, turn_id: TurnId, call: Callable[[], None]) -> None:
        """Call as soon as a turn could be asked for, because something else comes first."""
        if self._is_ready:
            call()
        else:
            self._early[turn_id] = call

    def continue_turn(self, turn_id: TurnId, result: ToolMessage) -> None:
        """Have a turn go on with the result of a tool."""
        if turn_id in self._known:
            self._line.append(turn_id)
        self._engine.continue_turn(turn_id, result)

    def answer_now(self, turn_id: TurnId) -> None:
        """Have a turn answer without further thoughts, also one that is yet to be asked."""
        if turn_id in self._known:
            self._engine.answer_now(turn_id)
        else:
            self._hurried.add(turn_id)

    def stop(self, turn_id: TurnId) -> bool:
        """End a turn; False where the engine has not heard of it, so that no event follows."""
        self._hurried.discard(turn_id)
        self._held.pop(turn_id, None)
        self._early.pop(turn_id, None)
        if turn_id not in self._known:
            return False
        self._engine.stop(turn_id)
        return True

    def drop(self, turn_id: TurnId) -> None:
        """The engine will not compute it any more: it has ended, or the engine broke down."""
        self._hurried.discard(turn_id)
        self._held.pop(turn_id, None)
        self._early.pop(turn_id, None)
        self._known.discard(turn_id)
        if turn_id in self._line:
            self._line.remove(turn_id)

    def hear(self, event: TurnEvent) -> None:
        """The engine told of a turn: it may have left the line."""
        if isinstance(event, Finished | Failed):
            self.drop(event.turn_id)
        elif isinstance(event, ToolCalled) and event.turn_id in self._line:
            self._line.remove(event.turn_id)

    def is_behind(self, turn_id: TurnId) -> bool:
        """Whether the engine computes other turns before this one."""
        return turn_id in self._line and self._line[0] != turn_id

    def _hand_over(self, request: AnswerRequest) -> None:
        turn_id = request.turn_id
        self._known.add(turn_id)
        self._line.append(turn_id)
        self._engine.answer(request)
        if turn_id in self._hurried:
            self._hurried.discard(turn_id)
            self._engine.answer_now(turn_id)
