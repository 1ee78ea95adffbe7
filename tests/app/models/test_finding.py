"""Models of other programs, found in real folders as those programs lay them out."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.models import finding
from app.models.file_work import StopSign
from app.models.finding import ModelFinder
from app.models.places import Place, places
from app.models.values import FoundModel, Keeper
from tests.engine.gguf_draft import ARRAY, Draft, text, tokens
from tests.engine.ollama_file import as_ollama_names_it
from tests.engine.split_files import split_file


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole gpt-oss model of a few megabytes, most of it vocabulary."""
    return Draft().write(tmp_path_factory.mktemp("tiny") / "gpt-oss-tiny.gguf")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another kind."""
    path = tmp_path_factory.mktemp("llama") / "llama.gguf"
    Draft(metadata={"tokenizer.ggml.tokens": (ARRAY, tokens(300))}).write(path)
    path.write_bytes(path.read_bytes().replace(text(b"gpt-oss"), text(b"llama4x"), 1))
    return path


def put(source: Path, target: Path) -> Path:
    """The same bytes as a file of its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return target


def scanned(*where: Place, sign: StopSign | None = None) -> list[FoundModel]:
    return list(ModelFinder(where).scan(sign or StopSign()))


def at_home(home: Path) -> list[FoundModel]:
    return scanned(*(one for one in places({}, home, "linux") if one.folder.is_relative_to(home)))


def names(found: Sequence[FoundModel]) -> list[tuple[Keeper, str]]:
    return [(one.keeper, one.name) for one in found]


def test_each_program_s_models_are_found_where_it_keeps_them(tmp_path: Path, tiny: Path) -> None:
    kept = {
        Keeper.LM_STUDIO: ".lmstudio/models/ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b.gguf",
        Keeper.JAN: ".local/share/Jan/data/llamacpp/models/gpt-oss/model.gguf",
        Keeper.GPT4ALL: ".local/share/nomic.ai/GPT4All/gpt-oss-20b.gguf",
        Keeper.LLAMA_CPP: ".cache/llama.cpp/ggml-org_gpt-oss-20b-GGUF_gpt-oss-20b.gguf",
    }
    for place in kept.values():
        put(tiny, tmp_path / place)
    found = at_home(tmp_path)
    assert {one.keeper: one.paths for one in found} == {
        keeper: (tmp_path / place,) for keeper, place in kept.items()
    }
    assert all(one.problem is None and one.quantisation == "MXFP4" for one in found)


def ollama_model(models: Path, blob: Path, manifest: str, digest: str = "a" * 64) -> Path:
    """Lay a blob out as Ollama does."""
    target = models / "blobs" / f"sha256-{digest}"
    put(blob, target)
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": f"sha256:{'b' * 64}"},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
    ]
    file = models / "manifests" / manifest
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return target


def test_a_blob_of_ollama_has_its_model_s_name_and_is_explained(
    tmp_path: Path, practice_model_path: Path
) -> None:
    models = tmp_path / ".ollama" / "models"
    theirs = as_ollama_names_it(practice_model_path, tmp_path / "theirs")
    blob = ollama_model(models, theirs, "registry.ollama.ai/library/gpt-oss/20b")
    (found,) = at_home(tmp_path)
    assert (found.keeper, found.name, found.paths) == (Keeper.OLLAMA, "gpt-oss:20b", (blob,))
    assert (found.quantisation, found.layers, found.sha256) == ("MXFP4", 4, ("a" * 64,))
    assert found.problem is not None
    assert found.problem.title.startswith("Ollama made this file for its own engine")


def test_a_blob_with_the_names_of_llama_cpp_can_be_used(tmp_path: Path, tiny: Path) -> None:
    models = tmp_path / ".ollama" / "models"
    ollama_model(models, tiny, "hf.co/ggml-org/gpt-oss-20b-GGUF/latest")
    (found,) = at_home(tmp_path)
    assert (found.name, found.problem) == ("hf.co/ggml-org/gpt-oss-20b-GGUF:latest", None)


def test_a_blob_that_no_manifest_names_is_found_too(tmp_path: Path, tiny: Path) -> None:
    models = tmp_path / ".ollama" / "models"
    put(tiny, models / "blobs" / f"sha256-{'c' * 64}")
    put(tiny, models / "blobs" / f"sha256-{'d' * 64}-partial")
    (models / "manifests" / "x").mkdir(parents=True)
    for number, odd in enumerate(('{"layers": [{}]}', "[]", "{", '{"layers": 3}')):
        (models / "manifests" / "x" / f"{number}").write_text(odd)
    assert names(at_home(tmp_path)) == [(Keeper.OLLAMA, "Tiny")]


