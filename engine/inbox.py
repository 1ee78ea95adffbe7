"""What callers ask of the engine thread, in order, and what they want ended at once.

Any thread may post; the engine thread alone takes.  Nothing here touches llama.cpp: the
flag that ends a running computation is handed in.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from engine.harmony.messages import ToolMessage
from engine.patience import Patience
from engine.requests import (
    AnswerRequest,
    ForecastRequest,
    InspectRequest,
    LoadRequest,
    MeasureRequest,
    PrepareRequest,
    SideJobId,
    SideRequest,
    TurnId,
)
from engine.side_queue import SideQueue


class Flag(Protocol):
    """Ends a running computation (`engine.llama.binding.AbortFlag`)."""

    def set(self) -> None:
        """Ask for the end."""
        ...

    def clear(self) -> None:
        """Let computations run."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """Load a model."""

    request: LoadRequest


@dataclass(frozen=True, slots=True)
class Unload:
    """Give the model's memory back."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing was asked for a while (`engine.patience`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Begin a turn."""

    request: AnswerRequest


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on with a turn that waits for the result of a tool."""

    turn_id: TurnId
    result: ToolMessage


@dataclass(frozen=True, slots=True)
class Cancel:
    """End a turn that is not being computed."""

    turn_id: TurnId


@dataclass(frozen=True, slots=True)
class Prepare:
    """Read ahead what will probably be asked next, when there is nothing else to do."""

    request: PrepareRequest


@dataclass(frozen=True, slots=True)
class Foresee:
    """Tell what going on with a conversation would cost, or what its next prompt looks like."""

    request: ForecastRequest | InspectRequest | MeasureRequest


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop what is kept of a chat."""

    chat: str


@dataclass(frozen=True, slots=True)
class Side:
    """Do a side job."""

    request: SideRequest


@dataclass(frozen=True, slots=True)
class CancelSide:
    """End a side job that is not being done."""

    job_id: SideJobId


@dataclass(frozen=True, slots=True)
class Close:
    """End the engine thread."""


Command = (
    Load
    | Unload
    | Rest
    | Answer
    | Continue
    | Cancel
    | Prepare
    | Foresee
    | Forget
    | Side
    | CancelSide
    | Close
)


