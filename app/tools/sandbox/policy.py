"""What a box lets through, as values.  Also read inside the box: standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SandboxKind(StrEnum):
    """What holds a box closed."""

    BUBBLEWRAP = "bubblewrap"  # namespaces: files, processes and network of its own
    LANDLOCK = "landlock"  # the host's files behind an allow-list, where namespaces are refused
    NONE = "none"  # nothing: code runs with all the user's rights


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a box may take.

    Attributes:
        memory_bytes: of address space for each process, and in use by all of them together.
        processes: and threads, which Linux counts alike.
        file_bytes: of one file.
        open_files: of one process.
        disk_bytes: of all files in the writable mounts together.
        files: how many of them.
        scratch_bytes: of each place that is gone with the box: /tmp, the home, /dev/shm.
    """

    memory_bytes: int = 4 << 30
    processes: int = 128
    file_bytes: int = 128 << 20
    open_files: int = 512
    disk_bytes: int = 512 << 20
    files: int = 2000
    scratch_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder or file of the host that the box sees.

    Attributes:
        source: on the host, absolute.
        target: in the box, absolute; without namespaces code finds it at its `source`.
    """

    source: Path
    target: str
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What one box is made of, besides the system's libraries and Python.

    Attributes:
        directory: where code starts; a target of `mounts`, or a place in the box.
        environment: variables besides the fixed ones.
        scratch: on the host, writable: for the home and temporary files where there are no
            namespaces to make them in.  The caller makes it anew and removes it afterwards.
    """

    mounts: tuple[Mount, ...] = ()
    limits: Limits = Limits()
    directory: str = "/tmp"  # noqa: S108 - the box's own
    environment: tuple[tuple[str, str], ...] = ()
    scratch: Path | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a process in a box.

    Start it by `app.tools.sandbox.lifeline.Lifeline.command`, with exactly this environment, in a
    session of its own, with its standard input closed or a pipe.  End it by
    `app.tools.sandbox.processes.end_tree`: a bubblewrap that is killed while it starts leaves a
    child that waits, and without namespaces nothing else ends what has come of it.

    Attributes:
        argv: the command; the path of its program is absolute.
        places: where code in the box finds each mount, by its target.
        watched: writable folders on the host whose size is not held by the kernel.
    """

    kind: SandboxKind
    argv: tuple[str, ...]
    environment: dict[str, str]
    places: dict[str, str]
    watched: tuple[Path, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Specification:
    """What the launcher is told.

    Attributes:
        memory, processes, file_bytes, open_files: limits of the process; `processes` 0 leaves
            these to the watcher outside.
        user: id to become, where the box was made by root; 0 to stay who one is.
        readable, writable: for Landlock, which holds the box where there are no namespaces.
        places: where each mount is, by the target it was asked for.
        directory: to start in.
        lifeline: number of the descriptor of `app.tools.sandbox.lifeline`, to be closed before
            anything else; -1 for none.
    """

    kind: str
    memory: int
    processes: int
    file_bytes: int
    open_files: int
    user: int
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    places: dict[str, str]
    directory: str
    lifeline: int = -1
