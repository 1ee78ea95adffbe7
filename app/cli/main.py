"""The command line: `sotto ask`, `sotto doctor`.  `sotto` alone opens the window (`ui.entry`)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from app.chats.values import Problem
from app.cli.ask import EXIT_FAILED, EXIT_INTERRUPTED, Asking, AskOptions, error_line, question_from
from app.cli.doctor import print_report
from app.cli.printer import JsonPrinter, TextPrinter
from app.logs import set_up_logging
from app.paths import Paths
from engine.errors import UserFacingError
from engine.harmony.messages import Effort

MAX_SEED = 2**32 - 2
MAX_TEMPERATURE = 2.0


def main(
    arguments: Sequence[str],
    out: TextIO = sys.stdout,
    errors: TextIO = sys.stderr,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed (one line on `errors`).

    Raises:
        SystemExit: bad usage (code 2), `--help` or `--version` (code 0).
    """
    options = parser().parse_args(arguments)
    try:
        set_up_logging(Paths.from_environment(environ), environ=environ)
        if options.command == "doctor":
            print_report(out, environ, as_json=options.json)
            return 0
        return _ask(options, out, errors, environ)
    except UserFacingError as error:
        problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
        if options.json:
            JsonPrinter(out).fail(problem)
        errors.write(error_line(problem) + "\n")
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`sotto ask … | head`): there is nobody left to tell.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115,PTH123 - lives to the end
        return EXIT_FAILED


def _ask(
    options: argparse.Namespace, out: TextIO, errors: TextIO, environ: Mapping[str, str]
) -> int:
    printer = JsonPrinter(out) if options.json else TextPrinter(out)
    wanted = AskOptions(
        text=question_from(options.text),
        effort=Effort(options.effort) if options.effort else None,
        model=options.model,
        seed=options.seed,
        temperature=options.temperature,
        chat=options.chat,
    )
    if not wanted.text.strip():
        raise UserFacingError("There is no question.", "Write it after `sotto ask`.")
    return Asking(wanted, printer, errors, environ).run()


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="sotto",
        description="A private conversation with gpt-oss on your own machine. "
        "Without a command, the window opens.",
    )
    top.add_argument("--version", action="version", version=f"sotto {version('sotto')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_ask(commands)
    doctor = commands.add_parser(
        "doctor", help="say what is here: versions, devices, model, folders"
    )
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    return top


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = commands.add_parser("ask", help="ask one question and stream the answer")
    ask.add_argument("text", help="the question; - reads it from standard input")
    ask.add_argument("--model", type=Path, metavar="FILE", help="a gpt-oss GGUF file")
    ask.add_argument(
        "--effort", choices=[effort.value for effort in Effort], help="how long to think"
    )
    ask.add_argument("--json", action="store_true", help="print one JSON object a line")
    ask.add_argument("--seed", type=_seed, metavar="N", help="make the answer repeatable")
    ask.add_argument(
        "--temperature", type=_temperature, metavar="T", help="0 (always the likeliest word) to 2"
    )
    ask.add_argument(
        "--chat",
        type=_chat_name,
        metavar="NAME",
        help="continue or begin a stored chat; without it nothing is stored",
    )


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value <= MAX_SEED:
        raise argparse.ArgumentTypeError(f"must be 0 to {MAX_SEED}")
    return value


def _temperature(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= MAX_TEMPERATURE:
        raise argparse.ArgumentTypeError("must be 0 to 2")
    return value


def _chat_name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise argparse.ArgumentTypeError("must not be empty")
    return name
