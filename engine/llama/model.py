"""The weights of a gpt-oss model in memory.  Engine thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from engine.adapters import AdapterFacts
from engine.errors import EngineError, NotEnoughMemoryError
from engine.gguf import ModelFacts
from engine.llama import backends, binding
from engine.llama.binding import ANYWHERE, AdapterPointer, ModelPointer, Offload
from engine.llama.log import LlamaLog

_OUT_OF_MEMORY: Final = (
    "unable to allocate",
    "failed to allocate",
    "out of memory",
    "bad_alloc",
    "insufficient memory",
    "cannot allocate memory",
)
"""What ggml's backends, llama-model.cpp and mmap say when there is no room."""


class LoadCancelledError(Exception):
    """The load was given up because the user asked for it; there is nothing to explain."""


class Model:
    """Loaded weights.  `close` gives them back; contexts must be closed before.

    Attributes:
        facts: what the file's header says.
        adapters: what every context made on the model applies, with scales.
    """

    def __init__(self, pointer: ModelPointer, facts: ModelFacts) -> None:
        self._pointer: ModelPointer | None = pointer
        self.facts = facts
        self.adapters: tuple[tuple[AdapterPointer, float], ...] = ()

    @classmethod
    def load(
        cls,
        facts: ModelFacts,
        *,
        gpu_layers: int,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
        log: LlamaLog,
        offload: Offload = ANYWHERE,
    ) -> Model:
        """Load the weights.

        Args:
            facts: header of the file, from `engine.gguf.read_facts`.
            gpu_layers: layers on GPUs, the output matrix counted; -1 is all.
            on_progress: gets fractions from 0.0 to 1.0 on this thread.
            should_stop: asked together with each progress.
            log: where llama.cpp's reasons are found.
            offload: on which GPUs, and what stays in main memory.

        Raises:
            LoadCancelledError: `should_stop` said so.
            NotEnoughMemoryError: there is no room for the weights.
            EngineError: llama.cpp could not load the file.
        """
        is_stopped = False

        def progress(fraction: float) -> bool:
            nonlocal is_stopped
            is_stopped = should_stop()
            if not is_stopped:
                on_progress(fraction)
            return not is_stopped

        backends.load_once()
        binding.start_backend()
        log.take_troubles()
        pointer = binding.load_model(
            facts.paths, facts.vocabulary_tokens, gpu_layers, progress, offload
        )
        if pointer is not None and not is_stopped:
            return cls(pointer, facts)
        if pointer is not None:
            binding.free_model(pointer)
        if is_stopped:
            raise LoadCancelledError
        raise _told(log.take_troubles())

    def add_adapters(self, adapters: Sequence[AdapterFacts], log: LlamaLog) -> None:
        """Load adapters over the weights; before any context is made.

        Args:
            adapters: checked by `engine.adapters.read_adapters` for this model.
            log: where llama.cpp's reasons are found.

        Raises:
            NotEnoughMemoryError: there is no room for one.
            EngineError: llama.cpp could not load one.
        """
        for found in adapters:
            log.take_troubles()
            pointer = binding.load_adapter(self.pointer, found.adapter.path)
            if pointer is None:
                raise _told_of_adapter(found, log.take_troubles())
            self.adapters += ((pointer, found.adapter.scale),)

    @property
    def pointer(self) -> ModelPointer:
        """For contexts made on the model.

        Raises:
            ValueError: the model is closed.
        """
        if self._pointer is None:
            raise ValueError("the model is closed")
        return self._pointer

    def close(self) -> None:
        """Give the memory back; safe to call again."""
        if self._pointer is not None:
            binding.free_model(self._pointer)  # and its adapters with it (llama.h)
            self._pointer = None
            self.adapters = ()


def _is_out_of_memory(troubles: str) -> bool:
    return any(sign in troubles.lower() for sign in _OUT_OF_MEMORY)


def _told_of_adapter(found: AdapterFacts, troubles: str) -> EngineError:
    name = found.adapter.path.name
    if _is_out_of_memory(troubles):
        return NotEnoughMemoryError(
            "There is not enough memory for the adapter {name}.",
            "Close other programs, or choose a smaller context in the settings.",
            troubles,
            {"name": name},
        )
    return EngineError(
        "The adapter {name} could not be loaded.",
        "The file may be damaged. Download it again.",
        troubles,
        {"name": name},
    )


def _told(troubles: str) -> EngineError:
    if _is_out_of_memory(troubles):
        return NotEnoughMemoryError(
            "There is not enough memory for this model.",
            "Close other programs, or choose a smaller context in the settings.",
            troubles,
        )
    return EngineError(
        "The model could not be loaded.",
        "The file may be damaged. Download it again.",
        troubles,
    )
