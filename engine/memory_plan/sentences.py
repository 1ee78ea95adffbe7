"""Says what a memory plan does, and what it is short of."""

from __future__ import annotations

from typing import Final

from engine.gguf import ModelFacts
from engine.memory_plan.costs import Placement, Sizes
from engine.memory_plan.values import DevicePlan, Sentence

_GIB: Final = 1 << 30


def gibibytes(size_bytes: int) -> str:
    """A size as people read it, e.g. `12.4 GiB`."""
    return f"{size_bytes / _GIB:.1f} GiB" if size_bytes >= _GIB / 10 else _mebibytes(size_bytes)


def _mebibytes(size_bytes: int) -> str:
    return f"{-(-size_bytes // (1 << 20))} MiB"


def explanation(
    facts: ModelFacts, sizes: Sizes, placement: Placement, devices: tuple[DevicePlan, ...]
) -> Sentence:
    """The plan in one sentence."""
    gpus = [one for one in devices if one.device.is_gpu]
    fields = {
        "context": f"{sizes.context_tokens:,}",
        "device": joined([one.device.label for one in gpus]),
        "used": gibibytes(sum(one.used_bytes for one in gpus or devices)),
        "free": gibibytes(sum(one.left_bytes + one.reserve_bytes for one in gpus or devices)),
        "layers": str(facts.layers),
        "gpu_layers": str(placement.gpu_layers),
        "experts": str(placement.cpu_expert_layers),
    }
    if not gpus:
        return _sentence(
            "The model runs on the processor with a context of {context} tokens and takes {used} "
            "of memory.",
            fields,
        )
    if placement.gpu_layers < facts.layers:
        return _sentence(
            "{gpu_layers} of {layers} layers run on {device}, the others on the processor, with a "
            "context of {context} tokens.",
            fields,
        )
    if placement.cpu_expert_layers:
        return _sentence(
            "The model runs on {device} with a context of {context} tokens; the experts of "
            "{experts} of {layers} layers stay in main memory.",
            fields,
        )
    return _sentence(
        "The whole model runs on {device} with a context of {context} tokens: it takes {used}, and "
        "{free} stay free.",
        fields,
    )


def shortages(devices: tuple[DevicePlan, ...]) -> tuple[Sentence, ...]:
    """One sentence for each device that is short of memory."""
    return tuple(_shortage(one) for one in devices if one.missing_bytes)


def _shortage(plan: DevicePlan) -> Sentence:
    fields = {
        "device": plan.device.label,
        "missing": gibibytes(plan.missing_bytes),
        "used": gibibytes(plan.used_bytes),
        "free": gibibytes(plan.device.free_bytes),
    }
    if plan.device.is_gpu:
        return _sentence(
            "{device} is short of {missing}: this takes {used}, and {free} are free.", fields
        )
    return _sentence(
        "Main memory is short of {missing}: this takes {used}, and {free} are free.", fields
    )


def joined(names: list[str]) -> str:
    """Names of devices, those that are alike counted."""
    counts = {name: names.count(name) for name in names}
    return " + ".join(f"{count} × {name}" if count > 1 else name for name, count in counts.items())


def _sentence(title: str, fields: dict[str, str]) -> Sentence:
    return Sentence(title, {name: fields[name] for name in fields if "{" + name + "}" in title})
