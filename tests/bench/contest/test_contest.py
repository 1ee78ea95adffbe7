"""The contest's arithmetic, its endless model and its report, with contestants of known speed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from engine.gguf_header import read_header
from engine.harmony.tokens import CALL, END, RETURN
from tests.bench import limits, report
from tests.bench.contest import referee
from tests.bench.contest.checks import checks
from tests.bench.contest.endless import endless_copy
from tests.bench.contest.players import Player
from tests.bench.contest.rules import Reply
from tests.bench.contest.server_build import BuildError, locked_lines

RATES = {"llama.cpp": 100.0, "sotto": 98.0, "llama-server": 80.0, "create_completion": 50.0}


class Runner:
    """Replies at a known speed and remembers in which order it was asked."""

    def __init__(self, name: str, order: list[str]) -> None:
        self._name = name
        self._order = order

    def generate(self, tokens: int, _sampling: str) -> Reply:
        self._order.append(self._name)
        seconds = tokens / RATES[self._name]
        return Reply(tokens, seconds, tokens, seconds * 2)


def runners(order: list[str]) -> dict[str, Player]:
    return {name: cast("Player", Runner(name, order)) for name in RATES}


def figures(rates_of_turns: int = 20) -> dict[str, Any]:
    """What the referee gives, of runners of known speed."""
    order: list[str] = []
    talk = [
        {"turn": turn, "read": read, "reused": 0, "new": 20, "reply": 9}
        for turn, read in ((1, 900), (2, rates_of_turns), (5, 20))
    ]
    one = {"median": 3.0, "least": 2.0, "most": 4.0}
    return {
        "rules": {
            "context_tokens": 8192,
            "ubatch_tokens": 512,
            "threads": 1,
            "sampling": "temperature 1.0, min_p 0.01",
        },
        "speed": {"32": referee._speed(runners(order), 32, 4)},
        "beside": {
            "tokens": 512,
            "greedy_tokens_per_second": dict.fromkeys(RATES, one),
            "greedy_sotto_over": dict.fromkeys(RATES, one),
            "llama.cpp_tokens_per_second": dict.fromkeys(
                ("decode only", "default", "llama.cpp's sampler"), one
            ),
        },
        "conversation": {
            "first_word_ms": {name: {"1": one, "2": one} for name in RATES},
            "tokens": dict.fromkeys(RATES, talk),
        },
        "stop_ms": {name: {"times": 3, "decode": one, "prefill": one} for name in RATES},
        "peak_memory_mib": {"speed": dict.fromkeys(RATES, 200.0), "conversation": {"sotto": 9.0}},
    }


def test_rates_and_ratios_are_those_of_the_contestants() -> None:
    found = figures()["speed"]["32"]
    assert found["decode_tokens_per_second"]["sotto"]["median"] == 98.0
    assert found["tokens_per_second_in_all"]["sotto"]["median"] == 49.0
    assert found["sotto_over"]["llama.cpp"]["median"] == 0.98
    assert found["sotto_over"]["llama-server"]["median"] == 1.225
    assert found["sotto_over_by_best"]["llama-server"] == 1.225


def test_every_contestant_goes_first_as_often_as_the_others() -> None:
    order: list[str] = []
    referee._speed(runners(order), 32, len(RATES))
    rounds = [order[at : at + len(RATES)] for at in range(len(RATES), len(order), len(RATES))]
    assert all(sorted(one) == sorted(RATES) for one in rounds)
    assert len({tuple(one) for one in rounds}) == len(RATES)


def test_budgets_are_kept_or_not_by_what_was_measured() -> None:
    kept = figures()
    assert all(one["kept"] for one in checks(kept))
    rereads = figures(rates_of_turns=21)
    assert [one["what"] for one in checks(rereads) if not one["kept"]] == [
        "tokens the next turn reads beyond the new message and its frame"
    ]
    kept["speed"]["32"]["sotto_over"]["llama-server"]["median"] = 1.04
    assert [one["budget"] for one in checks(kept) if not one["kept"]] == [">= 1.05"]


def test_the_report_shows_what_was_measured_and_names_what_was_not(
    practice_model_path: Path, tmp_path: Path
) -> None:
    contest = figures()
    bench: dict[str, Any] = {
        "machine": {
            "processor": "A processor",
            "cores": 2,
            "memory_gib": 16.0,
            "system": "A system",
            "devices": ["A processor"],
            "load_average": 0.1,
            "ggml": "1",
            "commit": "abc",
            "when": "2026-01-02T03:04:05",
        },
        "model": {"name": "A model", "bytes": 64_000_000, "layers": 4},
        "limits": limits.run(practice_model_path, tmp_path, rounds=1),
        "contest": {**contest, "checks": checks(contest)},
    }
    page = report.page(bench)
    assert "| 32 tokens | 100.0 (100.0-100.0) | 98.0 (98.0-98.0) | 80.0 (80.0-80.0) |" in page
    assert "2026-01-02T03:04:05, commit abc" in page
    cards = [line for line in page.splitlines() if line.startswith("| GeForce")]
    assert cards
    assert all(line.endswith("| not measured |") for line in cards)
    assert "**not kept**" not in page
    assert "Other programs were at work" not in page
    bench["machine"] = {**bench["machine"], "load_average": 4.0}
    assert "Other programs were at work" in report.page(bench)


def test_the_endless_copy_differs_in_the_rows_of_special_ids_alone(
    practice_model_path: Path, tmp_path: Path
) -> None:
    copy = endless_copy(practice_model_path, tmp_path / "endless.gguf")
    before, after = practice_model_path.read_bytes(), copy.read_bytes()
    header = read_header(copy)
    output = next(one for one in header.tensors if one.name == "output.weight")
    start = header.data_start + output.offset
    row = output.size_bytes // 201_088
    for token in (END, RETURN, CALL):
        at = start + token * row
        assert any(before[at : at + row])
        assert not any(after[at : at + row])
    assert before[:start] == after[:start]
    first_end = start + 199_998 * row
    assert before[start:first_end] == after[start:first_end]
    assert before[start + output.size_bytes :] == after[start + output.size_bytes :]


def test_the_server_s_sources_are_those_of_the_lock_file(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1 \\\n    --hash=x\nllama-cpp-python==9 \\\n    --hash=y\nz==1\n")
    assert locked_lines(lock) == "llama-cpp-python==9 \\\n    --hash=y\n"
    lock.write_text("a==1\n")
    with pytest.raises(BuildError, match="names no"):
        locked_lines(lock)
