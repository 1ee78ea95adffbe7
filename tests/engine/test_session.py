from __future__ import annotations

import threading
from pathlib import Path

from engine.events import EngineEvent, ModelLoadFailed, ModelLoading
from engine.harmony.vocabulary import Vocabulary
from engine.inbox import Close, Inbox
from engine.llama.abort_flag import AbortFlag
from engine.requests import LoadRequest
from engine.session import Session
from tests.engine.conftest import SECONDS_TO_WAIT, open_filter


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
