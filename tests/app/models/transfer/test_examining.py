from __future__ import annotations

from pathlib import Path

import pytest

from app.models.transfer.examining import examine_model
from app.models.transfer.outcomes import DownloadError
from engine.errors import UserFacingError


def beginning(model: Path, place: Path, count: int) -> Path:
    """A file of the model's size of which only the beginning is here."""
    file = place / "model.gguf.part"
    with model.open("rb") as source, file.open("wb") as part:
        part.write(source.read(count))
        part.truncate(model.stat().st_size)
    return file


@pytest.mark.parametrize("here", [100, 1 << 20])
def test_a_model_of_which_little_is_here_may_become_one(
    practice_model_path: Path, tmp_path: Path, here: int
) -> None:
    examine_model(beginning(practice_model_path, tmp_path, here), here)


def test_a_whole_model_passes(practice_model_path: Path) -> None:
    examine_model(practice_model_path, practice_model_path.stat().st_size)


def test_another_kind_of_model_is_found_by_its_header(
    practice_model_path: Path, tmp_path: Path
) -> None:
    size = practice_model_path.stat().st_size
    file = beginning(practice_model_path, tmp_path, size)
    data = bytearray(file.read_bytes())
    place = data.index(b"gpt-oss")
    data[place : place + 7] = b"llama-3"
    file.write_bytes(data)

    with pytest.raises(UserFacingError, match="another kind"):
        examine_model(file, size - 1)


def test_a_page_in_place_of_a_model_is_found_at_once(tmp_path: Path) -> None:
    page = tmp_path / "model.gguf.part"
    page.write_bytes(b"<!doctype html>" + bytes(1000))

    with pytest.raises(DownloadError, match="no model file"):
        examine_model(page, 1)


def test_a_whole_file_without_sense_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf.part"
    file.write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 100)

    examine_model(file, 50)
    with pytest.raises(UserFacingError, match="damaged"):
        examine_model(file, 108)
