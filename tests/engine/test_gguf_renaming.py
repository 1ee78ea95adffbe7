"""Ollama's files under llama.cpp's names: real llama.cpp computes with them what it should."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ModelFileError
from engine.gguf import ModelFacts, read_facts
from engine.gguf_header import Header, read_header
from engine.gguf_renaming import PAGE_BYTES, renamed, renamed_head
from tests.engine.ollama_file import as_ollama_names_it


@pytest.fixture(scope="module")
def theirs(practice_model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_ollama_names_it(
        practice_model_path, tmp_path_factory.mktemp("ollama") / f"sha256-{'a' * 64}"
    )


def test_a_renamed_file_says_what_llama_cpp_s_own_says(
    theirs: Path, practice_facts: ModelFacts, tmp_path: Path
) -> None:
    head, header = renamed_head(theirs)
    path = tmp_path / "ours.gguf"
    path.write_bytes(head + theirs.read_bytes()[header.data_start :])
    facts = read_facts(path)
    assert facts == replace(
        practice_facts,
        path=path,
        size_bytes=path.stat().st_size,
        modified_ns=path.stat().st_mtime_ns,
    )
    ours, original = read_header(path), read_header(practice_facts.path)
    assert ours.tensors == original.tensors
    added = {"sotto.filling"}
    assert {key: one for key, one in ours.metadata.items() if key not in added} == dict(
        original.metadata
    )
    assert ours.types.items() >= original.types.items()


def test_the_weights_begin_at_the_same_place_of_a_block(theirs: Path) -> None:
    head, header = renamed_head(theirs)
    assert len(head) % PAGE_BYTES == header.data_start % PAGE_BYTES
    assert len(head) > header.data_start


def without(name: str) -> Callable[[Header], Header]:
    return lambda header: replace(
        header, tensors=tuple(one for one in header.tensors if one.name != name)
    )


def changed(key: str, value: int | str) -> Callable[[Header], Header]:
    return lambda header: replace(header, metadata={**header.metadata, key: value})


def typed(name: str, kind: str) -> Callable[[Header], Header]:
    return lambda header: replace(
        header,
        tensors=tuple(
            replace(one, type_name=kind) if one.name == name else one for one in header.tensors
        ),
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (changed("general.architecture", "llama"), "cannot rewrite"),
        (changed("gptoss.block_count", 0), "cannot rewrite"),
        (changed("gptoss.block_count", 5), "cannot rewrite"),
        (without("output.weight"), "cannot rewrite"),
        (without("blk.2.attn_sinks"), "cannot rewrite"),
        (without("blk.0.ffn_gate_exps.weight"), "cannot rewrite"),
        (typed("blk.1.attn_sinks", "BF16"), "llama.cpp cannot run"),
        (typed("blk.1.attn_q.bias", "BF16"), "llama.cpp cannot run"),
    ],
)
def test_what_llama_cpp_could_not_run_even_so_is_refused(
    theirs: Path, spoil: Callable[[Header], Header], words: str
) -> None:
    header = read_header(theirs)
    renamed(header)
    with pytest.raises(ModelFileError, match=words):
        renamed(spoil(header))


def test_a_file_that_has_the_keys_already_keeps_them(theirs: Path, tmp_path: Path) -> None:
    data = theirs.read_bytes()
    key = b"gptoss.expert_feed_forward_length"
    count = struct.unpack_from("<Q", data, 16)[0]
    more = struct.pack("<Q", len(key)) + key + struct.pack("<II", 4, 128)
    header = read_header(theirs)
    keys_end = max(end for _, end in header.places.values())
    head = data[:16] + struct.pack("<Q", count + 1) + data[24:keys_end] + more
    head += data[keys_end : header.data_start]
    path = tmp_path / "theirs"
    path.write_bytes(head + b"\0" * (-len(head) % 32) + data[header.data_start :])
    assert renamed(read_header(path)).metadata["gpt-oss.expert_feed_forward_length"] == 128
    renamed_head(path)
