from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.adapters import AdapterChoice, parse_adapter
from app.assembly import chosen_model
from app.current_settings import CurrentSettings
from app.paths import Paths
from app.settings import Settings, SettingsFile
from engine.requests import Adapter


@pytest.mark.parametrize(
    ("text", "adapter"),
    [
        ("a.gguf", Adapter(Path("a.gguf"), 1.0)),
        ("a.gguf:0.5", Adapter(Path("a.gguf"), 0.5)),
        ("a.gguf:0", Adapter(Path("a.gguf"), 0.0)),
        ("C:\\my\\a.gguf", Adapter(Path("C:\\my\\a.gguf"), 1.0)),
        ("C:\\my\\a.gguf:4", Adapter(Path("C:\\my\\a.gguf"), 4.0)),
        ("2", Adapter(Path("2"), 1.0)),
    ],
)
def test_an_adapter_is_a_file_and_perhaps_a_strength(text: str, adapter: Adapter) -> None:
    assert parse_adapter(text) == adapter


@pytest.mark.parametrize("text", ["", ":1", "10:20", "a:-1", "a:4.5", "a:nan", "a:inf"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^" + text + r"$"):
        parse_adapter(text)


def test_settings_keep_adapters_each_file_once(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.update(
        model_path="m.gguf",
        adapters=[
            {"path": "a.gguf", "scale": 0.5},
            {"path": "a.gguf", "scale": 2.0},
            {"path": "b"},
        ],
    )
    assert file.load().adapters == (
        AdapterChoice(path="a.gguf", scale=2.0),
        AdapterChoice(path="b"),
    )
    with pytest.raises(ValidationError):
        Settings(adapters=(AdapterChoice(path="a", scale=9.0),))


def test_the_adapters_of_the_settings_belong_to_the_model_there(tmp_path: Path) -> None:
    paths = Paths.from_environment({"HOME": str(tmp_path)})
    settings = Settings(model_path="m.gguf", adapters=(AdapterChoice(path="a.gguf"),))
    own, named = Adapter(Path("a.gguf")), Adapter(Path("b.gguf"), 0.5)
    assert chosen_model(settings, paths).adapters == (own,)
    assert chosen_model(settings, paths, Path("other.gguf")).adapters == ()
    assert chosen_model(settings, paths, adapters=(named,)).adapters == (named,)
    file = SettingsFile(tmp_path / "settings.json")
    file.save(settings)
    assert CurrentSettings(file, Path("other.gguf")).value.adapters == ()
