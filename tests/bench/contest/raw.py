"""llama.cpp alone: `llama_decode` in the tightest loop Python allows, and three ways to choose.

`default` and `greedy` choose by the engine's own sampler, the quickest there is on a CPU;
`decode only` chooses nothing; `llama.cpp's sampler` lets its chain choose.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from llama_cpp import llama_cpp as lib

from engine.llama.backends import load_once
from engine.llama.sampler import Sampler
from tests.bench.contest.rules import (
    SAMPLINGS,
    Reply,
    Rules,
    TurnCost,
    peak_memory_bytes,
    serve,
)
from tests.bench.contest.script import SPEED, Scribe

_PLAIN = 1000  # any token, where nothing is chosen


class Raw:
    """One context and one batch."""

    def __init__(self, rules: Rules) -> None:
        self._scribe = Scribe()
        self._quiet = lib.llama_log_callback(lambda _level, _text, _data: None)
        lib.llama_log_set(self._quiet, None)
        load_once()  # as the engine does, where backends are files of their own
        lib.llama_backend_init()
        model_params = lib.llama_model_default_params()
        model_params.n_gpu_layers = rules.gpu_layers
        self._model = lib.llama_model_load_from_file(os.fsencode(rules.model), model_params)
        params = lib.llama_context_default_params()
        params.n_ctx = rules.context_tokens
        params.n_batch = params.n_ubatch = rules.ubatch_tokens
        params.n_threads = params.n_threads_batch = rules.threads
        params.n_outputs_max = 1
        params.flash_attn_type = 1
        params.swa_full = False
        params.no_perf = True
        self._context = lib.llama_init_from_model(self._model, params)
        self._memory = lib.llama_get_memory(self._context)
        self._batch = lib.llama_batch_init(rules.ubatch_tokens, 0, 1)
        self._ubatch_tokens = rules.ubatch_tokens

    def generate(self, tokens: int, sampling: str) -> Reply:
        """See `rules.Contestant`; the prompt is read before the clock starts."""
        prompt = self._scribe.writer.prompt(SPEED)
        lib.llama_memory_clear(self._memory, False)
        self._read(prompt, 0)
        choose = self._chooser(sampling)
        token, position = choose(), len(prompt)
        began = time.perf_counter()
        for count in range(tokens):
            self._decode_one(token, position + count)
            token = choose()
        seconds = time.perf_counter() - began
        return Reply(tokens, seconds, tokens, seconds)

    def turn(self, text: str, most_tokens: int) -> TurnCost:
        """A loop knows no conversations.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(text, most_tokens)

    def stop(self, phase: str, number: int) -> float:
        """A loop in Python has no Stop.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(phase, number)

    def peak_memory_bytes(self) -> int:
        """See `rules.Contestant`."""
        return peak_memory_bytes()

    def close(self) -> None:
        """Give the memory back."""
        lib.llama_batch_free(self._batch)
        lib.llama_free(self._context)
        lib.llama_model_free(self._model)

    def _read(self, prompt: Sequence[int], position: int) -> None:
        for start in range(position, len(prompt), self._ubatch_tokens):
            chunk = prompt[start : start + self._ubatch_tokens]
            self._batch.n_tokens = len(chunk)
            for index, token in enumerate(chunk):
                self._put(index, token, start + index)
            self._batch.logits[len(chunk) - 1] = start + len(chunk) == len(prompt)
            self._run()

    def _decode_one(self, token: int, position: int) -> None:
        self._batch.n_tokens = 1
        self._put(0, token, position)
        self._batch.logits[0] = 1
        self._run()

    def _put(self, index: int, token: int, position: int) -> None:
        self._batch.token[index] = token
        self._batch.pos[index] = position
        self._batch.n_seq_id[index] = 1
        self._batch.seq_id[index][0] = 0
        self._batch.logits[index] = 0

    def _run(self) -> None:
        code = lib.llama_decode(self._context, self._batch)
        if code:
            raise RuntimeError(f"llama_decode returned {code}")

    def _chooser(self, sampling: str) -> Callable[[], int]:
        if sampling == "decode only":
            return self._nothing
        if sampling == "llama.cpp's sampler":
            return self._their_sampler()
        choose = Sampler(SAMPLINGS[sampling]).choose
        vocabulary = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(self._model))
        row = ctypes.POINTER(ctypes.c_float * vocabulary)

        def by_the_engine() -> int:
            logits = lib.llama_get_logits_ith(self._context, -1)
            return choose(np.ctypeslib.as_array(ctypes.cast(logits, row).contents))

        return by_the_engine

    def _nothing(self) -> int:
        lib.llama_synchronize(self._context)
        return _PLAIN

    def _their_sampler(self) -> Callable[[], int]:
        default = SAMPLINGS["default"]
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_min_p(default.min_p, 1))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_temp(default.temperature))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_dist(default.seed or 0))
        return lambda: int(lib.llama_sampler_sample(chain, self._context, -1))


if __name__ == "__main__":
    sys.exit(serve(Raw))
