"""Where boxes come from: what this computer can hold them with, and how to start one."""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from app.tools.sandbox.bubblewrap import ETC, box_arguments
from app.tools.sandbox.policy import Launch, Mount, Policy, SandboxKind, Specification
from app.tools.sandbox.processes import threads_of
from engine import program

_BOOTSTRAP: Final = (
    "import sys; sys.path.insert(0, {root!r}); from app.tools.sandbox.launcher import run; run()"
)
IN_BOX_FLAG: Final = "--in-box"
"""Has a frozen program run `app.tools.sandbox.launcher`, as `_BOOTSTRAP` has Python do."""

_SOURCES: Final = program.SOURCES / "app"
_SOURCES_IN_BOX: Final = "/opt/sotto"
# Free for such uses on Linux systems: https://systemd.io/UIDS-GIDS/.  Each box has its own, since
# the kernel counts processes by it.
_FIRST_USER, _USERS = 60578, 600
_COUNTS_BY_NAMESPACE: Final = (5, 14)
"""Since this version of Linux each namespace of users counts its processes for itself."""

_READABLE: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    *(f"/etc/{name}" for name in ETC),
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",  # of the process that the box closes around
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/random",
)
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Says how to start things in a box.  Any thread.

    Attributes:
        kind: from `app.tools.sandbox.probe.find_sandbox`, which has tried it.
        why_not_better: English, technical, for the log and the doctor: what does not work.
    """

    kind: SandboxKind
    why_not_better: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(os.getpid()))

    def launch(
        self, module: str, arguments: tuple[str, ...], policy: Policy, lifeline: int = -1
    ) -> Launch:
        """How to run a module of Sotto's in a box: `module.main(arguments, places)`.

        As root, the sources of writable mounts are given to the user the box runs as.

        Args:
            module: full name, e.g. `app.tools.sandbox.trial`; it may import the standard
                library, what is installed beside Python, and the package `app`.
            arguments: anyone on this computer can read them.
            policy: what is let through.
            lifeline: `app.tools.sandbox.lifeline.Lifeline.number`.
        """
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if self.kind is SandboxKind.BUBBLEWRAP:
            return self._in_namespaces(module, arguments, policy, lifeline, is_root=is_root)
        return self._among_others(module, arguments, policy, lifeline)

    def place_of(self, target: str, policy: Policy) -> str:
        """Where code in a box will find a mount."""
        if self.kind is SandboxKind.BUBBLEWRAP:
            return target
        return next(str(mount.source) for mount in policy.mounts if mount.target == target)

    def _in_namespaces(
        self,
        module: str,
        arguments: tuple[str, ...],
        policy: Policy,
        lifeline: int,
        *,
        is_root: bool,
    ) -> Launch:
        user = _FIRST_USER + next(self._numbers) % _USERS if is_root else 0
        if user:
            _hand_over(policy, user)
        sources = () if program.is_frozen() else (Mount(_SOURCES, f"{_SOURCES_IN_BOX}/app"),)
        mounts = (*_python(), *sources, *policy.mounts)
        places = {mount.target: mount.target for mount in policy.mounts}
        counts_here = bool(user) or _linux_version() >= _COUNTS_BY_NAMESPACE
        processes = policy.limits.processes if counts_here else 0
        specification = _specification(
            self.kind, policy, processes, places, user=user, lifeline=lifeline
        )
        argv = (
            shutil.which("bwrap") or "/usr/bin/bwrap",
            *box_arguments(mounts, policy.limits, "/", is_root),
            *_python_command(_SOURCES_IN_BOX, specification, module, arguments),
        )
        environment = _environment("/home/user", "/tmp", policy)  # noqa: S108
        return Launch(self.kind, argv, environment, places, _writable(policy), policy.limits)

    def _among_others(
        self, module: str, arguments: tuple[str, ...], policy: Policy, lifeline: int
    ) -> Launch:
        """Without namespaces: files lie where they lie, processes are counted with the rest."""
        places = {mount.target: str(mount.source) for mount in policy.mounts}
        scratch = str(policy.scratch or "/nonexistent")
        watched = (*_writable(policy), *((policy.scratch,) if policy.scratch else ()))
        mounts = (*_python(), *policy.mounts)
        sources = () if program.is_frozen() else (str(_SOURCES),)
        specification = _specification(
            self.kind,
            replace(policy, directory=places.get(policy.directory, "/")),
            threads_of(os.getuid()) + policy.limits.processes,
            places,
            readable=(*_READABLE, *(str(one.source) for one in mounts), *sources),
            writable=(*_DEVICES, *map(str, watched)),
            lifeline=lifeline,
        )
        argv = _python_command(str(_SOURCES.parent), specification, module, arguments)
        return Launch(
            *(self.kind, argv, _environment(scratch, scratch, policy)),
            *(places, watched, policy.limits),
        )


def _specification(
    kind: SandboxKind,
    policy: Policy,
    processes: int,
    places: dict[str, str],
    user: int = 0,
    readable: tuple[str, ...] = (),
    writable: tuple[str, ...] = (),
    lifeline: int = -1,
) -> Specification:
    limits = policy.limits
    return Specification(
        *(kind.value, limits.memory_bytes, processes, limits.file_bytes, limits.open_files, user),
        *(readable, writable, places, policy.directory, lifeline),
    )


def _python_command(
    root: str, specification: Specification, module: str, arguments: tuple[str, ...]
) -> tuple[str, ...]:
    """The one place that knows how a Python of Sotto's is started anew."""
    told = json.dumps(asdict(specification))
    if program.is_frozen():
        return (sys.executable, IN_BOX_FLAG, told, module, *arguments)
    # -I: neither variables nor a home of anybody's say what is imported.
    return (sys.executable, "-I", "-c", _BOOTSTRAP.format(root=root), told, module, *arguments)


def _python() -> tuple[Mount, ...]:
    """Python and what is installed beside it; what lies in /usr is there already."""
    kept = [path for path in program.places() if not path.is_relative_to("/usr")]
    return tuple(Mount(path, str(path)) for path in kept)


def _environment(home: str, temporary: str, policy: Policy) -> dict[str, str]:
    threads = str(min(4, os.cpu_count() or 1))
    fixed = {
        "HOME": home,
        "TMPDIR": temporary,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "USER": "user",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Each thread takes address space before it takes memory.
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MALLOC_ARENA_MAX": "4",
    }
    return {**fixed, **dict(policy.environment)}


def _writable(policy: Policy) -> tuple[Path, ...]:
    return tuple(mount.source for mount in policy.mounts if mount.is_writable)


def _hand_over(policy: Policy, user: int) -> None:
    """Let the user of a box own what it may write; links are not followed."""
    for top in _writable(policy):
        os.chown(top, user, user, follow_symlinks=False)
        for _, folders, files, place in os.fwalk(top):
            for name in (*folders, *files):
                os.chown(name, user, user, dir_fd=place, follow_symlinks=False)


def _linux_version() -> tuple[int, int]:
    major, minor = re.findall(r"\d+", platform.release())[:2]
    return int(major), int(minor)
