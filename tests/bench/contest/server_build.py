"""Builds `llama-server` from the very sources that the engine's llama.cpp was built from.

The sources are those inside llama-cpp-python's locked source package.  ggml and libllama are not
compiled again: the server is linked to the engine's own (`installed_llama.cmake`), so what is
compared is the server, not another build of llama.cpp.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from engine.llama import variants
from tools.setup.compiler import build_variables
from tools.setup.environment import native_cache
from tools.setup.programs import LoggedProgram
from tools.setup.stamps import digest

_ROOT = Path(__file__).parents[3]
_LOCK = _ROOT / "requirements" / "runtime.txt"
_PACKAGE = "llama-cpp-python"
_TARGET = "llama-server"
_COUNTS = re.compile(r"^\[\d+/\d+\]", re.MULTILINE)
_Run = Callable[[Sequence[str]], None]
_INSTALLED = Path(__file__).with_name("installed_llama.cmake")
# No page to look at, nothing fetched while building, no encryption on loopback, nothing unused.
_SERVER_FLAGS = (
    "-DBUILD_SHARED_LIBS=OFF",
    "-DCMAKE_BUILD_TYPE=Release",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
    f"-DCMAKE_PROJECT_INCLUDE={_INSTALLED}",
)


class BuildError(Exception):
    """The server could not be built; the message says where to read why."""


@dataclass(frozen=True, slots=True)
class ServerBuild:
    """What a build of the server depends on.

    Attributes:
        lock: the lines of the lock file that name the sources and their digest.
        libraries: the folder that the engine's libllama lies in.
        cache: folder of all builds.
    """

    lock: str
    libraries: Path
    cache: Path

    @classmethod
    def of_the_engine(cls, environment: Mapping[str, str]) -> ServerBuild:
        """What goes with the engine's own llama.cpp."""
        cache = native_cache({**environment, **build_variables(environment)}).parent
        return cls(locked_lines(_LOCK), engine_libraries(environment), cache)

    @property
    def flags(self) -> tuple[str, ...]:
        """CMake's."""
        return (*_SERVER_FLAGS, f"-DSOTTO_LIBRARIES={self.libraries}")

    @property
    def folder(self) -> Path:
        """Where this very build lies, or will."""
        inputs: tuple[str | Path, ...] = (
            self.lock,
            *self.flags,
            _INSTALLED,
            self.libraries / "libllama.so",
        )
        return self.cache / f"{_TARGET}-{digest(*inputs)[:16]}"

    @property
    def program(self) -> Path:
        """The server; there once it is built."""
        return self.folder / _TARGET


def locked_lines(lock: Path) -> str:
    """The lines of a lock file that pin llama-cpp-python.

    Raises:
        BuildError: there are none.
    """
    lines = lock.read_text(encoding="utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith(f"{_PACKAGE}==")), None)
    if start is None:
        raise BuildError(f"{lock} names no {_PACKAGE}")
    rest = takewhile(lambda line: line.startswith(" "), lines[start + 1 :])
    return "\n".join([lines[start], *rest]) + "\n"


def server_program(environment: Mapping[str, str]) -> Path:
    """The built server; builds it where it is missing.

    `SOTTO_LLAMA_SERVER` names one that was built elsewhere, from the same sources.

    Raises:
        BuildError: it could not be built.
    """
    if brought := environment.get("SOTTO_LLAMA_SERVER"):
        return Path(brought)
    build = ServerBuild.of_the_engine(environment)
    if not build.program.is_file():
        _build(build, environment)
    return build.program


def engine_libraries(environment: Mapping[str, str]) -> Path:
    """The folder that the engine's libllama lies in."""
    chosen = variants.select(environment).folder
    if chosen is not None:
        return chosen
    found = importlib.util.find_spec("llama_cpp")
    if found is None or found.origin is None:
        raise BuildError("llama-cpp-python is not installed")
    return Path(found.origin).parent / "lib"


def _build(build: ServerBuild, environment: Mapping[str, str]) -> None:
    """Compile in a folder of its own and put the finished one in place in one step."""
    build.cache.mkdir(parents=True, exist_ok=True)
    log = _ROOT / "build" / "llama-server.log"
    programs = LoggedProgram(log, lambda line: _say(f"{line} {_compiled(log)}"))
    native = {**environment, **build_variables(environment)}
    variables = {
        **native,
        "PIP_CACHE_DIR": str(native_cache(native)),  # the source package is there already
        "PATH": f"{Path(sys.executable).parent}:{environment.get('PATH', '')}",
    }
    _say("building llama-server from llama-cpp-python's own sources (once; takes minutes)")
    with tempfile.TemporaryDirectory(prefix=f"{_TARGET}.", dir=build.cache) as made:
        folder = Path(made)
        sources = _unpacked(build, folder, lambda command: _run(programs, command, variables))
        tree = folder / "build"
        configure = ["cmake", "-G", "Ninja", "-S", str(sources), "-B", str(tree), *build.flags]
        _run(programs, configure, variables)
        jobs = variables["CMAKE_BUILD_PARALLEL_LEVEL"]
        _run(programs, ["cmake", "--build", str(tree), "-j", jobs, "--target", _TARGET], variables)
        build.folder.mkdir(exist_ok=True)
        (tree / "bin" / _TARGET).replace(build.program)


def _unpacked(build: ServerBuild, folder: Path, run: _Run) -> Path:
    """llama.cpp's sources, fetched by pip, which checks them against the lock file."""
    lock = folder / "native.txt"
    lock.write_text(build.lock, encoding="utf-8")
    fetch = ["--no-deps", "--no-build-isolation", "--require-hashes", "--no-binary", ":all:"]
    pip = [sys.executable, "-m", "pip", "download", *fetch, "-d", str(folder), "-r", str(lock)]
    run(pip)
    packed = next(folder.glob("*.tar.gz"), None)
    if packed is None:
        raise BuildError("pip fetched no source package")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    sources = next(folder.glob("*/vendor/llama.cpp"), None)
    if sources is None:
        raise BuildError(f"{packed.name} holds no llama.cpp")
    return sources


def _run(programs: LoggedProgram, command: Sequence[str], variables: Mapping[str, str]) -> None:
    code, _ = programs.run(command, variables)
    if code:
        raise BuildError(f"{Path(command[0]).name} failed with {code}; see {programs.log}")


def _compiled(log: Path) -> str:
    """How far ninja is, e.g. `[12/132]`."""
    found = _COUNTS.findall(log.read_text(encoding="utf-8", errors="replace"))
    return found[-1] if found else ""


def _say(line: str) -> None:
    sys.stderr.write(f"bench: {line}\n")
    sys.stderr.flush()


def main() -> int:
    """`python -m tests.bench.contest.server_build`: build it, and print where it is."""
    program = server_program(os.environ)
    version = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=True
    )
    sys.stdout.write(f"{program}\n{version.stderr or version.stdout}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
