"""What a GGUF file says about its model, and whether it is one that Sotto can run."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import ModelFileError
from engine.gguf_header import (
    MAGIC,
    ArrayFacts,
    Header,
    HeaderError,
    Scalar,
    UnknownTypeError,
    read_header,
)
from engine.gguf_split import Split, check_part, joined, part_paths, split_of

ARCHITECTURE: Final = "gpt-oss"
OLLAMA_ARCHITECTURE: Final = "gptoss"
"""What Ollama's converter calls it (ollama, convert/convert_gptoss.go)."""

PRACTICE_NAME: Final = "gpt-oss practice model"
VOCABULARY_TOKENS: Final = 201_088

# Ids of o200k_harmony that the harmony format is built from (openai/harmony src/encoding.rs).
_SPECIAL_TOKENS: Final = {
    200002: "<|return|>",
    200003: "<|constrain|>",
    200005: "<|channel|>",
    200006: "<|start|>",
    200007: "<|end|>",
    200008: "<|message|>",
    200012: "<|call|>",
}

_BLOCK_TENSOR: Final = re.compile(
    r"blk\.(?P<index>\d{1,4})\.(?:(?P<experts>ffn_(?:up|down|gate)_exps\.)|)"
)

_SMALL_TENSOR: Final = re.compile(r"(\.bias|_norm\.weight|attn_sinks\.weight)\Z")

_DOWNLOAD_AGAIN: Final = "Download the file again."
_CHOOSE_ANOTHER: Final = "Choose a GGUF file of gpt-oss-20b."


class OllamaFileError(ModelFileError):
    """It is a gpt-oss model, but with the names that Ollama's own engine gives."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes that the KV cache and the compute buffers follow from.

    Attributes:
        heads: query heads.
        kv_heads: heads of keys and values.
        key_width: of one head.
        value_width: of one head.
        expert_width: inner width of one expert.
        experts_used: experts that a token goes through.
        window_period: one block of so many attends to everything, the last of each group;
            the others look back over the sliding window (llama-hparams.cpp, set_swa_pattern).
    """

    heads: int
    kv_heads: int
    key_width: int
    value_width: int
    expert_width: int
    experts_used: int
    window_period: int = 2


@dataclass(frozen=True, slots=True)
class WeightBytes:
    """Where the bytes of the weights are, without padding.

    Attributes:
        embedding: the token embedding, which always stays in main memory.
        output: output matrix and norm.
        blocks: of each transformer block, all but its experts.
        experts: of each transformer block, the experts' matrices and biases.
    """

    embedding: int
    output: int
    blocks: tuple[int, ...]
    experts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return self.embedding + self.output + sum(self.blocks) + sum(self.experts)


