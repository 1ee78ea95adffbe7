from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.assembly import STAGED_NAME, open_storage
from app.chats.store import ChatStore
from app.chats.values import Chat
from app.cli.backup import PASSPHRASE
from app.paths import Paths
from app.secrets import KeyVault
from engine.harmony.messages import Effort
from tests.app.cli.conftest import Run


@pytest.fixture
def chat(environ: dict[str, str]) -> Chat:
    paths = Paths.from_environment(environ)
    storage = open_storage(paths, KeyVault(paths.data, environ).open_unattended())
    made, _ = storage.submit(
        lambda store: store.append_user(None, None, "A question", Effort.LOW, 9, title="Boats")
    ).result()
    storage.close()
    return made


@pytest.mark.usefixtures("chat")
def test_chats_are_written_and_brought_in(
    sotto: Callable[..., Run], environ: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "all.json"
    assert sotto("export", str(file)) == Run(0, "Written: 1\n", "")
    assert json.loads(file.read_text("utf-8"))["chats"][0]["title"] == "Boats"
    assert sotto("import", str(file)).out.startswith("Brought in: 0 chats")
    environ["SOTTO_DATA_DIR"] = str(tmp_path / "elsewhere")
    assert sotto("import", "--dry-run", str(file)).out == "1 chat with 1 message\n"
    assert sotto("import", str(file)).out == "Brought in: 1 chat with 1 message\n"
    assert sotto("import", "--dry-run", str(file)).out.startswith("Nothing new is in this file.\n")


@pytest.mark.usefixtures("chat")
def test_one_chat_is_written_by_its_name(sotto: Callable[..., Run], tmp_path: Path) -> None:
    file = tmp_path / "boats.md"
    assert sotto("export", "--chat", "Boats", str(file)).code == 0
    assert "# Boats" in file.read_text("utf-8")
    refused = sotto("export", "--chat", "Trains", str(tmp_path / "x.html"))
    assert (refused.code, list(tmp_path.glob("x*"))) == (1, [])
    assert "There is no chat called Trains." in refused.err
    assert sotto("export", str(tmp_path / "x.doc")).code == 1


@pytest.mark.usefixtures("chat")
def test_a_backup_is_made_and_restored(
    sotto: Callable[..., Run], environ: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "copy.sotto"
    refused = sotto("backup", str(file))
    assert "needs a passphrase" in refused.err
    environ |= {PASSPHRASE: "sesame"}
    assert sotto("backup", str(file)).out == "Backed up and checked: 1 chat with 1 message\n"
    environ["SOTTO_DATA_DIR"] = str(tmp_path / "elsewhere")
    restored = sotto("restore", "--yes", str(file))
    assert (restored.code, restored.err) == (0, "")
    assert "1 chat with 1 message" in restored.out
    assert sotto("export", str(tmp_path / "x.json")).out == "Written: 1\n"
    paths = Paths.from_environment(environ)
    storage = open_storage(paths, KeyVault(paths.data, environ).open_unattended())
    assert len(storage.submit(ChatStore.chats).result()) == 1
    refused = sotto("restore", "--yes", str(file))
    assert "Another program is using the chat history." in refused.err
    assert not paths.database.with_name(STAGED_NAME).exists()
    storage.close()
    environ |= {PASSPHRASE: "open"}
    assert sotto("restore", "--yes", str(file)).code == 1
