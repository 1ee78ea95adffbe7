"""The lab's page in the settings, over a real lab whose engine follows a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.lab.trial import TRIAL_TOKENS
from app.words import Words
from engine.events import EngineEvent, Finished, StopReason, Usage
from engine.requests import AnswerRequest
from tests.app.lab.conftest import LabBench
from tests.app.service.conftest import Script, ScriptedEngine
from tests.ui.settings.conftest import READY, Room, room, screen
from ui.lab.page import LabPage
from ui.theme.theme import Theme

__all__ = ["room", "screen"]

OpenPage = Callable[..., LabPage]


def measured(script: Script) -> Script:
    """The same script, after an answer to the short question that measures the speed."""

    def both(engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        if request.max_reply_tokens != TRIAL_TOKENS:
            return script(engine, request)
        usage = Usage(read_tokens=100, read_seconds=1.0, reply_tokens=48, reply_seconds=4.8)
        return [Finished(request.turn_id, StopReason.TOKEN_LIMIT, usage)]

    return both


@pytest.fixture
def bench(room: Room) -> LabBench:
    """The lab behind the page, with a model."""
    room.lab.persona = measured(room.lab.persona)
    room.lab.load()
    return room.lab


@pytest.fixture
def open_page(room: Room, bench: LabBench, theme: Theme, qtbot: QtBot) -> OpenPage:
    """Opens the page in a language, alone in a window of a width."""

    def open_it(words: Words, width: int = 1000) -> LabPage:
        made = LabPage(room.desk(theme, words))
        qtbot.addWidget(made)
        made.resize(width, 860)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        made.show_status(READY)
        made.refresh()
        bench.settle()
        return made

    return open_it


@pytest.fixture
def page(open_page: OpenPage, words: Words) -> LabPage:
    """In English and wide."""
    return open_page(words)
