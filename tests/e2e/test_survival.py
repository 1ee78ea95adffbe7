"""The real window lives through llama.cpp giving up, and starts anew without losing a word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.chats.database import open_database
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from tests.e2e.starts_anew import DRAFT
from tests.worker_process import WorkerProcess

ROOT = Path(__file__).resolve().parents[2]


def run(environ: dict[str, str], scene: str) -> list[dict[str, Any]]:
    """What a person sees, before and after the restart."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.starts_anew", scene],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=ROOT,
        env=os.environ | environ,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def history(environ: dict[str, str]) -> tuple[Message, ...]:
    paths = Paths.from_environment(environ)
    store = ChatStore(
        open_database(paths.database, KeyVault(paths.data, environ).open_unattended())
    )
    try:
        (chat,) = store.chats()
        return store.branch(chat.id)
    finally:
        store.close()


def words_on_disk(environ: dict[str, str]) -> list[Path]:
    """Files of ours in which what was typed and not sent can be read."""
    folders = [Path(environ[f"SOTTO_{kind}_DIR"]) for kind in ("DATA", "CONFIG", "STATE")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    return [file for file in files if b"tomorrow?" in file.read_bytes()]


def test_after_an_abort_a_fresh_image_shows_the_chat_and_the_draft_and_answers(
    environ: dict[str, str],
) -> None:
    before, after, end = run(environ, "abort")

    assert before["title"] == "The engine broke down and cannot go on."
    assert before["action"] == "Restart Sotto"
    assert before["process"] == after["process"] == end["process"]
    assert after["draft"] == DRAFT
    assert after["marks"] == ["Interrupted while Sotto answered"]
    assert after["has_question"]
    assert after["size"] == [900, 640]
    assert end["answer"] == "Hello! How can I help you?"
    asked, broken, again, answer = history(environ)
    assert (asked.text, again.text) == ("Count to 200", "Hello")
    assert broken.status is MessageStatus.INTERRUPTED
    assert broken.text
    assert answer.status is MessageStatus.COMPLETE
    assert words_on_disk(environ) == []


@pytest.fixture
def two_workers() -> Iterator[tuple[WorkerProcess, WorkerProcess]]:
    pair = WorkerProcess(), WorkerProcess()
    yield pair
    for one in pair:
        one.close()


def test_a_worker_lost_in_the_middle_of_an_answer_is_named_and_left_out(
    environ: dict[str, str], two_workers: tuple[WorkerProcess, WorkerProcess]
) -> None:
    kept, lost = two_workers
    settings = SettingsFile(Paths.from_environment(environ).settings)
    settings.update(workers=(kept.address, lost.address))
    before, after, end = run(environ, str(lost.process.pid))

    assert before["title"] == f"The connection to the worker {lost.address} was lost."
    assert before["action"] == "Load again without it"
    assert before["scope"] == "May leave this computer: 2 machines"
    assert after["scope"] == "May leave this computer: 127.0.0.1"
    assert after["draft"] == DRAFT
    assert after["marks"] == ["Interrupted while Sotto answered"]
    assert end["answer"] == "Hello! How can I help you?"
    assert history(environ)[1].status is MessageStatus.INTERRUPTED
    assert settings.load().workers == (kept.address, lost.address), "only for this time"
