from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import llama_cpp
import pytest

from engine.llama import variants
from engine.llama.variants import Origin, module_misfit, select

INSTALLED_LIBRARIES = Path(llama_cpp.__file__).parent / "lib"

FITS: dict[str, object] = {
    "system": platform.system(),
    "machine": platform.machine(),
    "llama_cpp_python": metadata.version("llama-cpp-python"),
    "source_sha256": "5e5e",
    "ggml": "0.25.3",
}


def make_folder(folder: Path, **changed: object) -> Path:
    """A folder as a release has it, with an empty file for libllama."""
    folder.mkdir(parents=True)
    (folder / variants.library_name("llama")).touch()
    write_manifest(folder, "cpu", **changed)
    return folder


def write_manifest(folder: Path, variant: str, **changed: object) -> None:
    (folder / f"sotto-{variant}.json").write_text(json.dumps({**FITS, **changed}))


def opens(_path: Path) -> None:
    """A loader to which every library is good."""


def test_without_a_folder_the_installed_libraries_are_used(tmp_path: Path) -> None:
    chosen = select({}, tmp_path / "native")
    variables = {"PATH": "/bin"}
    chosen.apply(variables)

    assert chosen == variants.INSTALLED
    assert variables == {"PATH": "/bin"}


def test_the_folder_of_a_release_is_used(tmp_path: Path) -> None:
    packaged = make_folder(tmp_path / "native")
    chosen = select({}, packaged, opens)
    variables: dict[str, str] = {}
    chosen.apply(variables)

    assert (chosen.folder, chosen.origin) == (packaged, Origin.PACKAGED)
    assert variables == {"LLAMA_CPP_LIB_PATH": str(packaged)}


def test_a_named_folder_comes_before_that_of_the_release(tmp_path: Path) -> None:
    packaged, own = make_folder(tmp_path / "native"), make_folder(tmp_path / "own")
    library = make_folder(tmp_path / "library")
    named = {"SOTTO_NATIVE": str(own), "LLAMA_CPP_LIB_PATH": str(library)}

    assert select(named, packaged, opens).folder == own
    del named["SOTTO_NATIVE"]
    assert select(named, packaged, opens).folder == library


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"system": "Plan9", "machine": "mips"}, "it is for Plan9 mips"),
        ({"llama_cpp_python": "0.1.2"}, "it is for llama-cpp-python 0.1.2, not "),
    ],
)
def test_a_folder_for_another_machine_or_version_is_passed_over(
    tmp_path: Path, changed: dict[str, object], why: str
) -> None:
    own = make_folder(tmp_path / "own", **changed)
    packaged = make_folder(tmp_path / "native")
    chosen = select({"SOTTO_NATIVE": str(own)}, packaged, opens)

    assert chosen.folder == packaged
    assert [one.folder for one in chosen.passed_over] == [own]
    assert chosen.passed_over[0].why.startswith(why)


def test_an_empty_folder_is_passed_over(tmp_path: Path) -> None:
    chosen = select({"SOTTO_NATIVE": str(tmp_path)}, tmp_path / "none", opens)

    assert chosen.origin is Origin.INSTALLED
    assert chosen.passed_over[0].why == f"there is no {variants.library_name('llama')} in it"


def test_a_folder_that_was_passed_over_is_not_used_all_the_same(tmp_path: Path) -> None:
    variables = {"LLAMA_CPP_LIB_PATH": str(tmp_path)}
    select(variables, tmp_path / "none", opens).apply(variables)

    assert variables == {}


def test_a_folder_of_ones_own_needs_no_manifest_but_that_of_a_release_does(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "native")
    (folder / "sotto-cpu.json").unlink()

    assert select({"SOTTO_NATIVE": str(folder)}, tmp_path / "none", opens).folder == folder
    assert select({}, folder, opens).passed_over[0].why == "it has no manifest"


def test_a_library_that_does_not_load_is_passed_over_with_the_systems_reason(
    tmp_path: Path,
) -> None:
    folder = make_folder(tmp_path / "native")
    chosen = select({}, folder)

    assert chosen.origin is Origin.INSTALLED
    assert chosen.passed_over[0].why.startswith(f"{variants.library_name('llama')} does not load: ")


def test_names_of_files_follow_the_system() -> None:
    assert variants.library_name("llama", "linux") == "libllama.so"
    assert variants.library_name("llama", "darwin") == "libllama.dylib"
    assert variants.library_name("llama", "win32") == "llama.dll"
    assert variants.module_name("ggml-cuda13", "linux") == "libggml-cuda13.so"
    assert variants.module_name("ggml-metal", "darwin") == "libggml-metal.so"
    assert variants.module_name("ggml-vulkan", "win32") == "ggml-vulkan.dll"


def test_a_backend_must_come_from_the_sources_of_its_base(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "native")
    write_manifest(folder, "cuda13")
    write_manifest(folder, "vulkan", source_sha256="0f0f")

    assert module_misfit(folder, "cuda13") == ""
    assert module_misfit(folder, "vulkan") == "it was built from other sources than its base"
    assert module_misfit(folder, "cuda12") == "it has no manifest"


@pytest.fixture
def copied_libraries(tmp_path: Path) -> Path:
    """The real libraries in a place of their own, without a manifest."""
    folder = tmp_path / "copied"
    folder.mkdir()
    for path in INSTALLED_LIBRARIES.iterdir():
        if path.name == variants.library_name("llama") or path.name.count(".") in (1, 2):
            shutil.copyfile(path, folder / path.name)
    return folder


_REPORT = """
import json
from engine.llama import binding, devices
print(json.dumps({
    "library": binding.lib._lib._name,
    "chosen_by": binding.NATIVE.origin.value,
    "passed_over": [one.why for one in binding.NATIVE.passed_over],
    "backends": len(devices.native_facts().backends),
    "devices": [one.name for one in devices.devices()],
}))
"""


def report(native: Path) -> dict[str, object]:
    """What a new process says that is told to use a folder."""
    environment = {**os.environ, "SOTTO_NATIVE": str(native)}
    command = [sys.executable, "-c", _REPORT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_a_process_loads_llama_cpp_from_the_named_folder(copied_libraries: Path) -> None:
    found = report(copied_libraries)

    assert found["library"] == str(copied_libraries / variants.library_name("llama"))
    assert found["chosen_by"] == "SOTTO_NATIVE"
    assert found["backends"] == 0, "its backends are linked in; there is nothing to load"
    assert "CPU" in str(found["devices"])


def test_a_process_told_to_use_a_damaged_folder_still_starts(tmp_path: Path) -> None:
    found = report(make_folder(tmp_path / "damaged"))

    assert found["chosen_by"] == "installed"
    assert "does not load" in str(found["passed_over"])
    assert "CPU" in str(found["devices"])
