from __future__ import annotations

import io

import pytest

from app.chats.values import Problem
from app.cli.ask import error_line
from app.cli.main import main, parser


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["ask"],
        ["ask", "hi", "--effort", "extreme"],
        ["ask", "hi", "--seed", "minus"],
        ["ask", "hi", "--seed", "-1"],
        ["ask", "hi", "--temperature", "2.5"],
        ["ask", "hi", "--chat", "  "],
        ["doctor", "extra"],
    ],
)
def test_bad_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments, io.StringIO(), io.StringIO(), {})
    assert caught.value.code == 2
    assert "usage: sotto" in capsys.readouterr().err


def test_all_options_of_ask_are_understood() -> None:
    options = parser().parse_args(
        [
            "ask",
            "hi",
            "--effort",
            "high",
            "--seed",
            "3",
            "--temperature",
            "0",
            "--chat",
            " my  notes ",
        ]
    )
    assert (options.effort, options.seed, options.temperature) == ("high", 3, 0.0)
    assert options.chat == "my notes"


def test_an_error_is_one_line_with_its_hint() -> None:
    problem = Problem("{name} is not\na model.", "Choose another file.", fields={"name": "x.gguf"})
    assert error_line(problem) == "sotto: x.gguf is not a model. Choose another file."