@dataclass(frozen=True, slots=True)
class FurtherPart:
    """A file of a model that was split, after the first.

    Attributes:
        modified_ns: when it was last written to, as `st_mtime_ns`.
    """

    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the header of a gpt-oss GGUF says.

    Attributes:
        path: the file; of a model that was split, the first part.
        name: `general.name`, or the file's name.
        is_practice: the file is Sotto's own practice model.
        size_bytes: size of all its files.
        modified_ns: when the first file was last written to, as `st_mtime_ns`.
        quantisation: the most common tensor type of the expert weights, e.g. "MXFP4".
        layers: number of transformer blocks.
        experts: experts per block.
        embedding_width: width of the residual stream.
        trained_context_tokens: longest context the model was made for.
        sliding_window_tokens: window of the banded layers.
        vocabulary_tokens: number of tokens.
        geometry: sizes of heads and experts.
        weights: bytes by what they are.
        further_parts: the other files of a model that was split, in order.
    """

    path: Path
    name: str
    is_practice: bool
    size_bytes: int
    modified_ns: int
    quantisation: str
    layers: int
    experts: int
    embedding_width: int
    trained_context_tokens: int
    sliding_window_tokens: int
    vocabulary_tokens: int
    geometry: Geometry
    weights: WeightBytes
    further_parts: tuple[FurtherPart, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All its files, in order."""
        return (self.path, *(one.path for one in self.further_parts))


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A model file that Sotto can run, and its header.

    Attributes:
        path: the file; of a model that was split, the first part.
        status: of that file.
        header: with the tensors of all parts.
        further_parts: the other files of a model that was split.
    """

    path: Path
    status: os.stat_result
    header: Header
    further_parts: tuple[FurtherPart, ...] = ()


def read_facts(path: Path) -> ModelFacts:
    """Read the header of a model file and check that it is a whole gpt-oss model.

    Takes about 0.1 s; the weights themselves are not read.

    Raises:
        ModelFileError: the file is missing, unreadable, damaged, cut off or another model.
    """
    return facts_of(check_file(path))


ReadHeader = Callable[[Path], Header]
"""As `engine.gguf_header.read_header`."""


def check_file(path: Path, read: ReadHeader = read_header) -> CheckedFile:
    """Check that a file is a whole gpt-oss model, as `read_facts` does, and keep its header.

    Of a model that was split, any part will do; all of them are checked.

    Args:
        path: the file.
        read: reads the header of a file.

    Raises:
        ModelFileError: the file is missing, unreadable, damaged, cut off or another model.
    """
    with _told():
        status, header = _checked_file(path), read(path)
        split = split_of(header)
    if split is not None:
        return _check_parts(path, split, read)
    check_model(header)
    check_whole(header, status.st_size)
    return CheckedFile(path, status, header)


def _check_parts(path: Path, split: Split, read: ReadHeader) -> CheckedFile:
    """Check a model that was split."""
    paths = part_paths(path, split)
    found: list[tuple[os.stat_result, Header]] = []
    for number, one in enumerate(paths):
        with _told():
            found.append((_checked_file(one), read(one)))
            check_part(one, split, found[-1][1], number)
    headers = tuple(header for _, header in found)
    header = joined(headers, paths, split)
    check_model(header)
    for one, (status, own) in zip(paths, found, strict=True):
        check_whole(own, status.st_size, one.name)
    further = tuple(
        FurtherPart(one, status.st_size, status.st_mtime_ns)
        for one, (status, _) in zip(paths[1:], found[1:], strict=True)
    )
    return CheckedFile(paths[0], found[0][0], header, further)


@contextmanager
def _told() -> Generator[None]:
    """Tell what can go wrong with one file in words for people."""
    try:
        yield
    except PermissionError as error:
        raise ModelFileError(
            "Sotto may not read this model file.",
            "Change the permissions of the file, or choose another.",
            str(error),
        ) from error
    except FileNotFoundError as error:
        raise ModelFileError(
            "The model file is not there any more.",
            "Choose another file, or put it back.",
            str(error),
        ) from error
    except OSError as error:
        raise ModelFileError(
            "The model file could not be read.", "Check the disk and try again.", str(error)
        ) from error
    except UnknownTypeError as error:
        raise ModelFileError(
            "The weights of this model are stored in a way that Sotto does not know.",
            "Choose a GGUF in MXFP4 or another usual format, or look for a newer Sotto.",
            str(error),
        ) from error
    except HeaderError as error:
        raise ModelFileError(
            "The model file is damaged or not finished.", _DOWNLOAD_AGAIN, str(error)
        ) from error


def check_whole(header: Header, size_bytes: int, name: str = "") -> None:
    """Make sure that a file is as long as its header says.

    Args:
        header: of the file.
        size_bytes: how long the file is.
        name: of the file, where others are in question too.

    Raises:
        ModelFileError: its end is missing.
    """
    missing = header.data_start + header.data_bytes - size_bytes
    if missing > 0:
        raise ModelFileError(
            "The model file {name} is not complete: its end is missing."
            if name
            else "The model file is not complete: its end is missing.",
            _DOWNLOAD_AGAIN,
            f"{missing} bytes are missing",
            {"name": name} if name else {},
        )


def _checked_file(path: Path) -> os.stat_result:
    if path.is_dir():
        raise ModelFileError("This is a folder, not a model file.", _CHOOSE_ANOTHER)
    status = path.stat()
    start = b""
    if stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        with path.open("rb") as file:
            start = file.read(8)
    if start[:4] != MAGIC:
        raise ModelFileError("This is not a GGUF model file.", _CHOOSE_ANOTHER)
    if len(start) == 8 and start[6:8] != b"\0\0":
        raise ModelFileError("This model file was made for big-endian machines.", _CHOOSE_ANOTHER)
    return status


def check_model(header: Header) -> None:
    """Make sure that a header is that of a model which Sotto runs.

    Raises:
        ModelFileError: it is another model, or one that llama.cpp would not survive.
    """
    architecture = header.metadata.get("general.architecture")
    if architecture == OLLAMA_ARCHITECTURE:
        raise OllamaFileError(
            "Ollama made this file for its own engine: its names are others than those that "
            "llama.cpp knows.",
            "Let Sotto write a copy with the right names, or download the model here.",
        )
    if architecture != ARCHITECTURE:
        raise ModelFileError(
            "This is a model of another kind ({architecture}); Sotto runs gpt-oss models.",
            _CHOOSE_ANOTHER,
            fields={"architecture": architecture if isinstance(architecture, str) else "?"},
        )
    _check_small_tensors(header)
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if (
        not isinstance(tokens, ArrayFacts)
        or tokens.count != VOCABULARY_TOKENS
        or any(tokens.sample.get(id_) != text for id_, text in _SPECIAL_TOKENS.items())
    ):
        raise ModelFileError(
            "This model uses another vocabulary than gpt-oss.",
            _CHOOSE_ANOTHER,
            f"{tokens.count if isinstance(tokens, ArrayFacts) else 'no'} tokens",
        )


def _check_small_tensors(header: Header) -> None:
    """Norms, biases and sinks have to be 32-bit floats, or llama.cpp ends the process.

    ggml.c (`ggml_add_id`, `ggml_flash_attn_ext_add_sinks`) asserts it; the converters of
    llama.cpp keep the rule, home-made quantisations may not.
    """
    for tensor in header.tensors:
        if _SMALL_TENSOR.search(tensor.name) and tensor.type_name != "F32":
            raise ModelFileError(
                "This model was converted in a way that llama.cpp cannot run.",
                "Choose another GGUF of it, made with llama.cpp's own tools.",
                f"{tensor.name} is {tensor.type_name}",
            )


def facts_of(checked: CheckedFile) -> ModelFacts:
    """What the header of a checked file says.

    Raises:
        ModelFileError: what the KV cache and the plan follow from is missing.
    """
    path, status, header = checked.path, checked.status, checked.header
    metadata = header.metadata
    name = metadata.get("general.name")
    name = name if isinstance(name, str) and name.strip() else path.stem
    quantisation = expert_quantisation(header)
    if not quantisation:
        raise ModelFileError(
            "The model file is damaged or not finished.", _DOWNLOAD_AGAIN, "no expert weights"
        )
    return ModelFacts(
        path=path,
        name=name,
        is_practice=name == PRACTICE_NAME,
        size_bytes=status.st_size + sum(one.size_bytes for one in checked.further_parts),
        modified_ns=status.st_mtime_ns,
        quantisation=quantisation,
        layers=_number(metadata, f"{ARCHITECTURE}.block_count"),
        experts=_number(metadata, f"{ARCHITECTURE}.expert_count"),
        embedding_width=_number(metadata, f"{ARCHITECTURE}.embedding_length"),
        trained_context_tokens=_number(metadata, f"{ARCHITECTURE}.context_length"),
        sliding_window_tokens=_number(metadata, f"{ARCHITECTURE}.attention.sliding_window"),
        vocabulary_tokens=VOCABULARY_TOKENS,
        geometry=_geometry(metadata),
        weights=_weights(header, _number(metadata, f"{ARCHITECTURE}.block_count")),
        further_parts=checked.further_parts,
    )


def expert_quantisation(header: Header) -> str:
    """The most common type of the experts' weights; "" where there are none."""
    experts = Counter(
        tensor.type_name for tensor in header.tensors if tensor.name.endswith("_exps.weight")
    )
    return experts.most_common(1)[0][0] if experts else ""


