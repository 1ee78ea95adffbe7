from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.model_assembly import practice_entry
from app.models.desk import free_bytes
from app.models.library import PRACTICE_ID
from app.models.outlook import Machine, Outlook
from app.models.room import ModelRoom, ModelSurroundings
from app.models.values import LibraryModel, ModelPart, OfferedModel
from app.paths import Paths
from app.settings import SettingsFile
from engine.memory_plan.reasons import Choice

OFFERED = OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("m.gguf", 12_109_566_560, ""),))


class Bench:
    """A room of models over folders of its own; what comes back waits until it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(*(folder / name for name in ("data", "config", "cache", "state")))
        self.current = CurrentSettings(SettingsFile(self.paths.settings))
        self._calls: Queue[Callable[[], None]] = Queue()
        self.loads = 0
        self.room = ModelRoom(
            ModelSurroundings(self.paths, self.current, self._calls.put, self._load)
        )

    def _load(self) -> None:
        self.loads += 1

    def until(self, found: list[object]) -> None:
        """Run what comes back until something was found."""
        while not found:
            self._calls.get(timeout=20)()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.room.close()


def seen(bench: Bench, model: LibraryModel | OfferedModel, **changes: object) -> Outlook | Problem:
    found: list[object] = []
    bench.room.desk().outlook(model, found.append, found.append, changes)
    bench.until(found)
    assert isinstance(found[0], Outlook | Problem)
    return found[0]


def test_one_desk_is_made_and_only_when_it_is_wanted(bench: Bench) -> None:
    assert not bench.paths.data.exists()
    assert bench.room.desk() is bench.room.desk()
    assert bench.room.desk().library.chosen_id == PRACTICE_ID


def test_the_practice_model_has_an_outlook_before_it_was_ever_unpacked(bench: Bench) -> None:
    outlook = seen(bench, bench.room.desk().library.models()[0])
    assert isinstance(outlook, Outlook)
    assert outlook.planned.facts.is_practice
    assert set(outlook.reasons) == set(Choice)
    assert outlook.speed is not None
    assert outlook.speed.high > outlook.speed.low > 0


def test_an_offered_model_has_an_outlook_before_it_is_here(bench: Bench) -> None:
    outlook = seen(bench, OFFERED)
    assert isinstance(outlook, Outlook)
    assert outlook.planned.facts.layers == 24
    assert outlook.planned.plan.devices[-1].device.free_bytes > 0


def test_settings_can_be_tried_without_being_saved(bench: Bench) -> None:
    outlook = seen(bench, OFFERED, context_tokens=4096)
    assert isinstance(outlook, Outlook)
    assert outlook.planned.plan.context_tokens == 4096
    assert bench.current.value.context_tokens == 0


def test_what_nobody_can_know_yet_is_told(bench: Bench) -> None:
    problem = seen(bench, OfferedModel("mine", "Mine", (ModelPart("m.gguf", 0, ""),)))
    assert isinstance(problem, Problem)
    assert problem.fields == {"name": "Mine"}


def test_the_machine_tells_its_memory_and_the_room_for_models(bench: Bench) -> None:
    found: list[object] = []
    bench.room.desk().machine(found.append, found.append)
    bench.until(found)
    assert isinstance(found[0], Machine)
    assert found[0].hardware.cores > 0
    assert found[0].free_bytes > 0


def test_room_is_told_of_a_folder_that_is_yet_to_be_made(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") > 0


def test_models_go_where_the_user_wants_them(bench: Bench, tmp_path: Path) -> None:
    assert bench.room.desk().folder == bench.paths.models
    bench.current.change(models_folder=str(tmp_path))
    assert bench.room.desk().folder == tmp_path


def test_choosing_a_model_at_the_desk_loads_it(bench: Bench) -> None:
    bench.room.desk().library.choose(PRACTICE_ID)
    assert bench.loads == 1


def test_the_practice_model_is_listed_where_it_will_be_unpacked(bench: Bench) -> None:
    entry = practice_entry(bench.paths)
    assert entry.paths[0].parent == bench.paths.cache
    assert entry.size_bytes > 1_000_000


def test_downloads_go_on_without_anybody_coming_to_the_desk(bench: Bench) -> None:
    bench.room.take_up_downloads()
    assert bench.room._desk is None  # nothing is made where there are none

    bench.paths.data.mkdir(parents=True)
    (bench.paths.data / "downloads.json").write_text('{"downloads": []}', "utf-8")
    bench.room.take_up_downloads()

    assert bench.room.desk().downloads.all() == ()
