"""The model that answers: found, loaded, lost, loaded again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from app.chats.background import Background
from app.chats.changes import ModelState, StatusChanged
from app.chats.open_answers import OpenAnswers
from app.chats.status import EngineStatus
from app.chats.values import Message, Problem
from app.turn import AnswerEngine
from app.worker_connections import lost_among, watch
from engine.events import (
    EngineBroke,
    LoadEvent,
    ModelLoaded,
    ModelLoadFailed,
    ModelWanted,
    Usage,
)
from engine.requests import LoadRequest

FindModel = Callable[[Collection[str]], LoadRequest]
"""What to load, given the workers to go without; may block and raise `UserFacingError`."""

_LOST_TITLE: Final = "The connection to the worker {worker} was lost."
_LOST_HINT: Final = "What was written is kept. Load the model again without it."


class ServiceModel:
    """The service's side of the engine's model.  Confined to the service's thread.

    Args:
        engine: loads; never blocks.
        background: where finding happens.
        find: says what to load.
        is_practice: whether what `find` will find is the practice model.
        tell: hears every status.
        answers: wait while a model is looked for, and end when the engine does.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        background: Background,
        find: FindModel,
        *,
        is_practice: Callable[[], bool],
        tell: Callable[[StatusChanged], None],
        answers: OpenAnswers,
    ) -> None:
        self._engine = engine
        self._background = background
        self._find = find
        self._is_practice = is_practice
        self._tell = tell
        self._answers = answers
        self._status = EngineStatus()
        self._without: frozenset[str] = frozenset()

    def load(self, without: Collection[str] = ()) -> None:
        """Find the model and load it.

        Args:
            without: workers to go without from now on.
        """
        self._without |= frozenset(without)
        self._answers.hold()
        self._tell(self._status.begin_load(is_practice=self._is_practice()))
        self._background.chore(
            lambda: self._find(self._without), self._on_found, self._on_not_found
        )

    def handle(self, event: LoadEvent | EngineBroke) -> None:
        """Take one event of the engine."""
        if isinstance(event, EngineBroke):
            self._on_broken(event)
            return
        if isinstance(event, ModelWanted):
            if self._status.value.state is ModelState.RESTING:
                self.load()
            return
        self._tell(self._status.apply(event))
        if isinstance(event, ModelLoaded):
            self._answers.context_tokens = event.context_tokens
        if isinstance(event, ModelLoaded) and event.workers:
            workers = event.workers
            self._background.chore(lambda: watch(workers), lambda _: None, lambda _: None)

    def turn_ended(self, usage: Usage) -> None:
        """A turn of the chat that is shown ended."""
        self._tell(self._status.turn_ended(usage))

    def show_branch(self, branch: Sequence[Message]) -> None:
        """Another chat is shown: what its last turn left in the cache, and left out."""
        self._tell(self._status.show_branch(branch))

    def _on_found(self, request: LoadRequest) -> None:
        if request.workers:
            self._tell(self._status.borrow(request.workers))
        self._engine.load(request)
        self._answers.release()

    def _on_not_found(self, problem: Problem) -> None:
        self._engine.unload()  # nothing may wait for a model that rested and cannot be loaded
        failed = ModelLoadFailed(problem.title, problem.hint, problem.detail, problem.fields)
        self._tell(self._status.apply(failed))
        self._answers.release()

    def _on_broken(self, event: EngineBroke) -> None:
        """Say why, then end the answers that are being written."""
        lost = lost_among(self._status.value.workers)
        problem = Problem(event.title, event.hint, event.detail)
        if lost:
            problem = Problem(_LOST_TITLE, _LOST_HINT, event.detail, {"worker": ", ".join(lost)})
        self._tell(self._status.break_down(problem, lost))
        self._answers.interrupt()
