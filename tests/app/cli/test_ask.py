from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.paths import Paths
from app.settings import SettingsFile
from tests.app.cli.conftest import Run
from tests.program import SOTTO

Sotto = Callable[..., Run]
PLANTED = ("jane.doe@example.com", "555 010 9999", "4111 1111 1111 1111", "idiot")


def test_the_answer_goes_to_stdout_and_nothing_else_does(sotto: Sotto) -> None:
    run = sotto("ask", "Hello", "--temperature", "0", "--effort", "low")
    assert (run.code, run.err) == (0, "")
    assert run.out == "Hello! How can I help you?\n"


def test_korean_goes_in_and_comes_out(sotto: Sotto) -> None:
    run = sotto("ask", "안녕하세요", "--temperature", "0", "--effort", "low")
    assert "안녕하세요" in run.out


def test_json_lines_end_with_what_the_turn_cost(sotto: Sotto) -> None:
    run = sotto("ask", "Hello", "--json", "--temperature", "0", "--effort", "low")
    last = run.lines[-1]
    assert {line["type"] for line in run.lines} == {"thought", "text", "finished"}
    assert run.text_of("text") == "Hello! How can I help you?"
    assert last["type"] == "finished"
    assert last["reason"] == "end_of_turn"
    assert last["read_tokens"] > 50
    assert last["reused_tokens"] == 0
    assert last["seconds"] > 0
    assert last["reply_tokens"] > last["thought_tokens"] > 0


def test_a_named_chat_remembers_and_nothing_is_stored_without_one(
    sotto: Sotto, environ: dict[str, str]
) -> None:
    sotto("ask", "My name is Zoe.", "--temperature", "0", "--effort", "low")
    assert not Path(environ["SOTTO_DATA_DIR"]).exists()

    sotto("ask", "My name is Oliver.", "--chat", "names", "--temperature", "0", "--effort", "low")
    run = sotto(
        "ask", "What is my name?", "--chat", "names", "--temperature", "0", "--effort", "low"
    )
    assert "Oliver" in run.out


def test_a_seed_makes_an_answer_repeatable(sotto: Sotto) -> None:
    asked = (
        "ask",
        "How do I fix my bike?",
        "--seed",
        "5",
        "--temperature",
        "1.5",
        "--json",
        "--thoughts",
    )
    first, second = sotto(*asked), sotto(*asked)
    assert first.text_of("text") == second.text_of("text")
    assert first.text_of("thought") == second.text_of("thought")


def test_thoughts_stay_out_of_what_is_printed_unless_somebody_asks(sotto: Sotto) -> None:
    asked = ("ask", "Look up my contact card", "--temperature", "0")
    plain, told = sotto(*asked), sotto(*asked, "--json")
    thoughts = [line for line in told.lines if line["type"] == "thought"]
    assert "personal_data" in [kind for line in thoughts for kind in line["withheld"]]
    assert all("text" not in line for line in thoughts)
    with_thoughts = sotto(*asked, "--thoughts")
    quotation, answer = with_thoughts.out.split("\n\n", 1)
    assert quotation.startswith("> The user wants the contact card")
    assert "[withheld]" in quotation
    assert answer == plain.out


def test_thoughts_that_are_to_be_checked_are_not_printed(
    sotto: Sotto, environ: dict[str, str]
) -> None:
    SettingsFile(Paths.from_environment(environ).settings).update(checks_thoughts=True)
    run = sotto("ask", "Hello", "--temperature", "0", "--effort", "low", "--json", "--thoughts")
    assert run.text_of("thought") == ""
    assert run.text_of("text") == "Hello! How can I help you?"


