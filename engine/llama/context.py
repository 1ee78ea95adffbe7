"""One KV cache over a model, with the operations prompt sync needs.  Engine thread only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from engine.errors import NotEnoughMemoryError
from engine.llama import binding
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Decoder, Logits
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.llama.token_memory import Snapshot
from engine.requests import Sampling

_numbers = count(1)

CHAT = 0
"""The sequence of the chat."""

SIDE = 1
"""The sequence of small jobs beside it, empty between them (docs/decisions/020.md)."""


class OneSequence:
    """What prompt sync needs of one sequence of a context; a `TokenMemory` but for `clear`.

    Args:
        pointer: the context.
        decoder: evaluates on it.
        sequence: which.
        ubatch_tokens: most tokens of one decode.
        window_tokens: reach of the sliding-window layers.
    """

    def __init__(
        self,
        pointer: binding.ContextPointer,
        decoder: Decoder,
        sequence: int,
        ubatch_tokens: int,
        window_tokens: int,
    ) -> None:
        self._pointer = pointer
        self._decoder = decoder
        self._sequence = sequence
        self._number = next(_numbers)
        self.ubatch_tokens = ubatch_tokens
        self.window_tokens = window_tokens

    def decode(self, tokens: Sequence[int], position: int, *, wants_logits: bool) -> bool:
        """Evaluate up to `ubatch_tokens` tokens; False when the abort flag ended it.

        Raises:
            ValueError: an argument is out of range.
            DecodeError: llama.cpp failed.
        """
        return self._decoder.decode(tokens, position, self._sequence, wants_logits=wants_logits)

    def logits(self) -> Logits:
        """A view of the logits after the last token that wanted them; until the next decode."""
        return self._decoder.logits()

    def first_window_position(self) -> int:
        """Smallest position the sliding-window layers still hold; -1 when there is none."""
        return binding.first_window_position(self._pointer, self._sequence)

    def remove_from(self, position: int) -> None:
        """Forget the tokens from `position` on, without asking whether that is exact."""
        binding.remove_from(self._pointer, self._sequence, position)

    def save_window(self) -> Snapshot:
        """Copy of the sliding-window cache at the end."""
        return self._snapshot(is_whole=False)

    def save_chat(self, most_bytes: int) -> Snapshot | None:
        """Copy of every layer; None when it is larger than that or memory is short."""
        if binding.state_size(self._pointer, self._sequence, is_whole=True) > most_bytes:
            return None
        try:
            return self._snapshot(is_whole=True)
        except MemoryError:
            return None

    def _snapshot(self, *, is_whole: bool) -> Snapshot:
        data = binding.save_state(self._pointer, self._sequence, is_whole=is_whole)
        return Snapshot(self._number, is_whole, data.size, data)

    def restore(self, snapshot: Snapshot) -> bool:
        """Put a copy back; False when llama.cpp could not.

        Raises:
            ValueError: the copy was made of another sequence, or is not as it was made.
        """
        if snapshot.owner != self._number:
            raise ValueError("this copy belongs to another context")
        if snapshot.data.size != snapshot.size_bytes or snapshot.data.flags.writeable:
            raise ValueError("this copy is not as it was made")
        return binding.restore_state(
            self._pointer, self._sequence, snapshot.data, is_whole=snapshot.is_whole
        )


class SideSequence(OneSequence):
    """The sequence beside the chat: it takes cells of the same cache and gives them back.

    Made by `Context.side`; not to be used after the context was closed.
    """

    def clear(self) -> None:
        """Forget this sequence; the chat stays as it is."""
        self.remove_from(0)


class Context(OneSequence):
    """A KV cache with its compute buffers; as a sequence, the chat's.

    Attributes:
        size_tokens: positions there are, after llama.cpp's rounding.
        abort: ends a running decode; safe from any thread.
    """

    def __init__(self, model: Model, shape: ContextShape, abort: AbortFlag, log: LlamaLog) -> None:
        """Make the context.

        Raises:
            NotEnoughMemoryError: there is no room for it.
        """
        log.take_troubles()
        pointer = binding.new_context(model.pointer, shape, abort)
        if pointer is None:
            raise NotEnoughMemoryError(
                "There is not enough memory for a context of {tokens} tokens.",
                "Choose a smaller context in the settings, or close other programs.",
                log.take_troubles(),
                {"tokens": str(shape.context_tokens)},
            )
        self._is_open = True
        if model.adapters:
            binding.set_adapters(pointer, model.adapters)
        self._sampler: binding.SamplerPointer | None = None
        self.abort = abort
        self.size_tokens = binding.context_size(pointer)
        decoder = Decoder(
            pointer,
            ubatch_tokens=shape.ubatch_tokens,
            context_tokens=self.size_tokens,
            vocabulary_tokens=model.facts.vocabulary_tokens,
        )
        window_tokens = model.facts.sliding_window_tokens
        super().__init__(pointer, decoder, CHAT, shape.ubatch_tokens, window_tokens)

    def side(self, most_tokens: int) -> SideSequence:
        """The sequence beside the chat, with decodes of so many tokens at most."""
        ubatch_tokens = min(self.ubatch_tokens, most_tokens)
        return SideSequence(self._pointer, self._decoder, SIDE, ubatch_tokens, self.window_tokens)

    def clear(self) -> None:
        """Forget everything, on both sequences."""
        binding.clear_memory(self._pointer)

    def attach_sampler(self, sampling: Sampling, seed: int) -> bool:
        """Have the chat's tokens drawn where the logits are; False when it cannot be.

        From the next decode on `logits` fails and `sampled_token` knows the next token.
        Each call makes a new chain: llama.cpp aborts when it is given one a second time
        (llama-sampler.cpp, `llama_sampler_chain_backend_init`).
        """
        self.detach_sampler()
        self._sampler = binding.new_sampler(sampling, seed)
        if not binding.set_sampler(self._pointer, CHAT, self._sampler):
            self.detach_sampler()
            return False
        return True

    def detach_sampler(self) -> None:
        """Have logits again from the next decode on."""
        if self._sampler is not None:
            binding.set_sampler(self._pointer, CHAT, None)
            binding.free_sampler(self._sampler)
            self._sampler = None

    def sampled_token(self) -> int | None:
        """The token that the last decode drew; None when it drew none."""
        return (
            None if self._sampler is None else binding.sampled_token(self._pointer, self._sampler)
        )

    def close(self) -> None:
        """Give the memory back; safe to call again, but nothing else may follow."""
        if self._is_open:
            self._is_open = False
            self.detach_sampler()
            binding.free_context(self._pointer)
