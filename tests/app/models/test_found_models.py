"""From a find to the library, through the desk that the window uses, with its real threads."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.chats.values import Problem
from app.model_assembly import make_desk
from app.models.catalogue import Catalogue
from app.models.desk import ModelDesk
from app.models.room import ModelSurroundings
from app.models.values import FoundModel, LibraryModel, ModelPart, OfferedModel, Origin
from app.paths import Paths
from engine.gguf import read_facts
from tests.app.models.shelf import Home
from tests.engine.gguf_draft import Draft
from tests.engine.ollama_file import as_ollama_names_it


class Window:
    """A thread that callbacks come to: this one, whenever it waits."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.home = home
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.told: list[object] = []
        self.is_closed = False
        self.paths = Paths(folder / "data", folder / "config", folder / "cache", folder / "state")
        around = ModelSurroundings(self.paths, Home(folder).current, self._calls.put, lambda: None)
        self.desk: ModelDesk = make_desk(around)

    def hear(self, *what: object) -> None:
        self.told.append(what[0] if what else None)

    def wait(self, count: int) -> list[object]:
        """What was told, once it is so much."""
        while len(self.told) < count:
            self._calls.get(timeout=30)()
        told, self.told = self.told, []
        return told

    def examined(self) -> FoundModel:
        """The one model that was told of together with no other."""
        (told,) = self.wait(1)
        assert isinstance(told, tuple)
        (found,) = told
        assert isinstance(found, FoundModel)
        return found

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.desk.close()


@pytest.fixture
def window(tmp_path: Path, own_folders: Path) -> Iterator[Window]:
    window = Window(tmp_path, own_folders)
    yield window
    window.close()


def test_a_model_of_another_program_is_found_and_linked_into_the_library(window: Window) -> None:
    theirs = window.home / ".lmstudio" / "models" / "o" / "n" / "gpt-oss-20b.gguf"
    theirs.parent.mkdir(parents=True)
    Draft().write(theirs)
    window.desk.scan(window.hear, lambda: window.hear("done"), window.hear)
    found, done = window.wait(2)
    assert done == "done"
    assert isinstance(found, FoundModel)
    window.desk.take(found, window.hear, window.hear)
    (model,) = window.wait(1)
    assert isinstance(model, LibraryModel)
    assert (model.origin, model.source) == (Origin.LINKED, "LM Studio")
    assert model.paths[0] == window.desk.folder / "gpt-oss-20b.gguf"
    assert model in window.desk.library.models()
    assert model.paths[0].samefile(theirs)


def test_a_model_of_ollama_is_rewritten_into_the_library(
    window: Window, practice_model_path: Path
) -> None:
    blobs = window.home / ".ollama" / "models" / "blobs"
    as_ollama_names_it(practice_model_path, blobs / "x")
    (blobs / "x").rename(blobs / f"sha256-{'0' * 64}")  # whose digest is another
    file = as_ollama_names_it(practice_model_path, window.home / "Downloads" / "ollama.gguf")
    window.desk.scan(window.hear, lambda: window.hear("done"), window.hear)
    wrong, _ = window.wait(2)
    window.desk.examine([file], window.hear, window.hear)
    found = window.examined()
    for one in (wrong, found):
        assert isinstance(one, FoundModel)
        assert one.can_be_rewritten
        window.desk.rewrite(one, lambda _d, _t: None, window.hear, window.hear)
    problem, model = window.wait(2)
    assert isinstance(problem, Problem)
    assert "some of its bytes are wrong" in problem.title
    assert isinstance(model, LibraryModel)
    assert model in window.desk.library.models()
    assert read_facts(model.paths[0]).is_practice


def test_a_copy_that_is_stopped_or_left_behind_leaves_nothing(
    window: Window, practice_model_path: Path
) -> None:
    file = as_ollama_names_it(practice_model_path, window.home / "ollama.gguf")
    window.desk.examine([file], window.hear, window.hear)
    found = window.examined()
    window.desk.rewrite(found, lambda _d, _t: None, window.hear, window.hear).stop()
    window.desk.rewrite(found, lambda _d, _t: None, window.hear, window.hear).stop()
    assert window.wait(2) == [None, None]
    window.desk.rewrite(found, lambda _d, _t: None, window.hear, window.hear)
    window.close()
    assert not list(window.desk.folder.glob("*.rewriting"))


def test_a_file_that_another_program_has_too_is_not_mended_by_writing_into_it(
    window: Window,
) -> None:
    digest = "e" * 64
    hub = window.home / ".cache" / "huggingface" / "hub" / "models--o--n"
    blob = hub / "blobs" / digest
    link = hub / "snapshots" / "1" / "gpt-oss.gguf"
    for path in (blob, link):
        path.parent.mkdir(parents=True)
    link.symlink_to(Draft().write(blob))
    part = ModelPart("gpt-oss.gguf", blob.stat().st_size, digest)
    offered = OfferedModel("mine", "Mine", (part,), "o/n", "0" * 40)
    Catalogue(window.paths.data).add(offered)

    window.desk.scan(window.hear, lambda: window.hear("done"), window.hear)
    found, _ = window.wait(2)
    assert isinstance(found, FoundModel)
    window.desk.take(found, window.hear, window.hear)
    (model,) = window.wait(1)
    assert isinstance(model, LibraryModel)
    assert (model.id, model.sha256, model.origin) == ("mine", (digest,), Origin.LINKED)
    assert not window.desk.repair("mine")
    assert window.desk.downloads.all() == ()
