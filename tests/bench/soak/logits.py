"""The logits of a fixed prompt in a context of its own: what drift would show in first."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.gguf import read_facts
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model

_PROMPT = tuple(range(1000, 1300))
_STEPS = 20


def logits_digest(model: Path) -> str:
    """Digest of the logits after a prompt and after each of some tokens, to the last bit."""
    log = LlamaLog()
    weights = Model.load(
        read_facts(model),
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    context = Context(weights, ContextShape(1024, 512, 1), AbortFlag(), log)
    digest = hashlib.sha256()
    try:
        context.decode(_PROMPT, 0, wants_logits=True)
        for step in range(_STEPS):
            logits = context.logits()
            digest.update(logits.tobytes())
            token = int(logits.argmax())
            context.decode((token,), len(_PROMPT) + step, wants_logits=True)
    finally:
        context.close()
        weights.close()
    return digest.hexdigest()[:16]
