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

    current.change(theme="dark")

    assert current.value.model_path == "/models/given-at-start.gguf"
    assert file.load() == Settings(theme="dark", window_size=(900, 700))


def test_what_belongs_to_the_model_given_at_the_start_is_kept_for_it_alone(
    file: SettingsFile,
) -> None:
    file.update(model_path="/models/usual.gguf", temperature=0.3)
    current = CurrentSettings(file, model=Path("/models/given-at-start.gguf"))
    assert current.value.temperature == 1.0

    current.change(top_k=40)

    assert (current.value.top_k, current.value.temperature) == (40, 1.0)
    stored = file.load()
    assert (stored.model_path, stored.temperature, stored.top_k) == ("/models/usual.gguf", 0.3, 0)
    again = CurrentSettings(file, model=Path("/models/given-at-start.gguf"))
    assert again.value.top_k == 40


def test_each_model_has_settings_of_its_own(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    current.change(model_path="/models/large.gguf")
    current.change(context_tokens=65_536, temperature=0.2)

    current.change(model_path=None)
    assert (current.value.context_tokens, current.value.temperature) == (0, 1.0)
    assert file.load().context_tokens == 0

    current.change(model_path="/models/large.gguf")
    assert (current.value.context_tokens, current.value.temperature) == (65_536, 0.2)
    assert file.load() == current.value


def test_a_model_that_moved_takes_its_settings_along(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    current.change(model_path="/old/large.gguf")
    current.change(seed=7)
    current.change(model_path=None)

    current.rename_model("/old/large.gguf", "/new/large.gguf")

    current.change(model_path="/new/large.gguf")
    assert current.value.seed == 7
    assert list(file.load().model_settings) == []


def test_another_process_that_chose_another_model_does_not_get_this_ones_settings(
    file: SettingsFile,
) -> None:
    here, there = CurrentSettings(file), CurrentSettings(file)
    here.change(model_path="/models/a.gguf")
    there.change(model_path="/models/b.gguf")

    here.change(seed=7)

    assert file.load().seed is None
    there.change(model_path="/models/a.gguf")
    assert CurrentSettings(file).value.seed == 7


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


def test_settings_of_a_model_can_be_changed_while_another_is_in_use(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    current.change(model_path="/models/large.gguf")
    told: list[Settings] = []
    current.subscribe(told.append)

    current.change_for(None, threads=1)
    current.change_for("/models/other.gguf", seed=3)
    current.change_for("/models/large.gguf", seed=4)

    assert told[-1].seed == 4
    assert len(told) == 3
    assert CurrentSettings(file).value == current.value
    current.change(model_path="/models/other.gguf")
    assert current.value.seed == 3
    current.change(model_path=None)
    own = current.value.model_dump(include={"seed", "threads"})
    assert own == {"seed": None, "threads": 1}


def test_only_what_belongs_to_a_model_can_be_changed_for_one(file: SettingsFile) -> None:
    current = CurrentSettings(file)
    with pytest.raises(ValueError, match="theme"):
        current.change_for("/models/other.gguf", theme="dark")
    with pytest.raises(ValueError, match="top_p"):
        current.change_for("/models/other.gguf", top_p=7.0)
    assert current.value == Settings()


def test_a_model_named_at_the_start_is_known_by_its_whole_path(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    CurrentSettings(file).change_for(str(tmp_path / "m.gguf"), seed=3)
    assert CurrentSettings(file, Path("m.gguf")).value.seed == 3
