from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.adapters import AdapterError, read_adapter, read_adapters, with_adapters
from engine.gguf import ModelFacts
from engine.requests import Adapter
from tests.engine.lora import RANK, matrices, write_lora

QUERY = "blk.0.attn_q.weight"
DOWN = "blk.1.ffn_down_exps.weight"


def test_an_adapter_is_described(practice_facts: ModelFacts, tmp_path: Path) -> None:
    pairs = {
        QUERY: matrices(practice_facts, QUERY),
        DOWN: matrices(practice_facts, DOWN, rank=2),
        "output.weight": matrices(practice_facts, "output.weight", rank=1),
        "token_embd.weight": matrices(practice_facts, "token_embd.weight", rank=1),
    }
    adapter = Adapter(write_lora(tmp_path / "Kind words.gguf", pairs, alpha=8), 0.5)
    found = read_adapter(adapter, practice_facts)
    assert found.adapter == adapter
    assert (found.name, found.alpha, found.ranks) == ("Kind words", 8.0, (1, 2, RANK))
    assert found.targets == tuple(pairs)
    sizes = {target: sum(half.nbytes for half in pair) for target, pair in pairs.items()}
    assert found.weights.blocks == (sizes[QUERY], 0, 0, 0)
    assert found.weights.experts == (0, sizes[DOWN], 0, 0)
    assert found.weights.output == sizes["output.weight"]
    assert found.weights.embedding == sizes["token_embd.weight"]
    assert found.weights.total == sum(sizes.values())


def test_the_memory_plan_counts_adapters_where_their_weights_are(
    practice_facts: ModelFacts, tmp_path: Path
) -> None:
    first = write_lora(tmp_path / "a.gguf", {QUERY: matrices(practice_facts, QUERY)})
    second = write_lora(tmp_path / "b.gguf", {DOWN: matrices(practice_facts, DOWN)})
    found = read_adapters((Adapter(first), Adapter(second, 2.0)), practice_facts)
    planned = with_adapters(practice_facts, found)
    more = sum(one.weights.total for one in found)
    assert planned.weights.total == practice_facts.weights.total + more
    assert planned.weights.experts[1] > practice_facts.weights.experts[1]
    assert planned.weights.blocks[0] > practice_facts.weights.blocks[0]
    assert with_adapters(practice_facts, ()) == practice_facts


Write = Callable[[Path, ModelFacts], object]


def good(path: Path, facts: ModelFacts, **changes: Any) -> Path:
    return write_lora(path, {QUERY: matrices(facts, QUERY)}, **changes)


def of_another_base(path: Path, facts: ModelFacts) -> None:
    first, second = matrices(facts, QUERY)
    write_lora(path, {QUERY: (np.tile(first, 2), second)})


def with_too_few_experts(path: Path, facts: ModelFacts) -> None:
    first, second = matrices(facts, DOWN)
    write_lora(path, {DOWN: (first[:2], second[:2])})


def with_two_ranks(path: Path, facts: ModelFacts) -> None:
    first, second = matrices(facts, QUERY)
    write_lora(path, {QUERY: (first[:2], second)})


def with_one_half(path: Path, facts: ModelFacts) -> None:
    first, _ = matrices(facts, QUERY)
    write_lora(path, {}, add=lambda writer: writer.add_tensor(f"{QUERY}.lora_a", first))


def with_a_stranger(path: Path, facts: ModelFacts) -> None:
    del facts
    write_lora(path, {}, add=lambda writer: writer.add_tensor("odd", np.zeros(4, np.float32)))


def of_more_layers(path: Path, facts: ModelFacts) -> None:
    write_lora(path, {"blk.23.attn_q.weight": matrices(facts, QUERY)})


def of_a_norm(path: Path, facts: ModelFacts) -> None:
    del facts
    one = np.ones((1, 128), np.float32)
    write_lora(path, {"blk.0.attn_norm.weight": (one, one)})


def cut(path: Path, facts: ModelFacts) -> None:
    data = good(path, facts).read_bytes()
    path.write_bytes(data[:-100])


def cut_in_the_header(path: Path, facts: ModelFacts) -> None:
    path.write_bytes(good(path, facts).read_bytes()[:100])


