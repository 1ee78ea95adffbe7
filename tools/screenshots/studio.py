"""A real window on the practice model, used as a person would, and photographed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app import resources
from app.chats.changes import (
    BusyChanged,
    ChatChange,
    MessageEnded,
    ModelState,
    PermissionAsked,
    StatusChanged,
)
from app.paths import Paths
from app.secrets import KeyVault
from app.settings import SettingsFile
from app.words import Words
from engine.harmony.messages import Effort
from ui.session import WindowSession
from ui.theme.theme import Theme

_PATIENCE_SECONDS: Final = 120.0
_CALM_SECONDS: Final = 0.6
"""For formulas, highlighting and what moves in."""


class Studio:
    """One window, and a folder for its pictures.

    Args:
        application: Qt's.
        home: an empty folder for data, settings, state and cache.
        pictures: where PNG files go.
        language: "en" or "ko".
        look: a `ui.theme.theme.ThemeMode`.
    """

    def __init__(
        self, application: QApplication, home: Path, pictures: Path, language: str, look: str
    ) -> None:
        self._application = application
        self._pictures = pictures
        names = ("data", "config", "cache", "state")
        os.environ.update({f"SOTTO_{name.upper()}_DIR": str(home / name) for name in names})
        paths = Paths.from_environment(os.environ)
        settings = SettingsFile(paths.settings)
        settings.update(temperature=0.0, effort=Effort.LOW, theme=look, language=language)
        settings.update(first_start="done")
        vault = KeyVault(paths.data, os.environ)
        self.theme = Theme(application, look)
        self.theme.set_reduced_motion(True)
        words = Words(language, resources.path("translations"))
        key = vault.create_unencrypted()
        self.session = WindowSession(paths, key, settings, words, self.theme)
        self.window = self.session.window
        self.told: list[ChatChange] = []
        self.session.service.subscribe(self.told.append)
        self.window.show()
        self.session.start()
        self.wait(lambda: self.heard(StatusChanged, lambda one: one.state is ModelState.READY))

    def close(self) -> None:
        """End the window and its threads."""
        self.session.close()
        self.window.deleteLater()

    def size(self, width: int, height: int) -> None:
        """Give the window a size, in logical px."""
        self.window.resize(width, height)
        self.calm()

    def ask(self, text: str) -> None:
        """Write a message, send it and wait for the whole answer."""
        self._send(text)
        self.wait(lambda: self.heard(MessageEnded) and self.is_idle)
        self.calm()

    def ask_and_wait_for_question(self, text: str) -> None:
        """The same, until a call waits for permission."""
        self._send(text)
        self.wait(lambda: self.heard(PermissionAsked))
        self.calm()

    def take(self, name: str) -> None:
        """Save a picture of the window, with what floats above it."""
        self.calm()
        picture = self.window.grab()
        for other in QApplication.topLevelWidgets():
            if other.isVisible() and other is not self.window:
                self._add(picture, other)
        self._pictures.mkdir(parents=True, exist_ok=True)
        picture.save(str(self._pictures / f"{name}.png"))

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until something holds.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def calm(self, seconds: float = _CALM_SECONDS) -> None:
        """Let everything that is under way come to its end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def heard(
        self, kind: type[ChatChange], which: Callable[[Any], bool] = lambda _change: True
    ) -> bool:
        """Whether the service told of something since the last message was sent."""
        return any(isinstance(one, kind) and which(one) for one in self.told)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being answered."""
        busy = [one for one in self.told if isinstance(one, BusyChanged)]
        return not busy or not busy[-1].is_busy

    def _send(self, text: str) -> None:
        self.window.panel.composer.set_text(text)
        self.calm(0.1)
        self.told.clear()
        self.window.panel.composer.submit()

    def _add(self, picture: QPixmap, other: QWidget) -> None:
        place = self.window.mapFromGlobal(other.pos())
        painter = QPainter(picture)
        painter.drawPixmap(place, other.grab())
        painter.end()
