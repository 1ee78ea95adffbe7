"""The engine: one thread that alone touches llama.cpp, and the calls others make to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from engine.analysis_filter import AnalysisFilterFactory
from engine.errors import EngineError, told
from engine.events import (
    EngineBroke,
    EngineEvent,
    Failed,
    ModelLoadFailed,
    SideEnded,
    SideOutcome,
)
from engine.harmony.messages import ToolMessage
from engine.harmony.vocabulary import Vocabulary
from engine.inbox import (
    Answer,
    Cancel,
    CancelSide,
    Close,
    Command,
    Continue,
    Foresee,
    Forget,
    Inbox,
    Load,
    Prepare,
    Side,
    Unload,
)
from engine.llama.abort_flag import AbortFlag
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
from engine.resting import Resting

if TYPE_CHECKING:
    from engine.session import Session

_LOGGER: Final = logging.getLogger(__name__)

CLOSE_TIMEOUT_SECONDS: Final = 5.0

_BROKEN_TITLE: Final = "The engine broke down and cannot go on."
_BROKEN_HINT: Final = "Restart Sotto. Your chats are saved."


class Engine:
    """Loads models and answers turns on a thread of its own.

    Every method may be called from any thread and returns at once.  What happens is told
    by events, on the engine thread, in order.  Every turn that was accepted ends in exactly
    one `Finished` or `Failed`, even when llama.cpp gives up: then `EngineBroke` and these ends
    come from whichever thread failed, which is parked for the rest of the process's life.

    Args:
        load_vocabulary: reads ids and bytes of o200k; called on the engine thread, so that
            nobody waits for the third of a second it takes.
        make_filter: makes the thoughts filter of a turn; used on the engine thread.
        emit: gets one event at a time; must be quick and must not raise.
    """

    def __init__(
        self,
        load_vocabulary: Callable[[], Vocabulary],
        make_filter: AnalysisFilterFactory,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._load_vocabulary = load_vocabulary
        self._make_filter = make_filter
        self._emit_outside = emit
        self._flag = AbortFlag()
        self._inbox = Inbox(self._flag)
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._telling = threading.RLock()
        self._is_broken = threading.Event()
        self._why_broken = EngineError(_BROKEN_TITLE, _BROKEN_HINT)

    def start(self) -> None:
        """Start the thread; once."""
        self._thread.start()

    def load(self, request: LoadRequest) -> None:
        """Load a model in place of the one there is; turns asked for meanwhile wait for it."""
        if not self._inbox.post(Load(request)) and self._is_broken.is_set():
            self._tell(ModelLoadFailed(self._why_broken.title, self._why_broken.hint))

    def cancel_load(self) -> None:
        """Give up the load in progress; `ModelLoadFailed` with `was_cancelled` follows."""
        self._inbox.cancel_load()

    def unload(self) -> None:
        """Give the model's memory back, after what was asked for before."""
        self._inbox.post(Unload())

    def rest_after(self, seconds: float) -> None:
        """Have the model give its memory back after so long without anything to do; 0 is never.

        `ModelRested` follows then, and with the next question `ModelWanted`: the question waits
        until `load` or `unload` is called.
        """
        self._inbox.patience.set(seconds)

    def answer(self, request: AnswerRequest) -> None:
        """Answer a turn, after the turns asked for before.

        Raises:
            RuntimeError: the engine is closed; the turn was not accepted.
        """
        if self._inbox.post(Answer(request)):
            return
        if not self._is_broken.is_set():
            raise RuntimeError("the engine is closed")
        why = self._why_broken
        self._tell(Failed(request.turn_id, why.title, why.hint))

    def continue_turn(self, turn_id: TurnId, result: ToolMessage) -> None:
        """Hand a tool's result to the turn that waits for it; an ended turn is left alone."""
        self._inbox.post(Continue(turn_id, result))

    def stop(self, turn_id: TurnId) -> None:
        """End a turn in whatever phase; `Finished` follows unless it has ended already."""
        self._inbox.stop(turn_id)

    def prepare(self, request: PrepareRequest) -> None:
        """Read a conversation ahead as soon as nothing else is asked; the newest wish counts.

        Any other call ends the reading; what is read by then stays of use.
        """
        self._inbox.post(Prepare(request))

    def forecast(self, request: ForecastRequest) -> None:
        """Ask what going on with a conversation would cost; `Forecast` follows.

        It is answered between turns and changes nothing.  Nothing follows without a model, or
        where the conversation cannot be answered.
        """
        self._inbox.post(Foresee(request))

    def inspect(self, request: InspectRequest) -> None:
        """Ask what the next prompt looks like; `PromptInspected` follows, after running turns."""
        self._inbox.post(Foresee(request))

    def measure(self, request: MeasureRequest) -> None:
        """Ask how long the next prompt would be; `PromptMeasured` follows, after running turns."""
        self._inbox.post(Foresee(request))

    def forget(self, chat: str) -> None:
        """Drop everything that is kept of a chat, for instance because it was deleted."""
        self._inbox.post(Forget(chat))

    def side(self, request: SideRequest) -> None:
        """Ask a small question beside the chat; exactly one `SideEnded` follows, always."""
        if not self._inbox.post(Side(request)):
            self._tell(SideEnded(request.job_id, SideOutcome.FAILED))

    def cancel_side(self, job_id: SideJobId) -> None:
        """End a side job; `SideEnded` follows unless it has ended already."""
        self._inbox.cancel_side(job_id)

    def answer_now(self, turn_id: TurnId) -> None:
        """Have a turn answer without further thoughts; an ended turn is left alone.

        Thoughts in progress are cut, also those not begun yet while the prompt is read or a
        tool is waited for.  An answer in progress goes on as it is.  Safe to call again.
        """
        self._inbox.hurry(turn_id)

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until everything asked for is done and the next prompt's beginning is read.

        For benchmarks and tests; the only method that blocks besides `close`.

        Returns:
            False when the engine was still at work after `timeout` seconds.
        """
        return self._inbox.wait_until_idle(timeout)

    def close(self, timeout: float = CLOSE_TIMEOUT_SECONDS) -> bool:
        """End every turn and the thread, and wait for it; safe to call again.

        Returns:
            False when the thread still hangs in llama.cpp after `timeout` seconds.
        """
        self._inbox.post(Close())
        if self._is_broken.is_set():
            timeout = min(timeout, 0.1)  # a parked thread never ends
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        if self._thread.is_alive():
            _LOGGER.warning("the engine thread did not end within %s s", timeout)
        return not self._thread.is_alive()

    def _emit(self, event: EngineEvent) -> None:
        """Tell an event, unless everything has ended with the engine."""
        with self._telling:
            if not self._is_broken.is_set():
                self._tell(event)

    def _tell(self, event: EngineEvent) -> None:
        try:
            self._emit_outside(event)
        except Exception:
            _LOGGER.exception("a receiver of engine events failed on %s", type(event).__name__)

    def _break_down(self, message: str) -> None:
        """llama.cpp is about to end the process: park its thread, so that the app can go on.

        Called on whichever thread failed: this one, one that computes a part of the graph, or
        the one that talks to a worker; the engine thread then waits in llama.cpp for ever.
        Nothing of llama.cpp may be used any more; the turns end, and the app offers a restart.
        """
        _LOGGER.critical("llama.cpp gave up: %s", message)
        if threading.current_thread() is threading.main_thread():
            return  # a window that hangs for ever is worse than one that ends
        self._give_up(EngineError(_BROKEN_TITLE, _BROKEN_HINT, message), is_break_down=True)
        threading.Event().wait()  # for ever: returning would end the process

    def _give_up(self, error: EngineError, *, is_break_down: bool) -> None:
        """End everything that was asked for; what is asked from now on ends at once."""
        with self._telling:
            if self._is_broken.is_set():
                return  # another thread failed as well
            is_loading = self._inbox.is_load_expected() or not is_break_down
            self._why_broken = error
            self._is_broken.set()
            self._inbox.post(Close())
            why = (error.title, error.hint, error.detail)
            if is_break_down:
                self._tell(EngineBroke(*why))
            if is_loading:
                self._tell(ModelLoadFailed(*why))
            for turn_id in self._inbox.open_turns():
                if self._inbox.end_turn(turn_id):
                    self._tell(Failed(turn_id, *why, was_interrupted=is_break_down))
            for job_id in self._inbox.open_sides():
                if self._inbox.end_side(job_id):
                    self._tell(SideEnded(job_id, SideOutcome.FAILED))

    def _work(self) -> None:
        try:
            session = self._begin()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            self._give_up(told(error, _BROKEN_TITLE, _BROKEN_HINT), is_break_down=False)
            return
        resting = self._resting(session)
        try:
            while not isinstance(command := self._inbox.take(), Close):
                if self._is_broken.is_set():
                    return
                try:
                    resting.take(command)
                    session.idle()
                except Exception as error:  # noqa: BLE001 - told to the user; the thread lives on
                    session.fail_all(error)
        finally:
            if not self._is_broken.is_set():  # else not even memory may be given back
                session.cancel_all()
                session.unload()

    def _resting(self, session: Session) -> Resting:
        return Resting(
            session,
            lambda command: _obey(session, command),
            lambda: bool(self._inbox.open_turns()),
            self._emit,
        )

    def _begin(self) -> Session:
        # Here and not at the top: loading llama.cpp and what belongs to it takes about a third
        # of the time to the first window, which need not wait for it.
        from engine.llama.ggml import set_abort_hook  # noqa: PLC0415 - see above
        from engine.session import Session  # noqa: PLC0415 - see above

        set_abort_hook(self._break_down)
        with suppress(Exception):  # a turn whose filter fails says so itself
            self._make_filter(())  # reads its rules now, and not while the first turn waits
        vocabulary = self._load_vocabulary()
        return Session(vocabulary, self._make_filter, self._emit, self._inbox, self._flag)


def _obey(session: Session, command: Command) -> None:
    match command:
        case Load(request=request):
            session.load(request)
        case Unload():
            session.unload()
        case Answer(request=request):
            session.answer(request)
        case Continue(turn_id=turn_id, result=result):
            session.resume(turn_id, result)
        case Cancel(turn_id=turn_id):
            session.cancel(turn_id)
        case _:
            _obey_beside(session, command)


def _obey_beside(session: Session, command: Command) -> None:
    """What is neither of a model's life nor of a turn's."""
    match command:
        case Prepare(request=request):
            session.prepare(request)
        case Foresee(request=request):
            session.foresee(request)
        case Forget(chat=chat):
            session.forget(chat)
        case Side(request=request):
            session.side(request)
        case CancelSide(job_id=job_id):
            session.sides.cancel(job_id)
        case _:
            pass
