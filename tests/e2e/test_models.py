from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from tests.e2e.conftest import Driver, OpenWindow
from ui.models.model_card import ModelCard
from ui.models.page import ModelsPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


@pytest.fixture
def variant(tmp_path: Path, practice_model_path: Path) -> Path:
    """A model of the user's: the practice model under another name."""
    file = tmp_path / "variant.gguf"
    shutil.copyfile(practice_model_path, file)
    return file


def open_models(driver: Driver) -> ModelsPage:
    driver.qtbot.keySequence(driver.session.window, QKeySequence("Ctrl+Shift+M"))
    screen = driver.session.settings_screen
    page = screen.stack.currentWidget()
    assert isinstance(page, ModelsPage)
    return page


def choose(card: ModelCard, text: str) -> None:
    menu = card.make_menu()
    next(one for one in menu.actions() if one.text() == text).trigger()
    menu.close()


def test_a_dropped_model_is_used_in_an_open_chat_and_another_one_after_it(
    driver: Driver, variant: Path
) -> None:
    driver.say("Hello")
    window = driver.session.window
    assert window.panel.drop_place.sift((variant, Path("notes.txt"))) == (Path("notes.txt"),)
    assert window.banner.isVisible()
    driver.qtbot.mouseClick(window.banner.action, LEFT)
    driver.wait(lambda: driver.session.settings.value.model_path is not None)
    driver.wait_until_ready()
    used_file = Path(driver.session.settings.value.model_path or "")
    assert used_file.samefile(variant)  # linked, not copied
    driver.say("And now?")
    assert len(driver.ended) == 2  # one chat, answered by two models

    page = open_models(driver)
    library = driver.session.models.desk().library
    used = library.chosen_id
    driver.wait(lambda: page.library.cards[used].outlook.speed.text().startswith("Measured here"))
    assert page.library.cards[used].sign.text() == "In use"

    driver.qtbot.mouseClick(page.library.cards["practice"].use, LEFT)
    driver.wait(lambda: page.library.cards["practice"].sign.text() == "In use")
    driver.wait_until_ready()

    choose(page.library.cards[used], "Delete")
    assert used not in page.library.cards
    assert not used_file.exists()
    driver.qtbot.mouseClick(page.library.gone[0].undo, LEFT)
    driver.wait(lambda: used in page.library.cards)
    assert used_file.samefile(variant)
