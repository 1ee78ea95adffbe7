"""What a model would be like on this computer: where it goes, why, and about how fast it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.current_settings import CurrentSettings
from app.models.model_settings import settings_of
from app.models.offered_facts import facts_of_offered
from app.models.planning import Planned, Planner
from app.models.speed_estimate import SpeedEstimate, speed_estimate
from app.models.values import FoundModel, LibraryModel, OfferedModel
from app.settings import Settings
from engine.bandwidth import bandwidths
from engine.errors import UserFacingError
from engine.gguf import ModelFacts
from engine.hardware import Hardware
from engine.memory_plan.reasons import Choice, Reason
from engine.memory_plan.values import MemoryPlan, PlanChoices
from engine.requests import LoadRequest

Prospect = LibraryModel | FoundModel | OfferedModel


@dataclass(frozen=True, slots=True)
class Machine:
    """What this computer has for models.

    Attributes:
        hardware: devices and memory, with what is loaded given back.
        free_bytes: room in the folder of models.
    """

    hardware: Hardware
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a model would be like here.

    Attributes:
        planned: facts and plan, by the settings of this model.
        speed: about how fast it would answer; None where nothing can be said.
        reasons: why the plan is so, and what a step more or less costs.
    """

    planned: Planned
    speed: SpeedEstimate | None = None
    reasons: Mapping[Choice, Reason] = field(default_factory=dict)


class UnknownShapeError(UserFacingError):
    """Nobody can say what a model needs before it is here."""


def choices_of(settings: Settings) -> PlanChoices:
    """What the user decided of the plan."""
    return PlanChoices(
        settings.context_tokens,
        settings.ubatch_tokens,
        settings.gpu_layers,
        settings.cpu_expert_layers,
        settings.cache_type,
        settings.threads,
    )


def _offered(model: OfferedModel) -> ModelFacts:
    facts = facts_of_offered(model)
    if facts is None:
        raise UnknownShapeError(
            "What {name} needs is known once it is here.", fields={"name": model.name}
        )
    return facts


class Outlooks:
    """Makes outlooks.  Its callables block for a tenth of a second: for chores threads.

    Args:
        current: settings; read on the thread that asks.
        planner: plans.
        request_of: what would be loaded by some settings; blocks.
        loaded: the plan of what is loaded now; called on the thread that asks.
        free_bytes: room in the folder of models; blocks.
    """

    def __init__(
        self,
        current: CurrentSettings,
        planner: Planner,
        *,
        request_of: Callable[[Settings], LoadRequest],
        loaded: Callable[[], MemoryPlan | None],
        free_bytes: Callable[[], int],
    ) -> None:
        self._current = current
        self._planner = planner
        self._request_of = request_of
        self._loaded = loaded
        self._free_bytes = free_bytes
        self._bandwidths: dict[str, float] = {}

    def machine(self) -> Callable[[], Machine]:
        """What looks at the machine."""
        loaded = self._loaded()
        return lambda: Machine(self._planner.hardware(loaded), self._free_bytes())

    def prepared(self, model: Prospect, changes: Mapping[str, object]) -> Callable[[], Outlook]:
        """What makes the outlook of a model; it raises `UserFacingError` where there is none."""
        own = self._settings(model)
        settings = Settings.model_validate({**own.model_dump(), **changes}) if changes else own
        loaded = self._loaded()
        if not isinstance(model, OfferedModel):
            return lambda: self._seen(self._planner.plan(self._request_of(settings), loaded))
        choices = choices_of(settings)
        return lambda: self._seen(self._planner.plan_facts(_offered(model), choices, loaded))

    def _settings(self, model: Prospect) -> Settings:
        match model:
            case LibraryModel():
                path = None if model.is_practice else str(model.paths[0])
            case FoundModel():
                path = str(model.paths[0])
            case OfferedModel():
                path = model.id  # nobody chose anything for it yet
        return settings_of(self._current.value, path)

    def _seen(self, planned: Planned) -> Outlook:
        if not self._bandwidths:
            self._bandwidths = bandwidths(planned.hardware)
        plan, facts = planned.plan, planned.facts
        return Outlook(
            planned,
            speed_estimate(facts, plan, self._bandwidths),
            planned.reasons,
        )
