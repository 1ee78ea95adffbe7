"""Ollama's models copied with other names in them, and run by real llama.cpp."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from app.models.file_work import StoppedError, StopSign
from app.models.finding import ModelFinder
from app.models.rewriting import remove_abandoned, rewrite
from app.models.values import FoundModel, Keeper, LibraryModel, OfferedModel, Origin
from engine.errors import EngineError, ModelFileError
from engine.gguf import read_facts
from engine.gguf_renaming import PAGE_BYTES
from engine.llama.log import LlamaLog
from tests.engine.ollama_file import as_ollama_names_it
from tests.engine.test_gguf_split import logits_of


@pytest.fixture(scope="module")
def theirs(practice_model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> FoundModel:
    """The practice model as a blob of Ollama's."""
    folder = tmp_path_factory.mktemp("blobs")
    path = as_ollama_names_it(practice_model_path, folder / "blob")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    (found,) = ModelFinder([]).examine([path.rename(folder / f"sha256-{digest}")])
    return replace(found, name="gpt-oss:20b", sha256=(digest,))


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return tmp_path / "models"


def unable(*_: object) -> None:
    """Shares no bytes, as ext4 does not."""
    raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


def written(found: FoundModel, folder: Path) -> LibraryModel:
    return rewrite(found, folder, lambda _done, _total: None, StopSign(), share=unable)


def test_a_copy_computes_what_the_original_does(
    theirs: FoundModel, ours: Path, practice_model_path: Path
) -> None:
    log = LlamaLog()
    log.install()
    before = theirs.paths[0].read_bytes()
    model = written(theirs, ours)
    assert model.paths == (ours / "gpt-oss-20b.gguf",)
    assert (model.id, model.name, model.origin) == ("gpt-oss-20b", "gpt-oss:20b", Origin.DOWNLOADED)
    assert model.size_bytes == model.paths[0].stat().st_size
    assert np.array_equal(
        logits_of(read_facts(model.paths[0]), log), logits_of(read_facts(practice_model_path), log)
    )
    assert theirs.paths[0].read_bytes() == before
    assert [one.name for one in ours.iterdir()] == ["gpt-oss-20b.gguf"]


def test_bytes_are_shared_from_the_first_whole_block_on(theirs: FoundModel, ours: Path) -> None:
    places: list[tuple[int, int]] = []

    def sharing(source: BinaryIO, target: BinaryIO, source_at: int, target_at: int) -> None:
        """As btrfs and XFS do it, but by copying."""
        places.append((source_at, target_at))
        source.seek(source_at)
        target.seek(target_at)
        target.write(source.read())

    told: list[tuple[int, int]] = []
    shared = rewrite(theirs, ours, lambda *one: told.append(one), StopSign(), share=sharing)
    ((source_at, target_at),) = places
    assert source_at % PAGE_BYTES == target_at % PAGE_BYTES == 0
    assert shared.paths[0].read_bytes() == written(theirs, ours).paths[0].read_bytes()
    assert told == [(theirs.size_bytes, theirs.size_bytes)]


def test_a_copy_is_not_taken_for_the_model_that_can_be_fetched(
    theirs: FoundModel, ours: Path
) -> None:
    offered = [OfferedModel("GPT-OSS-20b", "gpt-oss-20b", ())]
    theirs = replace(theirs, keeper=Keeper.OLLAMA)
    model = rewrite(theirs, ours, lambda *_: None, StopSign(), offered, unable)
    assert (model.id, model.source) == ("gpt-oss-20b-ollama", "Ollama")


def test_a_name_that_is_taken_is_left_alone(theirs: FoundModel, ours: Path) -> None:
    first, second = written(theirs, ours), written(theirs, ours)
    assert [one.paths[0].name for one in (first, second)] == [
        "gpt-oss-20b.gguf",
        "gpt-oss-20b-2.gguf",
    ]


def test_wrong_bytes_are_found_while_copying(
    theirs: FoundModel, ours: Path, tmp_path: Path
) -> None:
    path = tmp_path / theirs.paths[0].name
    data = bytearray(theirs.paths[0].read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="some of its bytes are wrong"):
        written(replace(theirs, paths=(path,)), ours)
    assert list(ours.iterdir()) == []


def test_progress_is_told_and_stop_leaves_nothing(theirs: FoundModel, ours: Path) -> None:
    sign = StopSign()
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        assert total == theirs.size_bytes
        told.append(done)
        if done > total // 2:
            sign.stop()

    with pytest.raises(StoppedError):
        rewrite(theirs, ours, progress, sign, share=unable)
    assert told == sorted(told)
    assert list(ours.iterdir()) == []


def test_too_little_room_is_told_with_how_much_is_needed(
    theirs: FoundModel, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(ours.parent)
    monkeypatch.setattr(
        "app.models.rewriting.shutil.disk_usage", lambda _path: usage._replace(free=1000)
    )
    with pytest.raises(EngineError, match="not enough room") as caught:
        written(theirs, ours)
    assert caught.value.fields["size"] == f"{theirs.size_bytes / 1e9:.1f}"
    assert list(ours.iterdir()) == []


def test_a_file_that_went_away_is_told(theirs: FoundModel, ours: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="could not be copied"):
        written(replace(theirs, paths=(tmp_path / "gone",)), ours)
    (tmp_path / "gone").write_bytes(b"GGUF\3\0\0\0")
    with pytest.raises(ModelFileError, match="damaged"):
        written(replace(theirs, paths=(tmp_path / "gone",)), ours)


def test_a_copy_that_a_crash_ended_is_removed_when_it_is_surely_abandoned(ours: Path) -> None:
    ours.mkdir()
    left, fresh, other = (
        ours / name for name in ("a.gguf.rewriting", "b.gguf.rewriting", "c.gguf")
    )
    for path in (left, fresh, other):
        path.write_text("half")
    for path in (left, other):
        os.utime(path, (1.0, 1.0))
    remove_abandoned(ours)
    assert sorted(ours.iterdir()) == [fresh, other]
    remove_abandoned(ours / "nothing")
