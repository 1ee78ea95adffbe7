"""Small models with random weights, in real llama.cpp."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.gguf import read_facts
from engine.gguf_header import read_header
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from tools.random_model.__main__ import main
from tools.random_model.header import FullShape
from tools.random_model.weights import write_model

SMALL = FullShape("small", 2, 8, 4, 64, 64, 2, 1)


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("random") / "small.gguf"
    write_model(path, SMALL)
    return path


def test_a_small_random_model_decodes_to_numbers_with_a_peak(small_model: Path) -> None:
    log = LlamaLog()
    model = Model.load(
        read_facts(small_model),
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    context = Context(model, ContextShape(512, 128, 1), AbortFlag(), log)
    try:
        rows = []
        for position, token in enumerate((1000, 25, 150_000)):
            assert context.decode((token,), position, wants_logits=True)
            rows.append(context.logits().copy())
    finally:
        context.close()
        model.close()
    for row in rows:
        assert np.isfinite(row).all()
        likely = np.exp(row - row.max())
        assert (likely > 0.01).sum() < 2000, "as flat as no trained model is"
    assert abs(rows[0] - rows[1]).max() > 1.0, "every token says the same"


def test_weights_have_the_types_of_the_real_ones_and_no_value_that_is_not_a_number(
    small_model: Path,
) -> None:
    for name, (kind, data) in _tensors(small_model).items():
        if name.startswith(("token_embd", "output.")):
            continue  # 201,088 rows of the same kind as the others
        values = gguf.dequantize(data, gguf.GGMLQuantizationType[kind])
        assert np.isfinite(values).all(), name
        if "exps.weight" in name:
            assert kind == "MXFP4"
            assert 0.01 < values.std() < 0.1


def test_the_same_seed_gives_the_same_file_and_another_seed_another(
    small_model: Path, tmp_path: Path
) -> None:
    sizes = "--layers 2 --experts 8 --width 64 --expert-width 64 --heads 2 --kv-heads 1"
    for seed, is_same in (("1", True), ("2", False)):
        path = tmp_path / seed
        assert main([str(path), *sizes.split(), "--seed", seed, "--no-tokenizer"]) == 0
        name = "blk.1.ffn_up_exps.weight"
        weights = _tensors(path)[name][1], _tensors(small_model)[name][1]
        assert (weights[0].tobytes() == weights[1].tobytes()) == is_same


def _tensors(path: Path) -> dict[str, tuple[str, NDArray[np.uint8]]]:
    """Type and bytes of every tensor by its name."""
    header = read_header(path)
    content = np.fromfile(path, np.uint8)[header.data_start :]
    return {
        one.name: (one.type_name, content[one.offset : one.offset + one.size_bytes])
        for one in header.tensors
    }
