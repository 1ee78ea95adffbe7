from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.e2e.conftest import Driver, OpenWindow
from ui.card.page import CardPage
from ui.card.rows import FactRow
from ui.models.page import ModelsPage


def press_sign(driver: Driver, qtbot: QtBot) -> None:
    sign = driver.session.window.top_bar.practice_sign
    qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)


def press_sign_by_key(driver: Driver, qtbot: QtBot) -> None:
    sign = driver.session.window.top_bar.practice_sign
    sign.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(sign, Qt.Key.Key_Return)


def press_sign_in_the_sidebar(driver: Driver, qtbot: QtBot) -> None:
    sign = driver.session.window.sidebar.foot.practice_sign
    qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("press", [press_sign, press_sign_by_key, press_sign_in_the_sidebar])
def test_the_practice_sign_leads_to_the_card(
    open_window: OpenWindow, qtbot: QtBot, press: Callable[[Driver, QtBot], None]
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    press(driver, qtbot)
    pages: list[QWidget] = list(driver.shown(CardPage))
    assert len(pages) == 1
    driver.wait(lambda: bool(driver.shown(FactRow)))
    layers = driver.shown(FactRow)[0]
    assert (layers.name.text(), layers.card.text(), layers.file.text()) == ("Layers", "24", "4")
    qtbot.keyClick(driver.session.settings_screen, Qt.Key.Key_Escape)
    assert not driver.shown(CardPage)


def test_the_model_s_name_leads_to_the_models(open_window: OpenWindow, qtbot: QtBot) -> None:
    driver = open_window()
    driver.wait_until_ready()
    name = driver.session.window.sidebar.foot.model_name
    qtbot.mouseClick(name, Qt.MouseButton.LeftButton)
    pages: list[QWidget] = list(driver.shown(ModelsPage))
    assert len(pages) == 1