def hub_model(hub: Path, file: Path, repository: str, commit: str, digest: str, name: str) -> Path:
    """Lay a file out as huggingface_hub does."""
    home = hub / f"models--{repository.replace('/', '--')}"
    blob = home / "blobs" / digest
    if not blob.exists():
        put(file, blob)
    link = home / "snapshots" / commit / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path("../../blobs") / digest)
    return link


def test_a_file_in_the_hub_s_cache_is_offered_once_under_its_name(
    tmp_path: Path, tiny: Path
) -> None:
    hub = tmp_path / ".cache" / "huggingface" / "hub"
    hub_model(hub, tiny, "ggml-org/gpt-oss-20b-GGUF", "0" * 40, "e" * 64, "old-name.gguf")
    current = hub_model(hub, tiny, "ggml-org/gpt-oss-20b-GGUF", "f" * 40, "e" * 64, "new.gguf")
    refs = hub / "models--ggml-org--gpt-oss-20b-GGUF" / "refs"
    refs.mkdir()
    (refs / "main").write_text("f" * 40)
    put(tiny, hub / "datasets--x--y" / "snapshots" / "1" / "gpt-oss.gguf")
    (found,) = at_home(tmp_path)
    assert found.paths == (current,)
    assert (found.source, found.sha256) == ("ggml-org/gpt-oss-20b-GGUF", ("e" * 64,))


def test_the_parts_of_a_model_are_one_find(tmp_path: Path, practice_model_path: Path) -> None:
    hub = tmp_path / ".cache" / "huggingface" / "hub"
    parts = split_file(practice_model_path, tmp_path, 3, "gpt-oss-120b")
    links = [
        hub_model(hub, part, "o/n", "1" * 40, str(number) * 64, part.name)
        for number, part in enumerate(parts)
    ]
    (found,) = at_home(tmp_path)
    assert found.paths == tuple(links)
    assert found.sha256 == ("0" * 64, "1" * 64, "2" * 64)
    links[1].unlink()
    (broken,) = at_home(tmp_path)
    assert broken.problem is not None
    assert "is missing" in broken.problem.title


def test_an_imported_model_of_jan_lies_elsewhere(tmp_path: Path, tiny: Path) -> None:
    file = put(tiny, tmp_path / "Downloads" / "gpt-oss.gguf")
    yml = tmp_path / ".local/share/Jan/data/llamacpp/models/mine/model.yml"
    yml.parent.mkdir(parents=True)
    yml.write_text(f"name: mine\nmodel_path: {file}\nsize_bytes: 1\n")
    (found,) = at_home(tmp_path)
    assert (found.keeper, found.paths) == (Keeper.JAN, (file,))


def test_models_of_other_kinds_are_left_out_and_broken_gpt_oss_is_told(
    tmp_path: Path, tiny: Path, llama: Path
) -> None:
    folder = tmp_path / ".lmstudio" / "models"
    put(llama, folder / "a" / "llama.gguf")
    (folder / "a" / "notes.gguf").write_text("text")
    (folder / "a" / "gpt-oss-20b.gguf").write_bytes(tiny.read_bytes()[:5000])
    (found,) = at_home(tmp_path)
    assert found.name == "gpt-oss-20b"
    assert found.problem is not None
    assert found.problem.title == "The model file is damaged or not finished."


def test_loops_links_pipes_and_dead_links_do_no_harm(tmp_path: Path, tiny: Path) -> None:
    folder = tmp_path / "models"
    file = put(tiny, folder / "a" / "gpt-oss.gguf")
    (folder / "a" / "up").symlink_to(folder)
    (folder / "b").symlink_to(folder / "a")
    (folder / "again.gguf").symlink_to(file)
    (folder / "second.gguf").hardlink_to(file)
    (folder / "dead-gpt-oss.gguf").symlink_to(folder / "nothing")
    (folder / "round.gguf").symlink_to(folder / "round.gguf")
    os.mkfifo(folder / "gpt-oss-pipe.gguf")
    found = scanned(Place(Keeper.LM_STUDIO, folder))
    assert len(found) == 1


