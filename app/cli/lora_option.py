"""The option `--lora`, which the command line and the window have.

Imports little: the window reads its arguments before anything else.
"""

from __future__ import annotations

import argparse

from app.adapters import parse_adapter
from engine.adapters import MAX_SCALE
from engine.requests import Adapter


def add_lora(parser: argparse.ArgumentParser) -> None:
    """The option `--lora`, which the window has too."""
    parser.add_argument(
        "--lora",
        type=_adapter,
        action="append",
        default=[],
        metavar="FILE[:SCALE]",
        help=f"a LoRA adapter over the model, at a strength from 0 to {MAX_SCALE:g} (1);"
        " may be given several times",
    )


def _adapter(text: str) -> Adapter:
    try:
        return parse_adapter(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"must be a file and a strength from 0 to {MAX_SCALE:g}"
        ) from error
