"""What instructions are written with, over a real settings file; counting is done at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.chats.background import problem_from
from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.instructions.shelf import PresetShelf
from app.instructions.text import tokens_of
from app.settings import SettingsFile
from app.vocabulary import SharedVocabulary
from engine.errors import UserFacingError
from ui.instructions.doors import InstructionDoors


@dataclass
class Desk:
    """The settings and what was told of them."""

    current: CurrentSettings
    vocabulary: SharedVocabulary
    problems: list[Problem] = field(default_factory=list)

    def count(
        self, text: str, on_done: Callable[[int], None], on_failed: Callable[[Problem], None]
    ) -> None:
        try:
            on_done(tokens_of(text, self.vocabulary().encode))
        except UserFacingError as error:
            on_failed(problem_from(error))

    def doors(self, language: str = "en") -> InstructionDoors:
        return InstructionDoors(
            PresetShelf(self.current, language),
            self.count,
            lambda: self.current.value.instructions,
            self.problems.append,
        )


@pytest.fixture(scope="session")
def vocabulary() -> SharedVocabulary:
    return SharedVocabulary()


@pytest.fixture
def desk(tmp_path: Path, vocabulary: SharedVocabulary) -> Desk:
    return Desk(CurrentSettings(SettingsFile(tmp_path / "settings.json")), vocabulary)
