from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.app.cli.conftest import Run
from tools.random_model.header import GPT_OSS_20B, write_header

Sotto = Callable[..., Run]


def test_without_a_file_the_practice_model_is_compared(sotto: Sotto) -> None:
    run = sotto("card")
    assert run.code == 0
    assert "Layers: card 24, file 4: differs  [2]" in run.out
    assert "This is the practice model" in run.out
    assert "Sotto has not measured any of these numbers" in run.out


def test_a_file_can_be_named_and_json_asked_for(sotto: Sotto, tmp_path: Path) -> None:
    file = tmp_path / "full.gguf"
    write_header(file, GPT_OSS_20B, None)
    run = sotto("card", str(file), "--json")
    found = json.loads(run.out)
    assert run.code == 0
    assert found["compared_with"] == "gpt-oss-20b"
    assert found["file"]["is_practice"] is False
    by_id = {fact["id"]: fact for fact in found["facts"]}
    assert (by_id["layers"]["card"], by_id["layers"]["file"]) == (24, 24)
    assert by_id["knowledge"]["verdict"] == "not_in_file"
    figures = [figure for section in found["sections"] for figure in section["figures"]]
    assert figures
    assert not any(figure["measured_here"] for figure in figures)


def test_the_words_are_the_user_s(sotto: Sotto, environ: dict[str, str]) -> None:
    environ["SOTTO_LANG"] = "ko"
    assert "레이어: 카드 24, 파일 4: 다름" in sotto("card").out


def test_what_is_no_model_is_told_in_one_line(sotto: Sotto, tmp_path: Path) -> None:
    file = tmp_path / "notes.gguf"
    file.write_text("no model", "utf-8")
    run = sotto("card", str(file))
    assert (run.code, run.out) == (1, "")
    assert run.err.count("\n") == 1
    assert "not a GGUF model file" in run.err
    assert sotto("card", str(tmp_path / "away.gguf")).code == 1
