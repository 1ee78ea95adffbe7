"""Loads tried in a process of their own: real processes, which end in every way there is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.events import EngineEvent, ModelLoaded, ModelLoading
from engine.gguf import ModelFacts
from engine.hardware import Device, DeviceKind
from engine.llama.abort_flag import AbortFlag
from engine.llama.devices import devices, hardware
from engine.llama.log import LlamaLog
from engine.llama.model import LoadCancelledError
from engine.loading import Loader
from engine.memory_plan.ladder import Stage
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import MemoryPlan
from engine.probe import CRASH_COUNTS_SECONDS, Outcome, Prober, Verdict, is_due, probe_command
from engine.requests import LoadRequest
from tests.worker_process import WorkerProcess

ABORTS = """
import ctypes, sys
from engine.llama.binding import ggml_library
sys.stdin.read()
print('{"stage": "context"}', flush=True)
ggml_library().ggml_abort(b"file.c", ctypes.c_int(1), b"the pool is empty")
"""
HANGS = """
import sys, threading
sys.stdin.read()
print('noise of a driver')
print('{"fraction": 0.25}', flush=True)
threading.Event().wait()
"""
IS_SHORT_OF_MEMORY = """
import resource, sys
import psutil
from engine.probe_process import main
limit = psutil.Process().memory_info().vms + (300 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.exit(main())
"""
WORKS = '{"outcome": "works", "stage": "warm_up"}'


@pytest.fixture
def request_(practice_model_path: Path, tmp_path: Path) -> LoadRequest:
    return LoadRequest(practice_model_path, 1024, 128, threads=1, verdicts=tmp_path / "kept.json")


@pytest.fixture
def plan(request_: LoadRequest, practice_facts: ModelFacts) -> MemoryPlan:
    return plan_memory(practice_facts, hardware(), request_.choices)


Try = Callable[..., Verdict]


@pytest.fixture
def try_(practice_facts: ModelFacts, request_: LoadRequest, plan: MemoryPlan) -> Try:
    def run(
        code: str | None,
        silence_seconds: float = 60.0,
        on_progress: Callable[[float], None] = lambda _fraction: None,
        should_stop: Callable[[], bool] = lambda: False,
        planned: MemoryPlan = plan,
    ) -> Verdict:
        command = (sys.executable, "-c", code) if code else probe_command()
        prober = Prober(command, silence_seconds)
        return prober.verdict(request_, practice_facts, planned, on_progress, should_stop)

    return run


def test_a_load_that_works_is_tried_once_and_remembered(try_: Try) -> None:
    fractions: list[float] = []
    verdict = try_(None, on_progress=fractions.append)
    assert verdict == Verdict(Outcome.WORKS, Stage.WARM_UP)
    assert fractions[-1] == 1.0
    assert try_(ABORTS) == verdict, "not tried again"


def test_a_process_that_aborts_takes_nothing_with_it(try_: Try) -> None:
    verdict = try_(ABORTS)
    assert (verdict.outcome, verdict.stage) == (Outcome.CRASHED, Stage.CONTEXT)
    assert "the pool is empty" in verdict.detail
    assert "exit code -6" in verdict.detail, "SIGABRT"
    assert try_(None) == verdict, "it counts for a day"


def test_a_crash_is_forgotten_after_a_day(try_: Try, request_: LoadRequest) -> None:
    try_(ABORTS)
    assert request_.verdicts is not None
    kept = json.loads(request_.verdicts.read_text())
    for entry in kept.values():
        entry["at"] -= CRASH_COUNTS_SECONDS + 1
    request_.verdicts.write_text(json.dumps(kept))
    assert try_(None).outcome is Outcome.WORKS


def test_a_process_that_hangs_counts_as_crashed_and_is_ended(try_: Try) -> None:
    before = set(psutil.Process().children(recursive=True))
    verdict = try_(HANGS, silence_seconds=0.2)
    assert (verdict.outcome, verdict.stage) == (Outcome.CRASHED, Stage.WEIGHTS)
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_trial_can_be_given_up(try_: Try) -> None:
    fractions: list[float] = []
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(LoadCancelledError):
        try_(HANGS, on_progress=fractions.append, should_stop=lambda: bool(fractions))
    assert fractions == [0.25]
    assert set(psutil.Process().children(recursive=True)) <= before


def test_too_little_memory_is_told_with_its_place_and_not_remembered(
    try_: Try, plan: MemoryPlan
) -> None:
    large = replace(plan, context_tokens=131_072, ubatch_tokens=2048)
    verdict = try_(IS_SHORT_OF_MEMORY, planned=large)
    assert (verdict.outcome, verdict.stage) == (Outcome.NO_MEMORY, Stage.CONTEXT)
    again = try_(ABORTS, planned=large)
    assert again.outcome is Outcome.CRASHED, "tried again"


def test_a_program_that_cannot_be_started_counts_as_crashed(
    practice_facts: ModelFacts, request_: LoadRequest, plan: MemoryPlan, tmp_path: Path
) -> None:
    prober = Prober((str(tmp_path / "missing"),))
    verdict = prober.verdict(request_, practice_facts, plan, lambda _: None, lambda: False)
    assert verdict.outcome is Outcome.CRASHED


def test_a_damaged_memory_is_started_afresh(try_: Try, request_: LoadRequest) -> None:
    assert request_.verdicts is not None
    request_.verdicts.write_text("{")
    assert try_(ABORTS).outcome is Outcome.CRASHED
    assert try_(None).outcome is Outcome.CRASHED


def test_only_gpus_of_this_machine_are_tried_and_only_where_it_is_wanted(
    request_: LoadRequest, plan: MemoryPlan
) -> None:
    def with_gpu(name: str) -> MemoryPlan:
        gpu = replace(plan.main.device, name=name, kind=DeviceKind.GPU)
        return replace(plan, devices=(replace(plan.main, device=gpu), plan.main))

    assert not is_due(request_, plan), "the processor alone"
    assert is_due(request_, with_gpu("CUDA0"))
    assert not is_due(replace(request_, verdicts=None), with_gpu("CUDA0"))
    assert not is_due(request_, with_gpu("RPC0")), "a worker serves one process at a time"


def test_a_load_that_took_its_process_with_it_is_tried_afresh(
    request_: LoadRequest, practice_facts: ModelFacts, plan: MemoryPlan
) -> None:
    gpu = replace(plan.main.device, name="CUDA0", kind=DeviceKind.GPU)
    on_gpu = replace(plan, devices=(replace(plan.main, device=gpu), plan.main))
    works = (sys.executable, "-c", f"import sys; sys.stdin.read(); print({WORKS!r})")
    prober = Prober(works)

    def verdict(prober: Prober) -> Outcome:
        return prober.verdict(
            request_, practice_facts, on_gpu, lambda _fraction: None, lambda: False
        ).outcome

    assert verdict(prober) is Outcome.WORKS
    with prober.watched(request_, practice_facts, on_gpu):
        pass
    assert verdict(Prober(("missing",))) is Outcome.WORKS, "remembered after a load that ended"
    load = prober.watched(request_, practice_facts, on_gpu)
    load.__enter__()  # and the process is gone
    assert verdict(Prober(("missing",))) is Outcome.CRASHED, "tried again"


class ScriptedProber(Prober):
    """Gives verdicts one after the other, then says that it works."""

    def __init__(self, *verdicts: Verdict) -> None:
        super().__init__()
        self.plans: list[MemoryPlan] = []
        self._verdicts = list(verdicts)

    def verdict(self, *arguments: object) -> Verdict:
        plan = arguments[2]
        assert isinstance(plan, MemoryPlan)
        self.plans.append(plan)
        return self._verdicts.pop(0) if self._verdicts else Verdict(Outcome.WORKS)


@pytest.fixture
def borrowed(request_: LoadRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadRequest]:
    """A load on a device that is taken for a graphics card in this machine."""
    worker = WorkerProcess()
    workers = (worker.address,)
    names = tuple(one.name for one in devices(workers) if one.is_remote)
    monkeypatch.setattr(Device, "is_remote", property(lambda _device: False))
    yield replace(request_, devices=names, workers=workers)
    worker.close()


def loaded_with(prober: Prober, request: LoadRequest, log: LlamaLog) -> ModelLoaded:
    seen: list[EngineEvent] = []
    loaded = Loader(log, AbortFlag(), seen.append, lambda: False, prober).load(request)
    loaded.context.close()
    loaded.model.close()
    assert all(isinstance(event, ModelLoading) for event in seen)
    return loaded.event


def test_a_load_that_works_in_a_trial_is_loaded_as_planned(
    borrowed: LoadRequest, llama_log: LlamaLog
) -> None:
    prober = ScriptedProber()
    event = loaded_with(prober, borrowed, llama_log)
    assert event.lowered == ()
    assert prober.plans == [event.plan]
    assert event.plan.gpu_layers == 4


def test_a_trial_short_of_memory_goes_down_the_ladder(
    borrowed: LoadRequest, llama_log: LlamaLog
) -> None:
    prober = ScriptedProber(
        Verdict(Outcome.NO_MEMORY, Stage.WEIGHTS), Verdict(Outcome.CRASHED, Stage.WEIGHTS)
    )
    event = loaded_with(prober, borrowed, llama_log)
    assert [plan.gpu_layers for plan in prober.plans] == [4, 4, 2]
    assert [plan.cpu_expert_layers for plan in prober.plans] == [0, 4, 4]
    assert event.plan.gpu_layers == 2
    assert len(event.lowered) == 2


def test_after_two_crashes_the_processor_does_it(
    borrowed: LoadRequest, llama_log: LlamaLog
) -> None:
    prober = ScriptedProber(*[Verdict(Outcome.CRASHED, Stage.CONTEXT)] * 2)
    event = loaded_with(prober, borrowed, llama_log)
    assert event.device == "CPU"
    assert [str(one) for one in event.lowered] == [
        "The graphics card failed in a trial, so the model runs on the processor alone."
    ]
    assert event.context_tokens == 1024, "what the user chose stays"
