from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from llama_cpp import llama_cpp as lib

from engine.errors import EngineError
from engine.gguf import ModelFacts
from engine.hardware import DeviceKind
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, DecodeError
from engine.llama.context import Context
from engine.llama.devices import build_facts, devices, pointers
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError, Model
from tests.engine.conftest import MakeContext


@pytest.mark.parametrize(
    ("tokens", "position", "message"),
    [
        ([], 0, "do not fit"),
        ([1] * 513, 0, "do not fit"),
        ([1], -1, "leave the context"),
        ([1, 1], 1023, "leave the context"),
        ([-1], 0, "not in the vocabulary"),
        ([201_088], 0, "not in the vocabulary"),
    ],
)
def test_what_would_end_the_process_is_refused(
    make_context: MakeContext, tokens: list[int], position: int, message: str
) -> None:
    context = make_context(context_tokens=1024)
    with pytest.raises(ValueError, match=message):
        context.decode(tokens, position, wants_logits=True)
    assert context.decode([5], 0, wants_logits=True), "the context must stay usable"


def test_a_gap_in_the_positions_is_an_error_that_can_be_caught(make_context: MakeContext) -> None:
    context = make_context()
    assert context.decode([1, 2, 3], 0, wants_logits=False)
    with pytest.raises(DecodeError):
        context.decode([4], 9, wants_logits=True)


def test_logits_nobody_asked_for_are_an_error_that_can_be_caught(
    make_context: MakeContext,
) -> None:
    context = make_context()
    assert context.decode([1, 2, 3], 0, wants_logits=False)
    with pytest.raises(DecodeError):
        context.logits()


