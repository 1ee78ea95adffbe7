from __future__ import annotations

from pathlib import Path

import pytest

from app.current_settings import CurrentSettings
from app.settings import Settings, SettingsFile


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.json")


def test_a_change_holds_at_once_is_told_and_written(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    told: list[Settings] = []
    current.subscribe(told.append)

    assert current.change(temperature=0.5) is None

    assert current.value.temperature == 0.5
    assert told == [current.value]
    assert file.load().temperature == 0.5


def test_a_change_writes_nothing_but_itself(file: SettingsFile) -> None:
    current = CurrentSettings(file, model=Path("/models/given-at-start.gguf"))
    file.update(window_size=(900, 700))

    current.change(top_k=40)

    assert current.value.model_path == "/models/given-at-start.gguf"
    assert file.load() == Settings(top_k=40, window_size=(900, 700))


def test_another_model_takes_the_place_of_the_one_given_at_the_start(file: SettingsFile) -> None:
    current = CurrentSettings(file, model=Path("/models/given-at-start.gguf"))
    current.change(model_path=None)
    assert current.value.model_path is None


def test_a_value_out_of_range_changes_nothing(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    with pytest.raises(ValueError, match="temperature"):
        current.change(temperature=3.0)
    assert current.value == Settings()


def test_what_cannot_be_written_holds_until_the_end_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    current = CurrentSettings(SettingsFile(tmp_path / "file" / "folder" / "settings.json"))

    problem = current.change(temperature=0.5)

    assert problem is not None
    assert current.value.temperature == 0.5


def test_who_no_longer_listens_hears_nothing(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    told: list[Settings] = []
    current.subscribe(told.append)()
    current.change(temperature=0.5)
    assert told == []
