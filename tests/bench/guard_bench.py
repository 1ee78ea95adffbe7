"""Figures of the guards: what they cost for a token, in content and in headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.harmony.guard import HeaderGuard
from engine.harmony.tokens import CHANNEL, MESSAGE, RETURN, START, VOCABULARY_TOKENS
from engine.harmony.vocabulary import Vocabulary
from engine.llama.binding import Logits
from engine.llama.restriction import Restriction
from engine.llama.sampler import Sampler
from engine.loop_detector import LoopDetector
from engine.requests import Sampling

VOCABULARY = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
TOOLS = ("python", "browser.search", "browser.open", "browser.find", "functions.get_weather")


def run() -> dict[str, Any]:
    """Microseconds for a token, the sampler's own work left out where it says so."""
    vocabulary = Vocabulary.from_file(VOCABULARY)
    text = vocabulary.encode("The sea is wide, and 바다는 넓어요. ") * 400
    return {
        "guard_in_content_us": _in_content(vocabulary, text),
        "loop_detector_us": _loops(text),
        "redraw_in_header_us": _redraws(vocabulary, "header"),
        "redraw_in_content_us": _redraws(vocabulary, "content"),
        "make_guard_us": _microseconds(lambda: HeaderGuard(vocabulary.encode, TOOLS), 200),
    }


def _microseconds(act: Callable[[], object], rounds: int) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        act()
    return (time.perf_counter() - began) / rounds * 1e6


def _guard_in_thoughts(vocabulary: Vocabulary) -> HeaderGuard:
    guard = HeaderGuard(vocabulary.encode, TOOLS)
    for token in (CHANNEL, *vocabulary.encode("analysis"), MESSAGE):
        guard.take(token)
    return guard


def _in_content(vocabulary: Vocabulary, text: list[int]) -> float:
    """Asking what may come, whether the token is allowed, and telling what was taken."""
    guard = _guard_in_thoughts(vocabulary)
    began = time.perf_counter()
    for token in text:
        guard.restriction().allows(token)
        guard.take(token)
    return (time.perf_counter() - began) / len(text) * 1e6


def _loops(text: list[int]) -> float:
    detector = LoopDetector()
    began = time.perf_counter()
    for token in text:
        detector.take(token)
        _ = detector.is_looping
    return (time.perf_counter() - began) / len(text) * 1e6


def _redraws(vocabulary: Vocabulary, place: str) -> float:
    """What a forbidden first choice costs beyond the choice itself."""
    if place == "header":
        restriction: Restriction = HeaderGuard(vocabulary.encode, TOOLS).restriction()
        forbidden = RETURN
    else:
        restriction, forbidden = _guard_in_thoughts(vocabulary).restriction(), START
    logits: Logits = np.random.default_rng(1).normal(0, 3, VOCABULARY_TOKENS).astype(np.float32)
    logits[forbidden] = 60.0
    free, guarded = Sampler(Sampling(seed=1)), Sampler(Sampling(seed=1))
    alone = _microseconds(lambda: free.choose(logits), 200)
    return _microseconds(lambda: guarded.choose(logits, restriction), 200) - alone
