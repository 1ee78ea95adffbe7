from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from sources import Pin, SourceError, obtain
from tests.packaging.conftest import SourcePackage


def test_the_lock_file_names_the_version_that_is_installed() -> None:
    pin = Pin.from_lock()

    assert pin.version == metadata.version("llama-cpp-python")
    assert all(len(digest) == 64 for digest in pin.sha256)
    assert pin.lines.startswith(f"llama-cpp-python=={pin.version} ")


def test_a_lock_file_without_the_package_is_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "runtime.txt"
    lock.write_text("numpy==2.5.5 \\\n    --hash=sha256:00\n")
    with pytest.raises(SourceError, match="names no llama-cpp-python"):
        Pin.from_lock(lock)


def test_a_source_package_is_unpacked_when_its_digest_is_right(
    source_package: SourcePackage, tmp_path: Path
) -> None:
    sources = obtain(source_package.pin, source_package.archive, tmp_path / "work")

    assert (sources / "CMakeLists.txt").is_file()


def test_a_changed_source_package_is_refused(source_package: SourcePackage, tmp_path: Path) -> None:
    with source_package.archive.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(SourceError, match="digest"):
        obtain(source_package.pin, source_package.archive, tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_an_unpacked_package_of_another_version_is_refused(
    source_package: SourcePackage, tmp_path: Path
) -> None:
    folder = obtain(source_package.pin, source_package.archive, tmp_path / "work").parents[1]
    assert obtain(source_package.pin, folder, tmp_path).name == "llama.cpp"
    with pytest.raises(SourceError, match=r"is llama-cpp-python 0\.3\.36, and"):
        obtain(replace(source_package.pin, version="0.3.37"), folder, tmp_path)


def test_pip_is_asked_for_exactly_what_the_lock_file_names(
    source_package: SourcePackage, tmp_path: Path
) -> None:
    asked: list[Sequence[str]] = []
    work = tmp_path / "work"

    def pip(command: Sequence[str]) -> None:
        asked.append(command)
        shutil.copy(source_package.archive, work)

    sources = obtain(source_package.pin, None, work, pip)

    assert (sources / "CMakeLists.txt").is_file()
    assert {"download", "--require-hashes", "--no-deps", "--no-binary"} <= set(asked[0])
    assert (work / "locked.txt").read_text() == source_package.pin.lines


def test_a_pip_that_brings_something_else_is_no_source(
    source_package: SourcePackage, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="left no source package"):
        obtain(source_package.pin, None, tmp_path / "work", lambda _command: None)
