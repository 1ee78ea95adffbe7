"""The grammar of `sotto export`, `import`, `backup` and `restore`.  Imports nothing of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

FORMS: Final = {"md": "markdown", "markdown": "markdown", "html": "html", "json": "json"}


def add_archive(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands."""
    export = commands.add_parser(
        "export",
        help="write chats into a file, as Markdown, HTML or JSON",
        description="Write chats into a file. The file is not encrypted. JSON holds whole chats "
        "and can be brought in again; Markdown and HTML hold the branch that is shown.",
    )
    export.add_argument("file", type=Path, metavar="FILE", help="where to")
    export.add_argument(
        "--format",
        choices=sorted(FORMS),
        help="what to write; without it, what the name of the file ends with",
    )
    export.add_argument("--chat", metavar="NAME", help="this chat only; without it, all")
    export.add_argument("--thoughts", action="store_true", help="with the filtered thoughts")
    bring = commands.add_parser(
        "import",
        help="bring chats in from Sotto's JSON or from a ChatGPT export",
        description="Bring chats in: from a JSON file that Sotto exported, from the zip file of a "
        "ChatGPT export, or from its conversations.json. What is there already stays as it is.",
    )
    bring.add_argument("file", type=Path, metavar="FILE", help="where from")
    bring.add_argument(
        "--dry-run", action="store_true", help="say what would come in, and bring nothing in"
    )
    backup = commands.add_parser(
        "backup",
        help="write an encrypted copy of all chats",
        description="Write an encrypted copy of all chats into one file, which a passphrase of its "
        "own opens on any machine. It is read again to prove it.",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="where to")
    restore = commands.add_parser(
        "restore",
        help="put the chats of a backup in place of the present ones",
        description="Put the chats of a backup in place of the present ones, which are kept beside "
        "them. Close Sotto first.",
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="where from")
    restore.add_argument("--yes", action="store_true", help="do not ask")
