"""The page of models over a real desk, real files and a Hub on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.models.desk import ModelDesk
from app.models.values import LibraryModel, Origin
from app.words import Words
from tests.servers.hub.server import HubServer, hub_server
from tests.ui.settings import conftest as settings
from tests.ui.settings.conftest import READY, Room
from ui.models.doors import ModelDoors
from ui.models.page import ModelsPage
from ui.theme.theme import Theme

room = settings.room


@dataclass
class Asked:
    """What the user answers, and what the desktop was asked to show."""

    folder: Path | None = None
    files: tuple[Path, ...] = ()
    name: str = ""
    shown: list[Path] = field(default_factory=list)

    @property
    def doors(self) -> ModelDoors:
        """The answers as doors."""

        def folder(parent: QWidget, title: str, begin: Path) -> Path | None:
            del parent, title, begin
            return self.folder

        def files(parent: QWidget, words: Words, title: str) -> tuple[Path, ...]:
            del parent, words, title
            return self.files

        def name(parent: QWidget, title: str, now: str) -> str:
            del parent, title, now
            return self.name

        return ModelDoors(folder, files, name, self.shown.append)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as made:
        yield made


@pytest.fixture
def models(room: Room, hub: HubServer) -> ModelDesk:
    room.current.change(hub_endpoint=hub.endpoint)
    return room.models.desk()


@pytest.fixture
def gguf(tmp_path: Path, practice_model_path: Path) -> Path:
    """A copy of the practice model under another name."""
    file = tmp_path / "mine" / "small-oss.gguf"
    file.parent.mkdir()
    shutil.copyfile(practice_model_path, file)
    return file


@pytest.fixture
def mine(models: ModelDesk, gguf: Path) -> LibraryModel:
    """A model of the user's, beside the practice model."""
    size = gguf.stat().st_size
    found = LibraryModel("small-oss", "small-oss", (gguf,), size, Origin.DOWNLOADED, "me/small")
    return models.library.add(replace(found))


@pytest.fixture
def page(
    room: Room, models: ModelDesk, theme: Theme, words: Words, asked: Asked, qtbot: QtBot
) -> Iterator[ModelsPage]:
    """Shown and active, with a model that is ready."""
    del models
    made = ModelsPage(room.desk(theme, words), asked.doors)
    qtbot.addWidget(made)
    made.resize(900, 860)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_status(READY)
    made.refresh()
    yield made
    made.hide()
