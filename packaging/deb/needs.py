"""Which Debian packages the libraries and programs in a folder need, asked of this system."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

# Programs made here need at least the C library of here, and drivers of the C++ library likewise.
_AT_LEAST_AS_HERE: Final = ("libc6", "libstdc++6")


class NeedsError(Exception):
    """A library that no package of this system has."""


def needed_packages(folder: Path) -> list[str]:
    """Entries for `Depends`, e.g. `libc6 (>= 2.36)`; sorted.

    Raises:
        NeedsError: a library is needed that is neither in the folder nor on this system.
    """
    files = list(_programs(folder))
    brought = {path.name for path in folder.rglob("*.so*")}
    places = _system_libraries()
    wanted = sorted(set(_linked(files)) - brought)
    if lost := [name for name in wanted if name not in places]:
        raise NeedsError(f"needed and not on this system: {', '.join(lost)}")
    owners = sorted({_owner(places[name]) for name in wanted})
    return [f"{one} (>= {_version(one)})" if one in _AT_LEAST_AS_HERE else one for one in owners]


def _programs(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _linked(files: Iterable[Path]) -> Iterator[str]:
    command = ["readelf", "--dynamic", "--wide", *map(str, files)]
    # A backend for a GPU may need its driver, which comes from its maker.
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for match in re.finditer(r"\(NEEDED\).*\[(.+)\]", listing):
        if not match[1].startswith(("libcuda.so", "ld-linux")):
            yield match[1]


def _system_libraries() -> dict[str, Path]:
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    listing = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True).stdout
    found: dict[str, Path] = {}
    for name, kind, path in re.findall(r"^\s+(\S+) \((.*?)\) => (\S+)$", listing, re.MULTILINE):
        if "x86-64" in kind or "AArch64" in kind:
            found.setdefault(name, Path(path))
    return found


def _owner(path: Path) -> str:
    for one in (path, path.resolve(), Path("/usr", *path.parts[1:])):
        command = ["dpkg-query", "--search", str(one)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        if told.returncode == 0:
            return told.stdout.split(":")[0]
    raise NeedsError(f"no package has {path}")


def _version(package: str) -> str:
    command = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return told.split("-")[0]  # upstream's
