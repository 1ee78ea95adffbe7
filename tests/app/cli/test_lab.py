from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.lab_parser import EFFORTS, EVALUATIONS
from app.lab.values import EvaluationId
from app.paths import Paths
from app.settings import SettingsFile
from engine.harmony.messages import Effort
from tests.app.cli.conftest import Run
from tests.program import SOTTO

Sotto = Callable[..., Run]


@pytest.fixture(autouse=True)
def greedy(environ: dict[str, str]) -> None:
    """At temperature 0 the practice model's answers are short."""
    paths = Paths.from_environment(environ)
    SettingsFile(paths.settings).update(temperature=0.0)


def test_the_grammar_names_what_there_is() -> None:
    assert tuple(EvaluationId) == EVALUATIONS
    assert tuple(Effort) == EFFORTS


def test_list_says_what_each_evaluation_asks_and_opens_no_history(
    sotto: Sotto, environ: dict[str, str]
) -> None:
    run = sotto("lab", "list")
    assert (run.code, run.err) == (0, "")
    assert all(f"{name}: " in run.out for name in EVALUATIONS)
    assert "(64 questions)" in run.out
    assert not Path(environ["SOTTO_DATA_DIR"]).exists()


def test_list_is_korean_where_the_user_is(sotto: Sotto, environ: dict[str, str]) -> None:
    environ["SOTTO_LANG"] = "ko"
    assert "누구의 말을 따르나" in sotto("lab", "list").out


def test_a_run_prints_an_estimate_its_progress_and_scores_that_are_kept(
    sotto: Sotto, tmp_path: Path
) -> None:
    asked = ("lab", "run", "reasoning", "abstaining", "--effort", "low", "--items", "1")
    run = sotto(*asked)
    assert run.code == 0, run.err
    assert run.err.startswith("3 questions, ")
    assert "Reasoning and effort: 0 of 3" in run.err
    assert "Practice model" in run.out
    assert "All together, Low: 0 % (0 of 1)" in run.out
    assert "Too few to say much." in run.out

    assert sotto("lab", "results").out.count("Practice model") == 2
    told = json.loads(sotto("lab", "results", "--json").out)
    assert [one["evaluation"] for one in told["runs"]] == ["abstaining", "reasoning"]
    assert not told["runs"][0]["is_real_model"]

    file = tmp_path / "out.json"
    assert sotto("lab", "export", str(file)).code == 0
    assert json.loads(file.read_text("utf-8")) == told


def test_without_runs_it_says_so(sotto: Sotto) -> None:
    assert sotto("lab", "results").out == "Nothing was run yet.\n"
    run = sotto("lab", "run", "reasoning", "--resume")
    assert (run.code, run.err) == (
        1,
        "sotto: There is no unfinished run. Start one without --resume.\n",
    )


@pytest.mark.parametrize(
    "wrong",
    [("run",), ("run", "poetry"), ("run", "reasoning", "--effort", "huge"), ("results", "3")],
)
def test_bad_usage_ends_with_2(sotto: Sotto, wrong: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        sotto("lab", *wrong)


def test_a_model_that_is_not_there_is_one_line(sotto: Sotto, tmp_path: Path) -> None:
    run = sotto("lab", "run", "reasoning", "--model", str(tmp_path / "none.gguf"))
    assert run.code == 1
    assert run.err.count("\n") == 1


def test_ctrl_c_stops_and_keeps_and_resume_goes_on(environ: dict[str, str], sotto: Sotto) -> None:
    asked = ("lab", "run", "abstaining", "--effort", "low", "--items", "5", "--json")
    process = subprocess.Popen(
        [SOTTO, *asked],
        env={**environ, "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(json.loads(line))
        if [one["type"] for one in lines].count("outcome") == 1:
            process.send_signal(signal.SIGINT)
            break
    lines += [json.loads(line) for line in process.stdout]
    process.stdout.close()
    assert process.wait(60) == 130
    kinds = [one["type"] for one in lines]
    assert kinds[0] == "estimate"
    assert kinds[-1] == "results"
    done = kinds.count("outcome")
    assert 1 <= done < 10

    run = sotto("lab", "run", "abstaining", "--resume", "--json")
    assert run.code == 0, run.err
    assert [one["type"] for one in run.lines].count("outcome") == 10 - done
    (result,) = run.lines[-1]["runs"]
    assert result["is_complete"]
    assert len({(one["item_id"], one["variant"]) for one in result["outcomes"]}) == 10
