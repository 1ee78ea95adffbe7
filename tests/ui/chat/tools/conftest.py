"""A chat panel over a store that hands things out when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pandas as pd
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageWriter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.chat.stage import Clock, Stage
from tests.ui.chat.tools.records import PLOT, SOUND, TABLE
from ui.chat.panel import ChatPanel
from ui.chat.tools.doors import ToolDoors
from ui.theme.theme import Theme


def png(width: int = 640, height: int = 480) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


@dataclass
class Store:
    """Hands out attachments when it is told to, as the storage thread does: later."""

    kept: dict[int, bytes]
    asked: list[tuple[int, Callable[[bytes], None]]] = field(default_factory=list)
    saved: list[tuple[str, bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    went_on: list[bool] = field(default_factory=list)
    is_full: bool = False

    def load(self, ref_id: int, on_done: Callable[[bytes], None]) -> None:
        self.asked.append((ref_id, on_done))

    def answer_all(self) -> None:
        asked, self.asked = self.asked, []
        for ref_id, on_done in asked:
            on_done(self.kept[ref_id])

    def save(self, asking: QWidget, name: str, data: bytes) -> bool:
        del asking
        self.saved.append((name, data))
        return not self.is_full

    def doors(self) -> ToolDoors:
        return ToolDoors(
            load_attachment=self.load,
            save=self.save,
            read_file=lambda name, on_done: on_done(self.files.get(name)),
            go_on=lambda: self.went_on.append(True),
        )


@pytest.fixture
def store() -> Store:
    table = pd.DataFrame({"n": [1, 2]}).to_html().encode()
    return Store({PLOT.id: png(), TABLE.id: table, SOUND.id: b"RIFF"})


@pytest.fixture
def stage(qtbot: QtBot, theme: Theme, words: Words, store: Store) -> Iterator[Stage]:
    host = QWidget()
    host.resize(900, 800)
    qtbot.addWidget(host)
    clock = Clock()
    panel = ChatPanel(theme, words, host, now=clock, doors=store.doors())
    panel.setGeometry(0, 0, 900, 800)
    host.show()
    host.activateWindow()
    yield Stage(panel, clock, [])
    panel.close_threads()
    host.close()
