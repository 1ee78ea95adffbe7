"""The C++ compiler, the flags of the native build, and how many compilers may run at once."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

_C = "#include <stdio.h>\nint main(void) { return 0; }\n"
_CXX = "#include <vector>\nint main() { return static_cast<int>(std::vector<int>().size()); }\n"
_PORTABLE_CPU_FLAGS = {"avx2", "bmi2", "f16c", "fma"}
_BYTES_PER_COMPILER = 1_500_000_000


def has_compiler(environment: Mapping[str, str]) -> bool:
    """Tell whether C and C++ compilers are there and build a program with a standard header."""
    return all(
        _compiles(environment.get(variable), names, environment)
        for variable, names in (("CC", ("cc", "gcc", "clang")), ("CXX", ("c++", "g++", "clang++")))
    )


def _compiles(chosen: str | None, names: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    found = (shutil.which(name, path=environment.get("PATH")) for name in names)
    command = chosen.split() if chosen else [next(filter(None, found), "")]
    plus = "++" in names[0]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("probe.cpp" if plus else "probe.c")
        source.write_text(_CXX if plus else _C)
        try:
            done = subprocess.run(
                [*command, str(source), "-o", str(source.with_suffix(".out"))],
                env=dict(environment),
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
    return done.returncode == 0


def cpu_flags() -> set[str]:
    """List the CPU's instruction set flags as Linux names them; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return set(next((line for line in lines if line.startswith("flags")), "").split())


def cmake_arguments(machine: str, flags: set[str]) -> str:
    """Choose the flags of the llama.cpp build; docs/decisions/001.md says why.

    Args:
        machine: The architecture, as `platform.machine` names it.
        flags: The CPU's instruction set flags.
    """
    portable = machine in {"x86_64", "AMD64"} and flags >= _PORTABLE_CPU_FLAGS
    return f"-DLLAVA_BUILD=OFF -DGGML_RPC=ON -DGGML_NATIVE={'OFF' if portable else 'ON'}"


def build_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that the native build reads; what the user has set goes last and wins."""
    chosen = cmake_arguments(platform.machine(), cpu_flags())
    own = environment.get("CMAKE_ARGS", "")
    return {
        "CMAKE_ARGS": f"{chosen} {own}".strip(),
        "CMAKE_BUILD_PARALLEL_LEVEL": environment.get(
            "CMAKE_BUILD_PARALLEL_LEVEL", str(_compilers_at_once())
        ),
        "FORCE_CMAKE": "1",
    }


def _compilers_at_once() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(os.cpu_count() or 1, memory // _BYTES_PER_COMPILER))