class Inbox:
    """Commands in order, with the turns to be ended and the load to be given up.

    A turn is *open* from `post(Answer(...))` until `end_turn`.  At most one open turn is
    *running*; while it runs, or while idle work runs, callers can end the computation.
    Side jobs that are not urgent stand behind all commands, and count as idle work.

    Args:
        flag: ends the running computation.

    Attributes:
        patience: how long `take` waits before it gives `Rest`.
    """

    def __init__(self, flag: Flag) -> None:
        self._flag = flag
        self._changed = threading.Condition()
        self.patience = Patience(self._changed)
        self._commands: deque[Command] = deque()
        self._open: set[TurnId] = set()
        self._to_cancel: deque[TurnId] = deque()
        self._hurried: set[TurnId] = set()
        self._sides = SideQueue()
        self._running: TurnId | None = None
        self._is_hurried = False
        self._is_stopped = False
        self._is_idling = False
        self._is_loading = False
        self._is_load_cancelled = False
        self._is_closing = False
        self._is_waiting = False

    # Callers' side.  Never blocks for longer than another caller's few lines.

    def post(self, command: Command) -> bool:
        """Queue a command; False when the engine is closing and takes no more."""
        with self._changed:
            if self._is_closing:
                return False
            if isinstance(command, Answer):
                self._open.add(command.request.turn_id)
            if isinstance(command, Close):
                self._close()
            if isinstance(command, Side):
                self._sides.add(command.request)
                if not command.request.is_urgent:
                    self._changed.notify_all()  # what is done just now goes on
                    return True
            self._commands.append(command)
            self._wake()
            return True

    def stop(self, turn_id: TurnId) -> None:
        """End a turn, whatever it is doing; one that has ended is left alone."""
        with self._changed:
            if turn_id not in self._open:
                return
            if self._running == turn_id:
                self._is_stopped = True
                self._flag.set()
            elif turn_id not in self._to_cancel:
                self._to_cancel.append(turn_id)
                self._wake()

    def hurry(self, turn_id: TurnId) -> None:
        """Want a turn's answer without further thoughts, whatever it is doing."""
        with self._changed:
            if turn_id in self._open:
                self._hurried.add(turn_id)
                self._is_hurried = self._running in self._hurried

    def cancel_side(self, job_id: SideJobId) -> None:
        """End a side job; one that has ended is left alone."""
        with self._changed:
            if self._sides.cancel(job_id):
                self._flag.set()
            self._changed.notify_all()

    def cancel_load(self) -> None:
        """Give up the load in progress, and those waiting."""
        with self._changed:
            self._is_load_cancelled = self.is_load_expected()

    def is_load_expected(self) -> bool:
        """A model is being loaded, or will be."""
        with self._changed:
            waiting = any(isinstance(command, Load) for command in self._commands)
            return self._is_loading or waiting

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until the engine thread waits for commands; False when it did not in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._is_waiting and not self._has_anything(), timeout
            )

    def _close(self) -> None:
        self._is_closing = True
        self._is_load_cancelled = True
        self._is_stopped = True
        self._sides.is_stopped = True
        self._flag.set()

    def _has_anything(self) -> bool:
        return self.has_work() or bool(self._sides)

    def _wake(self) -> None:
        if self._is_idling:
            self._flag.set()
        self._changed.notify_all()

    # The engine thread's side.

    def is_stopped(self) -> bool:
        """The running turn is to end."""
        return self._is_stopped

    def is_hurried(self) -> bool:
        """The running turn is to answer without further thoughts."""
        return self._is_hurried

    def is_side_stopped(self) -> bool:
        """The side job that is being done is to end."""
        return self._sides.is_stopped

    def is_load_cancelled(self) -> bool:
        """The load is to be given up."""
        return self._is_load_cancelled

    def is_closing(self) -> bool:
        """The engine thread is to end."""
        return self._is_closing

    def has_work(self) -> bool:
        """A command waits, so idle work should give way."""
        return bool(self._commands) or bool(self._to_cancel)

    def has_cancelled(self) -> bool:
        """Turns that are not running are to be ended."""
        return bool(self._to_cancel)

    def take(self) -> Command:
        """The next command; waits for one, or until patience is at its end.

        Turns to be ended come first, side jobs that are not urgent last.
        """
        with self._changed:
            self._is_waiting = True
            self._changed.notify_all()
            is_wanted = self.patience.wait_for(self._has_anything)
            self._is_waiting = False
            if not is_wanted:
                return Rest()
            if self._to_cancel:
                return Cancel(self._to_cancel.popleft())
            if self._commands:
                return self._commands.popleft()
            side = self._sides.take()
            return Side(side) if isinstance(side, SideRequest) else CancelSide(side)

    def take_cancelled(self) -> TurnId | None:
        """A turn to be ended that is not running, or None.  Its queued commands are dropped."""
        with self._changed:
            return self._to_cancel.popleft() if self._to_cancel else None

    def begin_turn(self, turn_id: TurnId) -> bool:
        """The turn is computed from now on; False when it is to end or has ended already."""
        with self._changed:
            if turn_id not in self._open or turn_id in self._to_cancel:
                return False
            self._flag.clear()
            self._running = turn_id
            self._is_hurried = turn_id in self._hurried
            self._is_stopped = self._is_closing
            return not self._is_stopped

    def pause_turn(self) -> bool:
        """The running turn waits from now on; False when it was stopped just before."""
        with self._changed:
            self._running = None
            self._flag.clear()
            was_stopped, self._is_stopped = self._is_stopped, False
            return not was_stopped

    def end_turn(self, turn_id: TurnId) -> bool:
        """The turn is over; False when it was over already."""
        with self._changed:
            if turn_id not in self._open:
                return False
            self._open.remove(turn_id)
            self._hurried.discard(turn_id)
            if turn_id in self._to_cancel:
                self._to_cancel.remove(turn_id)
            if self._running == turn_id:
                self._running = None
                self._flag.clear()
                self._is_stopped = False
            left = [one for one in self._commands if _turn_of(one) != turn_id]
            self._commands = deque(left)
            return True

    def open_turns(self) -> tuple[TurnId, ...]:
        """Turns that have not ended, oldest id first."""
        with self._changed:
            return tuple(sorted(self._open))

    def begin_side(self, job_id: SideJobId) -> bool:
        """A side job is done from now on; False when it is to end or has ended already."""
        with self._changed:
            self._flag.clear()
            return self._sides.begin(job_id, is_closing=self._is_closing)

    def end_side(self, job_id: SideJobId) -> bool:
        """The side job is over; False when it was over already."""
        with self._changed:
            if self._sides.running == job_id:
                self._flag.clear()
            return self._sides.end(job_id)

    def open_sides(self) -> tuple[SideJobId, ...]:
        """Side jobs that have not ended, oldest id first."""
        with self._changed:
            return self._sides.ids()

    def begin_load(self) -> None:
        """A load runs from now on."""
        with self._changed:
            self._is_loading = True

    def end_load(self) -> None:
        """The load is over."""
        with self._changed:
            self._is_loading = False
            self._is_load_cancelled = self._is_closing

    def begin_idle(self) -> None:
        """Idle work runs from now on; any new command ends it."""
        with self._changed:
            self._is_idling = True
            if self.has_work():
                self._flag.set()
            else:
                self._flag.clear()

    def end_idle(self) -> None:
        """Idle work is over."""
        with self._changed:
            self._is_idling = False
            self._flag.clear()


def _turn_of(command: Command) -> TurnId | None:
    match command:
        case Answer(request=request):
            return request.turn_id
        case Continue(turn_id=turn_id) | Cancel(turn_id=turn_id):
            return turn_id
        case _:
            return None
