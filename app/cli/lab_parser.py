"""The grammar of `sotto lab`.  Imports nothing of the lab: other commands need not wait for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

EVALUATIONS: Final = (
    "arithmetic",
    "reasoning",
    "hierarchy",
    "refusal",
    "abstaining",
    "extraction",
)
EFFORTS: Final = ("low", "medium", "high")


def add_lab(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], seed: Callable[[str], int]
) -> None:
    """The command and its parts.

    Args:
        commands: where it goes.
        seed: reads a seed.
    """
    lab = commands.add_parser(
        "lab",
        help="run small evaluations of the model on this machine",
        description="Run small evaluations of the model on this machine. Every answer is checked "
        "by program; docs/LAB.md says what is measured. Results are kept in the chat history.",
    )
    parts = lab.add_subparsers(dest="part", metavar="PART", required=True)
    parts.add_parser("list", help="say what there is to run")
    _add_run(parts, seed)
    results = parts.add_parser("results", help="print what earlier runs found")
    results.add_argument("--json", action="store_true", help="print one JSON object")
    export = parts.add_parser("export", help="write all runs as JSON")
    export.add_argument("file", type=Path, metavar="FILE", help="where to")


def _add_run(
    parts: argparse._SubParsersAction[argparse.ArgumentParser], seed: Callable[[str], int]
) -> None:
    run = parts.add_parser("run", help="run evaluations; Ctrl-C stops and keeps what is done")
    run.add_argument(
        "names", nargs="+", choices=EVALUATIONS, metavar="NAME", help=", ".join(EVALUATIONS)
    )
    run.add_argument("--model", type=Path, metavar="FILE", help="a gpt-oss GGUF file")
    run.add_argument(
        "--effort",
        type=_efforts,
        default=EFFORTS,
        metavar="EFFORTS",
        help="efforts to compare, separated by commas (low,medium,high)",
    )
    run.add_argument(
        "--items", type=_count, default=0, metavar="N", help="at most so many questions each (all)"
    )
    run.add_argument(
        "--seed", type=seed, default=0, metavar="S", help="chooses the questions (%(default)s)"
    )
    run.add_argument("--json", action="store_true", help="print one JSON object a line")
    run.add_argument(
        "--resume",
        action="store_true",
        help="go on with the newest unfinished run of each evaluation, with its own settings",
    )


def _efforts(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if not wanted or not set(wanted) <= set(EFFORTS):
        raise argparse.ArgumentTypeError("must be low, medium or high, separated by commas")
    return wanted


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
