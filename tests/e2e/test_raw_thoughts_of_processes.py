"""Raw chain of thought in processes of their own: what they print, log and leave when they die."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.planted import QUESTION, found_in, texts_of_files
from tests.program import SOTTO

ASK = [SOTTO, "ask", QUESTION, "--effort", "high", "--temperature", "0"]


def withheld(printed: str) -> list[str]:
    lines = printed.splitlines()
    return [kind for line in lines for kind in json.loads(line).get("withheld", [])]


def texts_below(folder: str | Path) -> str:
    files = [file for file in Path(folder).rglob("*") if file.is_file()]
    return "\n".join(file.read_bytes().decode("latin-1") for file in files)


def run(command: list[str], environ: Mapping[str, str], folder: Path) -> tuple[str, str]:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environ, "SOTTO_LOG": "debug", "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_what_a_process_prints_and_logs_holds_no_raw_thoughts(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    plain = run([*ASK, "--thoughts", "--chat", "card"], environ, folder)
    told = run([*ASK, "--json", "--tools", "python"], environ, folder)
    doctor = run([SOTTO, "doctor"], environ, folder)

    assert withheld(told[0]).count("personal_data") >= 3
    assert "abuse" in withheld(told[0])
    assert "The user wants the contact card" in plain[0], "its thoughts are printed, filtered"
    logged = texts_below(environ["SOTTO_STATE_DIR"])
    assert "engine.llama" in logged, "llama.cpp's own lines are searched too"
    everything = "\n".join([*plain, *told, *doctor, logged, texts_below(tmp_path)])
    assert found_in(everything) == []


WITH_CORES_AND_A_RECORD = """
import os, pathlib, resource, sys
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
from app.run_record import RunRecord
from ui.entry import main
RunRecord(pathlib.Path(os.environ["SOTTO_STATE_DIR"])).begin()
del sys.argv[0]
sys.exit(main())
"""


def test_a_crash_leaves_no_core_behind_and_tells_no_thoughts(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_CORES_AND_A_RECORD, *ASK, "--json", "--chat", "card"],
        cwd=folder,
        env={**os.environ, **environ, "SOTTO_LOG": "debug"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        first = process.stdout.readline()
        assert json.loads(first)["type"] == "thought", "it is killed in the middle of them"
        limits = resource.prlimit(process.pid, resource.RLIMIT_CORE)
        assert set(limits) <= {0, 1}
        process.send_signal(signal.SIGSEGV)
        ended = os.waitpid(process.pid, 0)[1]
        process.returncode = -os.WTERMSIG(ended)
        printed = first + process.stdout.read() + process.stderr.read()

    assert os.WTERMSIG(ended) == signal.SIGSEGV
    assert not os.WCOREDUMP(ended)
    assert list(folder.iterdir()) == []
    left = "\n".join(texts_of_files(environ))
    assert QUESTION in left, "the history is searched as it was left"
    assert "Segmentation fault" in left, "what Python writes of it is searched, too"
    assert found_in(printed + left) == []
