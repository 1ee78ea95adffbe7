from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli.models_parser import limit
from app.models.transfer.pieces import PIECE_BYTES
from app.paths import Paths
from app.settings import SettingsFile
from tests.app.cli.conftest import Run
from tests.servers.hub.faults import Place, Refuse, Stall
from tests.servers.hub.server import HubServer, hub_server

Sotto = Callable[..., Run]
REPOSITORY = "someone/poet-GGUF"


@pytest.fixture
def hub(environ: dict[str, str], practice_model_path: Path) -> Iterator[HubServer]:
    """A Hub with one real model: the practice model, which is a gpt-oss of some size."""
    with hub_server() as server:
        server.put(REPOSITORY, {"poet.gguf": practice_model_path})
        environ["HF_ENDPOINT"] = server.endpoint
        yield server


@pytest.fixture
def models(environ: dict[str, str]) -> Path:
    return Paths.from_environment(environ).models


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@pytest.mark.usefixtures("hub")
def test_a_model_is_fetched_by_its_repository_checked_and_used(
    sotto: Sotto, environ: dict[str, str], models: Path, practice_model_path: Path
) -> None:
    run = sotto("models", "download", REPOSITORY, "--use")

    assert run.code == 0
    file = models / "poet.gguf"
    assert digest(file) == digest(practice_model_path)
    size = file.stat().st_size
    assert run.lines[-1] == {
        "type": "finished",
        "id": "poet",
        "files": [str(file)],
        "size_bytes": size,
        "is_verified": True,
    }
    progress = [line for line in run.lines if line["type"] == "progress"]
    assert progress[0]["state"] in {"queued", "checking"}
    assert progress[-1]["done_bytes"] == progress[-1]["total_bytes"] == size
    settings = SettingsFile(Paths.from_environment(environ).settings).load()
    assert settings.model_path == str(file)
    again = sotto("models", "download", "poet")
    assert [line["type"] for line in again.lines] == ["finished"]
    assert sorted(path.name for path in models.iterdir()) == ["poet.gguf"]


def test_what_was_just_taken_away_comes_back_and_is_not_fetched_twice(
    sotto: Sotto, hub: HubServer, models: Path
) -> None:
    assert sotto("models", "download", REPOSITORY).code == 0
    assert sotto("models", "remove", "poet", "--yes").code == 0
    assert not (models / "poet.gguf").exists()
    before = hub.record.sent_bytes("poet.gguf")

    again = sotto("models", "download", "poet")

    assert [line["type"] for line in again.lines] == ["finished"]
    assert (models / "poet.gguf").exists()
    assert hub.record.sent_bytes("poet.gguf") == before


@pytest.mark.usefixtures("hub")
def test_people_see_a_bar_and_one_sentence(typed: Sotto, tmp_path: Path) -> None:
    run = typed("models", "download", REPOSITORY, "--folder", str(tmp_path / "there"))

    assert run.code == 0
    assert run.out == "poet is here, whole and checked (64.3 MB).\n"
    assert "poet  [" in run.err
    assert "\x1b[36m" in run.err
    assert (tmp_path / "there" / "poet.gguf").exists()


def test_a_mirror_is_asked_for_one_download(
    sotto: Sotto, environ: dict[str, str], hub: HubServer
) -> None:
    environ["HF_ENDPOINT"] = "http://127.0.0.1:9"

    assert sotto("models", "download", REPOSITORY, "--mirror", hub.endpoint).code == 0


def test_another_kind_of_model_is_found_out_before_it_is_fetched(
    sotto: Sotto, hub: HubServer
) -> None:
    hub.put("a/other", {"other.gguf": b"no header".ljust(40 << 20)})

    run = sotto("models", "download", "a/other")

    assert run.code == 1
    assert run.lines[-1]["type"] == "failed"
    assert hub.record.sent_bytes("other.gguf") < 40 << 20


def test_a_model_for_others_is_told_with_the_way_on(sotto: Sotto, hub: HubServer) -> None:
    hub.gate(REPOSITORY, "hf_right")

    run = sotto("models", "download", REPOSITORY)

    assert run.code == 1
    assert "token" in run.err


def test_the_token_of_the_environment_opens_it(
    sotto: Sotto, environ: dict[str, str], hub: HubServer
) -> None:
    hub.gate(REPOSITORY, "hf_right")
    environ |= {"HF_TOKEN": "hf_right"}

    assert sotto("models", "download", REPOSITORY).code == 0
    cdn = [asked.headers for asked in hub.record.asked(Place.CDN)]
    assert cdn
    assert not [one for one in cdn if "authorization" in one]


