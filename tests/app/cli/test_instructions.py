"""`sotto ask --instructions`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.app.cli.conftest import Run

Sotto = Callable[..., Run]


def read_tokens(run: Run) -> int:
    assert run.code == 0, run.err
    last = run.lines[-1]
    return int(last["read_tokens"]) + int(last["reused_tokens"])


def test_the_model_reads_them_and_a_stored_chat_keeps_them(sotto: Sotto, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("Answer in one short sentence. " * 8, encoding="utf-8")
    plain = read_tokens(sotto("ask", "Hello", "--json", "--temperature", "0"))
    with_text = sotto("ask", "Hello", "--instructions", f"@{file}", "--chat", "mine", "--json")
    more = read_tokens(with_text)
    assert more > plain + 40
    again = read_tokens(sotto("ask", "Hello", "--chat", "mine", "--json"))
    assert again > more
    free = read_tokens(sotto("ask", "Hi", "--chat", "mine", "--instructions", "", "--json"))
    assert free < again


def test_what_is_too_long_is_told_in_a_line(sotto: Sotto) -> None:
    run = sotto("ask", "Hello", "--instructions", "word " * 2_100)
    assert run.code == 1
    assert run.err == (
        "sotto: These instructions are too long: 2,000 tokens are the most."
        " Shorten them: the model reads them before every answer.\n"
    )
