from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.chats.changes import ModelState
from app.chats.values import MessageStatus
from app.models.library import PRACTICE_ID
from app.paths import Paths
from app.settings import SettingsFile
from tests.e2e.conftest import Driver, OpenWindow
from ui.models.page import ModelsPage

AT_ONCE = 1e-6


@pytest.fixture
def model(tmp_path: Path, environ: dict[str, str], practice_model_path: Path) -> Path:
    """A model of the user's own, in the settings as an earlier version left it."""
    path = tmp_path / "mine.gguf"
    shutil.copyfile(practice_model_path, path)
    SettingsFile(Paths.from_environment(environ).settings).update(model_path=str(path))
    return path


def lead_on(driver: Driver) -> None:
    """The notice says what is wrong and leads to the models; the practice model is one click."""
    driver.wait(lambda: driver.status.state is ModelState.FAILED)
    notice = driver.session.window.banner.notice
    assert notice is not None
    assert notice.title == "The model file is not there any more."
    assert notice.on_action is not None
    notice.on_action()
    driver.wait(lambda: bool(driver.shown(ModelsPage)))
    (page,) = driver.shown(ModelsPage)
    cards = page.library.cards
    driver.wait(lambda: any(card.model.is_missing for card in cards.values()))
    driver.qtbot.mouseClick(cards[PRACTICE_ID].use, Qt.MouseButton.LeftButton)
    driver.wait_until_ready()


def test_a_file_that_is_gone_at_the_start_is_no_dead_end(
    model: Path, open_window: OpenWindow
) -> None:
    model.unlink()
    driver = open_window()
    lead_on(driver)
    driver.session.window.show_chats()
    assert driver.say("Hello!").status is MessageStatus.COMPLETE


def test_a_file_that_went_while_the_model_rested_loses_no_question(
    model: Path, open_window: OpenWindow
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    driver.say("My name is Anna.")
    driver.session._engine.rest_after(AT_ONCE)
    driver.wait(lambda: driver.status.state is ModelState.RESTING)
    driver.session._engine.rest_after(0.0)
    model.unlink()

    assert driver.say("What is my name?").status is MessageStatus.FAILED

    lead_on(driver)
    driver.session.window.show_chats()
    answer = driver.say("What is my name?")
    assert answer.status is MessageStatus.COMPLETE
    assert "Anna" in answer.text
