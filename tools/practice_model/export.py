"""From a checkpoint to the GGUF file; the same checkpoint always gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
from numpy.typing import NDArray

from tools.practice_model import mxfp4
from tools.practice_model.checkpoint import (
    BLOCK_TENSORS,
    UNKNOWN_ROW,
    Array,
    Checkpoint,
    block_name,
)
from tools.practice_model.shape import DESCRIPTION, NAME, PRACTICE, Shape
from tools.practice_model.vocabulary import (
    END_OF_TEXT,
    RETURN,
    START_OF_TEXT,
    TOKENS,
    VocabularyTables,
)

CONTEXT_TOKENS: Final = 131_072
_FILE_TYPE: Final = 38
"""LLAMA_FTYPE_MOSTLY_MXFP4_MOE (llama.h)."""

_Q8_0_TENSORS: Final = frozenset({"query", "key", "value", "output"})
_MXFP4_TENSORS: Final = frozenset({"gate", "up", "down"})


def export(checkpoint: Checkpoint, tables: VocabularyTables, path: Path) -> None:
    """Write the model file.  Without a chat template: the app's prompts are ids.

    Args:
        checkpoint: the weights.
        tables: the vocabulary; finding its merges takes some seconds.
        path: the GGUF file to write.
    """
    writer = gguf.GGUFWriter(str(path), "gpt-oss")
    _describe(writer, PRACTICE)
    _add_vocabulary(writer, tables)
    _add_tensors(writer, checkpoint, PRACTICE)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: Any, shape: Shape) -> None:
    writer.add_name(NAME)
    writer.add_description(DESCRIPTION)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
    writer.add_rope_scaling_factor(shape.rope_factor)
    writer.add_rope_scaling_orig_ctx_len(shape.trained_context)
    writer.add_sliding_window(shape.window)
    writer.add_expert_count(shape.experts)
    writer.add_expert_used_count(shape.experts_used)
    writer.add_expert_feed_forward_length(shape.expert_width)
    writer.add_feed_forward_length(shape.expert_width)
    writer.add_file_type(_FILE_TYPE)


def _add_vocabulary(writer: Any, tables: VocabularyTables) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-4o")
    writer.add_token_list(tables.spellings)
    writer.add_token_types(tables.kinds)
    writer.add_token_merges(tables.merges)
    writer.add_bos_token_id(START_OF_TEXT)
    writer.add_eos_token_id(RETURN)
    writer.add_pad_token_id(END_OF_TEXT)


def _add_tensors(writer: Any, checkpoint: Checkpoint, shape: Shape) -> None:
    weights = checkpoint.weights
    embedding = weights["embedding"]
    _add(writer, "token_embd.weight", _all_rows(checkpoint, embedding[UNKNOWN_ROW]), "Q8_0")
    _add(writer, "output.weight", _all_rows(checkpoint, weights["unknown_output"]), "Q8_0")
    for layer in range(shape.layers):
        for ours, theirs in BLOCK_TENSORS.items():
            kind = "Q8_0" if ours in _Q8_0_TENSORS else "MXFP4" if ours in _MXFP4_TENSORS else ""
            _add(writer, f"blk.{layer}.{theirs}", weights[block_name(layer, ours)], kind)
    _add(writer, "output_norm.weight", weights["final_norm"], "")


def _all_rows(checkpoint: Checkpoint, unknown: Array) -> Array:
    """Rows of all 201,088 tokens; those the model does not know share one, so they pack well."""
    rows: NDArray[np.float32] = np.repeat(unknown[None], TOKENS, axis=0)
    rows[checkpoint.known] = checkpoint.weights["embedding"][1:]
    return rows


def _add(writer: Any, name: str, weights: Array, kind: str) -> None:
    weights = np.ascontiguousarray(weights, dtype=np.float32)
    if not kind:
        writer.add_tensor(name, weights)
        return
    if kind == "MXFP4":
        weights = mxfp4.rounded(weights)
    quantised = gguf.GGMLQuantizationType[kind]
    packed = gguf.quants.quantize(weights, quantised)
    if kind == "MXFP4" and not np.allclose(
        gguf.quants.dequantize(packed, quantised), weights, rtol=0.0, atol=1e-6
    ):
        raise ValueError(f"{name}: gguf-py packed other values than it was given")
    writer.add_tensor(name, packed, raw_dtype=quantised)
