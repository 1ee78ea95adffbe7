"""The page sotto(1), written from the parsers of the command line, so that it is true.

Run inside a frozen or installed Sotto's environment: `python packaging/deb/manual.py OUTPUT`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from app.cli.main import parser

_FILES = (
    ("~/.local/share/sotto", "the encrypted history, and models"),
    ("~/.config/sotto/settings.json", "settings"),
    ("~/.cache/sotto", "what can be made or fetched again"),
    ("~/.local/state/sotto/sotto.log", "the log; no texts of chats are in it"),
)
_VARIABLES = (
    ("SOTTO_PASSPHRASE", "opens the history where there is no keyring"),
    ("SOTTO_LANG", "the language: en or ko"),
    ("SOTTO_GPU, SOTTO_CPU", "which of llama.cpp's backends are used, such as none or haswell"),
    ("SOTTO_NATIVE", "a folder of llama.cpp's libraries to use instead of the package's"),
)


def page() -> str:
    """The page in roff."""
    top = parser()
    lines = [
        '.TH SOTTO 1 "" "Sotto" "User Commands"',
        ".SH NAME",
        "sotto \\- a private conversation with gpt\\-oss on your own computer",
        ".SH SYNOPSIS",
        ".B sotto\n.RB [ quick ]\n.RB [ \\-\\-new\\-window ]\n.RB [ \\-\\-model\n.IR FILE ]\n.br",
        ".B sotto\n.I COMMAND\n.RI [ OPTIONS ]",
        ".SH DESCRIPTION",
        _text(top.description or ""),
        ".SH COMMANDS",
    ]
    for name, one in _commands(top):
        lines += [f".SS {_text(name)}", _text(one.description or one.format_usage())]
        lines += _options(one)
    lines += [".SH FILES", *_table(_FILES), ".SH ENVIRONMENT", *_table(_VARIABLES)]
    return "\n".join(lines) + "\n"


def _commands(
    parent: argparse.ArgumentParser, above: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parent._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                yield f"{above}{name}", one
                yield from _commands(one, f"{above}{name} ")


def _options(one: argparse.ArgumentParser) -> Iterator[str]:
    formatter = argparse.HelpFormatter(prog="sotto")
    for action in one._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            continue
        if action.help is argparse.SUPPRESS:
            continue
        named = formatter._format_action_invocation(action)
        told = formatter._expand_help(action) if action.help else ""
        yield f".TP\n.B {_text(named)}\n{_text(told)}"


def _table(rows: tuple[tuple[str, str], ...]) -> list[str]:
    return [f".TP\n.I {_text(name)}\n{_text(told)}" for name, told in rows]


def _text(text: str) -> str:
    """Nothing of it is taken for a request of roff's."""
    plain = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
