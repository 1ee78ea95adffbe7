"""The real window on the real engine, the practice model and a real encrypted history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import resources
from app.chats.changes import (
    AnswerTextAdded,
    BusyChanged,
    ChatChange,
    MessageEnded,
    ModelState,
    StatusChanged,
)
from app.chats.values import Message
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from app.thoughts.display import ThoughtsDisplay
from app.words import Words
from engine.harmony.messages import Effort
from ui.session import WindowSession
from ui.theme.theme import Theme

PATIENCE_MS = 60_000
W = TypeVar("W", bound=QWidget)


@dataclass
class Driver:
    """Uses a window as a person would, and waits for what a person would see."""

    session: WindowSession
    qtbot: QtBot
    changes: list[ChatChange]

    @property
    def window(self) -> QWidget:
        return self.session.window

    def shown(self, kind: type[W]) -> list[W]:
        """The visible widgets of a kind."""
        return [one for one in self.window.findChildren(kind) if one.isVisible()]

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_until_ready(self) -> None:
        self.wait(lambda: self.status.state is ModelState.READY)

    @property
    def status(self) -> StatusChanged:
        told = [change for change in self.changes if isinstance(change, StatusChanged)]
        return told[-1] if told else StatusChanged()

    @property
    def ended(self) -> list[Message]:
        return [change.message for change in self.changes if isinstance(change, MessageEnded)]

    @property
    def is_busy(self) -> bool:
        told = [change for change in self.changes if isinstance(change, BusyChanged)]
        return bool(told) and told[-1].is_busy

    def type(self, text: str) -> None:
        """Type into the composer and press Return."""
        edit = self.session.window.panel.composer.edit
        edit.setFocus()
        self.qtbot.keyClicks(edit, text) if text.isascii() else edit.insertPlainText(text)
        self.qtbot.keyClick(edit, Qt.Key.Key_Return)

    def choose(self, effort: Effort) -> None:
        self.session.window.panel.composer.set_effort(effort)

    def say(self, text: str) -> Message:
        """Send a message and wait for the whole answer."""
        before = len(self.ended)
        self.type(text)
        self.wait(lambda: len(self.ended) > before and not self.is_busy)
        return self.ended[-1]

    def say_and_wait_for_words(self, text: str) -> None:
        """Send a message and wait until the answer has begun."""
        self.changes.clear()
        self.type(text)
        self.wait(lambda: any(isinstance(one, AnswerTextAdded) for one in self.changes))

    def settle(self) -> None:
        """Wait until everything asked of the storage is written and shown."""
        for _ in range(3):
            self.session.service._background._storage.submit(lambda _store: None).result()
            self.qtbot.waitUntil(lambda: True)
            QApplication.processEvents()


OpenWindow = Callable[..., Driver]


@pytest.fixture
def environ(tmp_path: Path, practice_model_path: Path) -> dict[str, str]:
    # The first start was gone through before, but for its own tests.
    SettingsFile(tmp_path / "config" / "settings.json").update(first_start="done")
    return {
        "SOTTO_DATA_DIR": str(tmp_path / "data"),
        "SOTTO_CONFIG_DIR": str(tmp_path / "config"),
        "SOTTO_STATE_DIR": str(tmp_path / "state"),
        "SOTTO_CACHE_DIR": str(practice_model_path.parent),
        "SOTTO_PASSPHRASE": "quiet please",
    }


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, environ: dict[str, str]) -> Iterator[OpenWindow]:
    """Open a window on the same history; may be called again after `close`."""
    opened: list[WindowSession] = []

    def open_one(language: str = "en", theme: str = "light", *, is_first: bool = False) -> Driver:
        paths = Paths.from_environment(environ)
        settings = SettingsFile(paths.settings)
        shown = ThoughtsDisplay.FILTERED
        settings.update(temperature=0.0, effort=Effort.LOW, thoughts_display=shown)
        if is_first:
            settings.update(first_start="machine")
        key = KeyVault(paths.data, environ).open_unattended()
        words = Words(language, resources.path("translations"))
        session = WindowSession(paths, key, settings, words, Theme(qapp, theme))
        opened.append(session)
        driver = Driver(session, qtbot, [])
        session.service.subscribe(driver.changes.append)
        session.start()
        return driver

    yield open_one
    for session in opened:
        session.close()
        session.window.deleteLater()
