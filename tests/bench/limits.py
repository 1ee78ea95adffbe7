"""How fast a token can be at most: the bytes it reads over the speed of the memory they lie in.

No program can be faster than this, so it stands beside what was measured.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.gguf import ModelFacts, read_facts
from engine.llama.devices import physical_cores
from engine.memory_plan.planner import planned_threads
from engine.memory_plan.values import PlanChoices
from tools.random_model.header import GPT_OSS_20B, write_header

CONTEXTS = (0, 4096, 32_768)
"""Tokens in the context that a rate is given for."""

_F16_BYTES = 2
_READ_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card by its commonly given figures.

    Attributes:
        memory_gb: on the card.
        bus_bits: width of the memory interface.
        gbit_per_second: of each line of it.
    """

    name: str
    memory_gb: int
    bus_bits: int
    gbit_per_second: float

    @property
    def bytes_per_second(self) -> float:
        """Bandwidth of its memory."""
        return self.bus_bits / 8 * self.gbit_per_second * 1e9


# Memory size, interface width and data rate as commonly given for these cards; the makers' pages
# were not at hand when this was written.  Check them before something is decided by a row.
CARDS = (
    Card("GeForce RTX 4060 Ti", 16, 128, 18),
    Card("GeForce RTX 5060 Ti", 16, 128, 28),
    Card("GeForce RTX 4070 Ti SUPER", 16, 256, 21),
    Card("GeForce RTX 4080 SUPER", 16, 256, 23),
    Card("GeForce RTX 5070 Ti", 16, 256, 28),
    Card("GeForce RTX 5080", 16, 256, 30),
    Card("Radeon RX 9070 XT", 16, 256, 20),
)


def bytes_per_token(facts: ModelFacts, context_tokens: int) -> int:
    """Bytes that computing one token reads: weights, and keys and values of what is attended to.

    Of the experts a token reads those that the router chose; of the embedding one row.  Of
    each `window_period` blocks one attends to everything, the others to their window.
    """
    weights, shape = facts.weights, facts.geometry
    part = shape.experts_used / facts.experts
    read = weights.output + sum(weights.blocks) + sum(weights.experts) * part
    row = shape.kv_heads * (shape.key_width + shape.value_width) * _F16_BYTES
    full = facts.layers // shape.window_period
    window = min(context_tokens, facts.sliding_window_tokens)
    return int(read + row * (full * context_tokens + (facts.layers - full) * window))


def run(model: Path, folder: Path, rounds: int = 7) -> dict[str, Any]:
    """What bounds the tokens/s of a model on this machine, and of gpt-oss-20b on cards.

    Args:
        model: the model that is measured here.
        folder: for a header of gpt-oss-20b.
        rounds: of reading memory.
    """
    facts = read_facts(model)
    threads = planned_threads(facts, physical_cores(), PlanChoices())
    bandwidth = read_bandwidth(threads, rounds)
    full = folder / "header.gguf"
    write_header(full, GPT_OSS_20B, None)
    sizes = _sizes(read_facts(full))
    full.unlink()
    return {
        "threads": threads,
        "read_bytes_per_second": round(bandwidth),
        "bytes_per_token": _sizes(facts),
        "tokens_per_second": _rates(bandwidth, _sizes(facts)),
        "gpt_oss_20b_bytes_per_token": sizes,
        "gpt_oss_20b_on_cards": [
            {**asdict(card), "tokens_per_second": _rates(card.bytes_per_second, sizes)}
            for card in CARDS
        ],
    }


def _sizes(facts: ModelFacts) -> dict[str, int]:
    return {str(context): bytes_per_token(facts, context) for context in CONTEXTS}


def _rates(bytes_per_second: float, sizes: Mapping[str, int]) -> dict[str, float]:
    return {context: round(bytes_per_second / size, 1) for context, size in sizes.items()}


def read_bandwidth(threads: int, rounds: int) -> float:
    """Bytes/s that threads together read from main memory, the best of some rounds.

    Each sums numbers of its own that do not fit the processor's caches; numpy lets go of the
    interpreter meanwhile.
    """
    data = [np.ones(_READ_BYTES // 8, np.float64) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds):
            began = time.perf_counter()
            list(pool.map(np.max, data))
            best = max(best, threads * _READ_BYTES / (time.perf_counter() - began))
    return best
