from __future__ import annotations

from pathlib import Path

import pytest

from libraries import base_libraries, brought_libraries, modules
from recipes import RECIPES


def test_modules_are_copied_under_their_plain_name(tree: Path) -> None:
    found = modules(tree, RECIPES["cpu"], "Linux")

    assert set(found) == {"libggml-cpu-x64.so", "libggml-cpu-haswell.so", "libggml-rpc.so"}
    assert all(path.is_file() and not path.is_symlink() for path in found.values())


def test_both_cuda_versions_fit_into_one_folder(tree: Path) -> None:
    twelve = modules(tree, RECIPES["cuda12"], "Linux")
    thirteen = modules(tree, RECIPES["cuda13"], "Linux")

    assert set(twelve) == {"libggml-cuda12.so"}
    assert set(thirteen) == {"libggml-cuda13.so"}


def test_the_base_is_copied_under_the_names_that_are_asked_for(tree: Path) -> None:
    assert set(base_libraries(tree, "Linux")) == {
        "libllama.so",
        "libggml.so.0",
        "libggml-base.so.0",
    }


@pytest.mark.parametrize(
    ("system", "built"),
    [
        ("Windows", ("llama.dll", "ggml.dll", "ggml-base.dll")),
        ("Darwin", ("libllama.dylib", "libggml.0.dylib", "libggml-base.0.dylib")),
    ],
)
def test_other_systems_have_names_of_their_own(
    tmp_path: Path, system: str, built: tuple[str, ...]
) -> None:
    out = tmp_path / "bin"
    out.mkdir()
    for name in (*built, "libllama.0.dylib", "libggml.0.25.3.dylib", "ggml-rpc.dll"):
        (out / name).touch()

    assert set(base_libraries(tmp_path, system)) == set(built)


def test_a_base_that_was_not_built_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    with pytest.raises(ValueError, match="was not built"):
        base_libraries(tmp_path, "Linux")


def test_cuda_brings_its_runtime_but_never_the_driver(tree: Path, toolkit: Path) -> None:
    found = brought_libraries(tree, RECIPES["cuda13"], "Linux")

    assert set(found) == {"libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13"}
    assert found["libcudart.so.13"] == toolkit / "libcudart.so.13.0.88"


def test_on_windows_the_library_to_link_stands_for_the_one_to_bring(tmp_path: Path) -> None:
    linked = tmp_path / "cuda" / "lib" / "x64" / "cublas.lib"
    program = tmp_path / "cuda" / "bin" / "x64" / "cublas64_13.dll"
    for path in (linked, program, program.with_name("cublasLt64_13.dll")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "CMakeCache.txt").write_text(f"CUDA_cublas_LIBRARY:FILEPATH={linked}\n")

    assert set(brought_libraries(tmp_path, RECIPES["cuda13"], "Windows")) == {"cublas64_13.dll"}


@pytest.mark.usefixtures("toolkit")
def test_a_variant_that_needs_nothing_brings_nothing(tree: Path) -> None:
    assert brought_libraries(tree, RECIPES["vulkan"], "Linux") == {}
