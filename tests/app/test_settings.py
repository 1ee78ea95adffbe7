from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.paths import FolderError
from app.settings import Settings, SettingsError, SettingsFile, kept_chats_bytes
from engine.harmony.messages import Effort
from engine.requests import Sampling


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


@pytest.fixture
def file(path: Path) -> SettingsFile:
    return SettingsFile(path)


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def detail_of(file: SettingsFile) -> str | None:
    return file.problem.detail if file.problem else None


def test_without_a_file_there_are_defaults_and_no_file_is_made(
    file: SettingsFile, path: Path
) -> None:
    assert file.load() == Settings()
    assert file.problem is None
    assert not path.parent.exists()


def test_sampling_defaults_are_the_engines() -> None:
    settings, sampling = Settings(), Sampling()

    assert (settings.temperature, settings.top_p, settings.top_k, settings.min_p) == (
        sampling.temperature,
        sampling.top_p,
        sampling.top_k,
        sampling.min_p,
    )


def test_everything_that_was_saved_comes_back(file: SettingsFile, path: Path) -> None:
    settings = Settings(
        theme="dark",
        language="ko",
        effort=Effort.HIGH,
        model_path="/models/한글 model.gguf",
        context_tokens=32_768,
        threads=4,
        temperature=0.7,
        top_p=0.95,
        top_k=40,
        min_p=0.0,
        sidebar_visible=False,
        window_size=(480, 640),
    )
    file.save(settings)

    assert SettingsFile(path).load() == settings
    assert "한글" in path.read_text(encoding="utf-8")


def test_an_update_changes_some_and_keeps_the_rest(file: SettingsFile) -> None:
    file.update(theme="dark")
    changed = file.update(effort=Effort.LOW, window_size=(900, 700))

    assert changed == Settings(theme="dark", effort=Effort.LOW, window_size=(900, 700))
    assert file.load() == changed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("colour", "red"),
        ("temperature", 2.1),
        ("temperature", float("nan")),
        ("top_p", 0.0),
        ("min_p", -0.1),
        ("context_tokens", 131_073),
        ("threads", -1),
        ("window_size", (10, 10)),
    ],
)
def test_an_update_out_of_range_or_unknown_is_a_mistake_and_changes_nothing(
    file: SettingsFile, name: str, value: object
) -> None:
    file.update(theme="light")
    with pytest.raises(ValidationError):
        file.update(**{name: value})

    assert file.load() == Settings(theme="light")


def test_settings_do_not_change_under_their_readers() -> None:
    with pytest.raises(ValidationError):
        Settings().theme = "dark"


def test_what_a_newer_version_wrote_is_kept(file: SettingsFile, path: Path) -> None:
    write(path, '{"theme": "dark", "hologram": {"depth": 3}}')
    assert file.load() == Settings(theme="dark")
    assert file.problem is None
    file.update(theme="light")

    stored = json.loads(path.read_text())
    assert (stored["theme"], stored["hologram"]) == ("light", {"depth": 3})


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '"text"', b"\xff\xfe\x00", '{"theme": "dark"', "[" * 100_000]
)
def test_a_damaged_file_gives_defaults_and_is_kept_aside(
    file: SettingsFile, path: Path, content: str | bytes
) -> None:
    write(path, content)

    assert file.load() == Settings()
    assert file.problem is not None
    aside = path.with_name("settings.json.bad")
    assert file.problem.hint.format(**file.problem.fields).count(str(aside)) == 1
    assert aside.exists()
    assert path.exists()


def test_values_that_make_no_sense_are_left_out_and_the_others_count(
    file: SettingsFile, path: Path
) -> None:
    text = '{"theme": "pink", "effort": "high", "window_size": [1, 2], "newer": 1}'
    write(path, text)

    assert file.load() == Settings(effort=Effort.HIGH)
    assert detail_of(file) == "theme, window_size"
    assert path.with_name("settings.json.bad").read_text() == text
    file.update(theme="dark")
    assert file.load() == Settings(theme="dark", effort=Effort.HIGH)
    assert detail_of(file) is None
    assert json.loads(path.read_text())["newer"] == 1


def test_a_file_that_cannot_be_read_gives_defaults_and_says_so(
    file: SettingsFile, path: Path
) -> None:
    path.mkdir(parents=True)

    assert file.load() == Settings()
    assert file.problem is not None
    assert file.problem.detail == "IsADirectoryError"


def test_a_save_that_fails_leaves_the_old_file_and_no_litter(
    file: SettingsFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_number: int) -> None:
        raise OSError(28, "No space left on device")

    file.update(theme="dark")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(SettingsError, match="could not be saved"):
            file.update(theme="light")

    assert file.load() == Settings(theme="dark")
    assert [one.name for one in path.parent.iterdir()] == ["settings.json"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError):
        SettingsFile(tmp_path / "file" / "folder" / "settings.json").save(Settings())


def test_the_file_is_for_its_owner_only(file: SettingsFile, path: Path) -> None:
    file.save(Settings())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("chosen", "asked"), [(None, 0), (0, -1), (512, 512 * 2**20)])
def test_memory_for_other_chats_is_asked_of_the_engine_in_its_own_words(
    chosen: int | None, asked: int
) -> None:
    assert kept_chats_bytes(Settings(kept_chats_mib=chosen)) == asked
