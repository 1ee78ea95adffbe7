from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.words import Words
from tests.ui.chat.stage import Clock, Stage
from ui.chat.panel import ChatPanel
from ui.theme.theme import Theme


@pytest.fixture
def make_panel(qtbot: QtBot, theme: Theme, words: Words) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []
    hosts: list[QWidget] = []

    def make(width: int = 900, height: int = 700, language: Words = words) -> Stage:
        host = QWidget()
        host.resize(width, height)
        qtbot.addWidget(host)
        hosts.append(host)
        clock = Clock()
        opened: list[str] = []
        panel = ChatPanel(
            theme, language, host, now=clock, open_url=lambda url: opened.append(url.toString())
        )
        panel.setGeometry(0, 0, width, height)
        stage = Stage(panel, clock, opened)
        panel.submitted.connect(lambda text, effort: stage.submitted.append((text, effort)))
        panel.stop_requested.connect(lambda: stage.stops.append(True))
        panel.answer_now_requested.connect(lambda: stage.hurries.append(True))
        host.show()
        panel.apply(StatusChanged(ModelState.READY, "gpt-oss-20b", "CPU"))
        host.activateWindow()
        panel.focus_composer()
        made.append(stage)
        return stage

    yield make
    for stage in made:
        stage.panel.close_threads()
    for host in hosts:
        host.close()


@pytest.fixture
def stage(make_panel: Callable[..., Stage]) -> Stage:
    return make_panel()
