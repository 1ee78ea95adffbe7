"""Models brought into Sotto's folder without a copy, on real file systems."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.finding import ModelFinder
from app.models.linking import WAYS, names_for, share_bytes, slug, take
from app.models.moving import hard_link
from app.models.values import FoundModel, Keeper, ModelPart, OfferedModel, Origin
from engine.errors import ModelFileError
from tests.engine.gguf_draft import Draft
from tests.engine.split_files import split_file


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A model in another program's folder."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    return Draft().write(folder / "gpt-oss-tiny.gguf")


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return tmp_path / "ours" / "models"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        assert Path(name).stat().st_dev != tmp_path.stat().st_dev
        yield Path(name)


def found(*paths: Path, **facts: object) -> FoundModel:
    (one,) = ModelFinder([]).examine(paths[:1])
    return replace(one, **facts)  # type: ignore[arg-type]


def test_a_link_is_the_same_file_and_outlives_its_keeper_s(kept: Path, ours: Path) -> None:
    taken = take(found(kept, keeper=Keeper.LM_STUDIO), ours)
    (path,) = taken.paths
    assert path == ours / "gpt-oss-tiny.gguf"
    assert path.samefile(kept)
    assert (taken.id, taken.name, taken.origin) == ("gpt-oss-tiny", "Tiny", Origin.LINKED)
    assert (taken.source, taken.size_bytes) == ("LM Studio", kept.stat().st_size)
    data = kept.read_bytes()
    kept.unlink()
    assert path.read_bytes() == data


def test_taking_a_model_twice_makes_no_second_link(kept: Path, ours: Path) -> None:
    assert take(found(kept), ours).paths == take(found(kept), ours).paths
    assert [one.name for one in ours.iterdir()] == ["gpt-oss-tiny.gguf"]
    assert kept.stat().st_nlink == 2


def test_another_model_of_the_same_name_keeps_its_file(kept: Path, ours: Path) -> None:
    ours.mkdir(parents=True)
    other = Draft().write(ours / kept.name)
    (path,) = take(found(kept), ours).paths
    assert path.name == "gpt-oss-tiny-2.gguf"
    assert not other.samefile(path)
    (ours / "gpt-oss-tiny-2.gguf").unlink()
    (ours / "gpt-oss-tiny-2.gguf").symlink_to(ours / "nothing")
    assert take(found(kept), ours).paths[0].name == "gpt-oss-tiny-3.gguf"


def test_a_link_into_a_cache_is_followed_to_the_file(
    kept: Path, ours: Path, tmp_path: Path
) -> None:
    blob = kept.rename(kept.parent / ("e" * 64))
    name = tmp_path / "gpt-oss-20b-mxfp4.gguf"
    name.symlink_to(blob)
    taken = take(found(name, sha256=("e" * 64,), source="ggml-org/gpt-oss-20b-GGUF"), ours)
    (path,) = taken.paths
    assert (path.name, path.is_symlink(), path.samefile(blob)) == (name.name, False, True)
    assert (taken.source, taken.sha256) == ("ggml-org/gpt-oss-20b-GGUF", ("e" * 64,))


def test_files_of_the_catalogue_s_digests_are_that_model(kept: Path, ours: Path) -> None:
    offered = [
        OfferedModel("other", "Other", (ModelPart("a.gguf", 1, "0" * 64),)),
        OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("b.gguf", 1, "e" * 64),)),
    ]
    taken = take(found(kept, sha256=("e" * 64,)), ours, offered)
    assert (taken.id, taken.name) == ("gpt-oss-20b", "gpt-oss-20b")
    assert take(found(kept), ours, offered).id == "gpt-oss-tiny"


def test_a_file_that_is_called_like_a_model_of_the_catalogue_is_not_taken_for_it(
    kept: Path, ours: Path
) -> None:
    offered = [OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("b.gguf", 1, "e" * 64),))]
    file = kept.rename(kept.with_name("GPT-oss-20b.gguf"))
    assert take(found(file, keeper=Keeper.LM_STUDIO), ours, offered).id == "GPT-oss-20b-lm-studio"
    assert take(found(file), ours, offered).id == "GPT-oss-20b-file"
    assert take(found(file), ours).id == "GPT-oss-20b"


def test_parts_are_linked_together(practice_model_path: Path, tmp_path: Path, ours: Path) -> None:
    parts = split_file(practice_model_path, tmp_path, 3)
    taken = take(found(parts[0]), ours)
    assert taken.id == "model"
    assert [path.name for path in taken.paths] == [part.name for part in parts]
    assert all(one.samefile(other) for one, other in zip(taken.paths, parts, strict=True))


def test_parts_of_other_names_get_those_that_llama_cpp_looks_for(
    practice_model_path: Path, tmp_path: Path, ours: Path
) -> None:
    parts = split_file(practice_model_path, tmp_path, 2)
    odd = [part.rename(tmp_path / f"{number}.gguf") for number, part in enumerate(parts)]
    taken = take(found(odd[0]), ours)
    assert [path.name for path in taken.paths] == ["0-00001-of-00002.gguf", "0-00002-of-00002.gguf"]


def test_all_parts_are_linked_or_none(
    practice_model_path: Path, tmp_path: Path, ours: Path
) -> None:
    parts = split_file(practice_model_path, tmp_path, 3)

    def tiring(source: Path, target: Path) -> None:
        if source == parts[2]:
            raise OSError(28, "no space")
        hard_link(source, target)

    taken = take(found(parts[0]), ours, ways=[tiring])
    assert (taken.origin, taken.paths) == (Origin.IN_PLACE, parts)
    assert list(ours.iterdir()) == []


def test_on_another_file_system_a_model_stays_where_it_is(kept: Path, elsewhere: Path) -> None:
    taken = take(found(kept), elsewhere / "models")
    assert (taken.origin, taken.paths) == (Origin.IN_PLACE, (kept,))
    assert list((elsewhere / "models").iterdir()) == []


def test_what_may_not_be_linked_shares_its_bytes_where_it_can(kept: Path, ours: Path) -> None:
    """A file of another user's may be read but not linked (protected_hardlinks in proc(5))."""

    def refusing(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    def sharing(source: Path, target: Path) -> None:  # as ext4 cannot
        shutil.copyfile(source, target)

    taken = take(found(kept), ours, ways=[refusing, sharing])
    assert (taken.origin, taken.paths[0].stat().st_nlink) == (Origin.LINKED, 1)
    assert take(found(kept), ours / "b", ways=[refusing]).origin is Origin.IN_PLACE


def test_sharing_bytes_leaves_nothing_behind_where_it_cannot(kept: Path, elsewhere: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        share_bytes(kept, elsewhere / "copy.gguf")
    assert list(elsewhere.iterdir()) == []
    (elsewhere / "there").write_text("mine")
    with pytest.raises(FileExistsError):
        share_bytes(kept, elsewhere / "there")
    assert (elsewhere / "there").read_text() == "mine"
    assert (hard_link, share_bytes) == WAYS


def test_a_folder_that_cannot_be_made_leaves_the_model_where_it_is(
    kept: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert take(found(kept), tmp_path / "file" / "models").origin is Origin.IN_PLACE


def test_a_file_in_sotto_s_folder_is_taken_as_it_is(kept: Path) -> None:
    taken = take(found(kept), kept.parent)
    assert (taken.origin, taken.paths) == (Origin.DOWNLOADED, (kept,))
    assert kept.stat().st_nlink == 1


def test_what_cannot_be_used_is_not_taken(kept: Path, ours: Path) -> None:
    seen = found(kept)
    data = kept.read_bytes()
    kept.write_bytes(data[:-100])
    with pytest.raises(ModelFileError, match="its end is missing"):
        take(seen, ours)
    kept.unlink()
    with pytest.raises(ModelFileError, match="not there"):
        take(seen, ours)
    with pytest.raises(ModelFileError, match="not there"):
        take(found(kept), ours)
    assert not ours.exists()


@pytest.mark.parametrize(
    ("file", "model", "name"),
    [
        ("gpt-oss-20b-mxfp4.gguf", "Gpt Oss", "gpt-oss-20b-mxfp4.gguf"),
        ("model.gguf", "Gpt Oss 20b", "Gpt-Oss-20b.gguf"),
        ("e" * 64, "Tiny", "Tiny.gguf"),
        (f"sha256-{'e' * 64}", "hf.co/o/n:latest", "hf.co-o-n-latest.gguf"),
        (f"sha256-{'e' * 64}", "gpt-oss:20b", "gpt-oss-20b.gguf"),
        ("MODEL.GGUF", "..", "model.gguf"),
        ("한국어 모델.gguf", "x", "한국어-모델.gguf"),
    ],
)
def test_files_get_names_that_say_something(file: str, model: str, name: str) -> None:
    assert names_for([Path("/x") / file], model) == (name,)
    assert os.sep not in slug(model)
