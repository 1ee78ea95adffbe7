"""The only door to libllama: its C functions, typed, with every call that can abort checked first.

llama.cpp ends the whole process where an assertion fails, so what they say is checked first and
raises `ValueError` instead.  Read through for each function that is called here:

- decode (llama-context.cpp): at most `n_batch` tokens and `n_outputs_max` outputs; ids, positions
  and sequences are refused by llama.cpp itself, but only after its batch was touched.
- memory (llama-kv-cache.cpp): a sequence that exists; a position that is not negative.
- states (llama-context.cpp, llama-kv-cache.cpp): numbers in them are trusted, so a state comes back
  only into the context that gave it, whole and unchanged (`engine.llama.context.Snapshot`).
- samplers (llama-sampler.cpp): `llama_sampler_sample` without logits and a chain set twice abort;
  the former is never called, the latter never done (`Context.attach_sampler`).
- adapters (llama-adapter.cpp): files are checked by `engine.adapters`.
- contexts: sizes of at least one.
- RPC (ggml-rpc.cpp): an address without a port, and whatever a worker does wrong (`app.workers`).

What is left (a driver's error, a lost worker) goes to the abort hook (docs/decisions/008.md).
Nothing here knows of chats, turns or harmony.
The high-level `llama_cpp.Llama` is never used: it drops text, is quadratic and trusts
`llama_memory_seq_rm` for sliding-window layers.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NewType

# Read when the library is loaded: without it ggml_abort forks a debugger before our
# callback can keep the process alive (ggml/src/ggml.c, ggml_print_backtrace).
os.environ.setdefault("GGML_NO_BACKTRACE", "1")
# Read when libgomp is loaded: by default its threads spin at each of the graph's barriers, and
# when another program takes one of the cores, the rest spin for whole time slices.  So they
# wait, but spin for about 0.1 ms first: to be woken costs more than most barriers take
# (docs/decisions/004.md has the figures).
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

from engine.llama import variants

NATIVE: Final = variants.select(os.environ)
"""Where llama.cpp is loaded from; settled before it is imported."""

NATIVE.apply(os.environ)

import numpy as np  # noqa: E402 - all of these after the lines above
from llama_cpp import _utils  # noqa: E402
from llama_cpp import llama_cpp as lib  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from engine.llama.abort_flag import AbortFlag  # noqa: E402
from engine.requests import Sampling  # noqa: E402

# llama_cpp/_utils.py (0.3.36) opens these at its import and never closes them, of which Python
# complains at exit.  Its own high-level class needs them, so others take their place.
for _name in ("outnull_file", "errnull_file"):
    getattr(_utils, _name).close()
    setattr(_utils, _name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", closefd=False))

Logits = NDArray[np.float32]
ModelPointer = NewType("ModelPointer", int)
ContextPointer = NewType("ContextPointer", int)
AdapterPointer = NewType("AdapterPointer", int)
SamplerPointer = NewType("SamplerPointer", object)

OUTPUTS_MAX: Final = 2
"""Logits rows reserved per decode: one for each of the two sequences (engine.md 1.5)."""

SEQUENCES: Final = 2
"""The chat, and a side sequence for titles and checks, which costs no cells (engine.md 3.3)."""

_FLASH_ATTENTION_ON: Final = 1
_PARTIAL_ONLY: Final = 1
"""State flag: only the sliding-window cache, without the base cache (llama.h)."""

_OVERRIDE_INT: Final = 0
_OVERRIDE_STRING: Final = 3
_DECODE_NO_SLOT: Final = 1
_DECODE_ABORTED: Final = 2


class DecodeError(RuntimeError):
    """llama.cpp refused or failed a decode; `code` is what it returned."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"llama_decode returned {code}")


def ggml_library() -> Any:
    """The loaded library that holds ggml's own functions.

    On Linux and macOS they are found through libllama; loading libggml-base by its path
    would map a second copy with its own state (engine.md 1.7).
    """
    if sys.platform == "win32":
        return ctypes.CDLL("ggml-base.dll")
    return lib._lib  # noqa: SLF001 - llama-cpp-python names no other way to ggml's functions


def ggml_registry() -> Any:
    """The loaded library that knows ggml's backends and devices (ggml-backend-reg.cpp)."""
    return ctypes.CDLL("ggml.dll") if sys.platform == "win32" else ggml_library()


def start_backend() -> None:
    """Initialise the backends; safe to call again."""
    lib.llama_backend_init()


