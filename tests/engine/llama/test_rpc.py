"""The offload path on devices that every machine has: two workers on this machine's loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.events import Finished, ModelLoaded, ModelLoadFailed
from engine.llama import ggml
from engine.llama.devices import devices, lendable
from engine.requests import LoadRequest, Sampling
from tests.engine.conftest import MakeTalk, Talk
from tests.worker_process import WorkerProcess

LAYER = re.compile(r"load_tensors: layer +(\d+) assigned to device (\S+)")
BUFFER = re.compile(r"(RPC0\[\S+\]|CPU\S*) +(model|KV|compute) buffer size = +([\d.]+) MiB")


@pytest.fixture(scope="module")
def two_workers() -> Iterator[tuple[WorkerProcess, WorkerProcess]]:
    pair = WorkerProcess(), WorkerProcess()
    yield pair
    for one in pair:
        one.close()


@pytest.fixture
def addresses(two_workers: tuple[WorkerProcess, WorkerProcess]) -> tuple[str, ...]:
    return tuple(worker.address for worker in two_workers)


def load_with(talk: Talk, path: Path, addresses: tuple[str, ...], gpu_layers: int = -1) -> object:
    names = tuple(one.name for one in devices(addresses) if one.is_remote) or None
    talk.engine.load(
        LoadRequest(path, 1024, gpu_layers=gpu_layers, threads=1, devices=names, workers=addresses)
    )
    return talk.wait_for(ModelLoaded, ModelLoadFailed)


def test_what_workers_lend_is_listed_first_and_only_when_it_is_asked_for(
    addresses: tuple[str, ...],
) -> None:
    found = devices(addresses)

    assert [device.is_remote for device in found] == [True, True] + [False] * (len(found) - 2)
    assert [device.description for device in found[:2]] == list(addresses)
    assert all(device.is_gpu and device.free_bytes > 0 for device in found[:2])
    assert not any(device.is_remote for device in devices())


def test_layers_are_split_over_two_workers_and_the_answer_is_the_same(
    make_talk: MakeTalk,
    practice_model_path: Path,
    addresses: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "engine.llama")
    talk = make_talk()
    loaded = load_with(talk, practice_model_path, addresses)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.workers == addresses
    assert loaded.device == addresses[0]

    placed = dict(LAYER.findall(caplog.text))
    buffers = {
        (name.partition("[")[2].rstrip("]"), kind): float(size)
        for name, kind, size in BUFFER.findall(caplog.text)
    }
    assert len(placed) == 5, "4 layers and the output"
    assert len(set(placed.values())) == 2, "no device has them all"
    for address in addresses:
        for kind in ("model", "KV", "compute"):
            assert buffers[address, kind] > 0

    assert isinstance(talk.answer("My name is Anna."), Finished)
    assert talk.engine.wait_until_idle(60)
    again = talk.answer("What is my name?")
    assert isinstance(again, Finished)
    assert "Anna" in talk.text_of(2)
    assert again.usage.reused_tokens > 50, "checkpoints come back over the network too"


def test_a_worker_that_holds_the_output_draws_the_tokens_too(
    make_talk: MakeTalk,
    practice_model_path: Path,
    addresses: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "engine.llama")
    talk = make_talk()
    assert isinstance(load_with(talk, practice_model_path, addresses), ModelLoaded)
    ended = talk.answer("Hello!", Sampling(seed=3))
    assert isinstance(ended, Finished)
    assert talk.text_of(1).strip()
    assert "set_sampler: seq_id = 0" in caplog.text
    assert "tokens are drawn on the CPU" not in caplog.text


def test_some_layers_stay_on_this_machine(
    make_talk: MakeTalk,
    practice_model_path: Path,
    addresses: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "engine.llama")
    talk = make_talk()
    assert isinstance(load_with(talk, practice_model_path, addresses[:1], 2), ModelLoaded)

    placed = [device.rstrip(",") for _, device in LAYER.findall(caplog.text)]
    assert placed[:2] == ["CPU", "CPU"]
    assert set(placed[2:]) == {placed[-1]} != {"CPU"}
    assert isinstance(talk.answer("Hello!"), Finished)


def test_experts_stay_on_this_machine_while_the_rest_goes_to_a_worker(
    make_talk: MakeTalk,
    practice_model_path: Path,
    addresses: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "engine.llama")
    talk = make_talk()
    lent: dict[int, float] = {}
    for experts_here in (0, 3):
        caplog.clear()
        name = next(one.name for one in devices(addresses[:1]) if one.is_remote)
        talk.engine.load(
            LoadRequest(
                practice_model_path,
                1024,
                cpu_expert_layers=experts_here,
                threads=1,
                devices=(name,),
                workers=addresses[:1],
            )
        )
        assert isinstance(talk.wait_for(ModelLoaded, ModelLoadFailed), ModelLoaded)
        overridden = set(re.findall(r"tensor blk\.(\d)\.ffn_\w+_exps.* overridden", caplog.text))
        assert overridden == {str(block) for block in range(experts_here)}
        lent[experts_here] = sum(
            float(size)
            for where, kind, size in BUFFER.findall(caplog.text)
            if where.startswith("RPC") and kind == "model"
        )
    assert 0 < lent[3] < lent[0], "what stays here is not sent"
    assert isinstance(talk.answer("Hello!"), Finished)


def test_a_worker_can_be_left_and_used_again(
    make_talk: MakeTalk, practice_model_path: Path, addresses: tuple[str, ...]
) -> None:
    talk = make_talk()
    assert isinstance(load_with(talk, practice_model_path, addresses), ModelLoaded)
    local = load_with(talk, practice_model_path, ())
    assert isinstance(local, ModelLoaded)
    assert (local.device, local.workers) == ("CPU", ())
    assert isinstance(load_with(talk, practice_model_path, addresses), ModelLoaded)
    assert isinstance(talk.answer("Hello!"), Finished)


def test_a_machine_lends_its_cpu_where_it_has_no_gpu_and_knows_its_devices_by_name() -> None:
    assert [row.kind for row in lendable(("cpu",))] == [ggml.CPU]
    assert lendable(())
    with pytest.raises(EngineError, match="no device called CUDA7"):
        lendable(("CUDA7",))
