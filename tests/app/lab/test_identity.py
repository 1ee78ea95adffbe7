from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.lab.identity import HEAD_BYTES, file_digest, identity_of
from app.lab.model import is_same
from engine.errors import UserFacingError
from engine.events import ModelLoaded
from tests.app.lab.conftest import FACTS, PLAN

LONG = HEAD_BYTES + 40 * 2**20


def written(file: Path, change_at: int | None = None) -> Path:
    """A file as long as a small model, with one stretch of other bytes."""
    with file.open("wb") as out:
        out.truncate(LONG)
        if change_at is not None:
            out.seek(change_at)
            out.write(b"\x01" * 2**20)
    return file


def test_a_copy_under_another_name_is_the_same_model(tmp_path: Path) -> None:
    digests = {file_digest(written(tmp_path / name)) for name in ("a.gguf", "b.gguf")}
    assert len(digests) == 1


@pytest.mark.parametrize(
    "change_at", [0, HEAD_BYTES - 2**20, HEAD_BYTES + 20 * 2**20, LONG - 2**20]
)
def test_other_header_or_weights_are_another_model(tmp_path: Path, change_at: int) -> None:
    same = file_digest(written(tmp_path / "a.gguf"))
    assert file_digest(written(tmp_path / "b.gguf", change_at)) != same


def test_another_length_is_another_model(tmp_path: Path) -> None:
    digests = set()
    for size in (0, 10, 11, HEAD_BYTES + 1):
        (tmp_path / "a.gguf").write_bytes(bytes(size))
        digests.add(file_digest(tmp_path / "a.gguf"))
    assert len(digests) == 4


def test_an_identity_does_not_depend_on_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"weights")
    loaded = ModelLoaded(replace(FACTS, path=tmp_path / "a.gguf"), 8192, "CPU", 1.0, PLAN)
    one = identity_of(loaded)
    (tmp_path / "a.gguf").rename(tmp_path / "c.gguf")
    other = identity_of(replace(loaded, facts=replace(FACTS, path=tmp_path / "c.gguf")))
    assert is_same(one, other)
    assert not is_same(one, replace(other, adapters=("a × 1 0",)))
    assert one.file_name == "a.gguf"


def test_a_file_that_is_gone_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="can no longer be read"):
        file_digest(tmp_path / "gone.gguf")
