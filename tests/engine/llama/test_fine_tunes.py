"""Fine-tuned models: another name, weights in other numbers, the same vocabulary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelFileError
from engine.gguf import read_facts
from engine.gguf_header import TensorFacts
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Logits
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from tests.engine.requantised import requantised

PROMPT = [200006, 1428, 200008, 13225, 200007, 200006, 173781]


def is_expert(tensor: TensorFacts) -> bool:
    return tensor.name.endswith("_exps.weight")


def logits_of(path: Path, log: LlamaLog) -> Logits:
    model = Model.load(
        read_facts(path),
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    try:
        context = Context(model, ContextShape(256, 64, 1), AbortFlag(), log)
        assert context.decode(PROMPT, 0, wants_logits=True)
        logits = context.logits().copy()
        context.close()
    finally:
        model.close()
    return logits


@pytest.mark.parametrize("kind", ["F16", "BF16", "Q8_0", "Q4_0"])
def test_experts_may_be_kept_in_other_numbers(
    practice_model_path: Path, tmp_path: Path, llama_log: LlamaLog, kind: str
) -> None:
    path = requantised(
        practice_model_path, tmp_path / "m.gguf", lambda tensor: kind if is_expert(tensor) else ""
    )
    facts = read_facts(path)
    assert (facts.name, facts.is_practice, facts.quantisation) == ("My fine-tune", False, kind)
    before, after = logits_of(practice_model_path, llama_log), logits_of(path, llama_log)
    assert int(after.argmax()) == int(before.argmax())
    assert float(np.corrcoef(before, after)[0, 1]) > 0.99


def test_kinds_may_be_mixed(practice_model_path: Path, tmp_path: Path, llama_log: LlamaLog) -> None:
    def kind_of(tensor: TensorFacts) -> str:
        if tensor.name.endswith("ffn_down_exps.weight"):
            return "Q5_0"
        return "F16" if ".attn_q.weight" in tensor.name else ""

    path = requantised(practice_model_path, tmp_path / "m.gguf", kind_of)
    assert read_facts(path).quantisation == "MXFP4"
    before, after = logits_of(practice_model_path, llama_log), logits_of(path, llama_log)
    assert int(after.argmax()) == int(before.argmax())


@pytest.mark.parametrize(
    "name", ["blk.0.attn_sinks.weight", "blk.1.ffn_up_exps.bias", "blk.2.attn_norm.weight"]
)
def test_small_weights_in_other_numbers_are_refused_before_llama_cpp_ends_the_process(
    practice_model_path: Path, tmp_path: Path, name: str
) -> None:
    path = requantised(
        practice_model_path,
        tmp_path / "m.gguf",
        lambda tensor: "F16" if tensor.name == name else "",
    )
    with pytest.raises(ModelFileError) as caught:
        read_facts(path)
    assert str(caught.value) == "This model was converted in a way that llama.cpp cannot run."
    assert caught.value.detail == f"{name} is F16"
