"""A control group around a box, where this process may make one (cgroups(7)).

It counts memory and processes of all that is in it at once, which limits of single processes
cannot.  Root may make one, and so may programs of a desktop session under systemd, beside the
group they are in themselves.  Where neither is so, `app.tools.sandbox.watch` counts from outside.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.tools.sandbox.policy import Limits

SPARE_PROCESSES: Final = 8
"""Bubblewrap itself, and whoever is just starting."""

_NEEDED: Final = ("memory", "pids")
_COMMAND: Final = (
    'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"'
)


@dataclass(frozen=True, slots=True)
class Cgroup:
    """A group, made; remove it when everything in it has ended.

    Attributes:
        folders: one, or in version 1 one for each of memory and processes.
    """

    folders: tuple[Path, ...] = ()

    def command(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A command that enters the group and then becomes this one."""
        if not self.folders:
            return argv
        return ("/bin/sh", "-c", _COMMAND, "sh", *map(str, self.folders), "--", *argv)

    def has_killed(self) -> bool:
        """Whether something in it was killed for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            for folder in self.folders:
                with suppress(OSError, ValueError, IndexError):
                    for line in (folder / name).read_text().splitlines():
                        if line.startswith("oom_kill ") and int(line.split()[1]):
                            return True
        return False

    def remove(self) -> bool:
        """Remove it; False where something in it still runs or is just ending."""
        for folder in self.folders:
            with suppress(OSError):
                folder.rmdir()
        return not any(folder.exists() for folder in self.folders)


def make_cgroup(limits: Limits) -> Cgroup:
    """A group of these limits; one that does nothing where none may be made.

    Files of a box that lie in memory count as its memory, so there is room for them on top.
    """
    memory = str(limits.memory_bytes + limits.disk_bytes)
    processes = str(limits.processes + SPARE_PROCESSES)
    wanted = {
        "memory.max": memory,
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "memory.limit_in_bytes": memory,
        "pids.max": processes,
    }
    for parents in _places():
        made = _make(parents, wanted)
        if made is not None:
            return made
    return Cgroup()


def _make(parents: tuple[Path, ...], wanted: dict[str, str]) -> Cgroup | None:
    name = f"sotto-{uuid.uuid4().hex[:12]}"
    made = Cgroup(tuple(parent / name for parent in parents))
    limited = 0
    try:
        for folder in made.folders:
            folder.mkdir()
            for file, value in wanted.items():
                if (folder / file).exists():
                    (folder / file).write_text(value)
                    limited += file in {"memory.max", "memory.limit_in_bytes", "pids.max"}
            if not os.access(folder / "cgroup.procs", os.W_OK):
                raise OSError("nobody can be put in")
        # Whoever moves a process needs the right to take it out of where it is now, too.
        may_move = all(os.access(one / "cgroup.procs", os.W_OK) for one in parents)
    except OSError:
        may_move = False
    if not may_move or limited < len(_NEEDED):
        made.remove()
        return None
    return made


def _places() -> Iterator[tuple[Path, ...]]:
    """Folders a group can be made in: beside our own and in it (2), in our own (1)."""
    own, mounts = _own_groups(), _mounts()
    if "" in own and "" in mounts:
        here = mounts[""] / own[""].lstrip("/")
        if here != mounts[""]:
            yield (here.parent,)
        yield (here,)
    if all(name in own and name in mounts for name in _NEEDED):
        yield tuple(mounts[name] / own[name].lstrip("/") for name in _NEEDED)


def _own_groups() -> dict[str, str]:
    """The groups this process is in, by controller; "" is version 2."""
    found = {}
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            found.update(dict.fromkeys(controllers.split(","), path))
    return found


def _mounts() -> dict[str, Path]:
    """Where groups are, by controller; "" is version 2."""
    found: dict[str, Path] = {}
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, place, kind, options, *_ = line.split(" ")
            if kind == "cgroup2":
                found[""] = Path(place)
            elif kind == "cgroup":
                found.update(dict.fromkeys(options.split(","), Path(place)))
    return found
