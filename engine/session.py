"""The model that is loaded and the turns on it.  Engine thread only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from engine.analysis_filter import AnalysisFilterFactory
from engine.context_fit import MessageTooLongError
from engine.equipment import Equipment
from engine.errors import EngineError, told
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoadFailed,
    SideEnded,
    SideOutcome,
    StopReason,
    Usage,
)
from engine.generation import Turn
from engine.harmony.messages import ToolMessage
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.inbox import Inbox
from engine.inspection import Inspection
from engine.llama.abort_flag import AbortFlag
from engine.llama.context import Context
from engine.llama.device_sampler import DeviceSampler
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from engine.llama.sync import PromptCache
from engine.loading import Loaded, Loader
from engine.measuring import Measuring
from engine.reading_ahead import ReadingAhead
from engine.requests import (
    AnswerRequest,
    ForecastRequest,
    InspectRequest,
    LoadRequest,
    MeasureRequest,
    PrepareRequest,
    SideRequest,
    TurnId,
)
from engine.side_job import SideJob
from engine.side_jobs import SideJobs
from engine.structured.grammar import GrammarVocabulary, ResponseGrammar

_LOGGER: Final = logging.getLogger(__name__)

_BROKE_OFF: Final = "The answer broke off because something went wrong in the engine."


class Session:
    """Loads models and answers turns, one at a time, telling everything through `emit`.

    A turn that called a tool waits without holding anything but its ids, so other turns
    can be answered meanwhile.

    Args:
        vocabulary: ids and bytes.
        make_filter: makes the thoughts filter of a turn.
        emit: gets every event.
        inbox: says what is to end.
        flag: the inbox's flag, for llama.cpp to poll.

    Attributes:
        sides: ends side jobs that are not being done.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        make_filter: AnalysisFilterFactory,
        emit: Callable[[EngineEvent], None],
        inbox: Inbox,
        flag: AbortFlag,
    ) -> None:
        self._vocabulary = vocabulary
        self._make_filter = make_filter
        self._emit = emit
        self._inbox = inbox
        log = LlamaLog()
        log.install()
        self._loader = Loader(log, flag, emit, self._should_stop_loading)
        self._writer = HarmonyWriter(vocabulary)
        self._inspection = Inspection(self._writer, vocabulary)
        self._measuring = Measuring(self._writer)
        self._grammars = GrammarVocabulary(vocabulary)
        self._model: Model | None = None
        self._context: Context | None = None
        self._cache: PromptCache | None = None
        self._device: DeviceSampler | None = None
        self._turns: dict[TurnId, Turn] = {}
        self.sides = SideJobs(inbox, emit)
        self._ahead: ReadingAhead | None = None

    # ---- models

    def load(self, request: LoadRequest) -> None:
        """Load a model in place of the one there is; `ModelLoaded` or `ModelLoadFailed` follows."""
        self._inbox.begin_load()
        try:
            self.unload()
            loaded = self._loader.load(request)
            self._model, self._context = loaded.model, loaded.context
            self._cache = loaded.cache
            self._ahead = ReadingAhead(self._writer, loaded.cache, loaded.context.size_tokens)
            self._device = _device_sampler(loaded, request)
            self._emit(loaded.event)
        except LoadCancelledError:
            self.unload()
            self._emit(ModelLoadFailed("The model was not loaded.", was_cancelled=True))
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self.unload()
            why = told(error, "The model could not be loaded.")
            self._emit(ModelLoadFailed(why.title, why.hint, why.detail, why.fields))
        finally:
            self._inbox.end_load()

    def _should_stop_loading(self) -> bool:
        self.cancel_queued()
        return self._inbox.is_load_cancelled()

    def unload(self) -> bool:
        """Give the memory back; turns that wait for a tool end as cancelled.

        Returns:
            True when there was a model.
        """
        for turn_id in tuple(self._turns):
            self.cancel(turn_id)
        self._ahead = None
        self._cache = None
        context, self._context = self._context, None
        if context is not None:
            context.close()
        model, self._model = self._model, None
        if model is not None:
            model.close()
        return model is not None

    # ---- turns

    def answer(self, request: AnswerRequest) -> None:
        """Answer one turn until it ends or waits for a tool."""
        turn_id = request.turn_id
        if not self._inbox.begin_turn(turn_id):
            self.cancel(turn_id)
            return
        try:
            self._turns[turn_id] = self._new_turn(request)
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        self._run(turn_id)

    def resume(self, turn_id: TurnId, result: ToolMessage) -> None:
        """Go on with a turn that waits for `result`; one that has ended is left alone."""
        if turn_id not in self._turns:
            return
        if not self._inbox.begin_turn(turn_id):
            self.cancel(turn_id)
            return
        try:
            self._turns[turn_id].take_result(result)
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        self._run(turn_id)

    def cancel(self, turn_id: TurnId) -> None:
        """End a turn that is not being computed."""
        turn = self._turns.get(turn_id)
        self._end(Finished(turn_id, StopReason.CANCELLED, turn.usage if turn else Usage()))

    def cancel_queued(self) -> None:
        """End every turn somebody wants ended, without waiting for the one that runs."""
        while (turn_id := self._inbox.take_cancelled()) is not None:
            self.cancel(turn_id)

    def cancel_all(self) -> None:
        """End every turn and side job that has not ended."""
        for turn_id in self._inbox.open_turns():
            self.cancel(turn_id)
        self.sides.end_all(SideOutcome.CANCELLED)

    def fail_all(self, error: Exception) -> None:
        """Something nobody thought of happened: end whatever has not ended."""
        for turn_id in self._inbox.open_turns():
            self._fail(turn_id, error)
        self.sides.end_all(SideOutcome.FAILED)

    def _new_turn(self, request: AnswerRequest) -> Turn:
        if self._cache is None or self._context is None:
            raise EngineError("No model is loaded.", "Choose a model first.")
        return Turn(
            request,
            self._equipment(self._cache, self._context),
            emit=self._emit,
            should_stop=self._should_stop_turn,
            is_hurried=self._inbox.is_hurried,
        )

    def _equipment(self, cache: PromptCache, context: Context) -> Equipment:
        return Equipment(
            writer=self._writer,
            vocabulary=self._vocabulary,
            cache=cache,
            context_tokens=context.size_tokens,
            make_filter=self._make_filter,
            make_answer_guard=self._answer_grammar,
            device=self._device,
        )

    def _answer_grammar(self, request: AnswerRequest) -> ResponseGrammar | None:
        wanted = request.response_format
        return self._grammars.grammar(wanted) if wanted is not None else None

    def _should_stop_turn(self) -> bool:
        if self._inbox.has_cancelled():
            self.cancel_queued()
        return self._inbox.is_stopped()

    def _run(self, turn_id: TurnId) -> None:
        turn = self._turns[turn_id]
        try:
            reason = turn.run()
        except Exception as error:  # noqa: BLE001 - told to the user, and the engine lives on
            self._fail(turn_id, error)
            return
        if reason is None and not self._inbox.pause_turn():
            reason = StopReason.CANCELLED
        if reason is None and self._ahead is not None:
            self._ahead.drop_wishes()
        if reason is not None:
            self._end(Finished(turn_id, reason, turn.usage))

    def _fail(self, turn_id: TurnId, error: Exception) -> None:
        turn = self._turns.get(turn_id)
        usage = turn.usage if turn else Usage()
        why = told(error, _BROKE_OFF)
        if self._cache is not None and not isinstance(error, EngineError):
            self._cache.reset()  # nobody knows what a failed computation left in the KV cache
        is_too_long = isinstance(error, MessageTooLongError)
        self._end(Failed(turn_id, why.title, why.hint, why.detail, why.fields, usage, is_too_long))

    def _end(self, event: Finished | Failed) -> None:
        turn = self._turns.pop(event.turn_id, None)
        if turn is not None and self._ahead is not None:
            self._ahead.follow(turn)
        if self._inbox.end_turn(event.turn_id):
            _note(event)
            self._emit(event)

    # ---- beside the chat

    def side(self, request: SideRequest) -> None:
        """Do a side job; one that is not urgent gives way to the next command."""
        if self._cache is None or self._context is None:
            self.sides.end(SideEnded(request.job_id, SideOutcome.FAILED))
            return
        equipment = self._equipment(self._cache, self._context)
        self.sides.run(SideJob(request, equipment, self._context.side), self.cancel_queued)

    # ---- between turns

    def prepare(self, request: PrepareRequest) -> None:
        """Have a conversation read ahead by `idle`."""
        if self._ahead is not None:
            self._ahead.prepare(request)

    def foresee(self, request: ForecastRequest | InspectRequest | MeasureRequest) -> None:
        """Tell what going on with a conversation would cost, or of its next prompt."""
        if isinstance(request, MeasureRequest):
            self._emit(self._measuring.measure(request, self._ahead))
            return
        if isinstance(request, InspectRequest):
            self._emit(self._inspection.look(request, self._ahead))
            return
        forecast = self._ahead.foresee(request) if self._ahead is not None else None
        if forecast is not None:
            self._emit(forecast)

    def forget(self, chat: str) -> None:
        """Drop what is kept of a chat; a turn of it that is open is not touched."""
        if self._ahead is not None and all(turn.chat != chat for turn in self._turns.values()):
            self._ahead.forget(chat)

    def idle(self) -> None:
        """Read what the next prompt will begin with, until a command comes.

        After a turn the cache ends in thoughts that no later prompt holds; this puts the
        finished answer in their place while the user reads (engine.md 1.4).  A turn that waits
        for a tool keeps its ids; it loses its place only to what is wished while it waits.
        """
        if self._ahead is None:
            return
        self._inbox.begin_idle()
        try:
            self._ahead.read(self._inbox.has_work)
        finally:
            self._inbox.end_idle()


def _note(event: Finished | Failed) -> None:
    """What had to be mended, for diagnostics; nothing of what was said."""
    usage = event.usage
    _LOGGER.info(
        "turn ended: guarded %d, repaired %d, begun again %d, thinking cut: %s",
        usage.guarded,
        usage.repairs,
        usage.retries,
        usage.thinking_cut.value,
    )


def _device_sampler(loaded: Loaded, request: LoadRequest) -> DeviceSampler | None:
    """What draws tokens where the output matrix is: by default a GPU does, where it pays."""
    is_wanted = request.draws_on_device
    if is_wanted is None:
        is_wanted = any(gpu.has_output for gpu in loaded.event.plan.gpus)
    return DeviceSampler(loaded.context) if is_wanted else None