def system_info() -> str:
    """llama.cpp's line of CPU and GPU features it was built for and found."""
    return str(lib.llama_print_system_info().decode("utf-8", "replace"))


# Callbacks that C keeps must not be collected; each has one process-wide place in C as well.
_kept_callbacks: dict[str, Any] = {}


def set_log(callback: Callable[[int, str], None]) -> None:
    """Send every log text of llama.cpp and ggml, with its level, to `callback`; process-wide."""

    def receive(level: int, text: bytes, _data: int | None) -> None:
        callback(level, text.decode("utf-8", "replace"))

    kept = lib.llama_log_callback(receive)
    lib.llama_log_set(kept, None)
    _kept_callbacks["log"] = kept


@dataclass(frozen=True, slots=True)
class Offload:
    """Where weights go.

    Attributes:
        devices: where layers go, as ggml's pointers; () is the CPU alone, and None leaves it
            to llama.cpp, which takes the GPUs of this machine.
        split: how many layers each of them gets; none leaves it to llama.cpp.
        cpu_expert_layers: layers, the first ones, whose experts stay in main memory.
        has_weights: False only finds out what memory the model would take: nothing is read,
            and nothing can be decoded.
    """

    devices: tuple[int, ...] | None = None
    split: tuple[int, ...] = ()
    cpu_expert_layers: int = 0
    has_weights: bool = True


ANYWHERE: Final = Offload()


def load_model(
    paths: Sequence[Path],
    vocabulary_tokens: int,
    gpu_layers: int,
    on_progress: Callable[[float], bool],
    offload: Offload,
) -> ModelPointer | None:
    """Load the weights of a gpt-oss file; None when llama.cpp could not or was told to stop.

    llama.cpp's own tokenizer is switched off by metadata overrides (llama-vocab.cpp, the
    `none` tokenizer): chat text never goes through it, and building its tables would take
    eight times as long as everything else in the practice model's load.

    Args:
        paths: the file; of a model that was split, all its parts in order.
        vocabulary_tokens: number of rows of the embedding, from the header.
        gpu_layers: layers to put on GPUs, the output matrix counted; -1 is all.
        on_progress: gets a fraction; returning False gives the load up.
        offload: on which, and what stays in main memory all the same.
    """
    params = lib.llama_model_default_params()
    params.n_gpu_layers = gpu_layers
    kept = _put_offload(params, offload)
    overrides = (lib.llama_model_kv_override * 3)()  # ends with an empty key
    overrides[0].tag = _OVERRIDE_STRING
    overrides[0].key = b"tokenizer.ggml.model"
    overrides[0].value.val_str = b"none"
    overrides[1].tag = _OVERRIDE_INT
    overrides[1].key = b"gpt-oss.vocab_size"
    overrides[1].value.val_i64 = vocabulary_tokens
    params.kv_overrides = overrides
    progress = lib.llama_progress_callback(lambda fraction, _data: on_progress(fraction))
    params.progress_callback = progress
    # One file goes this way too; parts need not be called as llama.cpp would guess.
    names = (ctypes.c_char_p * len(paths))(*map(os.fsencode, paths))
    pointer = lib.llama_model_load_from_splits(names, len(paths), params)
    del kept
    return ModelPointer(pointer) if pointer else None


class _BufferOverride(ctypes.Structure):
    """`llama_model_tensor_buft_override` of llama.h."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


def _put_offload(params: Any, offload: Offload) -> list[Any]:
    """Put an offload into llama.cpp's parameters; what comes back must live through the load."""
    kept: list[Any] = []
    if offload.devices is not None:
        devices = (ctypes.c_void_p * (len(offload.devices) + 1))(*offload.devices, None)
        params.devices = ctypes.cast(devices, ctypes.c_void_p)
        kept.append(devices)
    if offload.split:
        split = (ctypes.c_float * lib.llama_max_devices())(*offload.split)
        params.tensor_split = ctypes.cast(split, ctypes.POINTER(ctypes.c_float))
        kept.append(split)
    patterns = [
        rf"blk\.{layer}\.ffn_(up|down|gate)_exps".encode()
        for layer in range(offload.cpu_expert_layers)
    ]
    if len(offload.devices or ()) > 1 and not patterns:
        # Matches nothing, but ends pipeline parallelism, which would keep four copies of every
        # input (llama-context.cpp) and is of no use to one user who decodes step by step.
        patterns = [b"no tensor"]
    if patterns:
        buffer_type = ggml_library().ggml_backend_cpu_buffer_type
        buffer_type.restype = ctypes.c_void_p
        overrides = (_BufferOverride * (len(patterns) + 1))()  # ends with an empty pattern
        for override, pattern in zip(overrides, patterns, strict=False):
            override.pattern, override.buffer_type = pattern, buffer_type()
        params.tensor_buft_overrides = ctypes.addressof(overrides)
        kept.append(overrides)
    if not offload.has_weights:
        params.no_alloc = True
        params.load_mode = lib.LLAMA_LOAD_MODE_NONE
    return kept


