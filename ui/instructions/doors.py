"""What the places where instructions are written ask of the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.chats.values import Problem
from app.instructions.shelf import PresetShelf

Count = Callable[[str, Callable[[int], None], Callable[[Problem], None]], None]
"""Counts the tokens of a text elsewhere; then calls the first or, if there are too many, the
second."""


@dataclass(frozen=True, slots=True)
class InstructionDoors:
    """UI thread.

    Attributes:
        shelf: presets.
        count: see `Count`.
        general: the instructions for all chats.
        on_problem: told that settings could not be written.
    """

    shelf: PresetShelf
    count: Count
    general: Callable[[], str]
    on_problem: Callable[[Problem], None]
