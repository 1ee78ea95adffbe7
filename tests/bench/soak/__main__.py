"""`make soak MINUTES=120`: the real engine and the app service for hours; prints one JSON verdict.

Exits with 1 when memory, threads, files, objects or latency grew, when the same question with
the same seed was answered otherwise at the end than at the beginning, or when something failed.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import resources
from app.models.practice import practice_model
from app.paths import Paths
from app.thoughts.filter import make_filter
from engine.events import EngineEvent, ModelLoaded, ModelLoadFailed, ModelLoading
from engine.harmony.vocabulary import Vocabulary
from engine.requests import LoadRequest
from engine.worker import Engine
from tests.bench.commit import commit
from tests.bench.soak.app_walk import AppWalk
from tests.bench.soak.engine_walk import FIRST_TURN, EngineWalk
from tests.bench.soak.logits import logits_digest
from tests.bench.soak.watch import Sample, Tolerance, take_sample, thread_names, verdict

_CONTEXT_TOKENS = 4096
_KEPT_CHATS_BYTES = 32 * 2**20
_FEWEST_CYCLES = 9


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print the verdict."""
    parser = argparse.ArgumentParser("make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    found = soak(options.minutes * 60, options.seed)
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0 if all(found["checks"].values()) else 1


class Soak:
    """One engine, walked by an app and by hand, in turns."""

    def __init__(self, folder: Path, seed: int) -> None:
        chance = random.Random(seed)
        model = practice_model(folder / "cache")
        request = LoadRequest(model, _CONTEXT_TOKENS, threads=1, kept_chats_bytes=_KEPT_CHATS_BYTES)
        self.model = model
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        self._engine = Engine(
            lambda: Vocabulary.from_file(resources.VOCABULARY), make_filter, self._route
        )
        paths = Paths(folder / "data", folder / "config", folder / "cache", folder / "state")
        self._app = AppWalk(self._engine, request, paths, chance)
        self._walk = EngineWalk(self._engine, request, self._events, chance)
        self._engine.start()
        self._app.start()
        self._walk.wait_until_loaded()

    def cycle(self) -> tuple[str, Sample]:
        """One round of everything; the probe's digest, and what the process holds after it."""
        self._app.live()
        self._walk.converse()
        self._walk.reload()
        digest, latency = self._walk.probe()
        return digest, take_sample(latency)

    def done(self) -> dict[str, int]:
        """How much was done of what."""
        return {**self._walk.done, **{f"app: {name}": n for name, n in self._app.done.items()}}

    def close(self) -> None:
        """End every thread."""
        self._app.close()

    def _route(self, event: EngineEvent) -> None:
        turn_id = getattr(event, "turn_id", None)
        if turn_id is None or turn_id < FIRST_TURN:
            self._app.handle(event)
        is_load = isinstance(event, ModelLoading | ModelLoaded | ModelLoadFailed)
        if is_load or (turn_id is not None and turn_id >= FIRST_TURN):
            self._events.put(event)


def soak(seconds: float, seed: int) -> dict[str, Any]:
    """Walk for so long, at least a few cycles, and judge."""
    threads_before = thread_names()
    samples: list[Sample] = []
    digests: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        subject = Soak(Path(made), seed)
        try:
            logits = [logits_digest(subject.model)]
            began = time.monotonic()
            while time.monotonic() - began < seconds or len(samples) < _FEWEST_CYCLES:
                digest, sample = subject.cycle()
                digests.append(digest)
                samples.append(sample)
                _say(sample, time.monotonic() - began, len(samples))
            logits.append(logits_digest(subject.model))
            lasted = time.monotonic() - began
        finally:
            subject.close()
    found = verdict(samples, Tolerance())
    done = subject.done()
    found["checks"] |= {
        "the same question with the same seed has the same answer": len(set(digests)) == 1,
        "logits are equal to the last bit": logits[0] == logits[1],
        "every thread ended": thread_names() == threads_before,
        "nothing failed": done["failures"] == done["app: problems"] == 0,
    }
    return {
        "minutes": round(lasted / 60, 1),
        "ended": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "commit": commit(),
        "seed": seed,
        "done": done,
        **found,
    }


def _say(sample: Sample, seconds: float, cycles: int) -> None:
    sys.stderr.write(
        f"soak: {seconds:.0f} s, cycle {cycles}: {sample.memory_bytes / 2**20:.0f} MiB, "
        f"{sample.threads} threads, {sample.files} files, {sample.objects} objects\n"
    )
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
