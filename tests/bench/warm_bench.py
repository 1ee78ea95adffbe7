"""Figures of warm turns: going from chat to chat, and how right the costs are that are foretold."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path
from typing import Any

from engine.gguf import read_facts
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.llama.sync import PromptCache

CHAT_TOKENS = 2048
ROUNDS = 6
NEW_TOKENS = 24
_PLENTY = 1 << 32


def run(model_path: Path) -> dict[str, Any]:
    """Every figure of warm turns on one model file; times in ms, medians."""
    log = LlamaLog()
    log.install()
    model = Model.load(
        read_facts(model_path),
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    context = Context(model, ContextShape(2 * CHAT_TOKENS, 512, 1), AbortFlag(), log)
    try:
        cache = PromptCache(context, kept_bytes=_PLENTY)
        return {"switch": _switch(cache), "edit": _edit(cache), "forecast": _forecast(cache)}
    finally:
        context.close()
        model.close()


def _ids(seed: int, count: int = CHAT_TOKENS) -> list[int]:
    choose = random.Random(seed)
    return [choose.randrange(200, 20_000) for _ in range(count)]


def _go(cache: PromptCache, chat: str, ids: list[int]) -> tuple[float, float, int]:
    """ms of putting the state in place, ms of reading the rest, tokens read."""
    began = time.perf_counter()
    cache.turn_to(chat, ids)
    turned = time.perf_counter()
    result = cache.sync(ids, marks=(CHAT_TOKENS // 2,))
    read = time.perf_counter()
    return (turned - began) * 1e3, (read - turned) * 1e3, result.read_tokens


def _switch(cache: PromptCache) -> dict[str, Any]:
    """To and fro between two chats, with a few new words each time."""
    chats = {"a": _ids(1), "b": _ids(2)}
    cold = [_go(cache, chat, ids)[1] for chat, ids in chats.items()]
    rounds = []
    for step in range(ROUNDS):
        for chat, ids in tuple(chats.items()):
            chats[chat] = ids + _ids(100 + step, NEW_TOKENS)
            rounds.append(_go(cache, chat, chats[chat]))
    sizes = [kept.size_bytes / 2**20 for kept in cache.kept]
    return {
        "chat_tokens": CHAT_TOKENS,
        "new_tokens": NEW_TOKENS,
        "read_tokens": sorted({read for _, _, read in rounds}),
        "save_and_restore_ms": round(statistics.median(turned for turned, _, _ in rounds), 2),
        "then_reading_ms": round(statistics.median(read for _, read, _ in rounds), 2),
        "reading_all_ms": round(statistics.median(cold), 2),
        "kept_mib": round(max(sizes), 2),
    }


def _edit(cache: PromptCache) -> dict[str, Any]:
    """Tokens read after an edit behind a checkpoint, and for the same answer once more."""
    ids = _ids(3)
    _go(cache, "c", ids)
    _, _, again = _go(cache, "c", ids)
    _, milliseconds, read = _go(cache, "c", ids[: CHAT_TOKENS // 2] + _ids(4, NEW_TOKENS))
    return {
        "regenerate_read_tokens": again,
        "edit_read_tokens": read,
        "edit_ms": round(milliseconds, 2),
    }


def _forecast(cache: PromptCache) -> dict[str, Any]:
    """What is foretold against what then comes: tokens must be equal, seconds about so."""
    are_right: list[bool] = []
    ratios: list[float] = []
    for step in range(ROUNDS):
        ids = _ids(200 + step, CHAT_TOKENS // 2 + 100 * step)
        reused = cache.foresee(ids)
        foretold = cache.speed.seconds_for(len(ids) - reused)
        _, milliseconds, read = _go(cache, "d", ids)
        are_right.append(read == len(ids) - reused)
        if foretold is not None:
            ratios.append(foretold / (milliseconds / 1e3))
    worst: float = max(ratios, key=_distance)
    return {
        "tokens_are_right": all(are_right),
        "seconds_ratio_median": round(statistics.median(ratios), 3),
        "seconds_ratio_worst": round(worst, 3),
    }


def _distance(ratio: float) -> float:
    return abs(ratio - 1.0)
