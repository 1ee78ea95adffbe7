"""The settings screen of the settings' tests, opened at the card."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.settings.conftest import Room, room, screen
from ui.card.page import CardPage
from ui.settings.page_name import PageName
from ui.settings.screen import SettingsScreen
from ui.theme.theme import Theme

__all__ = ["room", "screen"]


@pytest.fixture
def page(screen: SettingsScreen) -> CardPage:
    screen.open_named(PageName.CARD)
    (found,) = [one for one in screen.pages if isinstance(one, CardPage)]
    return found


@pytest.fixture
def korean_page(room: Room, theme: Theme, korean: Words, qtbot: QtBot) -> CardPage:
    made = CardPage(room.desk(theme, korean))
    qtbot.addWidget(made)
    made.resize(420, 800)
    made.show()
    made.refresh()
    return made