def _geometry(metadata: Mapping[str, Scalar | ArrayFacts]) -> Geometry:
    heads = _number(metadata, f"{ARCHITECTURE}.attention.head_count")
    width = _number(metadata, f"{ARCHITECTURE}.embedding_length")
    head_width = max(1, width // heads)  # llama-model.cpp, where the file does not say
    period = metadata.get(f"{ARCHITECTURE}.attention.sliding_window_pattern")
    return Geometry(
        heads=heads,
        kv_heads=_number(metadata, f"{ARCHITECTURE}.attention.head_count_kv", heads),
        key_width=_number(metadata, f"{ARCHITECTURE}.attention.key_length", head_width),
        value_width=_number(metadata, f"{ARCHITECTURE}.attention.value_length", head_width),
        expert_width=_number(metadata, f"{ARCHITECTURE}.expert_feed_forward_length"),
        experts_used=_number(metadata, f"{ARCHITECTURE}.expert_used_count"),
        window_period=period if isinstance(period, int) and period > 0 else 2,
    )


def _weights(header: Header, layers: int) -> WeightBytes:
    blocks, experts = [0] * layers, [0] * layers
    embedding = output = 0
    for tensor in header.tensors:
        block = _BLOCK_TENSOR.match(tensor.name)
        if block is not None and int(block["index"]) < layers:
            place = experts if block["experts"] else blocks
            place[int(block["index"])] += tensor.size_bytes
        elif tensor.name == "token_embd.weight":
            embedding += tensor.size_bytes
        else:
            output += tensor.size_bytes
    return WeightBytes(embedding, output, tuple(blocks), tuple(experts))


def _number(
    metadata: Mapping[str, Scalar | ArrayFacts], key: str, default: int | None = None
) -> int:
    value = metadata.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ModelFileError(
            "The model file is damaged or not finished.", _DOWNLOAD_AGAIN, f"{key} is {value!r}"
        )
    return value