WRONG: list[tuple[Write, str]] = [
    (lambda path, _: path, "The adapter my.gguf is not there any more."),
    (
        lambda path, _: path.mkdir(),
        "my.gguf is no GGUF file, so no adapter that Sotto can use.",
    ),
    (
        lambda path, _: path.write_bytes(b"PK\3\4 safetensors"),
        "my.gguf is no GGUF file, so no adapter that Sotto can use.",
    ),
    (cut, "The adapter my.gguf is damaged or not finished."),
    (cut_in_the_header, "The adapter my.gguf is damaged or not finished."),
    (with_one_half, "The adapter my.gguf is damaged or not finished."),
    (with_a_stranger, "The adapter my.gguf is damaged or not finished."),
    (lambda path, _: write_lora(path, {}), "The adapter my.gguf is damaged or not finished."),
    (
        lambda path, facts: good(path, facts, kind="model"),
        "my.gguf is a whole model or something else, but no adapter.",
    ),
    (
        lambda path, facts: good(path, facts, architecture="llama"),
        "The adapter my.gguf was made for models of another kind (llama).",
    ),
    (
        lambda path, facts: good(path, facts, method="loha"),
        "Sotto cannot use adapters of this kind (loha).",
    ),
    (
        lambda path, facts: good(
            path, facts, add=lambda w: w.add_array("adapter.alora.invocation_tokens", [1, 2])
        ),
        "Sotto cannot use adapters of this kind (aLoRA).",
    ),
    (
        lambda path, facts: good(path, facts, dtype=np.float64),
        "Sotto cannot use adapters of this kind (F64).",
    ),
    (
        lambda path, facts: good(path, facts, alpha=None),
        "The adapter my.gguf does not say how strongly it is to act.",
    ),
    (
        lambda path, facts: good(
            path, facts, alpha=None, add=lambda w: w.add_float64("adapter.lora.alpha", 4.0)
        ),
        "The adapter my.gguf does not say how strongly it is to act.",
    ),
    (
        lambda path, facts: good(path, facts, alpha=float("nan")),
        "The adapter my.gguf does not say how strongly it is to act.",
    ),
    (of_another_base, "The adapter my.gguf does not fit this model."),
    (with_too_few_experts, "The adapter my.gguf does not fit this model."),
    (with_two_ranks, "The adapter my.gguf does not fit this model."),
    (
        of_more_layers,
        "The adapter my.gguf changes a part that this model lacks or that cannot be changed.",
    ),
    (
        of_a_norm,
        "The adapter my.gguf changes a part that this model lacks or that cannot be changed.",
    ),
]


@pytest.mark.parametrize(("write", "sentence"), WRONG)
def test_a_wrong_adapter_is_refused_before_llama_cpp_sees_it(
    practice_facts: ModelFacts, tmp_path: Path, write: Write, sentence: str
) -> None:
    path = tmp_path / "my.gguf"
    write(path, practice_facts)
    with pytest.raises(AdapterError) as caught:
        read_adapter(Adapter(path), practice_facts)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("scale", [-0.1, 4.01, float("nan"), float("inf")])
def test_a_strength_out_of_range_is_refused(
    practice_facts: ModelFacts, tmp_path: Path, scale: float
) -> None:
    path = good(tmp_path / "my.gguf", practice_facts)
    with pytest.raises(AdapterError) as caught:
        read_adapter(Adapter(path, scale), practice_facts)
    assert str(caught.value) == "The strength of an adapter must be between 0 and 4."


def test_one_adapter_twice_is_refused(practice_facts: ModelFacts, tmp_path: Path) -> None:
    path = good(tmp_path / "my.gguf", practice_facts)
    with pytest.raises(AdapterError) as caught:
        read_adapters((Adapter(path), Adapter(path, 0.5)), practice_facts)
    assert str(caught.value) == "The adapter my.gguf is in the list twice."


def test_a_trained_norm_beside_the_matrices_does_no_harm(
    practice_facts: ModelFacts, tmp_path: Path
) -> None:
    norm = np.ones(128, np.float32)
    path = good(
        tmp_path / "my.gguf",
        practice_facts,
        add=lambda writer: writer.add_tensor("blk.0.attn_norm.weight", norm),
    )
    assert read_adapter(Adapter(path), practice_facts).targets == (QUERY,)
