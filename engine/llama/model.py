"""The weights of a gpt-oss model in memory.  Engine thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.errors import EngineError
from engine.gguf import ModelFacts
from engine.llama import backends, binding
from engine.llama.binding import ModelPointer
from engine.llama.log import LlamaLog


class LoadCancelledError(Exception):
    """The load was given up because the user asked for it; there is nothing to explain."""


class Model:
    """Loaded weights.  `close` gives them back; contexts must be closed before.

    Attributes:
        facts: what the file's header says.
    """

    def __init__(self, pointer: ModelPointer, facts: ModelFacts) -> None:
        self._pointer: ModelPointer | None = pointer
        self.facts = facts

    @classmethod
    def load(
        cls,
        facts: ModelFacts,
        *,
        gpu_layers: int,
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
        log: LlamaLog,
        devices: Sequence[int] = (),
    ) -> Model:
        """Load the weights.

        Args:
            facts: header of the file, from `engine.gguf.read_facts`.
            gpu_layers: layers on the GPU; -1 is all.
            on_progress: gets fractions from 0.0 to 1.0 on this thread.
            should_stop: asked together with each progress.
            log: where llama.cpp's reasons are found.
            devices: where layers go (`binding.load_model`).

        Raises:
            LoadCancelledError: `should_stop` said so.
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
            facts.path, facts.vocabulary_tokens, gpu_layers, progress, devices
        )
        if pointer is not None and not is_stopped:
            return cls(pointer, facts)
        if pointer is not None:
            binding.free_model(pointer)
        if is_stopped:
            raise LoadCancelledError
        raise EngineError(
            "The model could not be loaded.",
            "The file may be damaged, or there is not enough memory. "
            "Close other programs, or download the file again.",
            log.take_troubles(),
        )

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
            binding.free_model(self._pointer)
            self._pointer = None
