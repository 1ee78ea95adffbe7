"""llama-cpp-python's own `Llama.create_completion`, streaming: what most Python programs use.

With `swa_full=False`, as the others have it, its reuse of the prompt is wrong: it trusts
`llama_memory_seq_rm` (engine.md 1.2).  So speed is measured with the small cache, to be alike,
and conversations with `swa_full=True`, its own default, which costs it twice the KV cache.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from llama_cpp import Llama

from engine.llama.backends import load_once
from tests.bench.contest.rules import (
    SAMPLINGS,
    Reply,
    Rules,
    TurnCost,
    peak_memory_bytes,
    serve,
)
from tests.bench.contest.script import SPEED, FirstWord, Scribe, stopped_in_prefill


class CountingLlama(Llama):  # type: ignore[misc] # untyped upstream
    """Counts the tokens it evaluates."""

    evaluated = 0

    def eval(self, tokens: Sequence[int]) -> None:
        """Evaluate and count."""
        self.evaluated += len(tokens)
        super().eval(tokens)


class HighLevel:
    """One `Llama`."""

    has_full_window = False

    def __init__(self, rules: Rules) -> None:
        self._scribe = Scribe()
        load_once()  # as the engine does, where backends are files of their own
        self._llama = CountingLlama(
            rules.model,
            n_ctx=rules.context_tokens,
            n_batch=rules.ubatch_tokens,
            n_ubatch=rules.ubatch_tokens,
            n_threads=rules.threads,
            n_threads_batch=rules.threads,
            n_gpu_layers=rules.gpu_layers,
            flash_attn=True,
            swa_full=self.has_full_window,
            no_perf=True,
            verbose=False,
        )

    def generate(self, tokens: int, sampling: str) -> Reply:
        """See `rules.Contestant`."""
        prompt = self._scribe.writer.prompt(SPEED)
        began = time.perf_counter()
        times = [time.perf_counter() for _ in self._stream(prompt, tokens, sampling)]
        written = self._llama.n_tokens - len(prompt) + 1  # the last one is never evaluated
        if written != tokens:
            raise RuntimeError(f"not a reply of {tokens} tokens: {written}")
        return Reply(tokens, times[-1] - times[0], tokens - 1, times[-1] - began)

    def turn(self, text: str, most_tokens: int) -> TurnCost:
        """See `rules.Contestant`."""
        prompt, new_tokens = self._scribe.ask(text)
        word = FirstWord(self._scribe.vocabulary)
        self._llama.evaluated = 0
        fed, first = len(prompt), 0.0
        began = time.perf_counter()
        for _ in self._stream(prompt, most_tokens, "greedy"):
            for token in self._llama.input_ids[fed : self._llama.n_tokens]:
                word.feed(int(token))
            fed = max(fed, self._llama.n_tokens)
            if not first and word.is_there:
                first = time.perf_counter() - began
        reply = [int(token) for token in self._llama.input_ids[len(prompt) : self._llama.n_tokens]]
        self._scribe.answered(reply)
        read = self._llama.evaluated - len(reply)
        return TurnCost(first, read, len(prompt) - read, len(reply), new_tokens)

    def stop(self, phase: str, number: int) -> float:
        """See `rules.Contestant`: one may leave between tokens; reading cannot be left."""
        talk = SPEED if phase == "decode" else stopped_in_prefill(number)
        pressed: list[float] = []
        timer = threading.Timer(0.03, lambda: pressed.append(time.perf_counter()))
        answers = self._stream(self._scribe.writer.prompt(talk), 0, "default")
        if phase == "decode":
            next(answers)
        timer.start()
        for _ in answers:
            if pressed:
                break
        return (time.perf_counter() - pressed[0]) * 1000

    def peak_memory_bytes(self) -> int:
        """See `rules.Contestant`."""
        return peak_memory_bytes()

    def close(self) -> None:
        """Give the memory back."""
        self._llama.close()

    def _stream(self, prompt: Sequence[int], tokens: int, sampling: str) -> Iterator[Any]:
        chosen = SAMPLINGS[sampling]
        return iter(
            self._llama.create_completion(
                list(prompt),
                max_tokens=tokens,
                stream=True,
                temperature=chosen.temperature,
                top_k=chosen.top_k,
                top_p=chosen.top_p,
                min_p=chosen.min_p,
                seed=1,
            )
        )


class HighLevelInConversation(HighLevel):
    """With its own default window, in which its reuse of the prompt is right."""

    has_full_window = True


if __name__ == "__main__":
    sys.exit(serve(HighLevelInConversation if "--talk" in sys.argv else HighLevel))
