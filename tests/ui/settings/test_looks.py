"""Facts of pixels and geometry that hold for every page of the settings."""

from __future__ import annotations

from contextlib import suppress

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.looks.audit import contrast_findings, geometry_findings
from tests.ui.settings.conftest import Room
from ui.settings.pages import make_settings
from ui.settings.screen import SettingsScreen
from ui.theme.theme import Theme


@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_on_any_page_is_cut_off_or_pale(
    look: str, language: str, room: Room, theme: Theme, words: Words, korean: Words, qtbot: QtBot
) -> None:
    theme.set_mode(look)
    screen = make_settings(room.desk(theme, korean if language == "ko" else words))
    qtbot.addWidget(screen)
    screen.resize(360 if look == "dark" else 1180, 780)
    screen.show()
    findings = []
    for number, page in enumerate(screen.pages):
        screen.open_page(number)
        found = _found(screen, qtbot)
        findings += [f"{type(page).__name__}: {one}" for one in found]
    theme.set_mode("light")
    assert not findings, "\n".join(findings)


def _found(screen: SettingsScreen, qtbot: QtBot) -> list[str]:
    """What is wrong and stays so: pages are laid out in steps, and plans of memory come late."""
    for _ in range(8):
        QApplication.processEvents()

    def look() -> list[str]:
        return geometry_findings(screen) + contrast_findings(screen)

    with suppress(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: not look(), timeout=2000)
    return look()
