"""The grammar of `sotto models`.  Imports nothing of models, for the other commands' sake."""

from __future__ import annotations

import argparse
from typing import Final, TypeAlias

Parts: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name

_NAME: Final = "a name from `sotto models list`"
_REFERENCE: Final = (
    "a repository of the Hugging Face Hub (owner/name), one of its files or quantisations behind "
    "a colon (owner/name:MXFP4), the address of its page, or the address of a .gguf file"
)
_OUTPUT: Final = (
    "What is printed is for people on a terminal and one JSON object a line elsewhere, or with "
    "--json. Exit codes: 0 done, 1 failed, 2 bad usage, 130 interrupted."
)


def add_models(commands: Parts) -> None:
    """The command and its parts."""
    models = commands.add_parser(
        "models",
        help="list, fetch, check and take away models",
        description="List, fetch, check and take away models. " + _OUTPUT,
    )
    parts = models.add_subparsers(dest="part", metavar="PART", required=True)
    _add_part(
        parts,
        "list",
        "say which models there are and which can be fetched",
        "The last column says where each would run on this computer as it is now.",
    )
    _add_adding(parts)
    use = _add_part(parts, "use", "use a model from now on", "The window takes it when it starts.")
    use.add_argument("name", metavar="NAME", help=_NAME)
    verify = _add_part(
        parts,
        "verify",
        "read every byte of a model and hold it against what was published",
        "Where nobody published what they should be, they are noted and held against that the "
        "next time. Exit code 1 when something is wrong.",
    )
    verify.add_argument("names", nargs="*", metavar="NAME", help=f"{_NAME}; without one, all")
    _add_removing(parts)
    _add_update(parts)


def _add_part(parts: Parts, name: str, help_: str, more: str = "") -> argparse.ArgumentParser:
    """One part, with what all parts understand."""
    said = f"{help_[0].upper()}{help_[1:]}. {more}".strip()
    part = parts.add_parser(name, help=help_, description=said, epilog=_OUTPUT)
    part.add_argument("--json", action="store_true", help="print one JSON object a line")
    return part


def _add_adding(parts: Parts) -> None:
    add = _add_part(
        parts,
        "add",
        "put a gpt-oss model of your choice on the list",
        "Nothing is fetched yet. Where a repository holds several, a terminal asks which.",
    )
    add.add_argument("model", metavar="MODEL", help=_REFERENCE)
    _add_mirror(add)


def _add_removing(parts: Parts) -> None:
    remove = _add_part(
        parts,
        "remove",
        "take a model away, or off the list",
        "Its files are kept aside for a day, in which `sotto models restore` brings them back. "
        "Of a model that other programs keep, only Sotto's own link or entry goes.",
    )
    remove.add_argument("name", metavar="NAME", help=_NAME)
    remove.add_argument("--yes", action="store_true", help="do not ask")
    restore = _add_part(parts, "restore", "bring a model back that was taken away")
    restore.add_argument("name", metavar="NAME", help="what `sotto models remove` was given")


def _add_update(parts: Parts) -> None:
    update = _add_part(
        parts,
        "update",
        "take a newer list of models",
        "It is checked whole before it counts, and an older one is refused. Models that you "
        "added stay.",
    )
    update.add_argument("source", metavar="FILE|ADDRESS", help="where from; addresses by HTTPS")


def _add_mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror",
        metavar="ADDRESS",
        help="ask this mirror of the Hub (HF_ENDPOINT, else that of the settings, else the Hub)",
    )
