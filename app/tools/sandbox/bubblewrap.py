"""The command line of bubblewrap for a box (bwrap(1))."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from app import resources
from app.tools.sandbox.policy import Limits, Mount

SCRATCH: Final = ("/tmp", "/home/user", "/dev/shm", "/var/tmp")  # noqa: S108 - the box's own
_SYSTEM: Final = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Nothing of /etc that tells of the host or its people.
ETC: Final = (
    "alternatives",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mime.types",
)
_OWN_ETC: Final = ("group", "hosts", "nsswitch.conf", "passwd")


def box_arguments(
    mounts: Sequence[Mount], limits: Limits, directory: str, is_root: bool
) -> list[str]:
    """The arguments between `bwrap` and the command.

    Root needs no namespace of users, and in one it would stay root for files of the host; it
    keeps just what it takes to become somebody else inside (`launcher.close`).

    The first process stays in the group it was started in, by which the lifeline ends it; what
    runs in the box leaves that group (`launcher.run`).
    """
    who = (
        ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        if is_root
        else ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    )
    return [
        *(*who, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "sotto", "--die-with-parent"),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *_scratch(limits.scratch_bytes, is_root),
        *(part for mount in mounts for part in _bind(mount)),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", directory, "--"),
    ]


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for name in ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    for name in _OWN_ETC:
        yield from ("--ro-bind", str(resources.path("sandbox", name)), f"/etc/{name}")


def _scratch(size: int, is_root: bool) -> Iterator[str]:
    # Whoever root becomes inside does not own what root has made.
    mode = ("--perms", "1777") if is_root else ()
    for place in SCRATCH:
        yield from (*mode, "--size", str(size), "--tmpfs", place)


def _bind(mount: Mount) -> Iterator[str]:
    # Bubblewrap makes the folders above as closed as the source is.
    for above in reversed(PurePosixPath(mount.target).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(above))
    yield from (
        *("--bind" if mount.is_writable else "--ro-bind", str(mount.source)),
        mount.target,
    )
