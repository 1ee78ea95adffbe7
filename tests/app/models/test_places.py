"""Where other programs keep models, by their variables, settings and systems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.models.places import Place, places
from app.models.values import Keeper


def folders(
    home: Path, keeper: Keeper, platform: str = "linux", **environ: str
) -> tuple[Path, ...]:
    return tuple(one.folder for one in places(environ, home, platform) if one.keeper is keeper)


def test_every_keeper_has_a_place_on_every_system(tmp_path: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        found = places({}, tmp_path, platform)
        assert {one.keeper for one in found} == set(Keeper) - {Keeper.OTHER}
        assert len(found) == len(set(found))
        assert all(one.folder.is_absolute() for one in found)


@pytest.mark.parametrize(
    ("keeper", "platform", "folder"),
    [
        (Keeper.LM_STUDIO, "linux", ".lmstudio/models"),
        (Keeper.LM_STUDIO, "win32", ".cache/lm-studio/models"),
        (Keeper.OLLAMA, "darwin", ".ollama/models"),
        (Keeper.JAN, "linux", ".local/share/Jan/data/llamacpp/models"),
        (Keeper.JAN, "linux", "jan/models"),
        (Keeper.JAN, "darwin", "Library/Application Support/Jan/data/llamacpp/models"),
        (Keeper.JAN, "win32", "AppData/Roaming/Jan/data/llamacpp/models"),
        (Keeper.GPT4ALL, "linux", ".local/share/nomic.ai/GPT4All"),
        (Keeper.GPT4ALL, "win32", "AppData/Local/nomic.ai/GPT4All"),
        (Keeper.HUB_CACHE, "darwin", ".cache/huggingface/hub"),
        (Keeper.LLAMA_CPP, "linux", ".cache/llama.cpp"),
        (Keeper.LLAMA_CPP, "darwin", "Library/Caches/llama.cpp"),
    ],
)
def test_the_usual_folders(tmp_path: Path, keeper: Keeper, platform: str, folder: str) -> None:
    assert tmp_path / folder in folders(tmp_path, keeper, platform)


@pytest.mark.parametrize(
    ("keeper", "variable", "folder"),
    [
        (Keeper.OLLAMA, "OLLAMA_MODELS", ""),
        (Keeper.HUB_CACHE, "HF_HUB_CACHE", ""),
        (Keeper.HUB_CACHE, "HF_HOME", "hub"),
        (Keeper.LLAMA_CPP, "LLAMA_CACHE", ""),
        (Keeper.LLAMA_CPP, "XDG_CACHE_HOME", "llama.cpp"),
        (Keeper.JAN, "XDG_DATA_HOME", "Jan/data/llamacpp/models"),
    ],
)
def test_variables_name_other_folders(
    tmp_path: Path, keeper: Keeper, variable: str, folder: str
) -> None:
    other = tmp_path / "other"
    assert other / folder in folders(tmp_path, keeper, **{variable: str(other)})
    assert tmp_path / "x" / folder in folders(tmp_path, keeper, **{variable: "~/x"})
    assert folders(tmp_path, keeper, **{variable: "relative"}) == folders(tmp_path, keeper)


def test_system_wide_models_of_ollama_are_looked_for_on_linux_only(tmp_path: Path) -> None:
    system = Path("/usr/share/ollama/.ollama/models")
    assert system in folders(tmp_path, Keeper.OLLAMA)
    assert system not in folders(tmp_path, Keeper.OLLAMA, "darwin")


def test_settings_of_lm_studio_move_its_models(tmp_path: Path) -> None:
    elsewhere = tmp_path / "big disk"
    home = tmp_path / "data" / "lm"
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{home}\n")
    home.mkdir(parents=True)
    (home / "settings.json").write_text(json.dumps({"downloadsFolder": str(elsewhere)}))
    assert folders(tmp_path, Keeper.LM_STUDIO)[:2] == (elsewhere, home / "models")


def test_settings_of_jan_and_gpt4all_move_theirs(tmp_path: Path) -> None:
    jan = tmp_path / ".config" / "Jan" / "settings.json"
    ini = tmp_path / ".config" / "nomic.ai" / "GPT4All.ini"
    for file in (jan, ini):
        file.parent.mkdir(parents=True)
    jan.write_text(json.dumps({"data_folder": str(tmp_path / "j")}))
    ini.write_text(f"[General]\nfontSize=1\nmodelPath={tmp_path / 'g'}\n")
    assert tmp_path / "j" / "llamacpp" / "models" in folders(tmp_path, Keeper.JAN)
    assert folders(tmp_path, Keeper.GPT4ALL)[0] == tmp_path / "g"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"downloadsFolder": 3}', "\x00\xff"])
def test_settings_that_make_no_sense_are_passed_by(tmp_path: Path, text: str) -> None:
    (tmp_path / ".lmstudio").mkdir()
    (tmp_path / ".lmstudio" / "settings.json").write_text(text)
    assert folders(tmp_path, Keeper.LM_STUDIO) == (
        tmp_path / ".lmstudio" / "models",
        tmp_path / ".cache" / "lm-studio" / "models",
    )


def test_a_place_is_named_once(tmp_path: Path) -> None:
    own = str(tmp_path / ".ollama" / "models")
    found = places({"OLLAMA_MODELS": own}, tmp_path, "linux")
    assert found.count(Place(Keeper.OLLAMA, Path(own))) == 1
