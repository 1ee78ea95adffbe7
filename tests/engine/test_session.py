from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.gguf import ModelFacts
from engine.requests import LoadRequest
from engine.session import (
    DEFAULT_CONTEXT_TOKENS,
    context_tokens_for,
    physical_cores,
    threads_for,
)

REQUEST = LoadRequest(Path("model.gguf"))


def test_the_context_is_what_was_asked_for_within_what_was_trained(
    practice_facts: ModelFacts,
) -> None:
    assert context_tokens_for(REQUEST, practice_facts) == DEFAULT_CONTEXT_TOKENS
    assert context_tokens_for(replace(REQUEST, context_tokens=9000), practice_facts) == 9000
    assert context_tokens_for(replace(REQUEST, context_tokens=1 << 20), practice_facts) == 131_072


def test_a_real_model_gets_the_physical_cores_and_the_practice_model_one(
    practice_facts: ModelFacts,
) -> None:
    real = replace(practice_facts, is_practice=False)
    assert threads_for(REQUEST, practice_facts) == 1
    assert threads_for(REQUEST, real) == physical_cores() >= 1
    assert threads_for(replace(REQUEST, threads=3), practice_facts) == 3
