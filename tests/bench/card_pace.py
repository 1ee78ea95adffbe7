"""The contest at the pace of the cards that Sotto is made for.

The practice model writes a token here in 2.3 ms, which no 16 GB card does with gpt-oss-20b, so
what the engine does besides decoding weighs more in its ratios than it ever will for a user.
This section decodes a model of noise of the true architecture whose token takes as long as on the
fastest of those cards: 187 to 190 tokens/s on an RTX 5080
(https://huggingface.co/datasets/iBlessi/rtx-5080-llm-throughput).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

from tests.bench.contest.checks import speed_checks
from tests.bench.contest.endless import make_endless
from tests.bench.contest.referee import RAW, speed_alone
from tests.bench.contest.rules import Rules
from tools.practice_model.vocabulary import VocabularyTables
from tools.random_model.header import GPT_OSS_20B
from tools.random_model.weights import write_model

_SHAPE: Final = dataclasses.replace(
    GPT_OSS_20B,
    name="gpt-oss of noise at the pace of a card",
    layers=12,
    experts=8,
    width=192,
    expert_width=192,
    heads=8,
    kv_heads=2,
)
_FASTEST_CARD: Final = 190.0
"""Tokens/s of gpt-oss-20b, see above."""

_VOCABULARY: Final = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
_THREADS: Final = 1
_LENGTHS: Final = {32: 25, 512: 7}
_BRIEF: Final = {32: 2}


def run(folder: Path, context_tokens: int, ubatch_tokens: int, *, is_brief: bool) -> dict[str, Any]:
    """Tokens/s of all contestants, Sotto's ratios and their budgets.

    Args:
        folder: for the model, some 90 MB.
        context_tokens: as in the contest.
        ubatch_tokens: as in the contest.
        is_brief: measure little.
    """
    model = folder / "card_pace.gguf"
    write_model(model, _SHAPE, VocabularyTables.read(_VOCABULARY))
    make_endless(model)
    speed = speed_alone(
        Rules(str(model), context_tokens, ubatch_tokens, _THREADS),
        _BRIEF if is_brief else _LENGTHS,
        has_high_level=False,
    )
    pace = speed["32"]["decode_tokens_per_second"][RAW]["median"]
    return {
        "threads": _THREADS,
        "model_bytes": model.stat().st_size,
        "pace_tokens_per_second": pace,
        "fastest_card_tokens_per_second": _FASTEST_CARD,
        "speed": speed,
        "checks": speed_checks(speed, " at the pace of a card"),
    }
