from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from engine.events import EngineEvent, ModelLoadFailed, ModelLoading
from engine.gguf import ModelFacts
from engine.harmony.vocabulary import Vocabulary
from engine.inbox import Close, Inbox
from engine.llama.abort_flag import AbortFlag
from engine.llama.devices import physical_cores
from engine.loading import (
    DEFAULT_CONTEXT_TOKENS,
    context_tokens_for,
    threads_for,
)
from engine.requests import LoadRequest
from engine.session import Session
from tests.engine.conftest import SECONDS_TO_WAIT, open_filter

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


def test_closing_at_the_last_moment_of_a_load_ends_it(
    vocabulary: Vocabulary, practice_model_path: Path
) -> None:
    """The abort flag is set then, and the warm-up's decode can never succeed."""
    flag = AbortFlag()
    inbox = Inbox(flag)
    seen: list[EngineEvent] = []

    def emit(event: EngineEvent) -> None:
        seen.append(event)
        if event == ModelLoading(1.0):
            inbox.post(Close())

    session = Session(vocabulary, open_filter, emit, inbox, flag)
    request = LoadRequest(practice_model_path, context_tokens=512, ubatch_tokens=128)
    # On a thread of its own, so that a load that never ends fails this test and no other.
    loading = threading.Thread(target=session.load, args=(request,), daemon=True)
    loading.start()
    loading.join(SECONDS_TO_WAIT)

    assert not loading.is_alive()
    assert isinstance(seen[-1], ModelLoadFailed)
    assert seen[-1].was_cancelled
