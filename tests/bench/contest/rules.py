"""What every contestant is given alike, and how the programs speak with the referee.

Each contestant is a process of its own (`python -m tests.bench.contest.<name>`): one JSON
object a line comes in, one goes out.  So each has its own memory to be weighed, and none can
take another's lock.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil

from engine.requests import Sampling

VOCABULARY = Path(__file__).parents[3] / "resources" / "vocabulary" / "o200k_base.tiktoken"

SAMPLINGS = {"default": Sampling(seed=1), "greedy": Sampling(temperature=0.0)}
"""Sotto's own defaults (temperature 1.0, min_p 0.01), and the likeliest token."""

QUIET = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "10000", "GGML_NO_BACKTRACE": "1"}
"""The engine sets these for itself (`engine.llama.binding`); all get them, to be alike."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings that are the same for all.

    Attributes:
        model: the GGUF file.
        context_tokens: cells of the base KV cache.
        ubatch_tokens: most tokens of one prefill step.
        threads: CPU threads.
        gpu_layers: -1 is all, where there is a GPU.
        cpu_expert_layers: blocks whose experts stay in main memory; Sotto alone knows these.
        draws_on_device: as in `engine.requests.LoadRequest`; Sotto alone.
    """

    model: str
    context_tokens: int
    ubatch_tokens: int
    threads: int
    gpu_layers: int = -1
    cpu_expert_layers: int = -1
    draws_on_device: bool | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a fixed length.

    Attributes:
        tokens: sampled.
        decode_seconds: from the first token to the last, reading the prompt left out.
        decode_tokens: tokens that came in these seconds.
        seconds_in_all: from the request to the last token, the prompt being in the cache.
    """

    tokens: int
    decode_seconds: float
    decode_tokens: int
    seconds_in_all: float


@dataclass(frozen=True, slots=True)
class TurnCost:
    """One turn of a conversation.

    Attributes:
        first_seconds: from the request to the first word of thoughts or answer.
        read_tokens: prompt tokens evaluated after the request.
        reused_tokens: prompt tokens found in the cache.
        reply_tokens: tokens of the reply.
        new_tokens: tokens of the user's new message and of the frame around the reply.
    """

    first_seconds: float
    read_tokens: int
    reused_tokens: int
    reply_tokens: int
    new_tokens: int


class Contestant(Protocol):
    """What the referee asks of each."""

    def generate(self, tokens: int, sampling: str) -> Reply:
        """A reply of exactly `tokens` tokens to the same short prompt."""
        ...

    def turn(self, text: str, most_tokens: int) -> TurnCost:
        """The next turn of the conversation; 0 `most_tokens` lets the reply end by itself."""
        ...

    def stop(self, phase: str, number: int) -> float:
        """Milliseconds from the press of Stop to idle; `phase` is `decode` or `prefill`."""
        ...

    def peak_memory_bytes(self) -> int:
        """The most memory the engine's process has held so far."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


def peak_memory_bytes(pid: int | None = None) -> int:
    """The most memory a process has held since it started its program; None is this process.

    Not getrusage(2) on Linux: there a child's figure begins with what its parent held.
    """
    try:
        status = Path(f"/proc/{pid or 'self'}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return int(psutil.Process(pid).memory_info().rss)  # elsewhere: what it holds now
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024


def serve(make: type[Contestant]) -> int:
    """Be a contestant until standard input ends.

    Args:
        make: called with the `Rules`.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    first = json.loads(sys.stdin.readline())
    subject = make(Rules(**first))  # type: ignore[call-arg] # a Protocol tells no constructor
    try:
        _answer(answers, {"ready": True})
        for line in sys.stdin:
            command = json.loads(line)
            _answer(answers, _obey(subject, command.pop("do"), command))
    finally:
        subject.close()
    return 0


def _answer(answers: Any, value: Mapping[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def _obey(subject: Contestant, wish: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if wish == "generate":
        return asdict(subject.generate(values["tokens"], values["sampling"]))
    if wish == "turn":
        return asdict(subject.turn(values["text"], values["most_tokens"]))
    if wish == "stop":
        return {"milliseconds": subject.stop(values["phase"], values["number"])}
    if wish == "memory":
        return {"peak_bytes": subject.peak_memory_bytes()}
    raise ValueError(f"no such wish: {wish}")
