"""How long a plan would take: from earlier runs, else from a short answer measured now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.lab.estimates import Estimator, Kind, Speed, Spent
from app.lab.model import LoadedModel
from app.lab.planning import tasks_by_kind
from app.lab.stored import StoredLab
from app.lab.trial import SpeedTrial
from app.lab.values import EstimateChanged, ModelIdentity, RunPlan
from app.turn import AnswerEngine
from engine.events import ModelLoaded, TurnEvent
from engine.requests import TurnId

Earlier = Sequence[tuple[Kind, Spent]]
ReadEarlier = Callable[[Callable[[StoredLab], Earlier], Callable[[Earlier], None]], None]
"""Run the first callable on the storage thread, then the second here."""


class Forecasts:
    """Estimates of time.  Confined to the service's thread; nothing blocks.

    Args:
        engine: gives the short answer.
        model: who would answer.
        store: reads earlier runs.
        tell: hears the estimates.
        is_free: whether nobody else wants the model now.
        next_turn: an id that nobody else uses.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        model: LoadedModel,
        store: ReadEarlier,
        *,
        tell: Callable[[EstimateChanged], None],
        is_free: Callable[[], bool],
        next_turn: Callable[[], TurnId],
    ) -> None:
        self._model = model
        self._store = store
        self._tell = tell
        self._is_free = is_free
        self._next_turn = next_turn
        self._trial = SpeedTrial(engine, self._on_speed)
        self._speeds: dict[ModelIdentity, Speed] = {}
        self._wanted: RunPlan | None = None

    def want(self, plan: RunPlan) -> None:
        """Tell how long a plan will take, and again when more is known; the last plan counts."""
        self._wanted = plan
        if self._model.status.loaded is None:
            self._tell_unknown(plan)
            return

        def known(model: ModelIdentity, _: ModelLoaded) -> None:
            self.learn(model, lambda estimator: self._on_estimator(plan, estimator))

        self._model.identify(known)

    def learn(self, model: ModelIdentity, on_done: Callable[[Estimator], None]) -> None:
        """An estimator that knows what this model took on this device before."""
        device = self._model.status.device

        def learned(earlier: Earlier) -> None:
            estimator = Estimator(self._speeds.get(model))
            for kind, spent in earlier:
                estimator.remember(kind, spent)
            on_done(estimator)

        self._store(lambda stored: stored.spent(model.digest, device), learned)

    def give_way(self) -> None:
        """Somebody else wants the model: what is being measured is dropped."""
        self._trial.give_way()

    def handle(self, event: TurnEvent) -> None:
        """Take one event of the engine; those of other turns are left alone."""
        self._trial.handle(event)

    def close(self) -> None:
        """Measure nothing more."""
        self._wanted = None
        self._trial.give_way()

    def _on_estimator(self, plan: RunPlan, estimator: Estimator) -> None:
        if plan != self._wanted:
            return
        self._tell(EstimateChanged(plan, estimator.estimate(tasks_by_kind(plan))))
        if not estimator.knows_speed and not self._trial.is_running and self._is_free():
            self._trial.begin(self._next_turn())

    def _on_speed(self, speed: Speed | None) -> None:
        if self._wanted is None:
            return
        if speed is not None and self._model.identity is not None:
            self._speeds[self._model.identity] = speed
            self.want(self._wanted)
        else:
            self._tell_unknown(self._wanted)

    def _tell_unknown(self, plan: RunPlan) -> None:
        self._tell(EstimateChanged(plan, Estimator().estimate(tasks_by_kind(plan))))
