from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import resources
from app.cli.main import parser
from app.current_settings import CurrentSettings
from app.model_assembly import make_library
from app.models.catalogue_file import CatalogueText, parse, written
from app.models.values import LibraryModel, Origin
from app.paths import Paths
from app.settings import SettingsFile
from tests.app.cli.conftest import Run
from tests.servers.hub.server import HubServer, hub_server

SHIPPED = parse(resources.MODELS.read_bytes())
Sotto = Callable[..., Run]


@pytest.fixture
def hub(environ: dict[str, str]) -> Iterator[HubServer]:
    with hub_server() as server:
        environ["HF_ENDPOINT"] = server.endpoint
        yield server


@pytest.fixture
def own(environ: dict[str, str], tmp_path: Path, practice_model_path: Path) -> LibraryModel:
    """A model in the library: the practice model's file under another name."""
    file = tmp_path / "own" / "poet.gguf"
    file.parent.mkdir()
    file.symlink_to(practice_model_path)
    paths = Paths.from_environment(environ)
    library = make_library(paths, CurrentSettings(SettingsFile(paths.settings)))
    model = LibraryModel("poet", "Poet", (file,), file.stat().st_size, Origin.IN_PLACE, "a friend")
    return library.add(model)


def rows(sotto: Sotto) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in sotto("models", "list").lines}


def test_a_new_user_sees_what_can_be_fetched_and_the_practice_model(sotto: Sotto) -> None:
    found = rows(sotto)

    assert list(found) == ["gpt-oss-20b", "gpt-oss-120b", "practice"]
    assert found["gpt-oss-20b"]["state"] == "offered"
    assert found["gpt-oss-20b"]["repository"] == "ggml-org/gpt-oss-20b-GGUF"
    assert found["practice"]["state"] == "in_use"
    assert found["practice"]["runs_on"] in {"gpu", "gpu_and_processor", "processor"}


def test_people_see_a_table_in_their_language(typed: Sotto, environ: dict[str, str]) -> None:
    head, small, large, practice = typed("models", "list").out.splitlines()

    assert head.split() == ["Model", "Size", "Format", "State", "Runs", "Tokens/s"]
    assert small.split()[:5] == ["gpt-oss-20b", "12.1", "GB", "MXFP4", "to"]
    assert large.startswith("gpt-oss-120b  63.4 GB  MXFP4")
    assert "in use" in practice
    environ["SOTTO_LANG"] = "ko"
    assert "받을 수 있음" in typed("models", "list").out


def test_all_that_is_known_of_a_model_is_shown(
    sotto: Sotto, typed: Sotto, own: LibraryModel
) -> None:
    text = typed("models", "show", "GPT-OSS-120B").out
    for part in SHIPPED.models[1].parts:
        assert f"{part.name}  {part.size_bytes:,} B  sha256 {part.sha256}" in text
    assert "ggml-org/gpt-oss-120b-GGUF d932fcea62f8" in text
    assert "github.com/HumanSpark/Local-AI" in text

    (told,) = sotto("models", "show", "poet").lines
    assert (told["type"], told["source"]) == ("model", "a friend")
    shown = typed("models", "show", str(own.paths[0])).out
    assert str(own.paths[0]) in shown
    assert "tokens/s" in shown
    assert "No model is called dream" in sotto("models", "show", "dream").err


def test_a_model_too_large_for_this_computer_is_told_by_how_much(
    sotto: Sotto, typed: Sotto
) -> None:
    large = rows(sotto)["gpt-oss-120b"]

    assert (large["runs_on"] == "too_large") == (large["missing_bytes"] > 0)
    assert ("too large by" in typed("models", "list").out) == (large["missing_bytes"] > 0)


def test_a_model_is_added_by_its_repository_and_taken_off_again(
    sotto: Sotto, hub: HubServer
) -> None:
    commit = hub.put("someone/poet-GGUF", {"poet-Q4_K_M.gguf": bytes(2000)})

    (told,) = sotto("models", "add", "someone/poet-GGUF").lines

    assert told["type"] == "added"
    assert (told["id"], told["commit"], told["size_bytes"]) == ("poet-q4_k_m", commit, 2000)
    assert rows(sotto)["poet-q4_k_m"]["state"] == "added"
    assert sotto("models", "remove", "poet-q4_k_m").lines == [
        {"type": "removed", "id": "poet-q4_k_m"}
    ]
    assert "poet-q4_k_m" not in rows(sotto)


