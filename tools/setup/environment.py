"""The virtual environment `.venv` and what is installed in it."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

from tools.setup.compiler import build_variables, cpu_flags, has_compiler
from tools.setup.debian import DebianPackages
from tools.setup.diagnosis import NO_COMPILER, failure
from tools.setup.failures import SetupError
from tools.setup.programs import LoggedProgram, say
from tools.setup.stamps import Stamps, digest

# They would lead pip or the interpreter out of the virtual environment; the last one makes ggml
# leave out AVX2 and the like (ggml/CMakeLists.txt: GGML_NATIVE_DEFAULT).
_MISLEADING = {
    "PIP_PREFIX",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "SOURCE_DATE_EPOCH",
}
_NATIVE = "llama-cpp-python"


class VirtualEnvironment:
    """`.venv`, brought step by step to what the lock files say.

    Every step is skipped when it was finished with the same inputs before, so a second run takes
    no time, and an interrupted one goes on where it stopped.

    Args:
        root: The clone.
        programs: Runs pip.
        packages: Installs Debian's venv module where it is missing.
        environment: The variables of the caller.
        folder: Where it lies; `.venv` in the clone if None.
    """

    def __init__(
        self,
        root: Path,
        programs: LoggedProgram,
        packages: DebianPackages,
        environment: Mapping[str, str],
        folder: Path | None = None,
    ) -> None:
        self._root = root
        self._programs = programs
        self._packages = packages
        self.folder = folder or root / ".venv"
        self.stamps = Stamps(self.folder / "stamps")
        self._variables = {
            "PIP_RETRIES": "2",
            **{name: text for name, text in environment.items() if name not in _MISLEADING},
            "PATH": f"{self.folder / 'bin'}:{environment.get('PATH', '/usr/bin:/bin')}",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        }
        self._variables.update(build_variables(environment))
        self._native_cache = native_cache(self._variables)
        self._base = digest(sys.version, platform.machine(), str(root))

    @property
    def python(self) -> Path:
        """The interpreter inside."""
        return self.folder / "bin" / "python"

    @property
    def pyside(self) -> Path:
        """The folder where PySide6 is installed."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.folder / "lib" / version / "site-packages" / "PySide6"

    def create(self) -> None:
        """Make the virtual environment; make it anew after a change of Python or of folder."""
        if self._done("venv", self._base):
            return
        if not _has_venv():
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            self._packages.require([f"python{version}-venv"], "This Python has no venv module.")
        say(f"making {self.folder.name} with Python {platform.python_version()}")
        if self.stamps.is_outdated("venv", self._base) or not self._usable():
            shutil.rmtree(self.folder, ignore_errors=True)
        self._run([sys.executable, "-m", "venv", str(self.folder)])
        self.stamps.finish("venv", self._base)

    def install_runtime(self) -> None:
        """Install the build tools and the locked packages, with the native build of llama.cpp."""
        locked = self._locked("build")
        tools = digest(self._base, locked)
        if not self._done("build", tools):
            say("installing the build tools")
            self._pip("install", "--require-hashes", "-r", str(locked))
            self.stamps.finish("build", tools)
        self._build_native(tools)

    def install_sotto(self) -> None:
        """Install Sotto itself from this clone, with the command `sotto`."""
        project = self._root / "pyproject.toml"
        tables = tomllib.loads(project.read_text(encoding="utf-8"))
        described = {name: tables[name] for name in ("build-system", "project")}
        described["hatch"] = tables.get("tool", {}).get("hatch", {})
        inputs = digest(self._base, json.dumps(described, sort_keys=True))
        if self._done("sotto", inputs):
            return
        say("installing the command sotto")
        self._pip("install", "--no-build-isolation", "--no-deps", "-e", str(self._root))
        self.stamps.finish("sotto", inputs)

    def install_checks(self) -> None:
        """Install what the checks and tests need."""
        self._install_tools("dev", "checks and tests")

    def install_packaging(self) -> None:
        """Install what freezes Sotto."""
        self._install_tools("package", "packages")

    def _install_tools(self, name: str, purpose: str) -> None:
        locked = self._locked(name)
        inputs = digest(self._base, locked)
        if self._done(name, inputs):
            return
        say(f"installing the tools for {purpose}")
        self._pip("install", "--require-hashes", "-r", str(locked))
        self.stamps.finish(name, inputs)

    def _build_native(self, tools: str) -> None:
        locked = self._locked("runtime")
        flags = digest(self._base, self._variables["CMAKE_ARGS"])
        inputs = digest(tools, flags, locked)
        if self._done("runtime", inputs):
            return
        if self.stamps.is_outdated("flags", flags):
            self._pip("uninstall", "-y", _NATIVE)
        variables = {**self._variables, "PIP_CACHE_DIR": str(self._native_cache)}
        if not has_compiler(self._variables) and not self._has_built_wheel(variables):
            raise NO_COMPILER
        say("installing the packages and building llama.cpp (once; 5 to 10 minutes on two cores)")
        alone = self._native_alone(locked)
        install = ("install", "-v", "--no-build-isolation", "--require-hashes")
        self._pip(*install, "--no-deps", "-r", str(alone), variables=variables)
        self._pip(*install, "-r", str(locked))
        self.stamps.finish("flags", flags)
        self.stamps.finish("runtime", inputs)

    def _native_alone(self, locked: Path) -> Path:
        """Write the lock file's lines for llama.cpp to a file of their own."""
        lines = locked.read_text(encoding="utf-8").splitlines()
        start = next((i for i, line in enumerate(lines) if line.startswith(f"{_NATIVE}==")), None)
        if start is None:
            raise SetupError(f"{locked} names no {_NATIVE}.", "Run: git checkout -- requirements")
        rest = takewhile(lambda line: line.startswith(" "), lines[start + 1 :])
        alone = self.folder / "native.txt"
        alone.write_text("\n".join([lines[start], *rest]) + "\n", encoding="utf-8")
        return alone

    def _has_built_wheel(self, variables: Mapping[str, str]) -> bool:
        listed = subprocess.run(
            [str(self.python), "-m", "pip", "cache", "list", _NATIVE.replace("-", "_")],
            env=dict(variables),
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return ".whl" in listed

    def _locked(self, name: str) -> Path:
        return self._root / "requirements" / f"{name}.txt"

    def _done(self, step: str, inputs: str) -> bool:
        return self.stamps.is_done(step, inputs) and self.python.exists()

    def _usable(self) -> bool:
        try:
            return subprocess.call([self.python, "-c", "import pip"]) == 0
        except OSError:
            return False

    def _pip(self, *arguments: str, variables: Mapping[str, str] | None = None) -> None:
        self._run([str(self.python), "-m", "pip", *arguments], variables)

    def _run(self, command: list[str], variables: Mapping[str, str] | None = None) -> None:
        code, output = self._programs.run(command, variables or self._variables)
        if code:
            raise failure(output, code, self._programs.log)


def native_cache(variables: Mapping[str, str]) -> Path:
    """Where pip keeps the built llama.cpp: one folder for each set of flags.

    pip's own cache files a wheel by its source alone, so it would hand out a build with other
    flags; and one made for the CPU at hand (GGML_NATIVE=ON) must not meet another CPU.
    """
    flags = variables["CMAKE_ARGS"]
    cpu = sorted(cpu_flags()) if "-DGGML_NATIVE=ON" in flags else []
    home = variables.get("XDG_CACHE_HOME") or str(Path(variables.get("HOME", "~"), ".cache"))
    return Path(home).expanduser() / "sotto-build" / digest(flags, *cpu)[:16]


def _has_venv() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.call(probe, stderr=subprocess.DEVNULL) == 0