def test_why_it_waits_is_told_once(typed: Sotto, hub: HubServer) -> None:
    hub.misbehave(Refuse(503, {"Retry-After": "0"}), Place.RESOLVE, name="poet.gguf")

    run = typed("models", "download", REPOSITORY)

    assert run.code == 0
    assert run.err.count("has a fault of its own") == 1


def test_a_script_may_give_up_and_go_on_later(sotto: Sotto, hub: HubServer) -> None:
    hub.misbehave(Refuse(503), Place.RESOLVE, name="poet.gguf", times=-1)

    run = sotto("models", "download", REPOSITORY, "--patience", "0")

    assert run.code == 1
    assert "has a fault of its own" in run.lines[-1]["title"]
    hub.behave()
    assert sotto("models", "download", "poet", "--patience", "60").code == 0


@pytest.mark.parametrize("text", ["nonsense", "no/body"])
def test_what_is_not_there_is_told(sotto: Sotto, hub: HubServer, text: str) -> None:
    run = sotto("models", "download", text)

    assert run.code == 1
    assert not hub.record.asked(Place.CDN)


def test_what_fell_over_on_the_disk_is_found_and_fetched_again_alone(
    sotto: Sotto, hub: HubServer, models: Path, practice_model_path: Path
) -> None:
    assert sotto("models", "download", REPOSITORY).code == 0
    file, before = models / "poet.gguf", hub.record.sent_bytes("poet.gguf")
    wrong = 20 * PIECE_BYTES + 4321
    with file.open("r+b") as opened:
        opened.seek(wrong)
        (byte,) = opened.read(1)
        opened.seek(wrong)
        opened.write(bytes([byte ^ 1]))

    found = sotto("models", "verify", "poet")
    assert found.code == 1
    (span,) = found.lines[-1]["spans"]
    assert span == {"file": str(file), "start": 20 * PIECE_BYTES, "end": 21 * PIECE_BYTES}
    assert "20,971,520–22,020,095" in found.err

    repaired = sotto("models", "verify", "poet", "--repair")

    assert repaired.lines[-1]["type"] == "finished"
    assert repaired.code == 0
    assert digest(file) == digest(practice_model_path)
    # A few bytes that are asked for to learn which file the Hub has come on top.
    assert PIECE_BYTES <= hub.record.sent_bytes("poet.gguf") - before < 2 * PIECE_BYTES
    assert sotto("models", "verify", "poet").code == 0


def test_ctrl_c_pauses_and_the_same_command_goes_on(
    sotto: Sotto, environ: dict[str, str], hub: HubServer, practice_model_path: Path, models: Path
) -> None:
    size = practice_model_path.stat().st_size
    hub.misbehave(Stall(2 * PIECE_BYTES), times=-1)  # so it is never done before it is paused
    command = [
        sys.executable,
        "-c",
        "import sys; from app.cli.main import main; sys.exit(main(sys.argv[1:]))",
    ]
    process = subprocess.Popen(
        [*command, "models", "download", REPOSITORY],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("done_bytes", 0) >= PIECE_BYTES:
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (130, "")
    told = json.loads(rest.splitlines()[-1])
    assert told["type"] == "paused"
    assert told["done_bytes"] >= PIECE_BYTES
    hub.behave()
    row = next(line for line in sotto("models", "list").lines if line["id"] == "poet")
    assert (row["state"], row["folder"]) == ("begun", str(models))
    assert 0 < row["done_bytes"] < size
    assert sotto("models", "remove", "poet").lines[-1] == {"type": "removed", "id": "poet"}
    assert sotto("models", "download", "poet").code == 0
    assert digest(models / "poet.gguf") == digest(practice_model_path)
    assert hub.record.sent_bytes("poet.gguf") < size + size // 2


@pytest.mark.parametrize(
    ("text", "kib"),
    [
        ("0", 0),
        ("5M", 5120),
        ("1.5m", 1536),
        ("500K", 500),
        ("1", 1),
        ("2MiB/s", 2048),
        ("1g", 1 << 20),
    ],
)
def test_a_rate_is_given_in_bytes_a_second(text: str, kib: int) -> None:
    assert limit(text) == kib


@pytest.mark.parametrize("text", ["fast", "-1", "5T", "", "99999G"])
def test_what_is_no_rate_is_refused(
    sotto: Sotto, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        sotto("models", "download", "gpt-oss-20b", f"--limit={text}")

    assert ended.value.code == 2
    assert "--limit" in capsys.readouterr().err