def free_model(model: ModelPointer) -> None:
    """Give the weights back; every context of the model must be freed already."""
    lib.llama_model_free(model)


def load_adapter(model: ModelPointer, path: Path) -> AdapterPointer | None:
    """Load a LoRA adapter, whose memory goes with the model's; None when llama.cpp could not.

    Contexts are to be made afterwards: their graphs are sized with the adapters in mind
    (llama-context.cpp, `graph_max_nodes`).

    Args:
        model: what it changes.
        path: a file that `engine.adapters` has checked.
    """
    pointer = lib.llama_adapter_lora_init(model, os.fsencode(path))
    return AdapterPointer(pointer) if pointer else None


@dataclass(frozen=True, slots=True)
class ContextShape:
    """How large a context is made.

    Attributes:
        context_tokens: cells of the base KV cache; llama.cpp rounds up to 256.
        ubatch_tokens: most tokens of one decode.
        threads: CPU threads.
        has_full_window: give the sliding-window layers as many cells as the others, which
            doubles the cache and makes every rollback exact: what tests compare with.
        has_small_cache: keys and values in 8 bits instead of 16; harms gpt-oss's answers.
    """

    context_tokens: int
    ubatch_tokens: int
    threads: int
    has_full_window: bool = False
    has_small_cache: bool = False


def new_context(
    model: ModelPointer, shape: ContextShape, abort: AbortFlag
) -> ContextPointer | None:
    """Make the KV cache and the compute buffers; None when there is not enough memory.

    Settings follow engine.md 1.5 and 2.1: flash attention on, the small sliding-window
    cache, two output rows.
    """
    if min(shape.context_tokens, shape.ubatch_tokens, shape.threads) < 1:
        raise ValueError(f"no context can be made like this: {shape}")
    params = lib.llama_context_default_params()
    params.n_ctx = shape.context_tokens
    params.n_batch = shape.ubatch_tokens
    params.n_ubatch = shape.ubatch_tokens
    params.n_seq_max = SEQUENCES
    params.kv_unified = True
    params.n_outputs_max = OUTPUTS_MAX
    params.n_threads = shape.threads
    params.n_threads_batch = shape.threads
    params.flash_attn_type = _FLASH_ATTENTION_ON
    params.swa_full = shape.has_full_window
    params.no_perf = True
    if shape.has_small_cache:
        params.type_k = params.type_v = lib.GGML_TYPE_Q8_0
    pointer = lib.llama_init_from_model(model, params)
    if not pointer:
        return None
    lib.llama_set_abort_callback(pointer, _strlen_as_abort_callback(), abort.address)
    return ContextPointer(pointer)


def set_adapters(context: ContextPointer, adapters: Sequence[tuple[AdapterPointer, float]]) -> None:
    """Apply adapters, each with its scale, in place of those that were; 0.0 is none at all.

    What the KV cache holds was computed with the old ones and is not changed.
    """
    count = len(adapters)
    pointers = (lib.llama_adapter_lora_p_ctypes * count)(*(pointer for pointer, _ in adapters))
    scales = (ctypes.c_float * count)(*(scale for _, scale in adapters))
    lib.llama_set_adapters_lora(context, pointers, count, scales)


def _strlen_as_abort_callback() -> Any:
    libc = ctypes.CDLL("msvcrt") if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(libc.strlen, lib.ggml_abort_callback)


def free_context(context: ContextPointer) -> None:
    """Give KV cache and buffers back."""
    lib.llama_free(context)


def context_size(context: ContextPointer) -> int:
    """Cells of the base KV cache, after rounding."""
    return int(lib.llama_n_ctx(context))


