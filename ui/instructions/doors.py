"""What the places where instructions are written ask of the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.chats.values import Problem
from app.chores import Chores
from app.current_settings import CurrentSettings
from app.instructions.shelf import PresetShelf
from app.instructions.text import tokens_of
from app.vocabulary import SharedVocabulary

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


def instruction_doors(
    current: CurrentSettings,
    language: str,
    chores: Chores,
    vocabulary: SharedVocabulary,
    on_problem: Callable[[Problem], None],
) -> InstructionDoors:
    """Over the settings; tokens are counted on a chores thread."""

    def count(
        text: str, on_done: Callable[[int], None], on_failed: Callable[[Problem], None]
    ) -> None:
        chores.run(lambda: tokens_of(text, vocabulary().encode), on_done, on_failed)

    return InstructionDoors(
        PresetShelf(current, language), count, lambda: current.value.instructions, on_problem
    )
