"""The grammar of `sotto models`.  Imports nothing of models, for the other commands' sake."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Final, TypeAlias

Parts: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name

_NAME: Final = "a name from `sotto models list`"
_REFERENCE: Final = (
    "a repository of the Hugging Face Hub (owner/name), one of its files or quantisations behind "
    "a colon (owner/name:MXFP4), the address of its page, or the address of a .gguf file"
)
_UNITS: Final = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_MAX_SECONDS: Final = 1e9
_MAX_KIB: Final = 10_000_000
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
    show = _add_part(
        parts,
        "show",
        "say all that is known of a model",
        "Its files, where each fact of it was found, where it would run here and about how fast.",
    )
    show.add_argument("name", metavar="NAME", help=_NAME)
    _add_adding(parts)
    _add_download(parts)
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
    verify.add_argument(
        "--repair", action="store_true", help="fetch again what is wrong, and nothing else"
    )
    _add_mirror(verify)
    _add_removing(parts)
    _add_update(parts)
    _add_import(parts)


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


def _add_download(parts: Parts) -> None:
    download = _add_part(
        parts,
        "download",
        "fetch a model, or go on with one",
        "Ctrl-C pauses; the same command goes on where it was, and so it does after a crash or a "
        "restart. The model appears under its name once it is whole and checked. HF_TOKEN, or "
        "a token kept in the settings, opens models that are not for everybody; HTTPS_PROXY and "
        "the like name a proxy.",
    )
    download.add_argument("model", metavar="MODEL", help=f"{_NAME}, or {_REFERENCE}")
    download.add_argument(
        "--folder", type=Path, metavar="DIR", help="where to (the folder of the settings)"
    )
    download.add_argument(
        "--limit",
        type=limit,
        metavar="RATE",
        help="take at most so much of the line, in bytes a second: 500K, 5M (as in the settings)",
    )
    download.add_argument(
        "--patience",
        type=_seconds,
        metavar="SECONDS",
        help="give up when nothing has come for so long (never: it waits for the network, for the "
        "server and for room on the disk); what was fetched stays",
    )
    download.add_argument("--use", action="store_true", help="use it from then on")
    _add_mirror(download)


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


def _add_import(parts: Parts) -> None:
    bring = _add_part(
        parts,
        "import",
        "take in models that are already on this computer",
        "They are linked and not copied where the file system allows, and else used where they "
        "are. Each is examined first.",
    )
    bring.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files or folders")
    bring.add_argument(
        "--scan",
        action="store_true",
        help="look through the folders of LM Studio, Ollama, Jan, GPT4All, llama.cpp and the "
        "Hugging Face cache; a terminal asks which to take",
    )
    bring.add_argument("--yes", action="store_true", help="take all that can be used")
    bring.add_argument(
        "--copy",
        action="store_true",
        help="copy models of Ollama's, with the names in them that llama.cpp knows; a copy is as "
        "large as the model, or takes no room on disks that can share files' bytes",
    )


def _add_mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror",
        metavar="ADDRESS",
        help="ask this mirror of the Hub (HF_ENDPOINT, else that of the settings, else the Hub)",
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError("must be 0 or more seconds")
    return value


def limit(text: str) -> int:
    """A rate in KiB a second, from bytes a second with or without a unit; 0 is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?(?:/s)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError("must be a number with K, M or G, such as 5M")
    unit = found[2].lower()
    wanted = float(found[1]) * (_UNITS[unit] if unit else 1)
    if wanted == 0:
        return 0
    kib = max(1, round(wanted / (1 << 10)))
    if kib > _MAX_KIB:
        raise argparse.ArgumentTypeError("is more than any line carries")
    return kib
