"""LoRA adapters over a model: what their files say, and whether they fit.  Reads headers only.

llama.cpp ends the process over some of what is checked here (an alpha of another number
type, a wrong count of experts) and passes over the rest in silence (a part that it never
adapts, a missing alpha); rules follow its src/llama-adapter.cpp and llama-graph.cpp
(`build_lora_mm`, `build_lora_mm_id`, `build_inp_embd`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.errors import EngineError
from engine.gguf import ARCHITECTURE, ModelFacts, WeightBytes
from engine.gguf_header import FLOAT32, MAGIC, Header, HeaderError, TensorFacts, read_header
from engine.requests import Adapter

MAX_SCALE: Final = 4.0
"""Beyond a few times what it was trained for, an adapter makes noise."""

_TYPES: Final = frozenset({"F32", "F16", "BF16", "Q8_0"})
"""What llama.cpp's convert_lora_to_gguf.py writes."""

_BLOCK: Final = re.compile(r"blk\.(\d+)\.")
_DOWNLOAD_AGAIN: Final = "Download the file again."
_OTHER_BASE: Final = "Choose an adapter that was made for this very model."


class AdapterError(EngineError):
    """An adapter's file is missing, damaged, no adapter, or one for another model."""


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """What the header of an adapter says.

    Attributes:
        adapter: the file and its scale.
        name: `general.name`, or the file's name.
        alpha: its strength as trained is alpha / rank.
        ranks: the inner widths of its matrices, each once, in order.
        targets: names of the weights it changes.
        weights: bytes by the place of the weights it changes, which is where they are kept.
    """

    adapter: Adapter
    name: str
    alpha: float
    ranks: tuple[int, ...]
    targets: tuple[str, ...]
    weights: WeightBytes


def read_adapters(adapters: Iterable[Adapter], facts: ModelFacts) -> tuple[AdapterFacts, ...]:
    """Read and check the adapters for a model.

    Args:
        adapters: files and scales.
        facts: the model they are to change.

    Raises:
        AdapterError: one of them cannot be used.
    """
    found: list[AdapterFacts] = []
    for adapter in adapters:
        if any(adapter.path == other.adapter.path for other in found):
            raise _error(adapter.path, "The adapter {name} is in the list twice.", "Take one out.")
        found.append(read_adapter(adapter, facts))
    return tuple(found)


def read_adapter(adapter: Adapter, facts: ModelFacts) -> AdapterFacts:
    """Read and check one adapter for a model.

    Raises:
        AdapterError: it cannot be used.
    """
    check_scale(adapter)
    header = _header(adapter.path)
    _check_kind(adapter.path, header)
    alpha = _alpha(adapter.path, header)
    pairs = _pairs(adapter.path, header)
    shapes = _shapes(facts)
    for target, (first, second) in pairs.items():
        _check_pair(adapter.path, shapes, target, first, second)
    name = header.metadata.get("general.name")
    return AdapterFacts(
        adapter=adapter,
        name=name if isinstance(name, str) and name.strip() else adapter.path.stem,
        alpha=alpha,
        ranks=tuple(sorted({second.shape[0] for _, second in pairs.values()})),
        targets=tuple(pairs),
        weights=_bytes_by_place(pairs, facts.layers),
    )


def check_scale(adapter: Adapter) -> None:
    """Refuse a scale that makes no sense.

    Raises:
        AdapterError: it is out of range.
    """
    if not 0.0 <= adapter.scale <= MAX_SCALE:
        raise AdapterError(
            "The strength of an adapter must be between 0 and {most}.",
            "1 is as it was trained.",
            repr(adapter.scale),
            {"most": f"{MAX_SCALE:g}"},
        )


def with_adapters(facts: ModelFacts, adapters: Sequence[AdapterFacts]) -> ModelFacts:
    """The model with the adapters' bytes among its own, for the memory plan."""
    weights = facts.weights
    for adapter in adapters:
        more = adapter.weights
        weights = WeightBytes(
            weights.embedding + more.embedding,
            weights.output + more.output,
            tuple(map(sum, zip(weights.blocks, more.blocks, strict=True))),
            tuple(map(sum, zip(weights.experts, more.experts, strict=True))),
        )
    return replace(facts, weights=weights)


def _header(path: Path) -> Header:
    try:
        if path.is_dir():
            raise _no_adapter(path)
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                raise _no_adapter(path)
        header = read_header(path)
        size_bytes = path.stat().st_size
    except FileNotFoundError as error:
        raise _error(
            path,
            "The adapter {name} is not there any more.",
            "Put it back, or take it out of the list.",
            str(error),
        ) from error
    except OSError as error:
        raise _error(
            path,
            "The adapter {name} could not be read.",
            "Check the disk and the permissions of the file.",
            str(error),
        ) from error
    except HeaderError as error:
        raise _damaged(path, str(error)) from error
    if header.data_start + header.data_bytes > size_bytes:
        raise _damaged(path, f"{size_bytes} bytes")
    return header


def _check_kind(path: Path, header: Header) -> None:
    kind = header.metadata.get("general.type", "model")
    if kind != "adapter":
        raise _error(
            path,
            "{name} is a whole model or something else, but no adapter.",
            "Choose it as the model instead, or choose a LoRA adapter.",
            f"general.type is {kind!r}",
        )
    architecture = header.metadata.get("general.architecture")
    if architecture != ARCHITECTURE:
        raise _error(
            path,
            "The adapter {name} was made for models of another kind ({kind}).",
            _OTHER_BASE,
            kind=str(architecture),
        )
    method = header.metadata.get("adapter.type")
    is_activated = "adapter.alora.invocation_tokens" in header.metadata
    if method != "lora" or is_activated:
        raise _error(
            path,
            "Sotto cannot use adapters of this kind ({kind}).",
            "Choose a LoRA adapter.",
            kind="aLoRA" if is_activated else str(method),
        )


