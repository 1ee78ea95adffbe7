"""A composer with a prompt library over a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assembly import open_memory_storage
from app.chats.background import Background
from app.chats.values import Problem
from app.prompts.library import PromptLibrary
from app.words import Words
from tests.ui.chat.conftest import make_panel  # noqa: F401 - a fixture
from tests.ui.chat.stage import Stage
from ui.bridge.dispatcher import Dispatcher
from ui.prompts.blanks_form import BlanksForm
from ui.prompts.door import PromptDoor
from ui.prompts.picker import PromptPicker
from ui.prompts.prompt_form import PromptForm
from ui.theme.theme import Theme


@dataclass
class Desk:
    """The door with what is before and behind it."""

    stage: Stage
    door: PromptDoor
    library: PromptLibrary
    problems: list[Problem]
    qtbot: QtBot

    @property
    def picker(self) -> PromptPicker:
        assert self.door.picker is not None
        return self.door.picker

    def blanks(self) -> BlanksForm:
        """The form that asks, once it is there."""
        self.qtbot.waitUntil(lambda: isinstance(self.door.form, BlanksForm))
        assert isinstance(self.door.form, BlanksForm)
        return self.door.form

    def form(self) -> PromptForm:
        assert isinstance(self.door.form, PromptForm)
        return self.door.form

    def add(self, name: str, text: str) -> None:
        """Save a prompt and wait until it is read."""
        before = len(self.library.own)
        self.library.add(name, text)
        self.qtbot.waitUntil(lambda: len(self.library.own) > before)


@pytest.fixture
def desk(
    make_panel: Callable[..., Stage],  # noqa: F811 - the fixture
    theme: Theme,
    words: Words,
    qapp: QApplication,
    qtbot: QtBot,
) -> Iterator[Desk]:
    stage = make_panel()
    storage, chores, dispatcher = open_memory_storage(), ThreadPoolExecutor(1), Dispatcher(qapp)
    problems: list[Problem] = []
    background = Background(storage, chores, dispatcher.post, problems.append)
    library = PromptLibrary(background, "en")
    door = PromptDoor(theme, words, stage.panel.composer, library)
    yield Desk(stage, door, library, problems, qtbot)
    background.close()