def test_a_linked_folder_is_looked_into(tmp_path: Path, tiny: Path) -> None:
    put(tiny, tmp_path / "disk" / "gpt-oss.gguf")
    (tmp_path / "models").symlink_to(tmp_path / "disk")
    assert len(scanned(Place(Keeper.LM_STUDIO, tmp_path / "models"))) == 1


def test_folders_that_may_not_be_read_are_passed_by(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tiny, tmp_path / "a" / "gpt-oss-1.gguf")
    put(tiny, tmp_path / "closed" / "gpt-oss-2.gguf")
    real = os.scandir

    def refusing(path: object) -> object:  # root may read everything, so no mode would refuse
        if isinstance(path, Path) and path.name == "closed":
            raise PermissionError(13, "no")
        return real(path)  # type: ignore[call-overload]

    monkeypatch.setattr("app.models.kept_files.os.scandir", refusing)
    assert [one.paths[0].name for one in scanned(Place(Keeper.LM_STUDIO, tmp_path))] == [
        "gpt-oss-1.gguf"
    ]


def test_a_scan_is_bounded_in_depth_and_number(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tiny, tmp_path / "/".join("abcdefghij") / "gpt-oss.gguf")
    assert scanned(Place(Keeper.LM_STUDIO, tmp_path)) == []
    put(tiny, tmp_path / "zz" / "gpt-oss.gguf")
    assert len(scanned(Place(Keeper.LM_STUDIO, tmp_path))) == 1
    monkeypatch.setattr("app.models.kept_files.MOST_ENTRIES", 5)
    assert scanned(Place(Keeper.LM_STUDIO, tmp_path)) == []


def test_a_scan_tells_each_find_as_it_comes_and_can_be_stopped(tmp_path: Path, tiny: Path) -> None:
    for number in range(3):
        put(tiny, tmp_path / f"gpt-oss-{number}.gguf")
    sign = StopSign()
    scan = ModelFinder([Place(Keeper.LM_STUDIO, tmp_path)]).scan(sign)
    assert next(scan).paths[0].name == "gpt-oss-0.gguf"
    sign.stop()
    assert list(scan) == []


def test_a_slow_disk_ends_a_scan(tmp_path: Path, tiny: Path) -> None:
    for number in range(3):
        put(tiny, tmp_path / f"gpt-oss-{number}.gguf")
    seconds = iter([0.0, 1.0, 2.0, *[finding.SCAN_SECONDS + 1.0] * 9])
    finder = ModelFinder([Place(Keeper.LM_STUDIO, tmp_path)], clock=lambda: next(seconds))
    assert len(list(finder.scan(StopSign()))) == 1


def test_chosen_files_each_get_their_word(tmp_path: Path, tiny: Path, llama: Path) -> None:
    folder = tmp_path / "models"
    mine = put(tiny, folder / "gpt-oss.gguf")
    other = put(llama, tmp_path / "llama.gguf")
    gone = tmp_path / "gone.gguf"
    finder = ModelFinder([Place(Keeper.LM_STUDIO, folder)])
    found = finder.examine([mine, other, mine, gone])
    assert names(found) == [
        (Keeper.LM_STUDIO, "Tiny"),
        (Keeper.OTHER, "Tiny"),
        (Keeper.OTHER, "gone"),
    ]
    titles = [one.problem.title.split(" (")[0] if one.problem else "" for one in found]
    assert titles[0] == ""
    assert titles[1].startswith("This is a model of another kind")
    assert titles[2] == "The model file is not there any more."


def test_a_chosen_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.gguf")
    (found,) = ModelFinder([]).examine([tmp_path / "model.gguf"])
    assert found.problem is not None
    assert found.problem.title == "This is not a GGUF model file."


def test_chosen_folders_are_looked_into(tmp_path: Path, tiny: Path, llama: Path) -> None:
    put(tiny, tmp_path / "a" / "b" / "gpt-oss.gguf")
    put(llama, tmp_path / "a" / "llama.gguf")
    put(llama, tmp_path / "c" / "llama.gguf")
    finder = ModelFinder([])
    assert [one.paths[0].name for one in finder.examine([tmp_path / "a"])] == ["gpt-oss.gguf"]
    (nothing,) = finder.examine([tmp_path / "c"])
    assert nothing.problem is not None
    assert nothing.problem.title == "There is no gpt-oss model in this folder."


def test_a_chosen_part_brings_the_others(tmp_path: Path, practice_model_path: Path) -> None:
    parts = split_file(practice_model_path, tmp_path, 3)
    (found,) = ModelFinder([]).examine([parts[1], parts[2]])
    assert found.paths == parts
