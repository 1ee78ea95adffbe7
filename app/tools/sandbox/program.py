"""Runs a program in the box, in place of this one.  Standard library only."""

from __future__ import annotations

import os
from collections.abc import Sequence


def main(arguments: Sequence[str], places: dict[str, str]) -> None:
    """Become the program with these arguments, its path first.

    Args:
        arguments: of the program; an argument that begins with a place gets where that is.
        places: where mounts are.
    """
    told = [_placed(one, places) for one in arguments]
    os.execv(told[0], told)  # noqa: S606 - no shell


def _placed(argument: str, places: dict[str, str]) -> str:
    for target, place in places.items():
        if argument == target or argument.startswith(f"{target}/"):
            return place + argument[len(target) :]
    return argument
