from __future__ import annotations

from pathlib import Path

from engine.gguf import Geometry, read_facts
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, tensors, write_header

REAL_20B_BYTES = 12_096_558_336
"""Tensor data of openai's gpt-oss-20b in MXFP4, as converted by the llama.cpp project."""


def test_a_header_describes_a_model_of_the_full_size_and_takes_little_room(tmp_path: Path) -> None:
    path = tmp_path / "full.gguf"
    start = write_header(path, GPT_OSS_20B, None)
    facts = read_facts(path)
    assert facts.weights.total == REAL_20B_BYTES
    assert (facts.layers, facts.experts, facts.quantisation) == (24, 32, "MXFP4")
    assert facts.geometry == Geometry(64, 8, 64, 64, 2880, 4)
    assert path.stat().st_size == start + REAL_20B_BYTES
    assert path.stat().st_blocks * 512 < 8 << 20


def test_the_tensors_are_those_of_the_published_models() -> None:
    assert len(tensors(GPT_OSS_20B)) == 459
    assert sum(one.size_bytes for one in tensors(GPT_OSS_20B)) == REAL_20B_BYTES
    in_mxfp4 = [one for one in tensors(GPT_OSS_120B) if one.kind == "MXFP4"]
    # 114.71 B parameters in the model card, rounded, in blocks of 32 to 17 bytes.
    assert round(sum(one.size_bytes for one in in_mxfp4) / 17 * 32 / 1e9, 2) == 114.66