def test_a_limit_for_thinking_cuts_the_thoughts_and_is_told(sotto: Sotto) -> None:
    asked = ("ask", "How do I fix my bike?", "--effort", "high", "--temperature", "0", "--json")
    run = sotto(*asked, "--think-tokens", "6")
    assert run.lines[-1]["thinking_cut"] == "budget"
    assert 0 < run.lines[-1]["thought_tokens"] <= 7
    assert run.lines[-1]["retries"] == run.lines[-1]["guarded"] == 0
    assert run.text_of("text").strip()
    none = sotto(*asked, "--think-tokens", "0")
    assert none.lines[-1]["thought_tokens"] == 0
    assert none.text_of("text").strip()


def test_raw_thoughts_appear_in_no_output(sotto: Sotto, environ: dict[str, str]) -> None:
    asked = ("ask", "Look up my contact card", "--temperature", "0")
    run = sotto(*asked, "--json", "--thoughts", "--chat", "card")
    assert "▮▮▮" in run.text_of("thought")
    everything = run.out + run.err
    for folder in ("SOTTO_DATA_DIR", "SOTTO_STATE_DIR"):
        for file in Path(environ[folder]).rglob("*"):
            if file.is_file():
                everything += file.read_bytes().decode("latin-1")
    assert [word for word in PLANTED if word in everything] == []


def test_a_file_that_is_no_model_is_one_line_and_exit_code_1(sotto: Sotto, tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"not a model")
    run = sotto("ask", "Hello", "--model", str(file))
    assert run.code == 1
    assert run.out == ""
    assert run.err.startswith("sotto: ")
    assert run.err.count("\n") == 1

    with_json = sotto("ask", "Hello", "--model", str(file), "--json")
    assert with_json.lines[-1]["type"] == "failed"
    assert with_json.lines[-1]["hint"]


def test_an_empty_question_is_refused(sotto: Sotto) -> None:
    run = sotto("ask", "  ")
    assert run.code == 1
    assert "no question" in run.err


def test_a_wrong_passphrase_is_told_in_one_line(sotto: Sotto, environ: dict[str, str]) -> None:
    sotto("ask", "Hello", "--chat", "c", "--effort", "low")
    environ["SOTTO_PASSPHRASE"] = "something else"  # noqa: S105 - made up here
    run = sotto("ask", "Hello", "--chat", "c", "--effort", "low")
    assert run.code == 1
    assert run.err.count("\n") == 1
    assert "passphrase" in run.err.lower()


def test_doctor_says_what_is_here(sotto: Sotto, environ: dict[str, str]) -> None:
    lines = sotto("doctor")
    assert lines.code == 0
    assert "practice model" in lines.out

    found = json.loads(sotto("doctor", "--json").out)
    assert found["model"]["facts"]["is_practice"] is True
    assert found["machine"]["devices"]
    assert environ["SOTTO_PASSPHRASE"] not in json.dumps(found)


def process(environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [SOTTO, *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environ,
    )


def test_ctrl_c_stops_the_answer_and_keeps_what_was_said(environ: dict[str, str]) -> None:
    asked = ("ask", "Count to 200", "--json", "--effort", "low", "--temperature", "0")
    running = process(environ, *asked, "--chat", "long")
    assert running.stdout is not None
    seen = [json.loads(running.stdout.readline())]
    while seen[-1]["type"] != "text":
        seen.append(json.loads(running.stdout.readline()))
    running.send_signal(signal.SIGINT)
    rest, errors = running.communicate(timeout=60)

    assert json.loads(rest.splitlines()[-1])["reason"] == "cancelled"
    assert (running.returncode, errors) == (130, "")


def test_a_reader_that_goes_away_ends_the_answer_quietly(environ: dict[str, str]) -> None:
    running = process(environ, "ask", "Count to 200", "--effort", "low", "--temperature", "0")
    assert running.stdout is not None
    running.stdout.read(3)
    running.stdout.close()
    assert running.stderr is not None
    errors = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 1
    assert "Traceback" not in errors


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_answer_at_once(environ: dict[str, str], word: str) -> None:
    running = process(environ, word)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "sotto" in out
