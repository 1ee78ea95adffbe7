"""The header of a full-size gpt-oss GGUF file, and a file that holds nothing else.

The file is as long as the real one but sparse: it takes a few megabytes of disk, llama.cpp
can be asked what memory it would take (`no_alloc`), and weights can be written into it later.
Tensors and metadata are those that llama.cpp's loader asks for (src/models/openai-moe.cpp).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np

from tools.practice_model.vocabulary import (
    END_OF_TEXT,
    RETURN,
    START_OF_TEXT,
    TOKENS,
    VocabularyTables,
)

_FILE_TYPE: Final = 38
"""LLAMA_FTYPE_MOSTLY_MXFP4_MOE (llama.h)."""


@dataclass(frozen=True, slots=True)
class FullShape:
    """Sizes of a gpt-oss model; the defaults are those of gpt-oss-20b (its config.json)."""

    name: str = "gpt-oss-20b random"
    layers: int = 24
    experts: int = 32
    experts_used: int = 4
    width: int = 2880
    expert_width: int = 2880
    heads: int = 64
    kv_heads: int = 8
    head_width: int = 64
    window: int = 128
    trained_context: int = 131_072


GPT_OSS_20B: Final = FullShape()
GPT_OSS_120B: Final = FullShape(name="gpt-oss-120b random", layers=36, experts=128)


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One tensor.

    Attributes:
        shape: in numpy's order, slowest first; elements, not bytes.
        kind: `F32`, `Q8_0` or `MXFP4`.
    """

    name: str
    shape: tuple[int, ...]
    kind: str

    @property
    def size_bytes(self) -> int:
        """Bytes in the file, without padding."""
        block, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[self.kind]]
        return int(np.prod(self.shape, dtype=np.int64)) // int(block) * int(size)


def tensors(shape: FullShape) -> tuple[TensorSpec, ...]:
    """Every tensor of a model, in the order of the file."""
    width = shape.width
    found = [
        TensorSpec("token_embd.weight", (TOKENS, width), "Q8_0"),
        TensorSpec("output_norm.weight", (width,), "F32"),
        TensorSpec("output.weight", (TOKENS, width), "Q8_0"),
    ]
    for layer in range(shape.layers):
        found += [
            TensorSpec(f"blk.{layer}.{one.name}", one.shape, one.kind) for one in _block(shape)
        ]
    return tuple(found)


def _block(shape: FullShape) -> tuple[TensorSpec, ...]:
    width, inner, experts = shape.width, shape.expert_width, shape.experts
    queries = shape.heads * shape.head_width
    keys = shape.kv_heads * shape.head_width
    return (
        TensorSpec("attn_norm.weight", (width,), "F32"),
        TensorSpec("post_attention_norm.weight", (width,), "F32"),
        TensorSpec("attn_q.weight", (queries, width), "Q8_0"),
        TensorSpec("attn_q.bias", (queries,), "F32"),
        TensorSpec("attn_k.weight", (keys, width), "Q8_0"),
        TensorSpec("attn_k.bias", (keys,), "F32"),
        TensorSpec("attn_v.weight", (keys, width), "Q8_0"),
        TensorSpec("attn_v.bias", (keys,), "F32"),
        TensorSpec("attn_output.weight", (width, queries), "Q8_0"),
        TensorSpec("attn_output.bias", (width,), "F32"),
        TensorSpec("attn_sinks.weight", (shape.heads,), "F32"),
        TensorSpec("ffn_gate_inp.weight", (experts, width), "F32"),
        TensorSpec("ffn_gate_inp.bias", (experts,), "F32"),
        TensorSpec("ffn_gate_exps.weight", (experts, inner, width), "MXFP4"),
        TensorSpec("ffn_gate_exps.bias", (experts, inner), "F32"),
        TensorSpec("ffn_up_exps.weight", (experts, inner, width), "MXFP4"),
        TensorSpec("ffn_up_exps.bias", (experts, inner), "F32"),
        TensorSpec("ffn_down_exps.weight", (experts, width, inner), "MXFP4"),
        TensorSpec("ffn_down_exps.bias", (experts, width), "F32"),
    )


def write_header(path: Path, shape: FullShape, tables: VocabularyTables | None) -> int:
    """Write a sparse file of the full size.

    Args:
        path: the file to write.
        shape: sizes of the model.
        tables: the vocabulary with its merges, as llama.cpp's own tokenizer needs them;
            None writes the special tokens only, which is all that Sotto looks at.

    Returns:
        Where the tensor data begins in the file.
    """
    writer = gguf.GGUFWriter(str(path), "gpt-oss")
    _describe(writer, shape)
    _add_vocabulary(writer, tables)
    specs = tensors(shape)
    for one in specs:
        writer.add_tensor_info(
            one.name,
            one.shape,
            np.dtype(np.float32),
            one.size_bytes,
            raw_dtype=gguf.GGMLQuantizationType[one.kind],
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    alignment = writer.data_alignment
    writer.close()
    start = gguf.GGUFWriter.ggml_pad(path.stat().st_size, alignment)
    data_bytes = sum(gguf.GGUFWriter.ggml_pad(one.size_bytes, alignment) for one in specs)
    with path.open("r+b") as file:
        file.truncate(start + data_bytes)
    return int(start)


def _describe(writer: Any, shape: FullShape) -> None:
    writer.add_name(shape.name)
    writer.add_file_type(_FILE_TYPE)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(shape.trained_context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(150_000.0)
    writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
    writer.add_rope_scaling_factor(32.0)
    writer.add_rope_scaling_orig_ctx_len(4096)
    writer.add_sliding_window(shape.window)
    writer.add_expert_count(shape.experts)
    writer.add_expert_used_count(shape.experts_used)
    writer.add_expert_feed_forward_length(shape.expert_width)
    writer.add_feed_forward_length(shape.expert_width)


def _add_vocabulary(writer: Any, tables: VocabularyTables | None) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-4o")
    spelt = tables or VocabularyTables((b"",) * START_OF_TEXT)
    writer.add_token_list(spelt.spellings)
    writer.add_token_types(spelt.kinds)
    writer.add_token_merges(tables.merges if tables else ["a b"])
    writer.add_bos_token_id(START_OF_TEXT)
    writer.add_eos_token_id(RETURN)
    writer.add_pad_token_id(END_OF_TEXT)
