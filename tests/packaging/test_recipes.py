from __future__ import annotations

import pytest

from recipes import RECIPES, names
from tests.packaging.conftest import defines

WHERE = {
    "cpu": ("Linux", None),
    "cuda12": ("Linux", (12, 8)),
    "cuda13": ("Windows", (13, 0)),
    "vulkan": ("Windows", None),
    "metal": ("Darwin", None),
}


def test_every_variant_is_known_and_the_base_comes_first() -> None:
    assert names()[0] == "cpu"
    assert set(names()) == set(WHERE)


@pytest.mark.parametrize("name", WHERE)
def test_no_variant_depends_on_the_cpu_that_builds_it(name: str) -> None:
    flags = defines(RECIPES[name], *WHERE[name])

    assert flags["GGML_NATIVE"] == "OFF"
    assert flags["GGML_BACKEND_DL"] == "ON"
    assert flags["BUILD_SHARED_LIBS"] == "ON"
    assert flags["CMAKE_BUILD_TYPE"] == "Release"


def test_the_base_has_every_instruction_set_and_rpc_and_no_gpu() -> None:
    flags = defines(RECIPES["cpu"], "Darwin")

    assert flags["GGML_CPU_ALL_VARIANTS"] == "ON"
    assert (flags["GGML_CPU"], flags["GGML_RPC"]) == ("ON", "ON")
    assert (flags["GGML_METAL"], flags["GGML_BLAS"], flags["GGML_CUDA"]) == ("OFF", "OFF", "OFF")


@pytest.mark.parametrize(
    ("name", "backend"),
    [("cuda12", "CUDA"), ("cuda13", "CUDA"), ("vulkan", "VULKAN"), ("metal", "METAL")],
)
def test_a_gpu_variant_holds_its_own_backend_and_nothing_else(name: str, backend: str) -> None:
    flags = defines(RECIPES[name], *WHERE[name])
    on = {
        one
        for one in ("CPU", "RPC", "BLAS", "CUDA", "VULKAN", "METAL")
        if flags[f"GGML_{one}"] == "ON"
    }

    assert on == {backend}
    assert RECIPES[name].target == f"ggml-{backend.lower()}"


def test_cuda_13_has_code_for_each_card_and_fp4_for_blackwell() -> None:
    flags = defines(RECIPES["cuda13"], "Linux", (13, 0))
    cards = flags["CMAKE_CUDA_ARCHITECTURES"].split(";")

    assert {"75-real", "86-real", "89-real", "120a-real"} <= set(cards)
    assert "90-virtual" in cards, "a card that came later gets its code from this"
    assert "61-real" not in cards, "CUDA 13 cannot compile for it"
    assert flags["GGML_CUDA_CUB_3DOT2"] == "ON"


@pytest.mark.parametrize(("cuda", "has_blackwell"), [((12, 4), False), ((12, 8), True)])
def test_cuda_12_has_blackwell_where_the_toolkit_knows_it(
    cuda: tuple[int, int], has_blackwell: bool
) -> None:
    cards = RECIPES["cuda12"].architectures(cuda)

    assert ("120a-real" in cards) is has_blackwell
    assert "61-real" in cards


@pytest.mark.parametrize(
    ("name", "system", "cuda", "message"),
    [
        ("cuda13", "Linux", None, "PATH"),
        ("cuda13", "Linux", (12, 8), "needs CUDA 13, and nvcc is 12.8"),
        ("cuda12", "Linux", (13, 0), "needs CUDA 12, and nvcc is 13.0"),
        ("metal", "Linux", None, "is for Darwin, not for Linux"),
        ("vulkan", "Darwin", None, "is for Linux and Windows, not for Darwin"),
    ],
)
def test_what_cannot_be_built_is_refused_before_it_starts(
    name: str, system: str, cuda: tuple[int, int] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RECIPES[name].cmake_flags(system, cuda)


def test_libraries_find_each_other_in_their_own_folder() -> None:
    assert defines(RECIPES["cpu"], "Linux")["CMAKE_INSTALL_RPATH"] == "$ORIGIN"
    assert defines(RECIPES["metal"], "Darwin")["CMAKE_INSTALL_RPATH"] == "@loader_path"
    assert "CMAKE_INSTALL_RPATH" not in defines(RECIPES["cpu"], "Windows")


def test_on_windows_every_function_can_be_found() -> None:
    assert defines(RECIPES["cpu"], "Windows")["CMAKE_WINDOWS_EXPORT_ALL_SYMBOLS"] == "ON"
    assert "CMAKE_WINDOWS_EXPORT_ALL_SYMBOLS" not in defines(RECIPES["cpu"], "Linux")
