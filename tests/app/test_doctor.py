from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from app.doctor import DoctorReport, Machine, Native, report, this_machine
from app.paths import Paths
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from engine.errors import ModelFileError
from engine.gguf import Geometry, ModelFacts, WeightBytes
from engine.hardware import Device, DeviceKind
from engine.llama.devices import BuildFacts
from engine.llama.variants import Backend, BackendState
from engine.memory_plan.values import PlanChoices
from tests.worker_process import WorkerProcess

GPU = Device("CUDA0", "NVIDIA H200", DeviceKind.INTEGRATED_GPU, 5 << 30, 8 << 30)
CPU = Device("CPU", "Some Processor", DeviceKind.CPU, 0, 0)
NATIVE = Native(
    folder="/homes/ada/native",
    chosen_by="SOTTO_NATIVE",
    passed_over=("/opt/sotto/native: it is for Windows AMD64",),
    backends=(
        Backend("cuda13", BackendState.NOT_USABLE, "libcuda.so.1: no such file in /homes/ada"),
        Backend("cpu-haswell", BackendState.IN_USE),
    ),
)
MACHINE = Machine((GPU, CPU), BuildFacts("0.9.4 (0c1e570)", "CPU : AVX2 = 1 |"), NATIVE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "ada"


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths(home / "data", home / "config", home / "cache", home / "state")


@pytest.fixture
def facts(home: Path) -> ModelFacts:
    return ModelFacts(
        path=home / "models" / "m.gguf",
        name="gpt-oss-20b",
        is_practice=False,
        size_bytes=12 << 30,
        modified_ns=0,
        quantisation="MXFP4",
        layers=24,
        experts=32,
        embedding_width=2880,
        trained_context_tokens=131072,
        sliding_window_tokens=128,
        vocabulary_tokens=201088,
        geometry=Geometry(64, 8, 64, 64, 2880, 4),
        weights=WeightBytes(1, 1, (1,) * 24, (1,) * 24),
    )


def broken_model() -> ModelFacts:
    raise ModelFileError("The file {path} is damaged.", fields={"path": "/homes/ada/m.gguf"})


def broken_machine() -> Machine:
    raise OSError("libllama.so: cannot open shared object file")


@pytest.fixture
def found(paths: Paths, facts: ModelFacts, home: Path) -> DoctorReport:
    paths.state.mkdir(parents=True)
    (paths.state / "sotto.log").touch()
    sandbox = Sandbox(SandboxKind.LANDLOCK, f"bubblewrap: code 1 in {home}")
    return report(
        *(paths, "SecretService", lambda: facts, lambda: MACHINE),
        home=home,
        read_sandbox=lambda: sandbox,
    )


def test_this_machine_has_a_processor_and_a_build() -> None:
    machine = this_machine()

    assert any(device.kind is DeviceKind.CPU for device in machine.devices)
    assert machine.build.ggml_version
    assert machine.build.features


def test_versions_are_those_installed(found: DoctorReport) -> None:
    assert found.versions["Python"] == platform.python_version()
    assert found.versions["llama-cpp-python"] == metadata.version("llama-cpp-python")
    assert found.versions["openai-harmony"] == metadata.version("openai-harmony")


def test_a_missing_package_is_named_missing(
    monkeypatch: pytest.MonkeyPatch, paths: Paths, facts: ModelFacts
) -> None:
    def not_found(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", not_found)

    assert report(paths, None, lambda: facts, lambda: MACHINE).versions["PySide6"] == "missing"


def test_lines_say_everything_that_matters(found: DoctorReport) -> None:
    text = "\n".join(found.as_lines())

    for expected in (
        "ggml: 0.9.4 (0c1e570)",
        "llama.cpp features: CPU : AVX2 = 1 |",
        "device CUDA0: NVIDIA H200, integrated gpu, 5.0 GiB free of 8.0 GiB",
        "device CPU: Some Processor, cpu, memory unknown",
        "model size: 12.0 GiB, MXFP4, 24 layers, 32 experts, context 131072 tokens",
        "memory plan: The whole model runs on NVIDIA H200 with a context of 32,768 tokens",
        "keyring: SecretService",
        "sandbox for code: landlock (bubblewrap: code 1 in ~)",
    ):
        assert expected in text


def test_the_report_says_what_memory_is_short_for_the_users_choices(
    paths: Paths, facts: ModelFacts, home: Path
) -> None:
    choices = PlanChoices(context_tokens=131_072, ubatch_tokens=8192, gpu_layers=24)
    found = report(
        paths, None, lambda: facts, lambda: MACHINE, choices=choices, home=home
    ).as_lines()
    (shortage,) = (line for line in found if "short of" in line)
    assert shortage.startswith("memory plan: NVIDIA H200 is short of ")


def test_folders_say_whether_they_are_there_and_how_much_room_is_left(found: DoctorReport) -> None:
    there = {folder.name: folder.exists for folder in found.folders}

    assert there == {"data": False, "config": False, "cache": False, "state": True}
    assert all(folder.free_bytes and folder.free_bytes > 0 for folder in found.folders)
    assert found.log_exists


def test_where_llama_cpp_comes_from_is_told_with_every_reason(
    paths: Paths, facts: ModelFacts
) -> None:
    found = report(paths, None, lambda: facts, lambda: MACHINE, home=Path("/homes/ada"))
    lines = found.as_lines()

    assert "llama.cpp folder: ~/native (SOTTO_NATIVE)" in lines
    assert "passed over /opt/sotto/native: it is for Windows AMD64" in lines
    assert "backend cuda13: not usable, libcuda.so.1: no such file in ~" in lines
    assert "backend cpu-haswell: in use" in lines
    assert json.loads(json.dumps(found.as_json()))["machine"]["native"]["backends"][1] == {
        "name": "cpu-haswell",
        "state": "in use",
        "why": "",
    }


def test_a_linked_build_names_no_folder_and_no_backend_files(
    paths: Paths, facts: ModelFacts
) -> None:
    linked = replace(MACHINE, native=Native("", "installed"))
    lines = report(paths, None, lambda: facts, lambda: linked).as_lines()

    assert "llama.cpp folder: installed" in lines
    assert not any(line.startswith("backend ") for line in lines)


def test_the_home_folder_is_not_named(found: DoctorReport, home: Path) -> None:
    told = json.dumps(found.as_json()) + "\n".join(found.as_lines())

    assert str(home) not in told
    assert str(Path("~") / "models" / "m.gguf") == found.model.path


def test_json_holds_sizes_in_bytes_and_can_be_written(found: DoctorReport) -> None:
    told = json.loads(json.dumps(found.as_json()))

    assert told["machine"]["devices"][0]["free_bytes"] == 5 << 30
    assert told["model"]["facts"]["layers"] == 24
    assert "path" not in told["model"]["facts"]
    assert told["memory_total_bytes"] > told["memory_free_bytes"] > 0


def test_a_model_that_cannot_be_read_is_told_in_its_own_words(paths: Paths) -> None:
    named = "/homes/ada/m.gguf"
    found = report(
        paths, None, broken_model, lambda: MACHINE, model_path=named, home=Path("/homes/ada")
    )

    assert "model: ~/m.gguf: The file ~/m.gguf is damaged." in found.as_lines()
    assert "keyring: none" in found.as_lines()
    assert found.as_json()["model"]["facts"] is None


def test_an_unnamed_model_that_cannot_be_read_has_no_path(paths: Paths) -> None:
    found = report(paths, None, broken_model, lambda: MACHINE)

    assert "model: The file /homes/ada/m.gguf is damaged." in found.as_lines()


def test_a_broken_native_library_is_told_and_stops_nothing(paths: Paths, facts: ModelFacts) -> None:
    found = report(paths, None, lambda: facts, broken_machine)

    assert found.machine is None
    assert "llama.cpp: does not answer (OSError)" in found.as_lines()


def test_a_report_comes_even_where_llama_cpp_does_not_load(tmp_path: Path) -> None:
    package = tmp_path / "llama_cpp"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('libllama.so does not load')")
    search = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", ""), str(Path.cwd())])
    done = subprocess.run(
        [sys.executable, "-m", "ui.entry", "doctor"],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "llama.cpp: does not answer (RuntimeError)" in done.stdout.splitlines()
    assert "processor cores: " in done.stdout


def test_the_practice_model_is_called_that_and_small_sizes_have_small_units(
    paths: Paths, facts: ModelFacts
) -> None:
    small = replace(facts, is_practice=True, size_bytes=3 << 20, name="Sotto practice")
    tiny = replace(facts, size_bytes=12)
    root = Path(Path.cwd().anchor)
    lines = report(paths, None, lambda: small, lambda: MACHINE, home=root).as_lines()

    assert f"model: Sotto practice (practice model), {small.path}" in lines
    assert any(line.startswith("model size: 3.0 MiB") for line in lines)
    assert any(
        line.startswith("model size: 12 bytes")
        for line in report(paths, None, lambda: tiny, lambda: MACHINE).as_lines()
    )


def test_what_the_system_cannot_tell_is_unknown(found: DoctorReport) -> None:
    bare = replace(
        found, cores=None, folders=(replace(found.folders[0], free_bytes=None),), log_exists=False
    )

    assert "processor cores: unknown" in bare.as_lines()
    assert any("free room unknown" in line for line in bare.as_lines())
    assert bare.as_lines()[-1].endswith("(not there yet)")


def test_workers_are_tried_and_listed(paths: Paths, facts: ModelFacts) -> None:
    worker = WorkerProcess()
    try:
        found = report(
            paths,
            None,
            lambda: facts,
            lambda: MACHINE,
            workers=(worker.address, "127.0.0.1:1"),
        )
    finally:
        worker.close()
    (good,) = [one for one in found.as_lines() if one.startswith(f"worker {worker.address}: ")]
    assert "loopback network, RPC 7." in good
    assert good.endswith(" free")
    assert "worker 127.0.0.1:1: The worker 127.0.0.1:1 cannot be reached." in found.as_lines()
    assert json.loads(json.dumps(found.as_json()))["workers"][0]["free_bytes"][0] > 0