class Decoder:
    """Evaluates tokens of one sequence at a time, through one reused batch.

    Args:
        context: the context.
        ubatch_tokens: most tokens of one call.
        context_tokens: positions there are.
        vocabulary_tokens: ids there are.
    """

    def __init__(
        self,
        context: ContextPointer,
        *,
        ubatch_tokens: int,
        context_tokens: int,
        vocabulary_tokens: int,
    ) -> None:
        self._context = context
        self._capacity = ubatch_tokens
        self._context_tokens = context_tokens
        self._vocabulary_tokens = vocabulary_tokens
        self._tokens = (ctypes.c_int32 * ubatch_tokens)()
        self._positions = (ctypes.c_int32 * ubatch_tokens)()
        self._wants = (ctypes.c_int8 * ubatch_tokens)()
        self._counts = (ctypes.c_int32 * ubatch_tokens)(*([1] * ubatch_tokens))
        self._sequence = (ctypes.c_int32 * 1)(0)
        row = ctypes.cast(self._sequence, ctypes.POINTER(ctypes.c_int32))
        self._sequences = (ctypes.POINTER(ctypes.c_int32) * ubatch_tokens)(*([row] * ubatch_tokens))
        batch = lib.llama_batch()
        batch.token = ctypes.cast(self._tokens, ctypes.POINTER(ctypes.c_int32))
        batch.pos = ctypes.cast(self._positions, ctypes.POINTER(ctypes.c_int32))
        batch.n_seq_id = ctypes.cast(self._counts, ctypes.POINTER(ctypes.c_int32))
        batch.seq_id = ctypes.cast(self._sequences, ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)))
        batch.logits = ctypes.cast(self._wants, ctypes.POINTER(ctypes.c_int8))
        self._batch = batch
        self._logits_address = 0
        self._logits: Logits = np.empty(0, np.float32)

    def decode(
        self, tokens: Sequence[int], position: int, sequence: int, *, wants_logits: bool
    ) -> bool:
        """Evaluate `tokens` from `position` on; False when the abort flag ended it.

        An ended call leaves the cache as it was before.

        Args:
            tokens: 1 to `ubatch_tokens` ids.
            position: number of tokens already in the sequence.
            sequence: 0 or 1.
            wants_logits: reserve the logits after the last token.

        Raises:
            ValueError: an argument is out of range; llama.cpp was not called.
            DecodeError: no room, or the computation failed.
        """
        count = len(tokens)
        if not 0 < count <= self._capacity:
            raise ValueError(f"{count} tokens do not fit a batch of {self._capacity}")
        if position < 0 or position + count > self._context_tokens:
            raise ValueError(f"positions {position}+{count} leave the context")
        _check_sequence(sequence)
        last = count - 1
        self._sequence[0] = sequence
        self._batch.n_tokens = count
        self._fill(tokens, position)
        self._wants[last] = wants_logits
        code = lib.llama_decode(self._context, self._batch)
        self._wants[last] = 0
        if code == 0:
            return True
        if code == _DECODE_ABORTED:
            return False
        raise DecodeError(code)

    def _fill(self, tokens: Sequence[int], position: int) -> None:
        if len(tokens) == 1:  # each token of an answer: without lists of one
            token = tokens[0]
            if not 0 <= token < self._vocabulary_tokens:
                raise ValueError("a token is not in the vocabulary")
            self._tokens[0], self._positions[0] = token, position
            return
        if min(tokens) < 0 or max(tokens) >= self._vocabulary_tokens:
            raise ValueError("a token is not in the vocabulary")
        count = len(tokens)
        self._tokens[:count] = list(tokens)
        self._positions[:count] = list(range(position, position + count))

    def logits(self) -> Logits:
        """Logits after the last token of the last decode that wanted them.

        A view into llama.cpp's memory, shape (vocabulary_tokens,): valid until the next decode.

        Raises:
            DecodeError: the last decode wanted none.
        """
        pointer = lib.llama_get_logits_ith(self._context, -1)
        if not pointer:
            raise DecodeError(0)
        address = ctypes.addressof(pointer.contents)
        if address != self._logits_address:
            row = (ctypes.c_float * self._vocabulary_tokens).from_address(address)
            self._logits = np.ctypeslib.as_array(row)
            self._logits_address = address
        return self._logits


def _check_sequence(sequence: int) -> None:
    if not 0 <= sequence < SEQUENCES:
        raise ValueError(f"no sequence {sequence}")


def clear_memory(context: ContextPointer) -> None:
    """Forget every sequence."""
    lib.llama_memory_clear(lib.llama_get_memory(context), False)