def test_a_mirror_is_asked_for_one_run(sotto: Sotto, environ: dict[str, str]) -> None:
    with hub_server() as mirror:
        mirror.put("a/b", {"c.gguf": bytes(2000)})
        environ["HF_ENDPOINT"] = "http://127.0.0.1:9"

        assert sotto("models", "add", "a/b", "--mirror", mirror.endpoint).code == 0
        refused = sotto("models", "add", "a/b", "--mirror", "nonsense address")
        assert (refused.code, "not the address of a mirror" in refused.err) == (1, True)


@pytest.fixture
def several(hub: HubServer) -> None:
    hub.put("a/many", {f"poet-{kind}.gguf": bytes(2000) for kind in ("MXFP4", "Q8_0")})


@pytest.mark.usefixtures("several")
def test_which_of_several_is_asked_where_somebody_is_there(sotto: Sotto, typed: Sotto) -> None:
    alone = sotto("models", "add", "a/many")
    assert alone.code == 1
    assert "MXFP4, Q8_0" in alone.err

    asked = typed("models", "add", "a/many", lines="2\n")

    assert asked.code == 0
    assert "poet-q8_0" in asked.out
    for wrong in ("3\n", "0\n", "x\n", ""):
        assert typed("models", "add", "a/many", lines=wrong).code == 1


def test_what_cannot_be_added_is_told_for_people_and_programs(sotto: Sotto, hub: HubServer) -> None:
    hub.put("a/b", {"README.md": b"."})

    refused = sotto("models", "add", "a/b")

    assert refused.code == 1
    assert refused.err.startswith("sotto: a/b holds no whole GGUF model.")
    assert refused.lines[-1]["type"] == "failed"


@pytest.mark.usefixtures("own")
def test_a_model_is_used_by_name_or_file(
    sotto: Sotto, environ: dict[str, str], tmp_path: Path
) -> None:
    for name in ("poet", "POET", "Poet", str(tmp_path / "own" / "poet.gguf")):
        assert sotto("models", "use", "practice").code == 0
        assert sotto("models", "use", name).lines == [{"type": "used", "id": "poet"}]
    settings = SettingsFile(Paths.from_environment(environ).settings).load()
    assert settings.model_path == str(tmp_path / "own" / "poet.gguf")
    assert rows(sotto)["poet"]["state"] == "in_use"


@pytest.mark.parametrize("part", ["use", "verify"])
def test_a_model_that_is_not_here_is_told_with_the_way_to_it(sotto: Sotto, part: str) -> None:
    assert "sotto models download gpt-oss-20b" in sotto("models", part, "gpt-oss-20b").err
    assert "sotto models list" in sotto("models", part, "dream").err


@pytest.mark.usefixtures("own")
def test_a_model_is_read_to_its_end_with_progress(sotto: Sotto, typed: Sotto) -> None:
    first = sotto("models", "verify")

    assert first.code == 0
    assert first.lines[-1] == {"type": "verified", "id": "poet", "is_first": True}
    progress = [line for line in first.lines if line["type"] == "progress"]
    assert progress[-1]["done_bytes"] == progress[-1]["total_bytes"] > 0
    again = typed("models", "verify", "poet")
    assert "every byte is as it should be" in again.out
    assert "100 %" in again.err


