from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest

from app.models.file_work import CHUNK_BYTES, StoppedError, StopSign
from app.models.library_file import Kept, LibraryError
from app.models.moving import placed_in
from app.models.verification import verification
from tests.app.models.shelf import model_of


def no_links(source: Path, target: Path) -> None:
    """As between two file systems (link(2), EXDEV)."""
    raise OSError(errno.EXDEV, "another file system", str(source), None, str(target))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, two = tmp_path / "here" / "l-1.gguf", tmp_path / "here" / "l-2.gguf"
    one.parent.mkdir()
    one.write_bytes(bytes(range(256)) * 60_000)  # more than two steps
    two.write_bytes(b"second")
    return one, two


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_on_one_file_system_nothing_is_copied(files: tuple[Path, Path], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    targets = placed_in(files, tmp_path / "there", lambda *one: told.append(one), StopSign())
    assert [path.stat().st_ino for path in targets] == [path.stat().st_ino for path in files]
    assert told[-1][0] == told[-1][1]


def test_across_file_systems_each_file_is_copied_whole(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    targets = placed_in(
        files, tmp_path / "there", lambda *one: told.append(one), StopSign(), no_links
    )
    assert [digest(path) for path in targets] == [digest(path) for path in files]
    assert sorted(told) == told
    assert told[-1] == (2 * sum(path.stat().st_size for path in files),) * 2
    assert {path.name for path in (tmp_path / "there").iterdir()} == {"l-1.gguf", "l-2.gguf"}


@pytest.mark.parametrize("after", [0, 1, 3, 4])
def test_a_stop_at_any_step_leaves_the_files_where_they_were(
    files: tuple[Path, Path], tmp_path: Path, after: int
) -> None:
    sign, steps = StopSign(), 0

    def stop_then(done: int, total: int) -> None:
        nonlocal steps
        del done, total
        steps += 1
        if steps > after:
            sign.stop()

    if after == 0:
        sign.stop()
    with pytest.raises(StoppedError):
        placed_in(files, tmp_path / "there", stop_then, sign, no_links)
    assert list((tmp_path / "there").iterdir()) == []
    assert all(path.exists() for path in files)


def test_a_failure_in_the_second_file_takes_the_first_back(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    def fails_second(source: Path, target: Path) -> None:
        if source.name == "l-2.gguf":
            raise OSError(errno.EXDEV, "x")
        target.hardlink_to(source)

    files[1].chmod(0)
    there = tmp_path / "there"
    there.mkdir()
    (there / "l-2.gguf.moving").mkdir()  # its copy cannot be made
    with pytest.raises(LibraryError, match="could not be moved"):
        placed_in(files, there, lambda *_: None, StopSign(), fails_second)
    assert [path.name for path in there.iterdir()] == ["l-2.gguf.moving"]
    assert all(path.exists() for path in files)


def test_a_link_is_moved_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "theirs.gguf").write_bytes(b"theirs")
    ours = tmp_path / "here" / "ours.gguf"
    ours.parent.mkdir()
    ours.symlink_to(Path("..") / "theirs.gguf")
    (target,) = placed_in((ours,), tmp_path / "deep" / "there", lambda *_: None, StopSign())
    assert target.is_symlink()
    assert target.read_bytes() == b"theirs"


def test_what_a_crash_left_of_a_copy_is_no_obstacle(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "l-1.gguf.moving").write_bytes(b"half")
    targets = placed_in(files, tmp_path / "there", lambda *_: None, StopSign(), no_links)
    assert digest(targets[0]) == digest(files[0])


def test_reading_a_model_can_be_stopped(files: tuple[Path, Path]) -> None:
    sign = StopSign()
    told: list[int] = []

    def stop_after_one(done: int, total: int) -> None:
        del total
        told.append(done)
        sign.stop()

    found, digests = verification(Kept(model_of(*files)), stop_after_one, sign)
    assert (found.was_stopped, digests, told) == (True, (), [CHUNK_BYTES])
