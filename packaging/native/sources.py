"""The sources that variants are built from: llama.cpp inside the locked llama-cpp-python."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

PACKAGE: Final = "llama-cpp-python"
LOCK: Final = Path(__file__).resolve().parents[2] / "requirements" / "runtime.txt"
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class SourceError(Exception):
    """There are no sources, or not those that the lock file names."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The source package as the lock file names it.

    Attributes:
        version: of llama-cpp-python.
        sha256: digests that are allowed, lower-case hex.
        lines: the lock file's own lines, for pip.
    """

    version: str
    sha256: tuple[str, ...]
    lines: str

    @classmethod
    def from_lock(cls, lock: Path = LOCK) -> Pin:
        """Read it from a lock file.

        Raises:
            SourceError: the file names no llama-cpp-python with a digest.
        """
        lines = lock.read_text(encoding="utf-8").splitlines()
        start = next((i for i, line in enumerate(lines) if line.startswith(f"{PACKAGE}==")), None)
        if start is None:
            raise SourceError(f"{lock} names no {PACKAGE}.")
        rest = takewhile(lambda line: line.startswith(" "), lines[start + 1 :])
        own = "\n".join([lines[start], *rest])
        version = lines[start].removeprefix(f"{PACKAGE}==").split()[0]
        digests = tuple(_HASH.findall(own))
        if not digests:
            raise SourceError(f"{lock} names no digest of {PACKAGE}.")
        return cls(version, digests, own + "\n")


def obtain(
    pin: Pin,
    given: Path | None,
    work: Path,
    run: Callable[[Sequence[str]], None] | None = None,
) -> Path:
    """The folder with llama.cpp's CMakeLists.txt.

    Args:
        pin: what it has to be.
        given: the source package as a file or unpacked; None to have pip fetch it.
        work: where to fetch and unpack it.
        run: runs pip; it must raise when pip fails.

    Raises:
        SourceError: the package is another one than the lock file's.
    """
    if given is not None and given.is_dir():
        return _checked_folder(pin, given)
    archive = given if given is not None else _downloaded(pin, work, run or _run)
    digest = sha256(archive)
    if digest not in pin.sha256:
        raise SourceError(f"{archive.name} has the digest {digest}, which {LOCK.name} lacks.")
    folder = work / f"{PACKAGE.replace('-', '_')}-{pin.version}"
    if not (folder / "PKG-INFO").is_file():
        with tarfile.open(archive) as packed:
            packed.extractall(work, filter="data")
    return _checked_folder(pin, folder)


def sha256(path: Path) -> str:
    """Digest of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked_folder(pin: Pin, folder: Path) -> Path:
    """An unpacked package has no digest any more; its version at least must be right."""
    described = folder / "PKG-INFO"
    if not described.is_file():
        raise SourceError(f"{folder} is no unpacked {PACKAGE}.")
    found = re.search(r"^Version: (\S+)$", described.read_text(encoding="utf-8"), re.MULTILINE)
    version = found[1] if found else "unknown"
    if version != pin.version:
        raise SourceError(f"{folder} is {PACKAGE} {version}, and {LOCK.name} names {pin.version}.")
    return folder / "vendor" / "llama.cpp"


def _downloaded(pin: Pin, work: Path, run: Callable[[Sequence[str]], None]) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    wanted = work / "locked.txt"
    wanted.write_text(pin.lines, encoding="utf-8")
    # pip asks the package for its metadata; where its build tool is here, none is fetched.
    has_tool = importlib.util.find_spec("scikit_build_core") is not None
    isolation = ["--no-build-isolation"] if has_tool else []
    run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
            *("--no-binary", PACKAGE, *isolation, "-r", str(wanted), "-d", str(work)),
        ]
    )
    found = sorted(work.glob(f"{PACKAGE.replace('-', '_')}-{pin.version}.tar.gz"))
    if not found:
        raise SourceError(f"pip left no source package of {PACKAGE} {pin.version} in {work}.")
    return found[0]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True)
