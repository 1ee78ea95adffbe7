"""A disk that is full before a file comes, or while it does: one of its own, and a small one."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.models.transfer import space
from app.models.transfer.outcomes import DownloadError
from app.models.values import DownloadState
from tests.app.models.transfer.rig import NAME, PIECE, REPOSITORY, HubSource, Rig, content
from tests.servers.hub.faults import Place
from tests.servers.hub.server import HubServer

DATA = content(20.5)
DISK_BYTES = 26 * PIECE


@dataclass
class Disk:
    """A small disk.  Where none can be mounted, a folder counts for one, by its files."""

    folder: Path
    is_real: bool

    def fill(self, pieces: int) -> None:
        (self.folder / "ballast").write_bytes(bytes(pieces * PIECE))

    def free(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def free_bytes(self, folder: Path) -> int:
        if self.is_real:
            return space.free_bytes(folder)
        return DISK_BYTES - sum(space.taken_bytes(one) for one in self.folder.rglob("*"))

    def reserve(self, handle: int, size_bytes: int) -> None:
        if not self.is_real and self.free_bytes(self.folder) < size_bytes:
            raise OSError(errno.ENOSPC, "full")
        space.reserve(handle, size_bytes)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)]
    try:
        mounted = subprocess.run(["mount", *options], check=False, capture_output=True)
        is_real = mounted.returncode == 0
    except FileNotFoundError:
        is_real = False
    yield Disk(folder, is_real)
    if is_real:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def rig(hub: HubServer, disk: Disk) -> Rig:
    rig = Rig(hub, disk.folder, HubSource(hub.endpoint))
    rig.changes |= {"free_bytes": disk.free_bytes, "reserve": disk.reserve}
    return rig


def frees_when_told(disk: Disk) -> Callable[[DownloadState], None]:
    return lambda state: disk.free() if state is DownloadState.WAITING else None


def test_a_disk_without_room_is_told_before_a_byte_comes_and_waited_for(
    rig: Rig, disk: Disk
) -> None:
    model = rig.model(DATA, rig.hub.put(REPOSITORY, {NAME: DATA}))
    disk.fill(10)
    rig.on_state = frees_when_told(disk)

    rig.fetch(model)

    assert rig.target.read_bytes() == DATA
    assert rig.problems == [f"The disk of {disk.folder} is full: 1 MB more are needed."]


def test_room_that_cannot_be_reserved_is_waited_for(rig: Rig, disk: Disk) -> None:
    model = rig.model(DATA, rig.hub.put(REPOSITORY, {NAME: DATA}))
    disk.fill(10)
    rig.changes["free_bytes"] = lambda _: 1 << 40  # as with a quota
    rig.on_state = frees_when_told(disk)

    rig.fetch(model)

    assert rig.target.read_bytes() == DATA
    assert rig.problems == [f"The disk of {disk.folder} is full."]


def test_a_disk_that_becomes_full_costs_no_byte_that_came(rig: Rig, disk: Disk) -> None:
    """The file system cannot reserve, as network drives; the ballast is there from the start."""
    model = rig.model(DATA, rig.hub.put(REPOSITORY, {NAME: DATA}))
    disk.fill(10)
    rig.changes |= {
        "free_bytes": lambda _: 1 << 40,
        "reserve": os.truncate if disk.is_real else _fails_once_at(disk),
    }
    rig.on_state = frees_when_told(disk)

    rig.fetch(model)

    assert rig.target.read_bytes() == DATA
    assert f"The disk of {disk.folder} is full." in rig.problems
    if disk.is_real:
        starts = [one.headers["range"] for one in rig.hub.record.asked(Place.CDN)]
        assert starts[:2] == ["bytes=0-0", f"bytes=0-{len(DATA) - 1}"]
        assert int(starts[2].removeprefix("bytes=").partition("-")[0]) >= 14 * PIECE


def _fails_once_at(disk: Disk) -> Callable[[int, int], None]:
    def reserve(handle: int, size_bytes: int) -> None:
        if (disk.folder / "ballast").exists():
            raise OSError(errno.ENOSPC, "full")
        os.truncate(handle, size_bytes)

    return reserve


def test_others_that_fill_the_disk_are_seen_before_it_is_full(rig: Rig) -> None:
    model = rig.model(DATA, rig.hub.put(REPOSITORY, {NAME: DATA}))
    left = iter([1 << 40, 3 * PIECE, 1 << 40])
    rig.changes |= {
        "free_bytes": lambda _: next(left, 1 << 40),
        "reserve": os.truncate,
        "look_seconds": 0.0,
    }

    rig.fetch(model)

    assert rig.target.read_bytes() == DATA
    assert any("more are needed" in problem for problem in rig.problems)


def test_a_disk_that_holds_no_large_files_is_told(rig: Rig) -> None:
    model = rig.model(DATA, rig.hub.put(REPOSITORY, {NAME: DATA}))

    def refuse(_handle: int, _size: int) -> None:
        raise OSError(errno.EFBIG, "File too large")

    rig.changes["reserve"] = refuse

    with pytest.raises(DownloadError, match="cannot hold files as large as this model"):
        rig.fetch(model)


def test_reserved_room_is_given_back(disk: Disk) -> None:
    path = disk.folder / "file"
    with path.open("w+b") as file:
        space.reserve(file.fileno(), 20 * PIECE)
        before = space.taken_bytes(path)
        space.give_back(file.fileno(), 4 * PIECE, 20 * PIECE)

    assert before in {0, 20 * PIECE}  # 0 where the file system cannot reserve
    assert space.taken_bytes(path) in {0, 4 * PIECE}
    assert path.stat().st_size == 20 * PIECE
