"""What each native variant is made of: targets, CMake flags, and what it has to bring along.

All variants go into one folder.  `cpu` is its base: libllama, ggml, one CPU backend for each
instruction set and the RPC backend.  Each of the others adds one backend as a module of its own
(`GGML_BACKEND_DL`), which fails to load by itself where its driver is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BASE: Final = "cpu"

# Nothing but libraries: no programs, no network, nothing of the building machine's CPU.
_COMMON: Final = (
    "CMAKE_BUILD_TYPE=Release",
    "CMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    "BUILD_SHARED_LIBS=ON",
    "GGML_BACKEND_DL=ON",
    "GGML_NATIVE=OFF",
    "GGML_OPENMP=ON",
    "GGML_CCACHE=OFF",
    "LLAMA_BUILD_COMMON=OFF",
    "LLAMA_BUILD_TOOLS=OFF",
    "LLAMA_BUILD_EXAMPLES=OFF",
    "LLAMA_BUILD_TESTS=OFF",
    "LLAMA_BUILD_SERVER=OFF",
    "LLAMA_BUILD_APP=OFF",
    "LLAMA_OPENSSL=OFF",
)
# Backends that are on by default on macOS, named so that each variant holds exactly its own.
_BACKENDS: Final = ("CPU", "RPC", "BLAS", "CUDA", "VULKAN", "METAL")

# Cards of each generation that has 8 GB or more, as device code; the newest PTX besides, so that
# a card that came later still runs.  120a, not 120: only the former has FP4 tensor cores
# (ggml-cuda/CMakeLists.txt), and it needs CUDA 12.8.
_CUDA_12: Final = ("61-real", "70-real")
_CUDA_12_AND_13: Final = ("75-real", "80-real", "86-real", "89-real", "90-real", "90-virtual")
_BLACKWELL: Final = "120a-real"
_BLACKWELL_SINCE: Final = (12, 8)
_CUDA: Final = (
    "GGML_CUDA_GRAPHS=ON",
    "GGML_CUDA_FA=ON",
    "GGML_CUDA_CUB_3DOT2=ON",  # CUB 3.2 and newer pick the top k of all logits on the GPU
    "GGML_CUDA_NCCL=OFF",  # for several cards in one machine; would have to be brought along
    "GGML_CUDA_COMPRESSION_MODE=size",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One variant.

    Attributes:
        name: as on the command line.
        backends: ggml's names of the backends it holds, upper case.
        target: what CMake builds.
        flags: `NAME=VALUE` for CMake, later ones win.
        module: what its module is called in the folder instead of ggml's name; "" for as it is.
        systems: where it can be built, as `platform.system` names them; empty for everywhere.
        brings: beginnings of the names of libraries that are copied beside it, since neither
            the system nor a driver brings them.
    """

    name: str
    backends: tuple[str, ...]
    target: str
    flags: tuple[str, ...]
    module: str = ""
    systems: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()

    def cmake_flags(self, system: str, cuda: tuple[int, int] | None = None) -> list[str]:
        """The whole list of `-D` arguments.

        Args:
            system: `Linux`, `Darwin` or `Windows`.
            cuda: version of the CUDA toolkit for the CUDA variants.

        Raises:
            ValueError: the variant cannot be built there, or with that toolkit.
        """
        if self.systems and system not in self.systems:
            raise ValueError(f"{self.name} is for {' and '.join(self.systems)}, not for {system}.")
        chosen = [f"GGML_{one}={'ON' if one in self.backends else 'OFF'}" for one in _BACKENDS]
        values = [*_COMMON, *chosen, *self.flags]
        if "CUDA" in self.backends:
            values.append(f"CMAKE_CUDA_ARCHITECTURES={';'.join(self.architectures(cuda))}")
        if system == "Windows":  # the bindings ask for more than llama.h marks for export
            values.append("CMAKE_WINDOWS_EXPORT_ALL_SYMBOLS=ON")
        origin = {"Linux": "$ORIGIN", "Darwin": "@loader_path"}.get(system)
        if origin:
            values.append(f"CMAKE_INSTALL_RPATH={origin}")
        return [f"-D{value}" for value in values]

    def architectures(self, cuda: tuple[int, int] | None) -> tuple[str, ...]:
        """The GPU generations that code is made for.

        Raises:
            ValueError: no toolkit, or one of another major version.
        """
        major = int(self.name.removeprefix("cuda"))
        if cuda is None:
            raise ValueError("No CUDA toolkit was found: put its nvcc into PATH.")
        if cuda[0] != major:
            raise ValueError(f"{self.name} needs CUDA {major}, and nvcc is {cuda[0]}.{cuda[1]}.")
        oldest = _CUDA_12 if major < 13 else ()
        newest = (_BLACKWELL,) if cuda >= _BLACKWELL_SINCE else ()
        return (*oldest, *_CUDA_12_AND_13, *newest)


def _cuda(major: int) -> Recipe:
    return Recipe(
        name=f"cuda{major}",
        backends=("CUDA",),
        target="ggml-cuda",
        flags=_CUDA,
        module=f"ggml-cuda{major}",
        systems=("Linux", "Windows"),
        brings=("cudart", "cublas", "cublasLt"),
    )


RECIPES: Final = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name=BASE,
            backends=("CPU", "RPC"),
            target="llama",  # ggml depends on each backend it was configured with
            flags=("GGML_CPU_ALL_VARIANTS=ON",),
            brings=("gomp", "omp"),
        ),
        _cuda(12),
        _cuda(13),
        Recipe(
            name="vulkan",
            backends=("VULKAN",),
            target="ggml-vulkan",
            flags=(),
            systems=("Linux", "Windows"),
        ),
        Recipe(
            name="metal",
            backends=("METAL",),
            target="ggml-metal",
            flags=("GGML_METAL_EMBED_LIBRARY=ON",),
            systems=("Darwin",),
        ),
    )
}


def names() -> Sequence[str]:
    """What can be asked for, the base first."""
    return tuple(RECIPES)
