"""Loads that meet too little memory, or a file that is not what it was."""

from __future__ import annotations

import os
import re
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from engine.events import EngineEvent, Finished, ModelLoaded, ModelLoadFailed, ModelLoading
from engine.llama.devices import devices
from engine.requests import LoadRequest
from tests.engine.conftest import MakeTalk, Talk
from tests.worker_process import WorkerProcess

MIB = 1 << 20
OVERRIDDEN = re.compile(r"tensor blk\.(\d+)\.ffn_(\w+)\.\w+ .*buffer type overridden to CPU")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerProcess]:
    # glibc sets aside 64 MiB for each thread, which a limit set afterwards does not take away.
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    worker = WorkerProcess()
    yield worker
    worker.close()


def leave(worker: WorkerProcess, size_bytes: int) -> None:
    """Let the worker's process get only so much more memory: its system refuses the rest."""
    process = psutil.Process(worker.process.pid)
    limit = process.memory_info().vms + size_bytes
    resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))


def load_on(talk: Talk, worker: WorkerProcess, path: Path, **choices: int) -> EngineEvent:
    workers = (worker.address,)
    names = tuple(one.name for one in devices(workers) if one.is_remote)
    leave(worker, choices.pop("free_mib") * MIB)
    talk.engine.load(
        LoadRequest(path, **choices, threads=1, devices=names, workers=workers)  # type: ignore[arg-type]
    )
    return talk.wait_for(ModelLoaded, ModelLoadFailed)


def test_a_context_that_finds_no_memory_gets_smaller_and_says_so(
    worker: WorkerProcess, make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    loaded = load_on(
        talk, worker, practice_model_path, context_tokens=131_072, ubatch_tokens=1024, free_mib=200
    )
    assert isinstance(loaded, ModelLoaded)
    assert loaded.plan.gpu_layers == 4, "the weights fit and stay"
    assert loaded.plan.ubatch_tokens == 256
    assert 4096 <= loaded.context_tokens < 131_072
    assert [str(one) for one in loaded.lowered] == [
        "Memory was short, so prompts are read in smaller steps of 256 tokens.",
        f"Memory was short, so the context is {loaded.context_tokens:,} tokens now.",
    ]
    assert isinstance(talk.answer("Hello!"), Finished)


def test_weights_that_find_no_memory_end_on_the_processor(
    worker: WorkerProcess, make_talk: MakeTalk, practice_model_path: Path
) -> None:
    talk = make_talk()
    loaded = load_on(talk, worker, practice_model_path, context_tokens=2048, free_mib=2)
    assert isinstance(loaded, ModelLoaded)
    assert (loaded.plan.gpu_layers, loaded.device) == (0, "CPU")
    assert str(loaded.lowered[-1]) == "Memory was short, so the model runs on the processor alone."
    assert "experts of 4 of 4 layers" in str(loaded.lowered[0])
    assert isinstance(talk.answer("Hello!"), Finished)


def test_experts_stay_in_main_memory_as_planned_and_answers_are_the_same(
    worker: WorkerProcess,
    make_talk: MakeTalk,
    practice_model_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    talk = make_talk()
    assert isinstance(talk.load(practice_model_path), ModelLoaded)
    assert isinstance(talk.answer("My name is Anna."), Finished)

    caplog.set_level("DEBUG", "engine.llama")
    workers = (worker.address,)
    names = tuple(one.name for one in devices(workers) if one.is_remote)
    talk.engine.load(
        LoadRequest(
            practice_model_path,
            2048,
            cpu_expert_layers=3,
            threads=1,
            devices=names,
            workers=workers,
        )
    )
    loaded = talk.wait_for(ModelLoaded, ModelLoadFailed)
    assert isinstance(loaded, ModelLoaded)
    overridden = set(OVERRIDDEN.findall(caplog.text))
    assert overridden == {
        (str(layer), f"{way}_exps") for layer in range(3) for way in ("up", "gate", "down")
    }
    assert [one.expert_blocks for one in loaded.plan.devices] == [1, 3]
    talk.conversation = talk.conversation[:1]
    assert isinstance(talk.answer("My name is Anna."), Finished)
    assert talk.text_of(2) == talk.text_of(1) != ""


@pytest.fixture
def copy(practice_model_path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(practice_model_path, tmp_path / "copy.gguf"))


def test_a_file_that_changes_during_its_load_is_told(make_talk: MakeTalk, copy: Path) -> None:
    talk = make_talk()
    talk.at(
        lambda event: isinstance(event, ModelLoading) and event.fraction > 0.2,
        lambda: os.utime(copy, ns=(1, 1)),
    )
    failed = talk.load(copy)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "The model file changed while it was being loaded."


def test_a_file_that_vanishes_during_its_load_is_told(make_talk: MakeTalk, copy: Path) -> None:
    talk = make_talk()
    talk.at(lambda event: isinstance(event, ModelLoading) and event.fraction > 0.2, copy.unlink)
    failed = talk.load(copy)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "The model file is not there any more."


def test_a_file_that_llama_cpp_refuses_is_not_taken_for_too_little_memory(
    make_talk: MakeTalk, copy: Path
) -> None:
    """A tensor by another name: the header is sound, the model is not."""
    data = copy.read_bytes()
    copy.write_bytes(data.replace(b"blk.2.attn_sinks.weight", b"blk.2.attn_stinks.weigh", 1))
    talk = make_talk()
    failed = talk.load(copy)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "The model could not be loaded."
    assert "attn_sinks" in failed.detail


def test_a_cut_file_is_told_before_llama_cpp_sees_it(make_talk: MakeTalk, copy: Path) -> None:
    os.truncate(copy, copy.stat().st_size - 100)
    failed = make_talk().load(copy)
    assert isinstance(failed, ModelLoadFailed)
    assert failed.title == "The model file is not complete: its end is missing."
