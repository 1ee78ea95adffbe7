from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.chats.changes import ModelState
from engine.requests import AnswerRequest
from tests.e2e.conftest import Driver, OpenWindow
from ui.settings.answers_page import AnswersPage
from ui.settings.diagnostics_page import DiagnosticsPage
from ui.settings.model_page import ModelPage
from ui.settings.page import SettingsPage


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


def open_settings(driver: Driver, kind: type[SettingsPage]) -> SettingsPage:
    """Open the settings by their key and go to a page."""
    window = driver.session.window
    driver.qtbot.keySequence(window.panel.composer.edit, QKeySequence("Ctrl+,"))
    screen = driver.session.settings_screen
    assert screen.isVisible()
    (page,) = [page for page in screen.pages if isinstance(page, kind)]
    screen.open_page(screen.pages.index(page))
    return page


def requests_of(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[AnswerRequest]:
    """What is asked of the real engine from now on."""
    asked: list[AnswerRequest] = []
    engine = driver.session.service._engine
    answer = engine.answer

    def note(request: AnswerRequest) -> None:
        asked.append(request)
        answer(request)

    monkeypatch.setattr(engine, "answer", note)
    return asked


def test_a_changed_temperature_goes_with_the_next_message_and_into_the_file(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requests_of(driver, monkeypatch)
    page = open_settings(driver, AnswersPage)
    assert isinstance(page, AnswersPage)
    field = page.temperature.field
    field.selectAll()
    driver.qtbot.keyClicks(field, "0.3")
    driver.qtbot.keyClick(field, Qt.Key.Key_Return)
    driver.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert driver.session.window.panel.composer.edit.hasFocus()
    driver.say("Hello")

    assert [request.sampling.temperature for request in asked] == [0.3]
    assert driver.session.settings._file.load().temperature == 0.3


def test_a_smaller_context_is_loaded_and_seen(driver: Driver) -> None:
    before = driver.status.context_limit_tokens
    page = open_settings(driver, ModelPage)
    assert isinstance(page, ModelPage)
    driver.wait(lambda: bool(page.memory.bars))
    driver.qtbot.keyClicks(page.rows.context.field, "4096")
    driver.qtbot.keyClick(page.rows.context.field, Qt.Key.Key_Return)
    driver.wait(lambda: "4,096 tokens" in page.memory.sentence.text())
    strip = driver.session.settings_screen.strip
    driver.changes.clear()
    driver.qtbot.mouseClick(strip.load, Qt.MouseButton.LeftButton)
    driver.wait_until_ready()

    assert before == 8192
    assert driver.status.context_limit_tokens == 4096
    assert not strip.isVisible()
    loaded = driver.status.loaded
    assert loaded is not None
    assert loaded.plan.context_tokens == 4096
    driver.qtbot.keyClick(page.rows.context.field, Qt.Key.Key_Escape)
    assert driver.say("Hello").text == "Hello! How can I help you?"


def test_a_load_that_is_given_up_leaves_no_model_until_the_next(driver: Driver) -> None:
    open_settings(driver, ModelPage)
    service, strip = driver.session.service, driver.session.settings_screen.strip
    driver.session.settings.change(context_tokens=2048)
    driver.changes.clear()
    service.load_model()
    driver.wait(lambda: driver.status.state is ModelState.LOADING)
    driver.qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.status.state is not ModelState.LOADING)
    if driver.status.state is ModelState.ABSENT:
        assert strip.said.text() == "No model is loaded"
    driver.changes.clear()
    service.load_model()
    driver.wait_until_ready()
    assert driver.status.context_limit_tokens == 2048


def test_the_diagnostics_know_this_installation_and_the_last_turn(driver: Driver) -> None:
    driver.say("Hello")
    page = open_settings(driver, DiagnosticsPage)
    assert isinstance(page, DiagnosticsPage)
    driver.wait(page.copy.isEnabled)
    text = page.text.toPlainText()

    assert "llama.cpp features:" in text
    assert "plan: context 8192" in text
    assert "last turn: 0 repaired" in text
    assert "Hello" not in text