def test_what_changed_since_is_found(sotto: Sotto, own: LibraryModel) -> None:
    assert sotto("models", "verify", "poet").code == 0
    content = bytearray(own.paths[0].read_bytes())
    own.paths[0].unlink()
    content[len(content) // 2] ^= 1
    own.paths[0].write_bytes(content)

    found = sotto("models", "verify", "poet")

    assert found.code == 1
    assert found.lines[-1]["wrong"] == [str(own.paths[0])]
    assert "is not what it should be" in found.err
    assert "not fetched by Sotto" in sotto("models", "verify", "poet", "--repair").err


def test_with_nothing_here_there_is_nothing_to_check(sotto: Sotto, typed: Sotto) -> None:
    assert sotto("models", "verify").code == 0
    assert "nothing to check" in typed("models", "verify").err


def test_a_model_is_taken_away_only_when_somebody_says_so(
    sotto: Sotto, typed: Sotto, own: LibraryModel
) -> None:
    assert "--yes" in sotto("models", "remove", "poet").err
    assert typed("models", "remove", "poet", lines="no\n").code == 1
    assert "poet" in rows(sotto)

    taken = typed("models", "remove", "poet", lines="y\n")

    assert taken.code == 0
    assert "sotto models restore poet" in taken.err
    assert "poet" not in rows(sotto)
    assert own.paths[0].exists()  # it is not Sotto's own
    assert sotto("models", "restore", "Poet").lines == [{"type": "restored", "id": "poet"}]
    assert "poet" in rows(sotto)


def test_a_file_of_sottos_own_is_gone_and_comes_back(sotto: Sotto, environ: dict[str, str]) -> None:
    paths = Paths.from_environment(environ)
    file = paths.models / "poet.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(5000))
    library = make_library(paths, CurrentSettings(SettingsFile(paths.settings)))
    library.add(LibraryModel("poet", "Poet", (file,), 5000, Origin.DOWNLOADED))

    assert sotto("models", "remove", "poet", "--yes").code == 0
    assert not file.exists()
    assert sotto("models", "restore", "poet").code == 0
    assert file.read_bytes() == bytes(5000)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("gpt-oss-20b", "only on Sotto's own list"),
        ("dream", "No model is called dream"),
        ("practice", "comes with Sotto"),
    ],
)
def test_what_cannot_be_taken_away_is_told(sotto: Sotto, name: str, word: str) -> None:
    refused = sotto("models", "remove", name, "--yes")

    assert refused.code == 1
    assert word in refused.err


def test_nothing_comes_back_that_was_not_taken_away(sotto: Sotto) -> None:
    assert "No model of this name" in sotto("models", "restore", "poet").err


# ---- newer lists


def newer() -> str:
    return written(CatalogueText(SHIPPED.revision + 1, "2027-01-01", SHIPPED.models[:1]))


def test_a_newer_list_is_taken_from_a_file(sotto: Sotto, tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    file.write_text(newer(), "utf-8")

    (told,) = sotto("models", "update", str(file)).lines

    assert told == {
        "type": "updated",
        "revision": SHIPPED.revision + 1,
        "looked_up": "2027-01-01",
        "models": ["gpt-oss-20b"],
    }
    assert "gpt-oss-120b" not in rows(sotto)
    assert "not newer" in sotto("models", "update", str(file)).err


def test_a_newer_list_is_taken_from_an_address(sotto: Sotto, hub: HubServer) -> None:
    address = hub.put_plain("models.json", newer().encode())

    assert sotto("models", "update", address).code == 0
    large = hub.put_plain("large.json", bytes(2_000_000))
    assert "cannot be read" in sotto("models", "update", large).err


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("nowhere.json", "cannot be read"),
        ("http://example.org/models.json", "over HTTPS only"),
        ("ftp://example.org/models.json", "over HTTPS only"),
    ],
)
def test_a_list_from_nowhere_or_in_the_clear_is_refused(
    sotto: Sotto, source: str, word: str
) -> None:
    refused = sotto("models", "update", source)

    assert (refused.code, word in refused.err) == (1, True)


def test_a_damaged_list_in_the_data_folder_is_told(sotto: Sotto, environ: dict[str, str]) -> None:
    folder = Path(environ["SOTTO_DATA_DIR"])
    folder.mkdir()
    (folder / "added_models.json").write_text("{half", "utf-8")

    told = sotto("models", "list")

    assert told.code == 0
    assert "added_models.json cannot be read" in told.err
    assert [line["type"] for line in told.lines] == ["model"] * 3 + ["failed"]


def test_each_part_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for part in (
        "list",
        "add",
        "download",
        "use",
        "verify",
        "remove",
        "restore",
        "update",
        "import",
    ):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args(["models", part, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        assert "Exit codes" in said
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["models"])
    assert ended.value.code == 2
