from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.paths import Paths
from tests.app.cli.conftest import Run
from tests.engine.ollama_file import as_ollama_names_it
from tests.engine.split_files import split_file

Sotto = Callable[..., Run]


@pytest.fixture
def lm_studio(environ: dict[str, str], tmp_path: Path, practice_model_path: Path) -> Path:
    """A home with a model of LM Studio's in it."""
    environ["HOME"] = str(tmp_path / "home")
    file = tmp_path / "home" / ".lmstudio" / "models" / "someone" / "Poet-GGUF" / "poet.gguf"
    file.parent.mkdir(parents=True)
    shutil.copyfile(practice_model_path, file)
    return file


def test_a_file_is_taken_in_without_a_copy(
    sotto: Sotto, environ: dict[str, str], lm_studio: Path
) -> None:
    (told,) = sotto("models", "import", str(lm_studio)).lines

    assert told["type"] == "imported"
    (file,) = told["files"]
    assert Path(file).parent == Paths.from_environment(environ).models
    assert Path(file).samefile(lm_studio)
    assert sotto("models", "use", told["id"]).code == 0


def test_what_cannot_be_used_is_told_and_the_rest_is_taken(
    sotto: Sotto, lm_studio: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF, or is it?")

    run = sotto("models", "import", str(other), str(lm_studio), str(tmp_path / "gone.gguf"))

    assert run.code == 1
    assert [line["type"] for line in run.lines] == ["failed", "imported", "failed"]
    assert run.lines[0]["file"] == str(other)


def test_nothing_named_is_told(sotto: Sotto) -> None:
    assert "--scan" in sotto("models", "import").err


def test_a_scan_lists_what_other_programs_keep(sotto: Sotto, lm_studio: Path) -> None:
    (told,) = sotto("models", "import", "--scan").lines

    assert (told["type"], told["keeper"], told["problem"]) == ("found", "LM Studio", None)
    assert told["files"] == [str(lm_studio)]
    assert sotto("models", "import", "--scan", "--yes").lines[-1]["type"] == "imported"
    assert sotto("models", "import", "--scan").lines == []  # it is known now


@pytest.mark.usefixtures("lm_studio")
def test_a_terminal_asks_which_to_take(typed: Sotto) -> None:
    none = typed("models", "import", "--scan", lines="\n")
    assert none.code == 0
    assert "LM Studio" in none.out
    assert "library" not in none.out

    taken = typed("models", "import", "--scan", lines="7, 1 x\n")

    assert taken.code == 0
    assert "was not copied" in taken.out
    assert "No other program" in typed("models", "import", "--scan").err


def test_a_model_of_ollama_is_copied_where_that_is_said(
    sotto: Sotto,
    typed: Sotto,
    environ: dict[str, str],
    tmp_path: Path,
    practice_model_path: Path,
) -> None:
    environ["HOME"] = str(tmp_path / "home")
    blobs = tmp_path / "home" / ".ollama" / "models" / "blobs"
    made = as_ollama_names_it(practice_model_path, blobs / "made")
    with made.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    blob = made.rename(blobs / f"sha256-{digest}")

    refused = typed("models", "import", str(blob))
    assert refused.code == 1
    assert "Ollama made this file" in refused.err
    assert f"sotto models import --copy {blob}" in refused.err

    (told,) = sotto("models", "import", "--scan").lines
    assert (told["type"], told["can_be_copied"]) == ("found", True)
    run = sotto("models", "import", "--scan", "--copy", "--yes")
    assert run.code == 0
    assert run.lines[-1]["type"] == "imported"
    assert {one["type"] for one in run.lines[1:-1]} == {"progress"}
    (copy,) = run.lines[-1]["files"]
    assert sotto("card", copy).code == 0


def test_a_model_in_parts_is_taken_used_and_told_of(
    sotto: Sotto, typed: Sotto, tmp_path: Path, practice_model_path: Path
) -> None:
    parts = split_file(practice_model_path, tmp_path, 3)

    (told,) = sotto("models", "import", str(parts[1])).lines

    assert [Path(one).name for one in told["files"]] == [part.name for part in parts]
    assert sotto("models", "use", told["id"]).code == 0
    report = json.loads(typed("doctor", "--json").out)
    assert (report["model"]["problem"], report["model"]["facts"]["files"]) == ("", 3)
    assert "in 3 files" in typed("doctor").out
    assert typed("card", str(parts[2])).code == 0
