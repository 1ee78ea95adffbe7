"""The rows in which each choice of the memory plan can be made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.models.planning import Planned
from app.settings import Settings
from engine.memory_plan.reasons import Choice, Reason
from engine.memory_plan.sentences import gibibytes
from engine.memory_plan.values import CacheType, MemoryPlan
from ui.controls.number_field import NumberRange
from ui.controls.segmented import SegmentedControl
from ui.controls.setting_row import SettingRow
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.number_row import NumberRow

_CONTEXT: Final = NumberRange(256, 131_072, doubles=True, can_be_empty=True)
_UBATCH: Final = NumberRange(32, 4096, doubles=True, can_be_empty=True)
_LAYERS: Final = NumberRange(0, 1024, can_be_empty=True)
_THREADS: Final = NumberRange(1, 1024, can_be_empty=True)
_CACHES: Final = (None, CacheType.F16, CacheType.Q8_0)


class PlanRows:
    """Rows that say what is chosen, what would be chosen, and what it takes.

    Args:
        desk: what the rows work with.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        self._desk = desk
        self._told: dict[Choice, str] = {}
        self._words = words = desk.words
        self.context = NumberRow(
            desk, "context_tokens", words("Context"), self._context_hint(""), _CONTEXT, empty=0
        )
        self.ubatch = NumberRow(
            desk, "ubatch_tokens", words("Micro-batch"), self._ubatch_hint(""), _UBATCH, empty=0
        )
        self.gpu_layers = NumberRow(
            desk, "gpu_layers", words("Layers on the GPU"), "", _LAYERS, empty=-1
        )
        self.experts = NumberRow(
            desk,
            "cpu_expert_layers",
            words("Expert layers on the processor"),
            "",
            _LAYERS,
            empty=-1,
        )
        self.threads = NumberRow(
            desk,
            "threads",
            words("Threads"),
            words("Processor cores that compute; more than there are makes it slower."),
            _THREADS,
            empty=0,
        )
        self.cache = SegmentedControl(
            desk.theme, words("KV cache"), [words("Automatic"), "f16", "q8_0"]
        )
        self.cache_row = SettingRow(
            desk.theme,
            words("KV cache"),
            words("q8_0 takes half the memory, and answers get a little worse."),
            self.cache,
        )
        follow_default(desk, self.cache_row, "cache_type", lambda _: "")
        self.cache.chosen.connect(lambda index: desk.change(cache_type=_CACHES[index]))
        self._numbers = (self.context, self.ubatch, self.gpu_layers, self.experts, self.threads)
        self.rows = (
            self.context,
            self.ubatch,
            self.gpu_layers,
            self.experts,
            self.cache_row,
            self.threads,
        )
        """From the top."""
        self._hint_layers("", "", "")

    @property
    def has_choices(self) -> bool:
        """Whether anything is chosen by hand."""
        return self.cache.index != 0 or any(row.field.number is not None for row in self._numbers)

    def reset(self) -> None:
        """Leave everything to the planner."""
        self._desk.change(
            context_tokens=0,
            ubatch_tokens=0,
            gpu_layers=-1,
            cpu_expert_layers=-1,
            cache_type=None,
            threads=0,
        )

    def show_settings(self, settings: Settings) -> None:
        """Show what is chosen."""
        for row in self._numbers:
            row.show_settings(settings)
        self.cache.set_index(_CACHES.index(settings.cache_type))

    def show_plan(self, planned: Planned, told: Mapping[Choice, Reason]) -> None:
        """Show what would be chosen, what the choices take, and what one step more would."""
        self._told = {choice: self._sentence(reason) for choice, reason in told.items()}
        plan, automatic = planned.plan, planned.automatic
        self.context.set_automatic(f"{automatic.context_tokens:,}")
        self.ubatch.set_automatic(f"{automatic.ubatch_tokens:,}")
        self.gpu_layers.set_automatic(str(automatic.gpu_layers))
        self.experts.set_automatic(str(automatic.cpu_expert_layers))
        self.threads.set_automatic(str(automatic.threads))
        cache = gibibytes(sum(one.cache_bytes for one in plan.devices))
        compute = gibibytes(sum(one.compute_bytes for one in plan.devices))
        self.context.set_hint(self._context_hint(cache))
        self.ubatch.set_hint(self._ubatch_hint(compute))
        self._hint_layers(str(planned.facts.layers), _on_gpus(plan), _experts_in_main(plan))
        self._hint_others()

    def _context_hint(self, size: str) -> str:
        said = self._words("Tokens of a chat that the model sees at once.")
        return self._with_reason(said, size, Choice.CONTEXT)

    def _ubatch_hint(self, size: str) -> str:
        said = self._words("Tokens read in one step; more reads long texts faster.")
        return self._with_reason(said, size, Choice.UBATCH)

    def _hint_others(self) -> None:
        said = self._words("q8_0 takes half the memory, and answers get a little worse.")
        self.cache_row.set_hint(self._with_reason(said, "", Choice.CACHE_TYPE))
        said = self._words("Processor cores that compute; more than there are makes it slower.")
        self.threads.set_hint(self._with_reason(said, "", Choice.THREADS))

    def _hint_layers(self, layers: str, on_gpus: str, in_main: str) -> None:
        words = self._words
        said = words("The more, the faster.")
        if layers:
            said = words("The more of the {layers}, the faster.", layers=layers)
        self.gpu_layers.set_hint(self._with_reason(said, on_gpus, Choice.GPU_LAYERS))
        said = words("Saves memory of the GPU and costs speed.")
        self.experts.set_hint(self._with_reason(said, in_main, Choice.EXPERTS))

    def _with_reason(self, said: str, size: str, choice: Choice) -> str:
        """What is set and what it takes; on a line of its own, why it is so."""
        usual = f"{said} {self._takes(size)}".strip()
        return "\n".join(part for part in (usual, self._told.get(choice, "")) if part)

    def _sentence(self, reason: Reason) -> str:
        parts = [reason.why] if reason.step is None else [reason.why, reason.step]
        return " ".join(self._words(one.title, **one.fields) for one in parts)

    def _takes(self, size: str) -> str:
        return self._words("Takes {size}.", size=size) if size else ""


def _on_gpus(plan: MemoryPlan) -> str:
    size = sum(one.weights_bytes + one.experts_bytes for one in plan.gpus)
    return gibibytes(size) if size else ""


def _experts_in_main(plan: MemoryPlan) -> str:
    return gibibytes(plan.main.experts_bytes) if plan.gpus and plan.main.experts_bytes else ""
