from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path

import pytest

from engine.llama.variants import Origin, library_name, module_misfit, select
from manifest import Manifest, compilers, complaints, measured, path_in, read


def make(folder: Path, variant: str, *names: str, sources: str = "5e5e") -> Manifest:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(f"{variant} {name}")
    made = Manifest(
        variant=variant,
        llama_cpp_python=metadata.version("llama-cpp-python"),
        source_sha256=sources,
        ggml="0.25.3",
        commit="0c1e570",
        system=platform.system(),
        machine=platform.machine(),
        flags=("-DGGML_NATIVE=OFF",),
        compilers={"CXX": "GNU 12.2.0"},
        modules=names[-1:],
        files=measured(folder, names),
    )
    made.write(folder)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "native"
    make(folder, "cpu", library_name("llama"), "libggml-rpc.so")
    make(folder, "cuda13", "libcudart.so.13", "libggml-cuda13.so")
    return folder


def test_a_manifest_tells_the_digest_and_size_of_every_file(folder: Path) -> None:
    told = read(path_in(folder, "cuda13")).files["libggml-cuda13.so"]
    content = (folder / "libggml-cuda13.so").read_bytes()

    assert told == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def test_a_manifest_is_read_back_as_it_was_written(folder: Path) -> None:
    made = make(folder, "vulkan", "libggml-vulkan.so")

    assert read(path_in(folder, "vulkan")) == made


def test_a_whole_folder_has_nothing_wrong(folder: Path) -> None:
    assert complaints(folder) == []


def test_whatever_is_wrong_with_a_folder_is_named(folder: Path) -> None:
    (folder / "libggml-cuda13.so").write_text("another")
    (folder / "libggml-rpc.so").unlink()
    (folder / "libstray.so").touch()
    make(folder, "vulkan", "libggml-vulkan.so", sources="0f0f")
    (folder / "sotto-metal.json").write_text('{"format": 99}')

    assert complaints(folder) == [
        "sotto-metal.json: sotto-metal.json has another format than 1.",
        "variants differ in source_sha256: 0f0f, 5e5e",
        "libggml-rpc.so: is missing",
        "libggml-cuda13.so: is not the file that was built",
        "libstray.so: no manifest names it",
    ]


def test_a_folder_without_its_base_is_none(tmp_path: Path) -> None:
    make(tmp_path / "native", "vulkan", "libggml-vulkan.so")

    assert complaints(tmp_path / "native") == ["the base is missing: sotto-cpu.json"]


def test_the_engine_understands_what_the_build_writes(folder: Path) -> None:
    make(folder, "vulkan", "libggml-vulkan.so", sources="0f0f")

    assert select({}, folder, lambda _path: None).origin is Origin.PACKAGED
    assert module_misfit(folder, "cuda13") == ""
    assert module_misfit(folder, "vulkan") != ""


def test_compilers_are_those_that_cmake_found(tmp_path: Path) -> None:
    place = tmp_path / "CMakeFiles" / "3.25.1"
    place.mkdir(parents=True)
    (place / "CMakeCUDACompiler.cmake").write_text(
        'set(CMAKE_CUDA_COMPILER_ID "NVIDIA")\nset(CMAKE_CUDA_COMPILER_VERSION "13.0.88")\n'
    )
    (place / "CMakeRCCompiler.cmake").write_text("set(CMAKE_RC_COMPILER_LOADED 1)\n")

    assert compilers(tmp_path) == {"CUDA": "NVIDIA 13.0.88"}


def test_a_manifest_is_plain_json(folder: Path) -> None:
    told = json.loads(path_in(folder, "cpu").read_text())

    assert told["flags"] == ["-DGGML_NATIVE=OFF"]
    assert told["compilers"] == {"CXX": "GNU 12.2.0"}
