"""Adapters as llama.cpp applies them to the practice model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import gguf
import numpy as np
import pytest

from engine.adapters import read_adapters
from engine.errors import EngineError
from engine.events import Finished, ModelLoaded, ModelLoadFailed
from engine.gguf import ModelFacts
from engine.llama import binding
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Logits
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.requests import Adapter, LoadRequest
from tests.engine.conftest import MakeTalk
from tests.engine.lora import matrices, write_lora

PROMPT = [200006, 1428, 200008, 13225, 200007, 200006, 173781]
TARGETS = [
    *[f"blk.1.{part}.weight" for part in ("attn_q", "attn_k", "attn_v", "attn_output")],
    "blk.2.ffn_gate_inp.weight",
    *[f"blk.2.ffn_{part}_exps.weight" for part in ("gate", "up", "down")],
    "output.weight",
    "token_embd.weight",
]
TOLERANCE = 2e-3

Say = Callable[[Sequence[Adapter]], Logits]


@pytest.fixture(scope="module")
def logits_with(practice_facts: ModelFacts, llama_log: LlamaLog) -> Say:
    """The logits after a prompt, with adapters; the model is loaded anew each time."""

    def say(adapters: Sequence[Adapter]) -> Logits:
        model = Model.load(
            practice_facts,
            gpu_layers=0,
            on_progress=lambda _fraction: None,
            should_stop=lambda: False,
            log=llama_log,
        )
        try:
            model.add_adapters(read_adapters(adapters, practice_facts), llama_log)
            context = Context(model, ContextShape(256, 64, 1), AbortFlag(), llama_log)
            try:
                assert context.decode(PROMPT, 0, wants_logits=True)
                return context.logits().copy()
            finally:
                context.close()
        finally:
            model.close()

    return say


@pytest.fixture(scope="module")
def plain(logits_with: Say) -> Logits:
    return logits_with(())


def change(logits: Logits, plain: Logits) -> float:
    return float(np.abs(logits - plain).max())


@pytest.mark.parametrize("target", TARGETS)
def test_each_kind_of_weight_can_be_adapted(
    practice_facts: ModelFacts, tmp_path: Path, logits_with: Say, plain: Logits, target: str
) -> None:
    pair = matrices(practice_facts, target, size=0.3)
    path = write_lora(tmp_path / "a.gguf", {target: pair})
    assert change(logits_with([Adapter(path)]), plain) > 20 * TOLERANCE
    assert change(logits_with([Adapter(path, 0.0)]), plain) == 0.0


def test_an_adapter_does_to_the_output_what_its_matrices_say(
    practice_facts: ModelFacts, tmp_path: Path, logits_with: Say, plain: Logits
) -> None:
    # B = 0 but for one token: only its logit may move, and in proportion to alpha and scale.
    first, second = matrices(practice_facts, "output.weight", size=0.3)
    second[np.arange(len(second)) != 4242] = 0.0
    pairs = {"output.weight": (first, second)}
    once = write_lora(tmp_path / "once.gguf", pairs, alpha=4)
    strong = write_lora(tmp_path / "strong.gguf", pairs, alpha=12)
    moved = logits_with([Adapter(once)]) - plain
    assert np.flatnonzero(np.abs(moved) > TOLERANCE).tolist() == [4242]
    for adapter, times in (
        (Adapter(once, 2.0), 2),
        (Adapter(once, 0.5), 0.5),
        (Adapter(strong), 3),
    ):
        again = logits_with([adapter]) - plain
        assert again[4242] == pytest.approx(times * moved[4242], rel=1e-3)


def test_several_adapters_add_up_in_any_order(
    practice_facts: ModelFacts, tmp_path: Path, logits_with: Say, plain: Logits
) -> None:
    one, two = (
        write_lora(
            tmp_path / f"{seed}.gguf",
            {
                "output.weight": matrices(practice_facts, "output.weight", seed=seed),
                "blk.3.ffn_up_exps.weight": matrices(
                    practice_facts, "blk.3.ffn_up_exps.weight", seed=seed, size=0.2
                ),
            },
        )
        for seed in (1, 2)
    )
    both = logits_with([Adapter(one), Adapter(two, 0.5)])
    assert change(logits_with([Adapter(two, 0.5), Adapter(one)]), both) < TOLERANCE
    assert change(logits_with([Adapter(one)]), both) > 2 * TOLERANCE
    assert change(both, plain) > 2 * TOLERANCE


@pytest.mark.parametrize("kind", ["F16", "BF16", "Q8_0"])
def test_adapters_may_be_kept_in_smaller_numbers(
    practice_facts: ModelFacts, tmp_path: Path, logits_with: Say, plain: Logits, kind: str
) -> None:
    target = "blk.2.ffn_down_exps.weight"
    pair = matrices(practice_facts, target, rank=32, size=0.2)
    whole = write_lora(tmp_path / "whole.gguf", {target: pair}, alpha=32)

    def add(writer: gguf.GGUFWriter) -> None:
        quantised = gguf.GGMLQuantizationType[kind]
        for half, name in zip(pair, ("a", "b"), strict=True):
            data = gguf.quants.quantize(half, quantised)
            writer.add_tensor(f"{target}.lora_{name}", data, raw_dtype=quantised)

    small = write_lora(tmp_path / "small.gguf", {}, alpha=32, add=add)
    effect = change(logits_with([Adapter(whole)]), plain)
    assert change(logits_with([Adapter(small)]), logits_with([Adapter(whole)])) < 0.1 * effect


def test_the_scale_can_be_changed_on_a_living_context(
    practice_facts: ModelFacts, tmp_path: Path, llama_log: LlamaLog, plain: Logits
) -> None:
    pair = matrices(practice_facts, "output.weight", size=0.3)
    path = write_lora(tmp_path / "a.gguf", {"output.weight": pair})
    model = Model.load(
        practice_facts,
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=llama_log,
    )
    model.add_adapters(read_adapters([Adapter(path)], practice_facts), llama_log)
    ((pointer, _),) = model.adapters
    context = Context(model, ContextShape(256, 64, 1), AbortFlag(), llama_log)

    def say() -> Logits:
        context.clear()
        assert context.decode(PROMPT, 0, wants_logits=True)
        return context.logits().copy()

    adapted = say()
    binding.set_adapters(context._pointer, [(pointer, 0.0)])
    assert change(say(), plain) == 0.0
    binding.set_adapters(context._pointer, [(pointer, 1.0)])
    assert change(say(), adapted) == 0.0
    binding.set_adapters(context._pointer, [])
    assert change(say(), plain) == 0.0
    context.close()
    model.close()


def test_an_adapter_that_llama_cpp_refuses_is_an_error_with_its_reason(
    practice_facts: ModelFacts, tmp_path: Path, llama_log: LlamaLog
) -> None:
    path = tmp_path / "a.gguf"
    pair = matrices(practice_facts, "output.weight")
    checked = read_adapters([Adapter(write_lora(path, {"output.weight": pair}))], practice_facts)
    path.write_bytes(b"GGUF and then it changed")
    model = Model.load(
        practice_facts,
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=llama_log,
    )
    llama_log.install()  # an engine that another test ran had its own
    with pytest.raises(EngineError) as caught:
        model.add_adapters(checked, llama_log)
    assert str(caught.value) == "The adapter a.gguf could not be loaded."
    assert caught.value.detail
    model.close()


def test_a_model_is_loaded_with_its_adapters_and_says_so(
    make_talk: MakeTalk, practice_model_path: Path, practice_facts: ModelFacts, tmp_path: Path
) -> None:
    pair = matrices(practice_facts, "output.weight", size=2.0)
    path = write_lora(tmp_path / "Poet.gguf", {"output.weight": pair})
    texts = []
    for scale in (0.0, 1.0):
        talk = make_talk()
        adapters = (Adapter(path, scale),)
        talk.engine.load(LoadRequest(practice_model_path, 1024, threads=1, adapters=adapters))
        loaded = talk.wait_for(ModelLoaded, ModelLoadFailed)
        assert isinstance(loaded, ModelLoaded)
        assert [found.name for found in loaded.adapters] == ["Poet"]
        end = talk.answer("Hello", max_reply_tokens=40)
        assert isinstance(end, Finished)
        texts.append(talk.thoughts_of(1) + talk.text_of(1))
    assert texts[0] != texts[1]


def test_a_wrong_adapter_is_a_failed_load_and_the_engine_lives_on(
    make_talk: MakeTalk, practice_model_path: Path, tmp_path: Path
) -> None:
    talk = make_talk()
    adapters = (Adapter(tmp_path / "gone.gguf"),)
    talk.engine.load(LoadRequest(practice_model_path, 1024, threads=1, adapters=adapters))
    failed = talk.wait_for(ModelLoaded, ModelLoadFailed)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "The adapter {name} is not there any more."
    assert isinstance(talk.load(practice_model_path), ModelLoaded)
