from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import llama_cpp
import pytest
from llama_cpp import llama_cpp as lib

from engine.llama import backend_files
from engine.llama.backend_files import LoadedBackend
from engine.llama.backends import load_all, load_once
from engine.llama.log import LlamaLog
from engine.llama.variants import Backend, BackendState, module_name
from tests.engine.llama.test_variants import write_manifest

IN_USE = BackendState.IN_USE
NOT_NEEDED = BackendState.NOT_NEEDED
NOT_USABLE = BackendState.NOT_USABLE


@dataclass
class Machine:
    """A machine to which backends are loaded: its drivers, cards and processor.

    Attributes:
        no_driver: backends whose driver's library is missing.
        no_device: backends whose driver finds no card.
        scores: how well each CPU backend fits.
        silent: backends that do not start and do not say why.
        says: what a driver without a card logs.
    """

    no_driver: set[str] = field(default_factory=set)
    no_device: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    says: str = ""
    scores: dict[str, int] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)

    def why_not(self, path: Path) -> str:
        return "libdriver.so.1: no such file" if self._name(path) in self.no_driver else ""

    def score(self, path: Path) -> int:
        return self.scores.get(self._name(path), 1)

    def register(self, path: Path) -> LoadedBackend:
        name = self._name(path)
        self.registered.append(name)
        if name in self.silent:
            return LoadedBackend("", 0, "")
        if name in self.no_device:
            return LoadedBackend(name.upper(), 0, self.says)
        return LoadedBackend(name.upper(), 0 if name == "rpc" else 1, "")

    @staticmethod
    def _name(path: Path) -> str:
        return path.stem.removeprefix("lib").removeprefix("ggml-")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A release with every backend."""
    gpus = ("cuda13", "cuda12", "vulkan")
    cpus = ("cpu-x64", "cpu-haswell", "cpu-zen4")
    for name in (*gpus, "rpc", *cpus):
        (tmp_path / module_name(f"ggml-{name}")).touch()
    for variant in ("cpu", *gpus):
        write_manifest(tmp_path, variant)
    return tmp_path


@pytest.fixture
def machine() -> Machine:
    return Machine(scores={"cpu-x64": 1, "cpu-haswell": 64, "cpu-zen4": 0})


def states(found: tuple[Backend, ...]) -> dict[str, BackendState]:
    return {one.name: one.state for one in found}


def why(found: tuple[Backend, ...], name: str) -> str:
    return next(one.why for one in found if one.name == name)


def test_the_first_gpu_backend_with_a_device_is_used_and_no_other(
    folder: Path, machine: Machine
) -> None:
    found = load_all(folder, machine, {})

    assert machine.registered == ["cuda13", "rpc", "cpu-haswell"]
    assert states(found)["vulkan"] is NOT_NEEDED
    assert why(found, "vulkan") == "cuda13 is in use"


def test_a_missing_driver_leaves_out_its_backend_with_the_reason(
    folder: Path, machine: Machine
) -> None:
    machine.no_driver = {"cuda13", "cuda12"}
    found = load_all(folder, machine, {})

    assert states(found)["cuda13"] is NOT_USABLE
    assert why(found, "cuda12") == "libdriver.so.1: no such file"
    assert states(found)["vulkan"] is IN_USE
    assert "cuda13" not in machine.registered


def test_a_driver_too_old_for_one_cuda_leaves_the_other(folder: Path, machine: Machine) -> None:
    machine.no_device = {"cuda13"}
    found = load_all(folder, machine, {})

    assert why(found, "cuda13") == "it finds no device"
    assert states(found)["cuda12"] is IN_USE


def test_what_a_backend_says_of_its_trouble_is_passed_on(folder: Path, machine: Machine) -> None:
    machine.no_device, machine.says = {"cuda13"}, "the driver is too old"
    found = load_all(folder, machine, {})

    assert why(found, "cuda13") == "it finds no device (the driver is too old)"


def test_without_any_gpu_the_cpu_still_works(folder: Path, machine: Machine) -> None:
    machine.no_driver = {"cuda13", "cuda12", "vulkan"}
    found = load_all(folder, machine, {})

    assert [one.name for one in found if one.state is IN_USE] == ["rpc", "cpu-haswell"]


@pytest.mark.parametrize(
    ("wanted", "used"),
    [("none", []), ("vulkan", ["vulkan"]), ("cuda", ["cuda13"]), ("cuda12, vulkan", ["cuda12"])],
)
def test_the_user_may_say_which_gpu_backends_are_allowed(
    folder: Path, machine: Machine, wanted: str, used: list[str]
) -> None:
    found = load_all(folder, machine, {"SOTTO_GPU": wanted})

    assert [name for name in machine.registered if name[:3] in ("cud", "vul")] == used
    assert why(found, "cuda13") in ("", f"SOTTO_GPU={wanted}")


def test_a_backend_built_from_other_sources_is_not_even_opened(
    folder: Path, machine: Machine
) -> None:
    write_manifest(folder, "cuda13", source_sha256="0f0f")
    found = load_all(folder, machine, {})

    assert states(found)["cuda13"] is NOT_USABLE
    assert states(found)["cuda12"] is IN_USE
    assert "cuda13" not in machine.registered


def test_the_cpu_backend_that_fits_best_is_used(folder: Path, machine: Machine) -> None:
    found = load_all(folder, machine, {})

    assert states(found)["cpu-haswell"] is IN_USE
    assert why(found, "cpu-x64") == "cpu-haswell is in use"
    assert why(found, "cpu-zen4") == "this CPU lacks its instructions"


def test_when_the_best_cpu_backend_does_not_start_the_next_is_used(
    folder: Path, machine: Machine
) -> None:
    machine.silent = {"cpu-haswell"}
    found = load_all(folder, machine, {})

    assert why(found, "cpu-haswell") == "it does not start"
    assert states(found)["cpu-x64"] is IN_USE


@pytest.mark.parametrize(
    ("wanted", "used"),
    [("x64", "cpu-x64"), ("zen4", "cpu-haswell"), ("nonsense", "cpu-haswell")],
)
def test_the_user_may_name_the_cpu_backend_and_a_wrong_name_is_no_harm(
    folder: Path, machine: Machine, wanted: str, used: str
) -> None:
    found = load_all(folder, machine, {"SOTTO_CPU": wanted})

    assert states(found)[used] is IN_USE
    assert len(found) == 7, "each file is told of once"


@pytest.mark.parametrize(
    ("environ", "used"),
    [({}, "cpu-haswell"), ({"SOTTO_CPU": "sapphirerapids"}, "cpu-sapphirerapids")],
)
def test_the_backend_whose_instructions_may_be_hidden_is_used_on_request_only(
    folder: Path, machine: Machine, environ: dict[str, str], used: str
) -> None:
    (folder / module_name("ggml-cpu-sapphirerapids")).touch()
    machine.scores["cpu-sapphirerapids"] = 4096
    found = load_all(folder, machine, environ)
    assert [one.name for one in found if one.state is IN_USE][-1] == used
    assert ("AMX" in why(found, "cpu-sapphirerapids")) == (not environ)


def test_a_single_cpu_backend_needs_no_score(tmp_path: Path, machine: Machine) -> None:
    (tmp_path / module_name("ggml-cpu")).touch()

    assert load_all(tmp_path, machine, {}) == (Backend("cpu", IN_USE),)


def test_a_build_with_its_backends_linked_in_has_nothing_to_load() -> None:
    assert load_once() == ()
    assert load_once() is load_once()


def test_a_file_that_is_no_library_is_told_by_the_system(tmp_path: Path) -> None:
    path = tmp_path / module_name("ggml-cuda13")
    path.touch()

    assert str(path.name) in backend_files.why_not(path)
    assert backend_files.why_not(tmp_path / "none.so") != ""


def test_a_library_that_is_no_backend_is_refused_in_ggmls_words_and_the_log_goes_on(
    tmp_path: Path, llama_log: LlamaLog
) -> None:
    before = backend_files.backend_count()
    llama_log.install()  # another test may have put its own in this one's place
    llama_log.take_troubles()
    loaded = backend_files.register(
        Path(llama_cpp.__file__).parent / "lib" / module_name("ggml-base")
    )

    assert (loaded.name, loaded.devices) == ("", 0)
    assert "ggml_backend_init" in loaded.said
    assert backend_files.backend_count() == before
    assert llama_log.take_troubles() == "", "what a backend says is told with the backend"

    path = str(tmp_path / "none.gguf").encode()
    lib.llama_model_load_from_file(path, lib.llama_model_default_params())
    assert "none.gguf" in llama_log.take_troubles(), "the log has its receiver again"


def test_a_library_without_a_score_is_taken_at_its_word() -> None:
    library = Path(llama_cpp.__file__).parent / "lib" / module_name("ggml-base")

    assert backend_files.score(library) == 1
