"""The memory plan beside what llama.cpp itself reports of models of the full size.

The files hold no weights: llama.cpp is asked for what it would take (`no_alloc`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.gguf import ModelFacts, read_facts
from engine.hardware import Device, DeviceKind
from engine.llama import binding
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Offload
from engine.llama.context import Context
from engine.llama.devices import devices, pointers
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.memory_plan.costs import OUTPUTS, SEQUENCES, Placement, Sizes, cache_bytes, cost
from engine.memory_plan.values import CacheType
from tests.worker_process import WorkerProcess
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, write_header

MIB = 1 << 20
CACHE = re.compile(r"llama_kv_cache: size = +([\d.]+) MiB")
COMPUTE = re.compile(r"sched_reserve: +(\S+) compute buffer size = +([\d.]+) MiB")
SIZES = [
    Sizes(context, ubatch) for context in (8192, 32_768, 131_072) for ubatch in (512, 1024, 2048)
]


@pytest.fixture(scope="module")
def header_20b(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "20b.gguf"
    write_header(path, GPT_OSS_20B, None)
    return path


@pytest.fixture(scope="module")
def header_120b(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "120b.gguf"
    write_header(path, GPT_OSS_120B, None)
    return path


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerProcess]:
    worker = WorkerProcess()
    yield worker
    worker.close()


class Reported:
    """What llama.cpp says it would take, in bytes."""

    def __init__(self, cache: int, compute: dict[str, int]) -> None:
        self.cache = cache
        self.compute = compute


def ask(
    facts: ModelFacts,
    sizes: list[Sizes],
    caplog: pytest.LogCaptureFixture,
    log: LlamaLog,
    gpu_layers: int = 0,
    offload: Offload = Offload(devices=(), has_weights=False),  # noqa: B008 - frozen
) -> list[Reported]:
    caplog.set_level("DEBUG", "engine.llama")
    model = Model.load(
        facts,
        gpu_layers=gpu_layers,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
        offload=offload,
    )
    found = []
    for one in sizes:
        caplog.clear()
        small = one.cache_type is CacheType.Q8_0
        shape = ContextShape(one.context_tokens, one.ubatch_tokens, 1, has_small_cache=small)
        Context(model, shape, AbortFlag(), log).close()
        caches = [float(size) for size in CACHE.findall(caplog.text)]
        assert len(caches) == 2, "base and window"
        compute = {name: int(float(size) * MIB) for name, size in COMPUTE.findall(caplog.text)}
        found.append(Reported(int(sum(caches) * MIB), compute))
    model.close()
    return found


def off_by(planned: int, reported: int) -> float:
    return abs(planned - reported) / reported


MAIN = Device("CPU", "CPU", DeviceKind.CPU, 0, 0)


def test_the_plan_counts_on_the_same_sequences_and_outputs() -> None:
    assert (SEQUENCES, OUTPUTS) == (binding.SEQUENCES, binding.OUTPUTS_MAX)


@pytest.mark.parametrize("which", ["header_20b", "header_120b"])
def test_cache_and_compute_buffer_are_within_a_hundredth_on_the_processor(
    which: str,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    llama_log: LlamaLog,
) -> None:
    facts = read_facts(request.getfixturevalue(which))
    small = [Sizes(32_768, 512, CacheType.Q8_0), Sizes(131_072, 1024, CacheType.Q8_0)]
    sizes = [*SIZES, *small]
    for one, reported in zip(sizes, ask(facts, sizes, caplog, llama_log), strict=True):
        (plan,) = cost(facts, one, Placement(0, facts.layers), (), MAIN)
        assert off_by(plan.cache_bytes, reported.cache) < 0.01, one
        assert off_by(plan.compute_bytes, reported.compute["CPU"]) < 0.01, one
        assert plan.weights_bytes + plan.experts_bytes == facts.weights.total


def test_the_weights_on_a_gpu_are_those_known_of_gpt_oss_20b(header_20b: Path) -> None:
    """llama.cpp logs 10949.38 MiB for CUDA0, its padding of rows included."""
    facts = read_facts(header_20b)
    gpu = Device("CUDA0", "Card", DeviceKind.GPU, 0, 0)
    plan, _ = cost(facts, Sizes(8192, 512), Placement(24, 0, (25,)), (gpu,), MAIN)
    assert (plan.weights_bytes + plan.experts_bytes) / MIB == pytest.approx(10949.35, abs=0.01)


@pytest.mark.parametrize(
    ("placement", "tolerance"),
    [
        (Placement(24, 0, (25,)), 0.01),
        (Placement(24, 8, (25,)), 0.01),
        (Placement(24, 24, (25,)), 0.01),
        (Placement(12, 12, (13,)), 0.01),
        (Placement(12, 24, (13,)), 0.17),
    ],
)
def test_what_a_gpu_computes_with_is_planned_as_well(
    placement: Placement,
    tolerance: float,
    header_20b: Path,
    worker: WorkerProcess,
    caplog: pytest.LogCaptureFixture,
    llama_log: LlamaLog,
) -> None:
    """On a device of ggml's RPC backend: the graph has the same tensors on every device."""
    facts = read_facts(header_20b)
    workers = (worker.address,)
    gpu = next(one for one in devices(workers) if one.is_remote)
    offload = Offload(
        pointers([gpu.name], workers), placement.slots, placement.cpu_expert_layers, False
    )
    found = ask(facts, SIZES, caplog, llama_log, placement.gpu_layers + 1, offload)
    for one, reported in zip(SIZES, found, strict=True):
        lent, main = cost(facts, one, placement, (gpu,), MAIN)
        (name,) = (name for name in reported.compute if name.startswith("RPC"))
        assert off_by(lent.compute_bytes, reported.compute[name]) < tolerance, one
        assert lent.compute_bytes >= 0.999 * reported.compute[name], "never planned too small"
        assert off_by(main.compute_bytes, reported.compute["CPU"]) < 0.01, one
        total = cache_bytes(facts, one, 0, facts.layers)
        assert lent.cache_bytes + main.cache_bytes == total
        assert off_by(total, reported.cache) < 0.01


def test_two_gpus_are_planned_without_copies_for_a_pipeline(
    header_20b: Path, worker: WorkerProcess, caplog: pytest.LogCaptureFixture, llama_log: LlamaLog
) -> None:
    facts = read_facts(header_20b)
    second = WorkerProcess()
    try:
        workers = (worker.address, second.address)
        gpus = tuple(one for one in devices(workers) if one.is_remote)
        placement = Placement(24, 0, (15, 10))
        names = [one.name for one in gpus]
        offload = Offload(pointers(names, workers), placement.slots, 0, has_weights=False)
        for one, reported in zip(
            SIZES, ask(facts, SIZES, caplog, llama_log, 25, offload), strict=True
        ):
            *lent, _ = cost(facts, one, placement, gpus, MAIN)
            told = [size for name, size in reported.compute.items() if name.startswith("RPC")]
            for plan, size in zip(lent, told, strict=True):
                assert off_by(plan.compute_bytes, size) < 0.01, one
    finally:
        second.close()