def remove_from(context: ContextPointer, sequence: int, position: int) -> None:
    """Forget the tokens of a sequence from `position` on.

    This alone is NOT a safe rollback: it succeeds even when the sliding-window layers have
    lost the tokens before `position` (`engine.llama.sync` keeps the rule).

    Raises:
        ValueError: there is no such sequence or position.
    """
    _check_sequence(sequence)
    if position < 0:
        raise ValueError(f"no position {position}")
    lib.llama_memory_seq_rm(lib.llama_get_memory(context), sequence, position, -1)


def first_window_position(context: ContextPointer, sequence: int) -> int:
    """Smallest position the sliding-window cache still holds; -1 when it is empty."""
    _check_sequence(sequence)
    return int(lib.llama_memory_seq_pos_min(lib.llama_get_memory(context), sequence))


def state_size(context: ContextPointer, sequence: int, *, is_whole: bool) -> int:
    """Bytes that `save_state` would write now."""
    _check_sequence(sequence)
    flags = 0 if is_whole else _PARTIAL_ONLY
    return int(lib.llama_state_seq_get_size_ext(context, sequence, flags))


def save_state(context: ContextPointer, sequence: int, *, is_whole: bool) -> NDArray[np.uint8]:
    """Copy of a sequence's KV cache, of every layer or of the sliding-window layers alone.

    For gpt-oss-20b 24 KiB a token and 3 MiB.  Empty when llama.cpp failed.

    Raises:
        MemoryError: there is no room for it.
    """
    size = state_size(context, sequence, is_whole=is_whole)
    data = np.empty(size, np.uint8)
    flags = 0 if is_whole else _PARTIAL_ONLY
    written = lib.llama_state_seq_get_data_ext(context, _bytes_of(data), size, sequence, flags)
    data.flags.writeable = False
    return data[:written]


def restore_state(
    context: ContextPointer, sequence: int, data: NDArray[np.uint8], *, is_whole: bool
) -> bool:
    """Put a copy back in place of what the same layers hold; False when llama.cpp could not.

    Only what `save_state` gave for the same context may come here: llama.cpp trusts the
    numbers in it.
    """
    _check_sequence(sequence)
    if data.size == 0:
        return False
    flags = 0 if is_whole else _PARTIAL_ONLY
    read = lib.llama_state_seq_set_data_ext(context, _bytes_of(data), data.size, sequence, flags)
    return int(read) == data.size


def _bytes_of(data: NDArray[np.uint8]) -> Any:
    return ctypes.cast(data.ctypes.data, ctypes.POINTER(ctypes.c_uint8))


def new_sampler(sampling: Sampling, seed: int) -> SamplerPointer:
    """A chain in the order of `engine.llama.sampler`: top_k, top_p, min_p, temperature, draw."""
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    if sampling.temperature == 0.0:
        steps = [lib.llama_sampler_init_greedy()]
    else:
        steps = [lib.llama_sampler_init_top_k(sampling.top_k)] if sampling.top_k > 0 else []
        steps += [lib.llama_sampler_init_top_p(sampling.top_p, 1)] if sampling.top_p < 1.0 else []
        steps += [lib.llama_sampler_init_min_p(sampling.min_p, 1)] if sampling.min_p > 0 else []
        steps += [
            lib.llama_sampler_init_temp(sampling.temperature),
            lib.llama_sampler_init_dist(seed),
        ]
    for step in steps:
        lib.llama_sampler_chain_add(chain, step)
    return SamplerPointer(chain)


def set_sampler(context: ContextPointer, sequence: int, sampler: SamplerPointer | None) -> bool:
    """Have a sequence's tokens drawn by the backend; None gives its logits back.

    The chain must be new, and live until it is replaced.  True does not mean that the backend
    can run it: only a token that comes back does.
    """
    return bool(lib.llama_set_sampler(context, sequence, sampler))


def free_sampler(sampler: SamplerPointer) -> None:
    """Give a chain back; no context may hold it."""
    lib.llama_sampler_free(sampler)


def sampled_token(context: ContextPointer, sampler: SamplerPointer) -> int | None:
    """The token drawn by the last decode; None when the backend drew none.

    `llama_sampler_sample` is not used: it aborts where there is neither a token nor logits.
    """
    token = int(lib.llama_get_sampled_token_ith(context, -1))
    if token < 0:
        return None
    # Commits the draw; without it the same random number would serve the next token as well.
    lib.llama_sampler_accept(sampler, token)
    return token
