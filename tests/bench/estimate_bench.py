"""The estimate of a model's speed, held against the speed it then has, in one run.

`MODEL=FILE` measures another model than the practice model, for instance one of
`python -m tools.random_model FILE`, which takes the time and memory of gpt-oss-20b.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from app.models.speed_estimate import bytes_per_token, speed_estimate
from engine.bandwidth import bandwidths
from engine.gguf import read_facts
from engine.llama.devices import hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from tests.bench.contest.players import Player
from tests.bench.contest.rules import Rules

_CONTEXT_TOKENS = 8192
_UBATCH_TOKENS = 512
_PRACTICE_TOKENS = 512
_TOKENS = 24
"""Few, since a model of the full size takes its time on a processor."""


def run(model: Path, *, is_brief: bool) -> dict[str, Any]:
    """Estimate first, as Sotto does before anything ran; then load and write."""
    facts, here = read_facts(model), hardware()
    choices = PlanChoices(context_tokens=_CONTEXT_TOKENS, ubatch_tokens=_UBATCH_TOKENS)
    plan = plan_memory(facts, here, choices)
    tokens = _PRACTICE_TOKENS if facts.is_practice else _TOKENS
    began = time.perf_counter()
    speeds = bandwidths(here)
    looked_seconds = time.perf_counter() - began
    estimate = speed_estimate(facts, plan, speeds, tokens)
    rules = Rules(str(model), _CONTEXT_TOKENS, _UBATCH_TOKENS, plan.threads)
    with Player("raw", rules) as player:
        replies = [player.generate(tokens, "default") for _ in range(1 if is_brief else 5)]
    speed = statistics.median(one.decode_tokens / one.decode_seconds for one in replies)
    size = sum(bytes_per_token(facts, plan, one, tokens) for one in plan.devices)
    is_inside = estimate is not None and estimate.low <= speed <= estimate.high
    return {
        "model": facts.name,
        "device": plan.device_label,
        "threads": plan.threads,
        "looked_seconds": round(looked_seconds, 2),
        "main_memory_bytes_per_second": round(speeds[""]),
        "bytes_per_token": size,
        "estimate": [round(estimate.low, 1), round(estimate.high, 1)] if estimate else None,
        "measured": round(speed, 1),
        "is_inside": is_inside,
        "checks": [
            {
                "what": "speed of writing within the estimate before it, tokens/s",
                "budget": f"{estimate.low:.0f} to {estimate.high:.0f}" if estimate else "",
                "measured": round(speed, 1),
                "kept": is_inside,
            }
        ],
    }
