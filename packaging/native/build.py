"""Builds one native variant of llama.cpp into a folder, or checks such a folder.

    python packaging/native/build.py cpu --output dist/native
    python packaging/native/build.py cuda13 --output dist/native
    python packaging/native/build.py verify --output dist/native

Standard library only; needs CMake, Ninja, a C++ compiler and, for a GPU variant, its toolkit
(README.md beside this file).  Run it by its path: this folder is no package.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from libraries import base_libraries, brought_libraries, modules
from manifest import Manifest, compilers, complaints, measured, path_in, read
from recipes import BASE, RECIPES, Recipe, names
from sources import Pin, SourceError, obtain

_ROOT = Path(__file__).resolve().parents[2]


class BuildError(Exception):
    """A build that cannot go on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well."""
    options = _parser().parse_args(arguments)
    try:
        if options.variant == "verify":
            found = complaints(options.output)
            print("\n".join(found) or f"{options.output}: every file is as it was built")
            return 1 if found else 0
        build(RECIPES[options.variant], options)
    except (BuildError, SourceError, ValueError, OSError) as error:
        print(f"native build: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"native build: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build one native variant of llama.cpp.")
    parser.add_argument("variant", choices=[*names(), "verify"])
    parser.add_argument("--output", type=Path, required=True, help="folder of all variants")
    parser.add_argument("--source", type=Path, help="llama-cpp-python's source package")
    parser.add_argument("--work", type=Path, default=_ROOT / "build" / "native")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--define", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--alone", action="store_true", help="leave out libraries that are to be brought along"
    )
    return parser


def build(recipe: Recipe, options: argparse.Namespace) -> None:
    """Compile a variant and put its files and its manifest into the output folder.

    Raises:
        BuildError: the base is missing, or something was not built.
        SourceError: the sources are not those of the lock file.
        subprocess.CalledProcessError: CMake failed; it has said why.
    """
    system = platform.system()
    cuda = cuda_version() if "CUDA" in recipe.backends else None
    flags = [*recipe.cmake_flags(system, cuda), *(f"-D{one}" for one in options.define)]
    pin = Pin.from_lock()
    sources = obtain(pin, options.source, options.work)
    tree = options.work / recipe.name
    configured = _configured(sources, tree, flags)
    jobs = ["--config", "Release", "--target", recipe.target, "-j", str(options.jobs)]
    subprocess.run(["cmake", "--build", str(tree), *jobs], check=True)
    copied = _copied(recipe, tree, options.output, system, alone=options.alone)
    made = Manifest(
        variant=recipe.name,
        llama_cpp_python=pin.version,
        source_sha256=pin.sha256[0],
        ggml=_said(configured, "ggml version"),
        commit=_said(configured, "ggml commit").removesuffix("-dirty"),
        system=system,
        machine=platform.machine(),
        flags=tuple(_without_folders(flags)),
        compilers=compilers(tree),
        modules=tuple(sorted(name for name in copied if _is_module(name, recipe, tree, system))),
        files=measured(options.output, copied),
    )
    _require_same_base(made, options.output)
    print(f"{recipe.name}: {made.write(options.output)}")


def _configured(sources: Path, tree: Path, flags: Sequence[str]) -> str:
    """Run CMake's first step and give what it said."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    command = ["cmake", *generator, "-S", str(sources), "-B", str(tree), *flags]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(done.stdout)
    done.check_returncode()
    return done.stdout


def _said(configured: str, what: str) -> str:
    found = re.search(rf"^-- {what}:\s*(\S+)$", configured, re.MULTILINE)
    if found is None:
        raise BuildError(f"CMake did not tell the {what}.")
    return found[1]


def _copied(recipe: Recipe, tree: Path, output: Path, system: str, *, alone: bool) -> list[str]:
    """Copy what was built and what it needs; gives the names in the output folder."""
    wanted = modules(tree, recipe, system)
    if not wanted:
        raise BuildError(f"No module of {recipe.name} was built in {tree}.")
    if recipe.name == BASE:
        wanted.update(base_libraries(tree, system))
    if not alone:
        wanted.update(brought_libraries(tree, recipe, system))
    output.mkdir(parents=True, exist_ok=True)
    for name, path in wanted.items():
        shutil.copyfile(path, output / name)
    return list(wanted)


def _is_module(name: str, recipe: Recipe, tree: Path, system: str) -> bool:
    return name in modules(tree, recipe, system)


def _require_same_base(made: Manifest, output: Path) -> None:
    """A module talks to the base's ggml: both must come from the same sources."""
    path = path_in(output, BASE)
    if made.variant == BASE or not path.is_file():
        return
    base = read(path)
    if (base.source_sha256, base.machine) != (made.source_sha256, made.machine):
        raise BuildError(f"The base in {output} was made from other sources: build {BASE} first.")


def _without_folders(flags: Sequence[str]) -> list[str]:
    """The flags, with folders of the building machine left out of the manifest."""
    root = str(Path.home())
    return [flag.replace(root, "~") for flag in flags]


def cuda_version() -> tuple[int, int] | None:
    """Version of the CUDA toolkit whose nvcc is in PATH; None where there is none."""
    nvcc = shutil.which("nvcc")
    if nvcc is None:
        return None
    told = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"release (\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else None


if __name__ == "__main__":
    sys.exit(main())
