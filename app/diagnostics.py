"""One text for a bug report: what is here, how the model was loaded, what the last turn took.

Holds counts and names only; nothing that was written or thought is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.chats.changes import StatusChanged
from engine.events import ModelLoaded, Usage
from engine.memory_plan.sentences import gibibytes
from engine.memory_plan.values import DevicePlan


def diagnostics(
    report: Sequence[str],
    status: StatusChanged,
    tail: Sequence[str] = (),
    redact: Callable[[str], str] = lambda text: text,
) -> str:
    """The text.

    Args:
        report: lines of `app.doctor.DoctorReport`.
        status: the engine's model and the last turn.
        tail: the end of the log.
        redact: takes out who and where the user is (`app.redaction`).
    """
    parts = ["Sotto diagnostics", *report, "", *_load_lines(status), "", *_turn_lines(status.usage)]
    if tail:
        parts += ["", "End of the log:", *tail]
    return redact("\n".join(parts)) + "\n"


def _load_lines(status: StatusChanged) -> list[str]:
    loaded = status.loaded
    if loaded is None:
        problem = status.problem
        why = f" ({problem.title.format(**problem.fields)} {problem.detail})" if problem else ""
        return [f"model state: {status.state.value}{why}"]
    return [*_model_lines(loaded), *_plan_lines(loaded)]


def _model_lines(loaded: ModelLoaded) -> list[str]:
    return [
        f"loaded: {loaded.facts.name} in {loaded.seconds:.1f} s on {loaded.device}",
        *(f"adapter: {one.name} × {one.adapter.scale:g}" for one in loaded.adapters),
        *(f"worker: {address}" for address in loaded.workers),
        *(f"ladder: {step}" for step in loaded.lowered),
    ]


def _plan_lines(loaded: ModelLoaded) -> list[str]:
    plan = loaded.plan
    return [
        f"plan: context {plan.context_tokens}, micro-batch {plan.ubatch_tokens}, "
        f"GPU layers {plan.gpu_layers}, expert layers on CPU {plan.cpu_expert_layers}, "
        f"cache {plan.cache_type.value}, {plan.threads} threads",
        *(_device_line(one) for one in plan.devices),
    ]


def _device_line(plan: DevicePlan) -> str:
    parts = ", ".join(f"{part.value} {gibibytes(size)}" for part, size in plan.segments)
    return f"plan of {plan.device.name}: {plan.blocks} layers, {parts}"


def _turn_lines(usage: Usage | None) -> list[str]:
    if usage is None:
        return ["last turn: none yet"]
    return [
        f"last turn: {usage.reused_tokens} reused, {usage.read_tokens} read in "
        f"{usage.read_seconds:.2f} s, {usage.reply_tokens} written in {usage.reply_seconds:.2f} s "
        f"({usage.tokens_per_second:.1f} tokens/s), {usage.thought_tokens} of them thoughts",
        f"last turn: {usage.repairs} repaired, {usage.guarded} guarded, {usage.retries} retries, "
        f"thinking cut: {usage.thinking_cut.value}, {usage.left_out_messages} messages left out, "
        f"context {usage.context_tokens} tokens",
    ]
