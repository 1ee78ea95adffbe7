"""The commands of `sotto`; `sotto` alone opens the window (`ui.entry`)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from ipaddress import IPv4Address
from pathlib import Path
from typing import TextIO

from app.chats.values import Problem
from app.cli.archive_parser import add_archive
from app.cli.ask import EXIT_FAILED, EXIT_INTERRUPTED, Asking, AskOptions, error_line, question_from
from app.cli.card import print_card
from app.cli.doctor import print_report
from app.cli.lab_parser import add_lab
from app.cli.lora_option import add_lora
from app.cli.models_parser import add_models
from app.cli.printer import JsonPrinter, TextPrinter
from app.cli.worker import WorkerOptions, lend
from app.logs import set_up_logging
from app.paths import Paths
from app.permissions.rule_text import parse_rule
from app.permissions.rules import Pattern
from app.workers import DEFAULT_PORT, parse_address
from engine.errors import UserFacingError
from engine.harmony.messages import Effort
from engine.requests import MAX_SEED

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
        return _run(options, out, errors, environ)
    except UserFacingError as error:
        problem = Problem(error.title, error.hint, error.detail, dict(error.fields))
        if getattr(options, "json", False):
            JsonPrinter(out).fail(problem)
        errors.write(error_line(problem) + "\n")
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`sotto ask … | head`): there is nobody left to tell.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115,PTH123 - lives to the end
        return EXIT_FAILED


def _run(
    options: argparse.Namespace, out: TextIO, errors: TextIO, environ: Mapping[str, str]
) -> int:
    if options.command == "doctor":
        print_report(out, environ, as_json=options.json)
        return 0
    if options.command == "card":
        print_card(out, environ, options.file, as_json_object=options.json)
        return 0
    if options.command == "lab":
        # Here: the other commands need not wait for it.
        from app.cli.lab import lab_command  # noqa: PLC0415 - see above

        return lab_command(options, out, errors, environ)
    if options.command in ("export", "import", "backup", "restore"):
        from app.cli.archive import archive_command  # noqa: PLC0415 - as above

        return archive_command(options, out, environ)
    if options.command == "updates":
        from app.cli.updates import updates_command  # noqa: PLC0415 - as above

        return updates_command(out, environ, as_json=options.json)
    if options.command == "models":
        from app.cli.models import models_command  # noqa: PLC0415 - as above

        return models_command(options, out, errors, environ)
    if options.command == "worker":
        # The server's thread sits in llama.cpp for ever, so no ordinary end would come.
        os._exit(lend(_worker_options(options), errors, environ))
    return _ask(options, out, errors, environ)


def _ask(
    options: argparse.Namespace, out: TextIO, errors: TextIO, environ: Mapping[str, str]
) -> int:
    kind = JsonPrinter if options.json else TextPrinter
    printer = kind(out, has_thoughts=options.thoughts)
    wanted = AskOptions(
        text=question_from(options.text),
        effort=Effort(options.effort) if options.effort else None,
        model=options.model,
        seed=options.seed,
        temperature=options.temperature,
        chat=options.chat,
        think_tokens=options.think_tokens,
        schema=options.schema,
        instructions=options.instructions,
        has_checks=not options.no_checks,
        adapters=tuple(options.lora),
        tools=options.tools,
        allow=tuple(options.allow),
        files=tuple(options.file),
    )
    if not wanted.text.strip():
        raise UserFacingError("There is no question.", "Write it after `sotto ask`.")
    return Asking(wanted, printer, errors, environ, _terminal(errors)).run()


def _terminal(errors: TextIO) -> int | None:
    """Where a person can be asked: a terminal that shows the questions and takes answers.

    Not on Windows, whose terminals cannot be waited for by descriptor.
    """
    if sys.platform == "win32":
        return None
    try:
        is_there = errors.isatty() and sys.stdin.isatty()
        return sys.stdin.fileno() if is_there else None
    except (AttributeError, ValueError, OSError):
        return None


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="sotto",
        description="A private conversation with gpt-oss on your own machine. "
        "Without a command, the window opens, or comes forward where it is open; "
        "`sotto quick` brings a small one to ask in, `sotto --new-window` one more.",
    )
    top.add_argument("--version", action="version", version=f"sotto {version('sotto')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_ask(commands)
    doctor = commands.add_parser(
        "doctor", help="say what is here: versions, devices, model, folders"
    )
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    updates = commands.add_parser("updates", help="look for a newer version now; installs nothing")
    updates.add_argument("--json", action="store_true", help="print one JSON object")
    _add_card(commands)
    add_models(commands)
    add_lab(commands, _seed)
    add_archive(commands)
    _add_worker(commands)
    return top


def _add_card(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    card = commands.add_parser(
        "card",
        help="say what is published about gpt-oss, and whether a model file agrees",
        description="Say what OpenAI published about gpt-oss: what it is, how good, and where to "
        "be careful. Beside each fact of its build stands what the model file says.",
    )
    card.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="a gpt-oss GGUF file; without it, the one in the settings or the practice model",
    )
    card.add_argument("--json", action="store_true", help="print one JSON object")


def _add_worker(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    worker = commands.add_parser(
        "worker",
        help="lend this machine's memory and GPUs to another one",
        description="Lend this machine's memory and GPUs to Sotto on another machine. The "
        "connection is not encrypted and does not ask who is there: keep to 127.0.0.1 and an "
        "SSH tunnel, or to a network you trust.",
    )
    worker.add_argument(
        "--listen",
        type=_listen_address,
        default=f"127.0.0.1:{DEFAULT_PORT}",
        metavar="ADDRESS:PORT",
        help="IPv4 address and port (%(default)s); port 0 takes a free one",
    )
    worker.add_argument(
        "--devices",
        type=lambda text: tuple(name for name in text.split(",") if name),
        default=(),
        metavar="NAMES",
        help="what to lend, by names from `sotto doctor`, separated by commas "
        "(all GPUs, or the CPU where there is none)",
    )
    worker.add_argument(
        "--threads", type=_threads, default=0, metavar="N", help="CPU threads (physical cores)"
    )
    worker.add_argument(
        "--cache",
        action="store_true",
        help="keep the model's large parts on this disk, so that they are sent only once",
    )


def _worker_options(options: argparse.Namespace) -> WorkerOptions:
    return WorkerOptions(options.listen, options.devices, options.threads, options.cache)


def _add_output(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--json", action="store_true", help="print one JSON object a line")
    ask.add_argument(
        "--thoughts",
        action="store_true",
        help="print the filtered thoughts before the answer; none where they are to be checked",
    )


def _add_files(ask: argparse.ArgumentParser) -> None:
    ask.add_argument(
        "--file",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a file that goes with the question: text, Markdown, code, CSV, PDF, docx or HTML; "
        "may be given several times",
    )


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = commands.add_parser("ask", help="ask one question and stream the answer")
    ask.add_argument("text", help="the question; - reads it from standard input")
    ask.add_argument("--model", type=Path, metavar="FILE", help="a gpt-oss GGUF file")
    ask.add_argument(
        "--effort", choices=[effort.value for effort in Effort], help="how long to think"
    )
    _add_output(ask)
    ask.add_argument("--seed", type=_seed, metavar="N", help="make the answer repeatable")
    ask.add_argument(
        "--temperature", type=_temperature, metavar="T", help="0 (always the likeliest word) to 2"
    )
    ask.add_argument(
        "--think-tokens",
        type=_tokens,
        metavar="N",
        help="answer after so many tokens of thinking (by effort); 0 answers at once",
    )
    _add_files(ask)
    ask.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        help="answer with JSON of this JSON schema and nothing else; exit code 1 when it was cut",
    )
    ask.add_argument(
        "--instructions",
        metavar="TEXT|@FILE",
        help="what the model is to keep to, as text or in a file; it follows the instructions in "
        "the settings and is kept with --chat",
    )
    ask.add_argument(
        "--no-checks",
        action="store_true",
        help="check nothing against the policy, whatever the settings say",
    )
    add_lora(ask)
    ask.add_argument(
        "--tools",
        type=_tools,
        metavar="NAMES",
        help="what the model may call: python, files, browser, functions (all of them) or names of "
        "MCP servers, separated by commas; each call asks first",
    )
    ask.add_argument(
        "--allow",
        type=_rule,
        action="append",
        default=[],
        metavar="RULE",
        help="calls that need no question in this run, e.g. python, host:example.com or "
        "files/read_file; may be given several times",
    )
    ask.add_argument(
        "--chat",
        type=_chat_name,
        metavar="NAME",
        help="continue or begin a stored chat; without it nothing is stored",
    )


def _tools(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _rule(text: str) -> Pattern:
    try:
        return parse_rule(text)
    except UserFacingError as error:
        told = f"{error.title} {error.hint}".format(**error.fields)
        raise argparse.ArgumentTypeError(told) from error


def _listen_address(text: str) -> str:
    host, _, port = text.rpartition(":")
    try:
        IPv4Address(host)
        return f"{host}:0" if port == "0" else parse_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be an IPv4 address and a port") from error


def _threads(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1024:
        raise argparse.ArgumentTypeError("must be 1 to 1024")
    return value


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


def _tokens(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def _chat_name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise argparse.ArgumentTypeError("must not be empty")
    return name
