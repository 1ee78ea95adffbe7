"""Reads policies from files."""

from __future__ import annotations

import functools
from pathlib import Path

from pydantic import TypeAdapter

from app import resources
from app.safeguard.values import Policy


def load_policy(file: Path) -> Policy:
    """A policy from a JSON file of the shape of `Policy`.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged.
    """
    return TypeAdapter(Policy).validate_json(file.read_bytes())


@functools.lru_cache(maxsize=1)
def thoughts_policy() -> Policy:
    """The policy for thoughts that are about to be shown, read once.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
    """
    return load_policy(resources.path("safeguard", "thoughts.json"))
