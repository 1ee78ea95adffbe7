"""`sotto ask --schema` and `--lora`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from engine.gguf import read_facts
from tests.app.cli.conftest import Run
from tests.engine.lora import matrices, write_lora

Sotto = Callable[..., Run]
CITY = {
    "title": "도시",
    "type": "object",
    "properties": {
        "name": {"enum": ["서울", "Busan"]},
        "people": {"type": "integer", "minimum": 0, "maximum": 99},
    },
    "required": ["name", "people"],
}


@pytest.fixture
def city(tmp_path: Path) -> str:
    path = tmp_path / "city.json"
    path.write_text("\ufeff" + json.dumps(CITY, indent=2, ensure_ascii=False), encoding="utf-8")
    return str(path)


def keep_short(tmp_path: Path) -> None:
    """Let even an endless answer end soon."""
    settings = tmp_path / "config" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"context_tokens": 512}', encoding="utf-8")


def test_nothing_but_json_of_the_schema_goes_to_stdout(sotto: Sotto, city: str) -> None:
    run = sotto("ask", "Hello", "--schema", city, "--seed", "3", "--effort", "low")
    assert (run.code, run.err) == (0, "")
    jsonschema.validate(json.loads(run.out), CITY)


def test_json_lines_say_that_the_answer_is_valid(sotto: Sotto, city: str) -> None:
    run = sotto("ask", "Hello", "--schema", city, "--json", "--temperature", "0")
    jsonschema.validate(json.loads(run.text_of("text")), CITY)
    assert (run.lines[-1]["schema"], run.lines[-1]["schema_valid"]) == ("도시", True)
    assert "thought" in [line["type"] for line in run.lines]
    assert "schema" not in sotto("ask", "Hello", "--json").lines[-1]


def test_a_stored_chat_stays_bound(sotto: Sotto, city: str) -> None:
    sotto("ask", "Hello", "--schema", city, "--chat", "cities", "--temperature", "0")
    run = sotto("ask", "Another one", "--chat", "cities", "--seed", "1")
    jsonschema.validate(json.loads(run.out), CITY)


def test_an_answer_that_was_cut_is_exit_code_1(sotto: Sotto, tmp_path: Path) -> None:
    endless = tmp_path / "endless.json"
    endless.write_text('{"type": "string", "minLength": 3000}', encoding="utf-8")
    keep_short(tmp_path)
    run = sotto("ask", "Hello", "--schema", str(endless), "--json", "--temperature", "0")
    assert run.code == 1
    assert run.err == "sotto: The answer was cut, so its JSON is not complete.\n"
    assert (run.lines[-1]["reason"], run.lines[-1]["schema_valid"]) == ("token_limit", False)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "sotto: The schema my.json cannot be read. Check the name"),
        (b"\xff\xfe{", "sotto: The schema my.json is not a text in UTF-8."),
        (b"{", "sotto: The schema is not JSON (line 1, column 2)."),
        (b'{"type": "strin"}', "sotto: The schema cannot be used (at #): Invalid type: strin."),
    ],
)
def test_a_schema_that_cannot_be_used_is_one_line(
    sotto: Sotto, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "my.json"
    if content is not None:
        path.write_bytes(content)
    run = sotto("ask", "Hello", "--schema", str(path))
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(sentence)


def test_an_adapter_changes_the_answer_by_its_strength(
    sotto: Sotto, practice_model_path: Path, tmp_path: Path
) -> None:
    keep_short(tmp_path)
    pair = matrices(read_facts(practice_model_path), "output.weight", size=2.0)
    path = write_lora(tmp_path / "poet.gguf", {"output.weight": pair})
    asked = ("ask", "Hello", "--json", "--temperature", "0", "--effort", "low", "--lora")
    without, within = sotto(*asked, f"{path}:0"), sotto(*asked, str(path))
    assert without.text_of("text") == "Hello! How can I help you?"
    assert within.out != without.out
    assert within.lines[-1]["model"].endswith(" + poet")


def test_a_wrong_adapter_is_one_line_and_exit_code_1(sotto: Sotto, tmp_path: Path) -> None:
    run = sotto("ask", "Hello", "--lora", str(tmp_path / "gone.gguf"))
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("sotto: The adapter gone.gguf is not there any more.")
    with pytest.raises(SystemExit):
        sotto("ask", "Hello", "--lora", "a.gguf:9")
