"""What every turn on a loaded model uses.  Engine thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.analysis_filter import AnalysisFilterFactory
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.device_sampler import DeviceSampler
from engine.llama.restriction import TokenGuard
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest

AnswerGuardFactory = Callable[[AnswerRequest], TokenGuard | None]


def no_answer_guard(_request: AnswerRequest) -> None:
    """Answers are free text."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """Shared by the turns on one model.

    Attributes:
        writer: renders prompts.
        vocabulary: for the reader.
        cache: the KV cache.
        context_tokens: positions of the cache.
        make_filter: makes the filter for a turn's thoughts.
        make_answer_guard: makes what keeps the text of a turn's answer to a grammar.
        device: draws tokens where the logits are; None has them drawn by the CPU.
    """

    writer: HarmonyWriter
    vocabulary: Vocabulary
    cache: PromptCache
    context_tokens: int
    make_filter: AnalysisFilterFactory
    make_answer_guard: AnswerGuardFactory = no_answer_guard
    device: DeviceSampler | None = None
