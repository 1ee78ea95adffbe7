from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.chores import AtOnce, Chores
from app.models.catalogue import Catalogue
from app.models.library import PRACTICE_ID
from app.models.library_file import LIBRARY_NAME, LibraryError
from app.models.removal import ASIDE_FOLDER, KEEP_MS
from app.models.values import DeletedModel, LibraryModel, Moving, Origin, Verification
from tests.app.models.shelf import PRACTICE, Home, model_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def nothing(done: int, total: int) -> None:
    del done, total


class Held(Executor):
    """Takes work and never begins it: whatever waits for it, waits."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls.append(lambda: fn(*args, **kwargs))
        return Future()


# ---- what there is


def test_the_practice_model_is_always_there_and_in_use_at_first(home: Home) -> None:
    library = home.library()
    assert library.models() == (PRACTICE,)
    assert library.chosen_id == PRACTICE_ID
    with pytest.raises(LibraryError):
        library.delete(PRACTICE_ID)


def test_a_model_that_was_added_is_there_at_the_next_start(home: Home) -> None:
    model = home.library().add(model_of(home.written("large.gguf")))
    assert home.library().models() == (model, PRACTICE)


def test_two_models_never_have_one_id_and_one_file_is_one_model(home: Home) -> None:
    library = home.library()
    first = library.add(model_of(home.written("a.gguf")))
    second = library.add(model_of(home.written("b.gguf")))
    again = library.add(model_of(home.written("a.gguf"), id_="other"))
    assert (first.id, second.id, again.id) == ("large", "large-2", "large")
    assert [one.id for one in library.models()] == ["large", "large-2", PRACTICE_ID]


def test_a_file_that_vanished_is_told_and_its_model_stays(home: Home) -> None:
    path = home.written("large.gguf")
    home.library().add(model_of(path))
    path.unlink()
    library = home.library()
    assert [one.is_missing for one in library.models()] == [True, False]
    home.written("large.gguf")
    library.refresh()
    assert not any(one.is_missing for one in library.models())


def test_the_model_of_a_user_from_before_is_in_the_library_by_itself(home: Home) -> None:
    path = home.written("mine.gguf")
    home.current.change(model_path=str(path))
    library = home.library()
    (mine, _) = library.models()
    assert (mine.name, mine.paths, mine.origin) == ("mine.gguf", (path,), Origin.IN_PLACE)
    assert library.chosen_id == mine.id
    home.current.change(model_path=None)
    assert home.library().find(mine.id) == mine


def test_a_file_that_is_only_called_like_an_offered_model_is_not_that_model(home: Home) -> None:
    offered = home.written("gpt-oss-20b.gguf", b"something else")
    home.current.change(model_path=str(offered))
    (mine, _) = home.library().models()
    assert mine.paths == (offered,)
    catalogue = Catalogue(home.data / "catalogue").offered()
    assert mine.id not in {one.id for one in catalogue}
    assert mine.name not in {one.name for one in catalogue}


def test_a_model_named_on_the_command_line_is_shown_but_not_kept(tmp_path: Path) -> None:
    home = Home(tmp_path, model=tmp_path / "given.gguf")
    library = home.library()
    assert [one.name for one in library.models()] == ["given.gguf", "Practice model"]
    assert library.chosen_id == "given.gguf"
    library.choose(PRACTICE_ID)
    assert library.models() == (PRACTICE,)


def test_who_subscribed_hears_of_every_change_until_it_leaves(home: Home) -> None:
    library, heard = home.library(), []
    leave = library.subscribe(lambda: heard.append(len(library.models())))
    model = library.add(model_of(home.written("large.gguf")))
    library.choose(model.id)
    library.delete(model.id)
    leave()
    library.undo(model.id)
    assert heard[0] == 2
    assert heard[-1] == 1


def test_what_was_read_before_a_change_does_not_undo_it(home: Home) -> None:
    waiting: list[Callable[[], None]] = []
    library = home.library(dispatch=waiting.append)  # what was read comes when a test says so
    while waiting:
        waiting.pop(0)()
    library.refresh()
    added = library.add(model_of(home.written("a.gguf")))
    while waiting:
        waiting.pop(0)()
    assert library.find(added.id) is not None


def test_choosing_a_model_loads_it_and_is_remembered(home: Home) -> None:
    library = home.library()
    model = library.add(model_of(home.written("large.gguf")))
    library.choose(model.id)
    assert home.loads == [str(model.paths[0])]
    assert home.settings.load().model_path == str(model.paths[0])
    library.choose(PRACTICE_ID)
    assert home.settings.load().model_path is None


def test_a_name_can_be_changed_and_a_blank_one_changes_nothing(home: Home) -> None:
    library = home.library()
    model = library.add(model_of(home.written("large.gguf")))
    library.rename(model.id, "  My  model ")
    library.rename(model.id, "  ")
    assert home.library().models()[0].name == "My model"


# ---- two processes


def test_two_processes_change_one_list_and_nothing_is_lost(home: Home) -> None:
    window, command_line = home.library(), home.library()
    window.add(model_of(home.written("a.gguf"), id_="a"))
    command_line.add(model_of(home.written("b.gguf"), id_="b"))
    window.rename("a", "First")
    assert [one.name for one in command_line.models()] == ["A", "B", "Practice model"]
    command_line.refresh()
    assert [one.name for one in command_line.models()] == ["First", "B", "Practice model"]


# ---- verify


def verified(home: Home, id_: str) -> Verification:
    found: list[Verification] = []
    home.library().verify(id_, nothing, found.append)
    return found[0]


def test_right_bytes_are_noted_with_the_time(home: Home) -> None:
    model = home.library().add(model_of(home.written("large.gguf")))
    assert verified(home, model.id) == Verification(model.id)
    assert home.library().models()[0].verified_ms == home.clock()


def test_a_wrong_byte_is_found_in_its_file_and_what_to_do_is_said(home: Home) -> None:
    one, two = home.written("l-1.gguf", b"first"), home.written("l-2.gguf", b"second")
    model = home.library().add(model_of(one, two))
    two.write_bytes(b"sEcond")
    found = verified(home, model.id)
    assert found.wrong == (two,)
    assert found.problem is not None
    assert found.problem.fields == {"files": "l-2.gguf"}
    assert "only what is wrong" in found.problem.hint
    assert home.library().models()[0].verified_ms is None


def test_without_a_published_digest_todays_is_noted_and_a_change_is_told_later(home: Home) -> None:
    path = home.written("mine.gguf")
    home.current.change(model_path=str(path))
    model = home.library().models()[0]
    assert verified(home, model.id) == Verification(model.id, is_first=True)
    assert verified(home, model.id) == Verification(model.id)
    path.write_bytes(b"weightS")
    assert verified(home, model.id).wrong == (path,)


def test_a_check_right_after_the_first_knows_what_that_noted(home: Home) -> None:
    path = home.written("mine.gguf")
    held = Held()
    library = home.library(looks=Chores(held, lambda call: call()))
    model = library.add(LibraryModel("mine", "mine", (path,), 7, Origin.IN_PLACE))
    found: list[Verification] = []
    library.verify(model.id, nothing, found.append)
    path.write_bytes(b"weightS")
    library.verify(model.id, nothing, found.append)  # the list was not looked at between them
    assert held.calls
    assert found[0].is_first
    assert found[1].wrong == (path,)


def test_while_long_work_is_done_the_list_is_looked_at_all_the_same(home: Home) -> None:
    path = home.written("large.gguf")
    is_over = threading.Event()
    with ThreadPoolExecutor(1) as busy:
        busy.submit(is_over.wait, 20)
        library = home.library(busy, looks=Chores(AtOnce(), lambda call: call()))
        model = library.add(model_of(path))
        library.verify(model.id, nothing, lambda _: None)
        path.unlink()
        library.refresh()
        assert library.models()[0].is_missing
        is_over.set()


def test_a_missing_file_is_no_wrong_byte(home: Home) -> None:
    path = home.written("large.gguf")
    model = home.library().add(model_of(path))
    path.unlink()
    found = verified(home, model.id)
    assert found.problem is not None
    assert not found.wrong


# ---- move


def moved(home: Home, id_: str, folder: Path) -> Moving:
    came: list[Moving] = []
    home.library().move(id_, folder, nothing, came.append)
    return came[0]


def test_a_model_moves_with_all_its_files_and_its_settings(home: Home, tmp_path: Path) -> None:
    one, two = home.written("l-1.gguf", b"first"), home.written("l-2.gguf", b"second")
    library = home.library()
    model = library.add(model_of(one, two))
    library.choose(model.id)
    home.current.change(seed=4)
    assert moved(home, model.id, tmp_path / "elsewhere") == Moving(model.id)
    after = home.library().models()[0]
    assert after.paths == (tmp_path / "elsewhere/l-1.gguf", tmp_path / "elsewhere/l-2.gguf")
    assert [path.read_bytes() for path in after.paths] == [b"first", b"second"]
    assert not one.exists()
    assert not two.exists()
    assert (home.current.value.model_path, home.current.value.seed) == (str(after.paths[0]), 4)


def test_a_move_right_after_the_first_begins_where_that_ended(home: Home, tmp_path: Path) -> None:
    library = home.library(looks=Chores(Held(), lambda call: call()))
    model = library.add(model_of(home.written("large.gguf")))
    came: list[Moving] = []
    library.move(model.id, tmp_path / "one", nothing, came.append)
    library.move(model.id, tmp_path / "two", nothing, came.append)
    assert came == [Moving(model.id), Moving(model.id)]
    assert (tmp_path / "two" / "large.gguf").is_file()
    assert not (tmp_path / "one" / "large.gguf").exists()


def test_a_taken_name_moves_nothing(home: Home, tmp_path: Path) -> None:
    one, two = home.written("l-1.gguf", b"first"), home.written("l-2.gguf", b"second")
    model = home.library().add(model_of(one, two))
    other = home.written("l-2.gguf", b"another", tmp_path / "elsewhere")
    came = moved(home, model.id, tmp_path / "elsewhere")
    assert came.problem is not None
    assert came.problem.fields == {"name": "l-2.gguf"}
    assert home.library().models()[0].paths == (one, two)
    assert one.exists()
    assert sorted(path.name for path in other.parent.iterdir()) == ["l-2.gguf"]


def test_a_file_that_is_not_ours_does_not_move(home: Home, tmp_path: Path) -> None:
    model = home.library().add(model_of(home.written("m.gguf"), origin=Origin.IN_PLACE))
    with pytest.raises(LibraryError):
        home.library().move(model.id, tmp_path / "elsewhere", nothing, lambda _: None)


# ---- delete


def test_a_deleted_model_comes_back_as_it_was(home: Home) -> None:
    path = home.written("large.gguf")
    library = home.library()
    model = library.add(model_of(path))
    library.choose(model.id)

    library.delete(model.id)
    assert not path.exists()
    assert library.models() == (PRACTICE,)
    assert home.settings.load().model_path is None
    assert library.deleted() == (DeletedModel(model, home.clock(), model.size_bytes),)

    library.undo(model.id)
    assert path.read_bytes() == b"weights"
    assert library.models() == (model, PRACTICE)
    assert home.settings.load().model_path == str(path)
    assert not (path.parent / ASIDE_FOLDER).exists()


def test_a_deleted_model_can_come_back_after_a_crash_and_is_gone_after_a_day(home: Home) -> None:
    path = home.written("large.gguf")
    model = home.library().add(model_of(path))
    home.library().delete(model.id)  # and no `close`: the process was killed
    home.library().undo(model.id)
    assert path.exists()
    home.library().delete(model.id)
    home.clock.now_ms += KEEP_MS + 1
    assert home.library().deleted() == ()
    assert list(home.models.iterdir()) == []


def test_a_deleted_model_is_gone_when_the_program_ends(home: Home) -> None:
    library = home.library()
    library.add(model_of(home.written("a.gguf"), id_="a"))
    home.library().delete("a")  # by the command line, which leaves it for a day
    library.add(model_of(home.written("b.gguf"), id_="b"))
    library.delete("b")
    library.close()
    assert [one.model.id for one in home.library().deleted()] == ["a"]


def test_room_can_be_had_at_once(home: Home) -> None:
    library = home.library()
    library.delete(library.add(model_of(home.written("a.gguf"))).id)
    library.destroy_deleted()
    assert library.deleted() == ()
    assert list(home.models.iterdir()) == []


def test_of_a_link_only_ours_goes_and_of_a_file_in_place_only_the_entry(
    home: Home, tmp_path: Path
) -> None:
    theirs = home.written("theirs.gguf", folder=tmp_path / "other program")
    linked = home.models / "linked.gguf"
    linked.symlink_to(theirs)
    library = home.library()
    library.delete(library.add(model_of(linked, id_="l", origin=Origin.LINKED)).id)
    library.delete(library.add(model_of(theirs, id_="p", origin=Origin.IN_PLACE)).id)
    library.destroy_deleted()
    assert theirs.exists()
    assert not os.path.lexists(linked)


def test_nothing_is_brought_back_over_another_file(home: Home) -> None:
    path = home.written("large.gguf")
    library = home.library()
    model = library.add(model_of(path))
    library.delete(model.id)
    home.written("large.gguf", b"another")
    with pytest.raises(LibraryError):
        library.undo(model.id)
    assert path.read_bytes() == b"another"
    path.unlink()
    library.undo(model.id)
    assert path.read_bytes() == b"weights"


def test_another_model_chosen_since_stays_in_use(home: Home) -> None:
    library = home.library()
    first = library.add(model_of(home.written("a.gguf"), id_="a"))
    second = library.add(model_of(home.written("b.gguf"), id_="b"))
    library.choose(first.id)
    library.delete(first.id)
    library.choose(second.id)
    library.undo(first.id)
    assert library.chosen_id == second.id


# ---- the file


def test_what_cannot_be_read_is_kept_aside_and_the_rest_counts(home: Home) -> None:
    model = home.library().add(model_of(home.written("a.gguf")))
    place = home.data / LIBRARY_NAME
    stored = json.loads(place.read_text())
    stored["models"].append({"id": "broken"})
    place.write_text(json.dumps(stored))
    library = home.library()
    assert library.models()[0] == model
    assert library.problem is not None
    assert (home.data / (LIBRARY_NAME + ".bad")).exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"models": 3}', "\udce4"])
def test_a_damaged_file_is_an_empty_list_and_not_the_end(home: Home, text: str) -> None:
    home.data.mkdir()
    (home.data / LIBRARY_NAME).write_text(text, encoding="utf-8", errors="surrogateescape")
    library = home.library()
    assert library.models() == (PRACTICE,)
    assert library.problem is not None


def test_what_a_newer_version_wrote_is_kept(home: Home) -> None:
    home.library().add(model_of(home.written("a.gguf")))
    place = home.data / LIBRARY_NAME
    stored = json.loads(place.read_text())
    stored["newer"] = {"x": 1}
    stored["models"][0]["colour"] = "blue"
    place.write_text(json.dumps(stored))
    home.library().rename("large", "Mine")
    after = json.loads(place.read_text())
    assert after["newer"] == {"x": 1}
    assert (after["models"][0]["colour"], after["models"][0]["name"]) == ("blue", "Mine")


def test_a_file_whose_name_is_no_text_can_be_kept(home: Home) -> None:
    path = home.written(os.fsdecode(b"\xff.gguf"))
    model = home.library().add(model_of(path))
    assert home.library().models()[0].paths == model.paths == (path,)


def test_a_list_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    library = home.library()
    home.data.touch()
    with pytest.raises(Exception, match="folder"):
        library.add(model_of(home.written("a.gguf")))
