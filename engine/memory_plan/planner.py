"""Chooses context, micro-batch and what goes on which device.  Pure: values in, a plan out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from engine.gguf import ModelFacts
from engine.hardware import Device, DeviceKind, Hardware
from engine.memory_plan.costs import Placement, Sizes, cost
from engine.memory_plan.sentences import explanation, shortages
from engine.memory_plan.values import CacheType, DevicePlan, MemoryPlan, PlanChoices

USUAL_CONTEXT: Final = 32_768
"""Enough for a long chat; gpt-oss-20b takes 12.4 GiB with it (engine.md 1.6)."""

SPARE_FOR_MORE: Final = 4 << 30
"""A larger context than the usual one is taken only if so much of the GPUs stays free."""

COPYING_LAYERS: Final = 4
"""From so many blocks with experts in main memory on, copying them for each micro-batch of a
prompt is what takes the time, and large micro-batches are worth memory (engine.md 1.6)."""

_LARGER_CONTEXTS: Final = (131_072, 65_536)
_SMALLER_CONTEXTS: Final = (16_384, 8_192, 4_096)
_UBATCHES: Final = (1024, 512)
_COPYING_UBATCHES: Final = (2048, 1024, 512)
_SMALL_UBATCHES: Final = (512, 256)
_PRACTICE_CONTEXT: Final = 8_192
"""The practice model answers from its last few hundred tokens."""


def plan_memory(facts: ModelFacts, hardware: Hardware, choices: PlanChoices) -> MemoryPlan:
    """The plan for a model on a machine.

    What the user chose stays as it is, even if it does not fit; then `shortages` says so.
    The rest is chosen so that it fits, in this order: everything on as few GPUs as it takes,
    with the usual context or half of it; then, with half of it, experts of the first blocks in
    main memory; then fewer blocks on GPUs; then the processor alone; then the same with
    smaller contexts.  So more memory never gives less context.

    Args:
        facts: what the model's header says.
        hardware: devices with their free memory as of now.
        choices: what the user decided.
    """
    planner = _Planner(facts, hardware, choices)
    draft = planner.best()
    return MemoryPlan(
        context_tokens=draft.sizes.context_tokens,
        ubatch_tokens=draft.sizes.ubatch_tokens,
        gpu_layers=draft.placement.gpu_layers,
        cpu_expert_layers=draft.placement.cpu_expert_layers,
        cache_type=draft.sizes.cache_type,
        threads=planned_threads(facts, hardware.cores, choices),
        devices=draft.devices,
        explanation=explanation(facts, draft.sizes, draft.placement, draft.devices),
        shortages=shortages(draft.devices),
    )


def planned_threads(facts: ModelFacts, cores: int, choices: PlanChoices) -> int:
    """CPU threads: as chosen, else the physical cores.

    The practice model gets one: its steps are so short that threads spend their time meeting
    each other.  Measured on two cores with other work beside: one thread 170 tokens/s, two 105.
    """
    return choices.threads or (1 if facts.is_practice else cores)


def usable_gpus(hardware: Hardware) -> tuple[Device, ...]:
    """GPUs in the order in which they are filled: the roomiest first, other machines' last.

    A graphics unit inside the processor counts only where there is no card.
    """
    gpus = [_with_memory(one, hardware) for one in hardware.devices if one.is_gpu]
    if any(one.kind is DeviceKind.GPU for one in gpus):
        gpus = [one for one in gpus if one.kind is DeviceKind.GPU]
    return tuple(sorted(gpus, key=lambda one: (one.is_remote, -one.free_bytes)))


@dataclass(frozen=True, slots=True)
class _Draft:
    sizes: Sizes
    placement: Placement
    devices: tuple[DevicePlan, ...]

    @property
    def fits(self) -> bool:
        return not any(one.missing_bytes for one in self.devices)

    @property
    def fits_gpus(self) -> bool:
        return self.shortage[0] == 0

    @property
    def shortage(self) -> tuple[int, int]:
        """Bytes missing on GPUs and in main memory: the latter pages to disk, the former fails."""
        gpus = sum(one.missing_bytes for one in self.devices if one.device.is_gpu)
        return gpus, self.devices[-1].missing_bytes


class _Planner:
    def __init__(self, facts: ModelFacts, hardware: Hardware, choices: PlanChoices) -> None:
        self._facts = facts
        self._choices = choices
        self._gpus = usable_gpus(hardware)
        self._takes_all = choices.devices is not None
        if choices.devices is not None:
            by_name = {
                one.name: _with_memory(one, hardware) for one in hardware.devices if one.is_gpu
            }
            self._gpus = tuple(by_name[name] for name in choices.devices if name in by_name)
        cpu = next((one for one in hardware.devices if one.kind is DeviceKind.CPU), None)
        self._main = Device(
            name=cpu.name if cpu else "CPU",
            description=cpu.description if cpu else "",
            kind=DeviceKind.CPU,
            free_bytes=hardware.main_free_bytes,
            total_bytes=hardware.main_total_bytes,
        )

    # ---- the order of preference

    def best(self) -> _Draft:
        """The first draft that fits, else the last resort."""
        resort: _Draft | None = None
        for draft in self._drafts():
            if draft.fits:
                return draft
            if resort is None or draft.shortage < resort.shortage:
                resort = draft
        if resort is None:
            raise AssertionError("the processor is always there")
        return resort

    def _drafts(self) -> Iterator[_Draft]:
        wants_gpus = bool(self._gpus) and self._choices.gpu_layers != 0
        if not wants_gpus or self._is_left_to_processor():
            yield from self._on_processor(self._contexts(_SMALLER_CONTEXTS))
            return
        yield from self._whole()
        is_chosen = self._choices.cpu_expert_layers >= 0 or self._choices.gpu_layers > 0
        usual = (self._usual_context(),) if is_chosen else ()
        for context in self._contexts((*usual, *_SMALLER_CONTEXTS)):
            yield from self._with_experts_in_main_memory(context)
            if self._choices.gpu_layers < 0:
                yield from self._with_fewer_layers(context)
                yield from self._on_processor((context,))
        if self._choices.gpu_layers > 0:
            yield self._resort()

    def _is_left_to_processor(self) -> bool:
        """The practice model is so small that a GPU only has to be waited for."""
        is_free = self._choices.gpu_layers < 0 and self._choices.devices is None
        return self._facts.is_practice and is_free

    def _whole(self) -> Iterator[_Draft]:
        """Every block with its experts on GPUs."""
        if self._choices.gpu_layers not in (-1, self._facts.layers):
            return
        if self._choices.cpu_expert_layers > 0:
            return
        for sizes in self._roomy_sizes():
            draft = self._placed(sizes, self._facts.layers, 0)
            if draft is not None and _left_on_gpus(draft) >= SPARE_FOR_MORE:
                yield draft
        for sizes in self._sizes((self._usual_context(), 16_384), _UBATCHES):
            draft = self._placed(sizes, self._facts.layers, 0)
            if draft is not None:
                yield draft

    def _with_experts_in_main_memory(self, context: int) -> Iterator[_Draft]:
        """The first blocks' experts in main memory, as few as it takes."""
        layers = self._facts.layers
        if self._choices.gpu_layers > 0:
            layers = min(self._choices.gpu_layers, layers)
        for ubatch in self._ubatches(_SMALL_UBATCHES):
            draft = self._fewest_experts(Sizes(context, ubatch, self._cache_type), layers)
            if draft is not None:
                yield self._with_larger_steps(draft)

    def _with_fewer_layers(self, context: int) -> Iterator[_Draft]:
        """All experts in main memory, and only the last blocks on GPUs."""
        sizes = Sizes(context, self._ubatches(_SMALL_UBATCHES[-1:])[0], self._cache_type)
        for gpu_layers in range(self._facts.layers - 1, 0, -1):
            draft = self._placed(sizes, gpu_layers, self._expert_choice(self._facts.layers))
            if draft is not None:
                yield draft

    def _on_processor(self, contexts: tuple[int, ...]) -> Iterator[_Draft]:
        for context in contexts:
            for ubatch in self._ubatches(_SMALL_UBATCHES):
                sizes = Sizes(context, ubatch, self._cache_type)
                yield self._costed(sizes, Placement(0, self._facts.layers), ())

    def _resort(self) -> _Draft:
        """What the user chose, though it does not fit, with the smallest of the rest."""
        sizes = Sizes(
            self._contexts(_SMALLER_CONTEXTS)[-1], self._ubatches((256,))[0], self._cache_type
        )
        gpu_layers = min(self._choices.gpu_layers, self._facts.layers)
        experts = max(self._facts.layers - gpu_layers, self._expert_choice(self._facts.layers))
        total, chosen = gpu_layers + 1, self._choices.slots
        if chosen is None or len(chosen) != len(self._gpus) or sum(chosen) != total:
            chosen = _evenly(total, len(self._gpus))
        return self._costed(sizes, Placement(gpu_layers, experts, chosen), self._gpus)

    # ---- sizes

    @property
    def _cache_type(self) -> CacheType:
        return self._choices.cache_type or CacheType.F16

    def _usual_context(self) -> int:
        usual = _PRACTICE_CONTEXT if self._facts.is_practice else USUAL_CONTEXT
        return min(usual, self._facts.trained_context_tokens)

    def _contexts(self, offered: tuple[int, ...]) -> tuple[int, ...]:
        trained = self._facts.trained_context_tokens
        if self._choices.context_tokens:
            return (min(self._choices.context_tokens, trained),)
        usual = self._usual_context()
        return tuple(dict.fromkeys(min(one, usual) for one in offered))

    def _ubatches(self, offered: tuple[int, ...]) -> tuple[int, ...]:
        return (self._choices.ubatch_tokens,) if self._choices.ubatch_tokens else offered

    def _sizes(self, contexts: tuple[int, ...], ubatches: tuple[int, ...]) -> Iterator[Sizes]:
        for context in self._contexts(contexts):
            for ubatch in self._ubatches(ubatches):
                yield Sizes(context, ubatch, self._cache_type)

    def _roomy_sizes(self) -> Iterator[Sizes]:
        if self._choices.context_tokens or self._facts.is_practice:
            return
        trained = self._facts.trained_context_tokens
        for context in _LARGER_CONTEXTS:
            if USUAL_CONTEXT < context <= trained:
                yield Sizes(context, self._ubatches(_UBATCHES)[0], self._cache_type)

    # ---- placements

    def _expert_choice(self, planned: int) -> int:
        chosen = self._choices.cpu_expert_layers
        return min(chosen, self._facts.layers) if chosen >= 0 else planned

    def _fewest_experts(self, sizes: Sizes, gpu_layers: int) -> _Draft | None:
        fewest = self._facts.layers - gpu_layers
        if self._choices.cpu_expert_layers >= 0:
            return self._placed(sizes, gpu_layers, max(fewest, self._expert_choice(0)))
        for experts in range(fewest, self._facts.layers + 1):
            draft = self._placed(sizes, gpu_layers, experts)
            if draft is not None:
                return draft
        return None

    def _with_larger_steps(self, draft: _Draft) -> _Draft:
        """The same with a larger micro-batch, for at most one more block in main memory."""
        if self._choices.ubatch_tokens:
            return draft
        placement, experts = draft.placement, draft.placement.cpu_expert_layers
        spends = experts >= COPYING_LAYERS and self._choices.cpu_expert_layers < 0
        most = min(experts + int(spends), self._facts.layers)
        for ubatch in _COPYING_UBATCHES:
            if ubatch <= draft.sizes.ubatch_tokens:
                break
            sizes = replace(draft.sizes, ubatch_tokens=ubatch)
            for count in range(experts, most + 1):
                larger = self._placed(sizes, placement.gpu_layers, count)
                if larger is not None and (larger.fits or not draft.fits):
                    return larger
        return draft

    def _placed(self, sizes: Sizes, gpu_layers: int, experts: int) -> _Draft | None:
        """The placement on as few GPUs as it takes; None when it does not fit them all."""
        experts = max(experts, self._facts.layers - gpu_layers)
        counts = range(1, len(self._gpus) + 1)
        for count in counts if not self._takes_all else counts[-1:]:
            gpus = self._gpus[:count]
            slots = self._filled(sizes, gpu_layers, experts, gpus)
            if slots is not None:
                draft = self._costed(sizes, Placement(gpu_layers, experts, slots), gpus)
                if draft.fits_gpus:
                    return draft
        return None

    def _filled(
        self, sizes: Sizes, gpu_layers: int, experts: int, gpus: tuple[Device, ...]
    ) -> tuple[int, ...] | None:
        """Blocks for each GPU: as many as fit, one GPU after the other, at least one each.

        The output matrix counts as one more block.  None when some are left over.
        """
        total, chosen = gpu_layers + 1, self._choices.slots
        if total < len(gpus):
            return None
        if chosen is not None and len(chosen) == len(gpus) and sum(chosen) == total:
            return chosen
        if len(gpus) == 1:
            return (total,)
        if self._takes_all:
            return self._shared(sizes, gpu_layers, experts, gpus)
        slots: list[int] = []
        for index in range(len(gpus) - 1):
            most = total - sum(slots) - (len(gpus) - 1 - index)
            count = self._most_slots(sizes, Placement(gpu_layers, experts), gpus, slots, most)
            if count < 1:
                return None
            slots.append(count)
        return (*slots, total - sum(slots))

    def _shared(
        self, sizes: Sizes, gpu_layers: int, experts: int, gpus: tuple[Device, ...]
    ) -> tuple[int, ...] | None:
        """Blocks for each GPU by its free memory, moved on where that is too many."""
        total, free = gpu_layers + 1, sum(one.free_bytes for one in gpus)
        slots: list[int] = []
        for index, gpu in enumerate(gpus[:-1]):
            most = total - sum(slots) - (len(gpus) - 1 - index)
            wanted = max(1, min(most, round(total * gpu.free_bytes / free) if free else 1))
            placement = Placement(gpu_layers, experts)
            slots.append(max(1, self._most_slots(sizes, placement, gpus, slots, wanted)))
        return (*slots, total - sum(slots))

    def _most_slots(
        self,
        sizes: Sizes,
        placement: Placement,
        gpus: tuple[Device, ...],
        before: list[int],
        most: int,
    ) -> int:
        """How many blocks, at most `most`, fit the GPU behind those that are filled."""
        index, total = len(before), placement.gpu_layers + 1
        for count in range(most, 0, -1):
            rest = total - sum(before) - count
            others = len(gpus) - index - 1
            slots = (*before, count, *([0] * (others - 1)), *([rest] if others else []))
            draft = self._costed(sizes, replace(placement, slots=slots), gpus)
            if not draft.devices[index].missing_bytes:
                return count
        return 0

    def _costed(self, sizes: Sizes, placement: Placement, gpus: tuple[Device, ...]) -> _Draft:
        devices = cost(self._facts, sizes, placement, gpus, self._main)
        shared = sum(one.used_bytes for one in devices if one.device.shares_main_memory)
        if shared:
            main = devices[-1]
            free = max(0, main.device.free_bytes - shared)
            devices = (*devices[:-1], replace(main, device=replace(main.device, free_bytes=free)))
        return _Draft(sizes, placement, devices)


def _with_memory(device: Device, hardware: Hardware) -> Device:
    """The device; one that cannot tell its memory is taken to use the machine's."""
    if device.total_bytes:
        return device
    return replace(
        device, free_bytes=hardware.main_free_bytes, total_bytes=hardware.main_total_bytes
    )


def _left_on_gpus(draft: _Draft) -> int:
    return sum(one.left_bytes for one in draft.devices if one.device.is_gpu)


def _evenly(total: int, count: int) -> tuple[int, ...]:
    first = total // count
    return (*([first] * (count - 1)), total - first * (count - 1))
