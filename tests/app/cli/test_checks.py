"""`sotto ask` with checks against the policy: the practice model gives the verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole
from app.cli.ask import withheld_line
from app.safeguard.message_check import CheckState, MessageCheck
from tests.app.cli.conftest import Run

Sotto = Callable[..., Run]


def switch_on(tmp_path: Path, **settings: bool) -> None:
    file = tmp_path / "config" / "settings.json"
    file.parent.mkdir()
    file.write_text(json.dumps({**settings, "policy": "## Rude words"}), encoding="utf-8")


def test_an_answer_is_printed_only_with_a_verdict_and_the_verdict_is_told(
    sotto: Sotto, tmp_path: Path
) -> None:
    switch_on(tmp_path, checks_answers=True)
    run = sotto("ask", "Hello", "--json", "--effort", "low", "--temperature", "0")
    check = run.lines[-1]["check"]
    assert check["of"] == "answer"
    assert check["state"] in {"fine", "violation", "undecided"}
    is_fine = check["state"] == "fine"
    assert check["withheld"] is not is_fine
    assert bool(run.text_of("text")) is is_fine
    assert run.code == (0 if is_fine else 1)
    assert ("--no-checks" in run.err) is not is_fine


def test_a_question_is_answered_only_with_a_verdict(sotto: Sotto, tmp_path: Path) -> None:
    switch_on(tmp_path, checks_questions=True)
    run = sotto("ask", "Hello", "--json", "--effort", "low", "--temperature", "0")
    check = run.lines[-1].get("check", {"state": "fine"})
    is_fine = check["state"] == "fine"
    assert bool(run.text_of("text")) is is_fine
    assert run.code == (0 if is_fine else 1)


def test_the_option_leaves_checks_out(sotto: Sotto, tmp_path: Path) -> None:
    switch_on(tmp_path, checks_answers=True, checks_questions=True)
    run = sotto("ask", "Hello", "--json", "--no-checks", "--effort", "low")
    assert run.code == 0
    assert run.text_of("text")
    assert "check" not in run.lines[-1]


def test_the_line_says_what_was_found_and_the_way_around_it() -> None:
    def line(check: MessageCheck) -> str:
        return withheld_line(
            Message(MessageId(1), ChatId(1), None, MessageRole.ASSISTANT, "", 0, check=check)
        )

    assert line(MessageCheck(CheckState.VIOLATION, "Rude words")) == (
        "The answer is withheld: the check found it against the policy: Rude words."
        " --no-checks leaves the check out."
    )
    assert line(MessageCheck(CheckState.UNDECIDED, is_of_question=True)) == (
        "The message was not answered: it could not be checked. --no-checks leaves the check out."
    )
