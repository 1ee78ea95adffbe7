from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.app.attachments.documents import pdf
from tests.app.cli.conftest import Run

Sotto = Callable[..., Run]
COLD = ("--temperature", "0", "--effort", "low", "--json")


def test_files_go_with_the_question_and_are_read_by_the_model(sotto: Sotto, tmp_path: Path) -> None:
    notes, report = tmp_path / "notes.txt", tmp_path / "r.pdf"
    notes.write_text("Oaks are old.\n" * 40)
    report.write_bytes(pdf(["Elms are few"]))
    alone = sotto("ask", "Hello", *COLD)
    run = sotto("ask", "Hello", "--file", str(notes), "--file", str(report), *COLD)
    assert run.code == 0
    more = run.lines[-1]["read_tokens"] - alone.lines[-1]["read_tokens"]
    assert 40 * 4 < more < 40 * 5 + 120


def test_a_file_that_cannot_be_read_ends_the_command_with_a_sentence(
    sotto: Sotto, tmp_path: Path
) -> None:
    picture = tmp_path / "p.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    run = sotto("ask", "Hello", "--file", str(picture))
    assert run.code == 1
    assert "p.png is an image, and the model reads only text." in run.err


def test_what_has_to_be_known_of_a_file_is_told_beside_the_answer(
    sotto: Sotto, tmp_path: Path
) -> None:
    old = tmp_path / "old.txt"
    old.write_bytes("Grüße aus München, schöne Tage für alle.\n".encode("latin-1"))
    run = sotto("ask", "Hello", "--file", str(old), *COLD)
    assert run.code == 0
    assert "the letters of old.txt were guessed" in run.err
