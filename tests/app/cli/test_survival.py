"""`sotto ask` when llama.cpp gives up: one line, exit code 1, and what was written is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.chats.database import open_database
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from tests.worker_process import WorkerProcess

ROOT = Path(__file__).resolve().parents[3]

# The command's own main, with a hand on llama.cpp once the answer has begun.
PROGRAM = """
import os, signal, sys
from app.cli.main import main

def break_down():
    if sys.argv[1] != "abort":
        return os.kill(int(sys.argv[1]), signal.SIGKILL)
    from engine.llama import binding
    binding.lib.llama_decode = lambda *_: binding.ggml_library().ggml_abort(b"x.c", 1, b"no")

class Out:
    has_begun = False
    def write(self, text):
        sys.stdout.write(text)
        if not self.has_begun:
            self.has_begun = True
            break_down()
    def flush(self):
        sys.stdout.flush()

sys.exit(main(["ask", "Count to 200", "--chat", "counting", "--effort", "low"], Out()))
"""


def ask(environ: dict[str, str], scene: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, scene],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=ROOT,
        env=os.environ | environ,
    )


def answer_kept(environ: dict[str, str]) -> Message:
    paths = Paths.from_environment(environ)
    key = KeyVault(paths.data, environ).open_unattended()
    store = ChatStore(open_database(paths.database, key))
    try:
        (chat,) = store.chats()
        _, answer = store.branch(chat.id)
        return answer
    finally:
        store.close()


def test_an_abort_is_one_line_and_the_beginning_of_the_answer_is_kept(
    environ: dict[str, str],
) -> None:
    done = ask(environ, "abort")

    assert done.returncode == 1
    assert done.stderr == (
        "sotto: The engine broke down and cannot go on. Restart Sotto. Your chats are saved.\n"
    )
    kept = answer_kept(environ)
    assert kept.status is MessageStatus.INTERRUPTED
    assert kept.text
    assert done.stdout.strip() == kept.text.strip()


def test_a_lost_worker_is_named_in_one_line(environ: dict[str, str]) -> None:
    worker = WorkerProcess()
    try:
        settings = SettingsFile(Paths.from_environment(environ).settings)
        settings.update(workers=(worker.address,), gpu_layers=4)
        done = ask(environ, str(worker.process.pid))
    finally:
        worker.close()

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"sotto: The connection to the worker {worker.address} was lost.")
    assert answer_kept(environ).status is MessageStatus.INTERRUPTED

    done = ask(environ, "never asked")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"sotto: The worker {worker.address} cannot be reached.")
    assert done.returncode == 1
