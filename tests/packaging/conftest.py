"""A build tree and a source package, small enough to be made anew for each test."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from recipes import Recipe
from sources import PACKAGE, Pin

VERSION = "0.3.36"


@dataclass(frozen=True)
class SourcePackage:
    """A source package and the lock file's word for it."""

    archive: Path
    pin: Pin


@pytest.fixture
def source_package(tmp_path: Path) -> SourcePackage:
    name = f"llama_cpp_python-{VERSION}"
    archive = tmp_path / f"{name}.tar.gz"
    members = {
        f"{name}/PKG-INFO": f"Metadata-Version: 2.1\nVersion: {VERSION}\n",
        f"{name}/vendor/llama.cpp/CMakeLists.txt": "project(llama)\n",
    }
    with tarfile.open(archive, "w:gz") as packed:
        for path, text in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    lines = f"{PACKAGE}=={VERSION} \\\n    --hash=sha256:{digest}\n"
    return SourcePackage(archive, Pin(VERSION, (digest,), lines))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What CMake leaves after a build of everything on Linux."""
    folder = tmp_path / "tree"
    out = folder / "bin"
    out.mkdir(parents=True)
    for stem, version in (("llama", "0.5.0"), ("ggml", "0.25.3"), ("ggml-base", "0.25.3")):
        _versioned(out, f"lib{stem}.so", version)
    for stem in ("cpu-x64", "cpu-haswell", "rpc", "cuda", "vulkan"):
        _versioned(out, f"libggml-{stem}.so", "0.25.3")
    (folder / "CMakeCache.txt").write_text("")
    return folder


def _versioned(folder: Path, name: str, version: str) -> None:
    (folder / f"{name}.{version}").write_text(f"{name} {version}")
    major = version.split(".", maxsplit=1)[0]
    (folder / f"{name}.{major}").symlink_to(f"{name}.{version}")
    (folder / name).symlink_to(f"{name}.{major}")


@pytest.fixture
def toolkit(tmp_path: Path, tree: Path) -> Path:
    """A CUDA toolkit that the tree was linked with, and the driver's stub in it."""
    libraries = tmp_path / "cuda" / "lib64"
    (libraries / "stubs").mkdir(parents=True)
    for stem, version in (("cudart", "13.0.88"), ("cublas", "13.1.0"), ("cublasLt", "13.1.0")):
        _versioned(libraries, f"lib{stem}.so", version)
    (libraries / "stubs" / "libcuda.so").touch()
    (tree / "CMakeCache.txt").write_text(
        f"CUDA_CUDART:FILEPATH={libraries / 'libcudart.so'}\n"
        f"CUDA_cudart_LIBRARY:FILEPATH={libraries / 'libcudart.so'}\n"
        f"CUDA_cublas_LIBRARY:FILEPATH={libraries / 'libcublas.so'}\n"
        f"CUDA_cublasLt_LIBRARY:FILEPATH={libraries / 'libcublasLt.so'}\n"
        f"CUDA_cuda_driver_LIBRARY:FILEPATH={libraries / 'stubs' / 'libcuda.so'}\n"
        "CUDA_nvrtc_LIBRARY:FILEPATH=CUDA_nvrtc_LIBRARY-NOTFOUND\n"
    )
    return libraries


def defines(recipe: Recipe, system: str, cuda: tuple[int, int] | None = None) -> dict[str, str]:
    """A variant's flags by name; a later one wins, as with CMake."""
    flags = recipe.cmake_flags(system, cuda)
    assert all(flag.startswith("-D") for flag in flags)
    return dict(flag.removeprefix("-D").split("=", 1) for flag in flags)
