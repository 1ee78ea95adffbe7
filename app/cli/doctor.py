"""`sotto doctor`: prints the report on this installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO


def print_report(out: TextIO, environ: Mapping[str, str], *, as_json: bool) -> None:
    """Print what is here: versions, devices, model, keyring, folders."""
    raise NotImplementedError