def test_logits_are_a_view_that_the_next_decode_renews(make_context: MakeContext) -> None:
    context = make_context()
    assert context.decode([1], 0, wants_logits=True)
    view = context.logits()
    before = view.copy()
    assert context.decode([2], 1, wants_logits=True)
    assert context.logits() is view
    assert not np.array_equal(view, before)


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_is_no_copy_of_this_context_never_reaches_llama_cpp(
    make_context: MakeContext, monkeypatch: pytest.MonkeyPatch, *, is_whole: bool
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("llama.cpp was called")

    context, other = make_context(), make_context()
    assert context.decode([1, 2, 3], 0, wants_logits=False)
    copy = context.save_chat(1 << 30) if is_whole else context.save_window()
    assert copy is not None
    monkeypatch.setattr(lib, "llama_state_seq_set_data_ext", never)
    with pytest.raises(ValueError, match="another context"):
        other.restore(copy)
    with pytest.raises(ValueError, match="not as it was made"):
        context.restore(replace(copy, data=copy.data[:-1]))
    with pytest.raises(ValueError, match="not as it was made"):
        context.restore(replace(copy, data=copy.data.copy()))
    with pytest.raises(ValueError, match="read-only"):
        copy.data[0] = 7
    assert not context.restore(replace(copy, data=copy.data[:0], size_bytes=0))


def test_a_copy_that_is_too_large_is_not_made(make_context: MakeContext) -> None:
    context = make_context()
    assert context.decode([1] * 300, 0, wants_logits=False)
    whole = context.save_chat(1 << 30)
    assert whole is not None
    assert context.save_chat(whole.size_bytes) is not None
    assert context.save_chat(whole.size_bytes - 1) is None


def test_a_copy_for_which_there_is_no_memory_is_not_made(
    make_context: MakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    context = make_context()
    assert context.decode([1] * 300, 0, wants_logits=False)
    monkeypatch.setattr(np, "empty", no_memory)
    assert context.save_chat(1 << 30) is None


def test_the_flag_ends_a_running_decode(make_context: MakeContext) -> None:
    context = make_context()
    context.abort.set()
    assert not context.decode([1] * 512, 0, wants_logits=True)
    assert context.first_window_position() == -1
    context.abort.clear()
    assert context.decode([1] * 512, 0, wants_logits=True)


def test_too_little_memory_for_a_context_is_told(
    model: Model, llama_log: LlamaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lib, "llama_init_from_model", lambda _model, _params: None)
    with pytest.raises(EngineError, match="context of 4096 tokens"):
        Context(model, ContextShape(4096, 512, 1), AbortFlag(), llama_log)


def load(facts: ModelFacts, log: LlamaLog, *, stop_after: int) -> tuple[Model | None, list[float]]:
    fractions: list[float] = []
    model = Model.load(
        facts,
        gpu_layers=0,
        on_progress=fractions.append,
        should_stop=lambda: len(fractions) >= stop_after,
        log=log,
    )
    return model, fractions


def test_a_load_is_given_up_between_tensors(
    practice_facts: ModelFacts, llama_log: LlamaLog
) -> None:
    for stop_after in (0, 3):
        with pytest.raises(LoadCancelledError):
            load(practice_facts, llama_log, stop_after=stop_after)


def test_a_file_llama_cpp_cannot_load_is_told_with_its_reason(
    practice_facts: ModelFacts, llama_log: LlamaLog, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    name, wrong = b"blk.0.attn_norm.weight", b"blk.0.attn_norm.weighs"
    broken.write_bytes(practice_facts.path.read_bytes().replace(name, wrong, 1))
    facts = replace(practice_facts, path=broken)
    llama_log.install()  # another engine in this process may have put its own in place
    with pytest.raises(EngineError, match="could not be loaded") as caught:
        load(facts, llama_log, stop_after=99_999)
    assert "blk.0.attn_norm.weight" in caught.value.detail


def test_a_closed_model_gives_no_pointer(practice_facts: ModelFacts, llama_log: LlamaLog) -> None:
    model, fractions = load(practice_facts, llama_log, stop_after=10_000)
    assert model is not None
    assert fractions[-1] == 1.0
    model.close()
    model.close()
    with pytest.raises(ValueError, match="closed"):
        _ = model.pointer


def test_the_devices_of_the_machine_are_listed() -> None:
    kinds = [device.kind for device in devices()]
    assert DeviceKind.CPU in kinds
    assert all(device.free_bytes <= device.total_bytes for device in devices())


def test_devices_are_found_by_their_names() -> None:
    cpu = next(device.name for device in devices() if device.kind is DeviceKind.CPU)
    assert len(pointers([cpu], ())) == 1
    assert pointers([], ()) == ()
    with pytest.raises(EngineError, match="CUDA7 is not there"):
        pointers([cpu, "CUDA7"], ())


def test_the_build_says_its_version_and_features() -> None:
    facts = build_facts()
    assert facts.ggml_version[0].isdigit()
    assert "=" in facts.features


def test_log_texts_are_joined_to_lines_and_troubles_are_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="engine.llama")
    log = LlamaLog()
    log.receive(2, "loading ")
    log.receive(5, "tensors\n")
    log.receive(4, "no such tensor\n")
    log.receive(3, "\n")
    assert [record.message for record in caplog.records] == ["loading tensors", "no such tensor"]
    assert log.take_troubles() == "no such tensor"
    assert log.take_troubles() == ""


def test_nothing_llama_cpp_logs_looks_like_an_error_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="engine.llama")
    log = LlamaLog()
    for level in range(7):
        log.receive(level, "line\n")
    assert max(record.levelno for record in caplog.records) < logging.WARNING


def test_the_side_sequence_is_apart_from_the_chat(make_context: MakeContext) -> None:
    context = make_context(1024, 512)
    side = context.side(16)
    assert side.ubatch_tokens == 16
    assert context.decode([1, 2, 3], 0, wants_logits=True)
    before = context.logits().copy()
    assert side.decode([7, 8], 0, wants_logits=False)
    assert (context.first_window_position(), side.first_window_position()) == (0, 0)
    with pytest.raises(ValueError, match="belongs to another"):
        context.restore(side.save_window())
    side.clear()
    assert (context.first_window_position(), side.first_window_position()) == (0, -1)
    context.remove_from(2)
    assert context.decode([3], 2, wants_logits=True)
    assert np.allclose(context.logits(), before, atol=1.0)