def _alpha(path: Path, header: Header) -> float:
    """The trained strength; llama.cpp reads it as a 32-bit float and as nothing else."""
    alpha = header.metadata.get("adapter.lora.alpha")
    is_float = header.types.get("adapter.lora.alpha") == FLOAT32
    if not is_float or not isinstance(alpha, float) or not math.isfinite(alpha) or alpha <= 0:
        raise _error(
            path,
            "The adapter {name} does not say how strongly it is to act.",
            "Convert it again with a newer convert_lora_to_gguf.py of llama.cpp.",
            f"adapter.lora.alpha is {alpha!r}",
        )
    return alpha


def _pairs(path: Path, header: Header) -> dict[str, tuple[TensorFacts, TensorFacts]]:
    halves: dict[str, dict[str, TensorFacts]] = {}
    for tensor in header.tensors:
        target, _, half = tensor.name.rpartition(".")
        if half in ("lora_a", "lora_b"):
            halves.setdefault(target, {})[half] = tensor
        elif not tensor.name.endswith("_norm.weight"):  # llama.cpp leaves those unused
            raise _damaged(path, f"tensor {tensor.name!r}")
    if not halves or any(len(pair) != 2 for pair in halves.values()):
        raise _damaged(path, "no pairs of matrices")
    return {target: (pair["lora_a"], pair["lora_b"]) for target, pair in halves.items()}


def _check_pair(
    path: Path,
    shapes: Mapping[str, tuple[int, int, int]],
    target: str,
    first: TensorFacts,
    second: TensorFacts,
) -> None:
    shape = shapes.get(target)
    if shape is None:
        raise _error(
            path,
            "The adapter {name} changes a part that this model lacks or that cannot be changed.",
            _OTHER_BASE,
            target,
        )
    for half in (first, second):
        if half.type_name not in _TYPES:
            raise _error(
                path, "Sotto cannot use adapters of this kind ({kind}).", "", kind=half.type_name
            )
    inner, outer, experts = shape
    a, b = _three(first), _three(second)
    rank = b[0]
    wanted_a, wanted_b = (inner, rank, experts), (rank, outer, experts)
    if target == "token_embd.weight":  # looked up by token: the first matrix lies the other way
        wanted_a, wanted_b = (rank, outer, 1), (rank, inner, 1)
    if a != wanted_a or b != wanted_b:
        raise _error(
            path,
            "The adapter {name} does not fit this model.",
            _OTHER_BASE,
            f"{target}: {first.shape}, {second.shape}",
        )


def _three(tensor: TensorFacts) -> tuple[int, ...]:
    return (*tensor.shape, 1, 1)[:3] if len(tensor.shape) <= 3 else tensor.shape


def _shapes(facts: ModelFacts) -> dict[str, tuple[int, int, int]]:
    """Inner width, outer width and experts of each weight that can be adapted."""
    sizes, width = facts.geometry, facts.embedding_width
    values = sizes.heads * sizes.value_width
    block = {
        "attn_q": (width, sizes.heads * sizes.key_width, 1),
        "attn_k": (width, sizes.kv_heads * sizes.key_width, 1),
        "attn_v": (width, sizes.kv_heads * sizes.value_width, 1),
        "attn_output": (values, width, 1),
        "ffn_gate_inp": (width, facts.experts, 1),
        "ffn_gate_exps": (width, sizes.expert_width, facts.experts),
        "ffn_up_exps": (width, sizes.expert_width, facts.experts),
        "ffn_down_exps": (sizes.expert_width, width, facts.experts),
    }
    shapes = {
        f"blk.{layer}.{part}.weight": shape
        for layer in range(facts.layers)
        for part, shape in block.items()
    }
    both = (width, facts.vocabulary_tokens, 1)
    return {**shapes, "token_embd.weight": both, "output.weight": both}


def _bytes_by_place(
    pairs: Mapping[str, tuple[TensorFacts, TensorFacts]], layers: int
) -> WeightBytes:
    blocks, experts = [0] * layers, [0] * layers
    sizes = {target: sum(half.size_bytes for half in pair) for target, pair in pairs.items()}
    for target, size in sizes.items():
        block = _BLOCK.match(target)
        if block is not None:
            place = experts if "_exps." in target else blocks
            place[int(block[1])] += size
    return WeightBytes(
        sizes.get("token_embd.weight", 0),
        sizes.get("output.weight", 0),
        tuple(blocks),
        tuple(experts),
    )


def _error(path: Path, title: str, hint: str, detail: str = "", *, kind: str = "") -> AdapterError:
    return AdapterError(title, hint, detail, {"name": path.name, "kind": kind})


def _damaged(path: Path, detail: str) -> AdapterError:
    return _error(path, "The adapter {name} is damaged or not finished.", _DOWNLOAD_AGAIN, detail)


def _no_adapter(path: Path) -> AdapterError:
    return _error(
        path,
        "{name} is no GGUF file, so no adapter that Sotto can use.",
        "Convert it with convert_lora_to_gguf.py of llama.cpp.",
    )
