"""A model of the full size, with the engine as the app has it; asked for with `ONLY=full_size`.

`MODEL=FILE` is gpt-oss-20b, or `python -m tools.random_model FILE`, which takes the same time and
memory.  Few tokens, since on a CPU each takes its time.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from engine.gguf import read_facts
from engine.llama.devices import hardware
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from tests.bench.contest.players import Player
from tests.bench.contest.rules import Rules

_CONTEXT_TOKENS = 8192
_UBATCH_TOKENS = 512
_TOKENS = 24
_ROUNDS = 3
_SENTENCE = "Please tell me about the sea. "


def run(model: Path, context_tokens: int = _CONTEXT_TOKENS) -> dict[str, Any]:
    """Load, decode, prefill, next turn and memory, beside llama.cpp alone and the plan."""
    choices = PlanChoices(context_tokens=context_tokens, ubatch_tokens=_UBATCH_TOKENS)
    plan = plan_memory(read_facts(model), hardware(), choices)
    rules = Rules(str(model), context_tokens, _UBATCH_TOKENS, plan.threads)
    with Player("raw", rules) as player:
        raw = _decode(player)
    began = time.perf_counter()
    with Player("ours", rules) as player:
        ready_seconds = time.perf_counter() - began
        ours = _decode(player)
        long = player.turn(_SENTENCE * 70, _TOKENS)
        short = player.turn("What colour is the sea?", _TOKENS)
        peak = player.peak_memory_bytes()
    planned = sum(one.used_bytes for one in plan.devices)
    return {
        "rules": {
            "context_tokens": context_tokens,
            "ubatch_tokens": _UBATCH_TOKENS,
            "threads": plan.threads,
            "gpu_layers": plan.gpu_layers,
        },
        "ready_seconds": round(ready_seconds, 1),
        "raw_tokens_per_second": round(raw, 2),
        "engine_tokens_per_second": round(ours, 2),
        "engine_over_raw": round(ours / raw, 4),
        "first_turn": {
            "read_tokens": long.read_tokens,
            "first_word_seconds": round(long.first_seconds, 2),
            "read_tokens_per_second": round(long.read_tokens / long.first_seconds, 1),
        },
        "next_turn": {
            "read_tokens": short.read_tokens,
            "new_tokens": short.new_tokens,
            "first_word_seconds": round(short.first_seconds, 2),
        },
        "peak_memory_mib": round(peak / 2**20),
        "planned_mib": round(planned / 2**20),
        "peak_over_planned": round(peak / planned, 4),
    }


def _decode(player: Player) -> float:
    """Tokens/s, the middle of some replies."""
    replies = [player.generate(_TOKENS, "default") for _ in range(_ROUNDS)]
    return statistics.median(one.decode_tokens / one.decode_seconds for one in replies)
