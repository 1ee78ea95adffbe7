"""The packed practice model becomes a checked file in the cache folder."""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app import resources
from app.models.practice import PracticeModelError, PracticePackage, practice_model

CONTENT = b"GGUF" + bytes(range(256)) * 12_000


@pytest.fixture
def package_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "practice.gguf.xz").write_bytes(lzma.compress(CONTENT, preset=0))
    facts = {
        "name": "a model",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "size_bytes": len(CONTENT),
    }
    (folder / "practice.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


@pytest.fixture
def package(package_folder: Path) -> PracticePackage:
    return PracticePackage.read(package_folder)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "sotto"


def leftovers(cache: Path) -> list[str]:
    return sorted(file.name for file in cache.iterdir() if file.suffix == ".partial")


def test_the_shipped_model_unpacks_to_the_file_its_description_promises(cache: Path) -> None:
    shipped = PracticePackage.read(resources.path("practice"))
    model = practice_model(cache)
    assert model.stat().st_size == shipped.size_bytes
    with model.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == shipped.sha256
        file.seek(0)
        assert file.read(4) == b"GGUF"
    assert shipped.name == "gpt-oss practice model"


def test_a_second_call_leaves_the_file_as_it_is(cache: Path, package: PracticePackage) -> None:
    first = practice_model(cache, package)
    before = first.stat()
    package.archive.unlink()
    assert practice_model(cache, package) == first
    assert first.stat().st_mtime_ns == before.st_mtime_ns
    assert first.stat().st_ino == before.st_ino


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "longer", "removed"])
def test_a_damaged_file_is_unpacked_again(
    cache: Path, package: PracticePackage, damage: str
) -> None:
    model = practice_model(cache, package)
    changed = {
        "truncated": CONTENT[:-1],
        "overwritten": CONTENT[:-1] + b"\0",
        "longer": CONTENT + b"\0",
    }
    if damage == "removed":
        model.unlink()
    else:
        model.write_bytes(changed[damage])
        os.utime(model, ns=(1, 1))
    assert practice_model(cache, package).read_bytes() == CONTENT


def test_a_whole_file_without_a_record_is_kept(cache: Path, package: PracticePackage) -> None:
    model = practice_model(cache, package)
    (record,) = cache.glob("*.verified")
    record.unlink()
    package.archive.unlink()
    assert practice_model(cache, package) == model
    assert record.exists()


def test_an_unreadable_record_is_only_a_missing_one(cache: Path, package: PracticePackage) -> None:
    model = practice_model(cache, package)
    (record,) = cache.glob("*.verified")
    record.write_bytes(b"\xff\xfe")
    package.archive.unlink()
    assert practice_model(cache, package) == model


def test_two_processes_at_the_same_time_get_the_same_whole_file(
    cache: Path, package: PracticePackage
) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        models = pool.starmap(practice_model, [(cache, package)] * 4, chunksize=1)
    assert len(set(models)) == 1
    assert models[0].read_bytes() == CONTENT
    assert leftovers(cache) == []


def test_who_unpacks_more_slowly_does_not_replace_a_file_that_others_load_by_now(
    cache: Path, package: PracticePackage
) -> None:
    slow = package.archive.with_name("slow.xz")
    os.mkfifo(slow)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(practice_model, cache, replace(package, archive=slow))
        with slow.open("wb") as fifo:  # returns when the other has begun to unpack
            first = practice_model(cache, package)
            before = first.stat()
            fifo.write(package.archive.read_bytes())
        assert second.result() == first
    after = first.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert leftovers(cache) == []


@pytest.mark.parametrize("damage", ["missing", "not xz", "cut short", "other content"])
def test_a_damaged_package_is_named_and_leaves_nothing_behind(
    cache: Path, package: PracticePackage, damage: str
) -> None:
    packed = package.archive.read_bytes()
    contents = {
        "not xz": b"not packed at all",
        "cut short": packed[: len(packed) // 2],
        "other content": lzma.compress(CONTENT + b"more"),
    }
    if damage == "missing":
        package.archive.unlink()
    else:
        package.archive.write_bytes(contents[damage])
    with pytest.raises(PracticeModelError, match="is damaged") as raised:
        practice_model(cache, package)
    assert raised.value.hint == "Install Sotto again."
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": "x", "sha256": "y", "size_bytes": "z"}']
)
def test_a_description_that_makes_no_sense_is_a_damaged_package(
    package_folder: Path, text: str
) -> None:
    (package_folder / "practice.json").write_text(text, encoding="utf-8")
    with pytest.raises(PracticeModelError, match="is damaged"):
        PracticePackage.read(package_folder)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, package: PracticePackage) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    with pytest.raises(PracticeModelError) as raised:
        practice_model(in_the_way / "cache", package)
    assert str(in_the_way / "cache") in str(raised.value)


def test_a_full_disk_says_how_much_to_free(
    cache: Path, package: PracticePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PracticeModelError, match="not enough disk space") as raised:
        practice_model(cache, package)
    assert raised.value.hint.format(**raised.value.fields) == "Free 4 MB and try again."
    assert list(cache.iterdir()) == []


def test_only_leftovers_that_nobody_can_be_writing_are_removed(
    cache: Path, package: PracticePackage
) -> None:
    cache.mkdir(parents=True)
    old_model = cache / "practice-0123456789ab.gguf"
    abandoned = cache / "practice-0123456789ab.x.partial"
    in_progress = cache / "practice-0123456789ab.y.partial"
    others = cache / "thumbnails"
    for file in (old_model, abandoned, in_progress, others):
        file.write_bytes(b"")
    day_ago = time.time() - 86_400
    os.utime(abandoned, (day_ago, day_ago))
    practice_model(cache, package)
    assert not old_model.exists()
    assert not abandoned.exists()
    assert in_progress.exists()
    assert others.exists()
