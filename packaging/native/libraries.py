"""Which files of a build tree make up a variant, and what they are called in its folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from recipes import Recipe

_BASE: Final = ("llama", "ggml", "ggml-base")


def modules(tree: Path, recipe: Recipe, system: str) -> dict[str, Path]:
    """The backends that are loaded at run time: name in the folder to the built file.

    CMake makes a plain name that links to one with a version; only the plain name is kept.
    """
    prefix, ending = ("", ".dll") if system == "Windows" else ("lib", ".so")
    found = {}
    for backend in recipe.backends:
        stem = f"{prefix}ggml-{backend.lower()}"
        for path in _outputs(tree):
            is_one = path.name == stem + ending or (
                path.name.startswith(stem + "-") and path.name.endswith(ending)
            )
            if is_one:
                name = f"{prefix}{recipe.module}{ending}" if recipe.module else path.name
                found[name] = path.resolve()
    return found


def base_libraries(tree: Path, system: str) -> dict[str, Path]:
    """The libraries libllama and ggml: name in the folder to the built file.

    libllama is opened by its plain name (llama_cpp/llama_cpp.py); the other two are found by
    the names that the linker wrote into it, `libggml.so.0` and `libggml-base.so.0`.
    """
    outputs = {path.name: path for path in _outputs(tree)}
    if system == "Windows":
        wanted = [f"{stem}.dll" for stem in _BASE]
    else:
        wanted = [_linked_name(stem, outputs, system) for stem in _BASE]
    missing = [name for name in wanted if name not in outputs]
    if missing:
        raise ValueError(f"{', '.join(missing)} was not built in {tree}.")
    return {name: outputs[name].resolve() for name in wanted}


def brought_libraries(tree: Path, recipe: Recipe, system: str) -> dict[str, Path]:
    """Libraries of a toolkit or compiler that the variant needs beside it.

    They are looked for where CMake found them while linking, by the beginnings of their
    names in the recipe; a driver's own libraries are in no recipe.
    """
    found: dict[str, Path] = {}
    for path in _linked_libraries(tree):
        if not any(_is_called(path.name, stem) for stem in recipe.brings):
            continue
        for file in _at_run_time(path, system):
            found.setdefault(file.name, file.resolve())
    return found


def _outputs(tree: Path) -> Iterator[Path]:
    for folder in (tree / "bin", tree / "bin" / "Release"):
        if folder.is_dir():
            yield from (path for path in sorted(folder.iterdir()) if path.is_file())


def _linked_name(stem: str, outputs: Iterable[str], system: str) -> str:
    """`libggml.so.0` or `libggml.0.dylib` of `libggml.so`, `.so.0` and `.so.0.25.3`."""
    plain = f"lib{stem}.dylib" if system == "Darwin" else f"lib{stem}.so"
    if stem == "llama":
        return plain
    versions = r"\.\d+\.dylib" if system == "Darwin" else r"\.so\.\d+"
    named = re.compile(rf"lib{re.escape(stem)}{versions}")
    return next((name for name in outputs if named.fullmatch(name)), plain)


def _linked_libraries(tree: Path) -> Iterator[Path]:
    """Files that CMake's cache names as libraries, e.g. `OpenMP_gomp_LIBRARY`."""
    text = (tree / "CMakeCache.txt").read_text(encoding="utf-8")
    for match in re.finditer(r"^\w+_LIBRARY:\w+=(.+)$", text, re.MULTILINE):
        path = Path(match[1])
        if path.is_file():
            yield path


def _is_called(name: str, stem: str) -> bool:
    return re.match(rf"(lib)?{re.escape(stem)}(\d+_\d+)?[._-]", name) is not None


def _at_run_time(linked: Path, system: str) -> Iterator[Path]:
    """The files that the system's loader asks for, given the one the linker was given."""
    if system == "Windows":  # cublas.lib stands for bin/x64/cublas64_13.dll
        for folder in (linked.parents[2] / "bin", linked.parents[2] / "bin" / "x64"):
            if folder.is_dir():
                yield from sorted(folder.glob(f"{linked.stem}64_*.dll"))
        return
    real = linked.resolve()
    stem = linked.name.split(".so")[0]
    named = re.compile(rf"{re.escape(stem)}\.so\.\d+")  # e.g. libcudart.so.13
    for folder in dict.fromkeys((linked.parent, real.parent, *_ELSEWHERE)):
        found = [path for path in sorted(folder.glob(f"{stem}.so.*")) if named.fullmatch(path.name)]
        if found:
            yield from found
            return


# GCC's libgomp.so lies among the compiler's own files, libgomp.so.1 with the system's.
_ELSEWHERE: Final = tuple(
    Path(one)
    for one in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
)
