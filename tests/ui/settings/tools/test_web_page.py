from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.tools.browser.provider_settings import PROVIDERS, SearchProvider, key_name
from engine.errors import UserFacingError
from tests.ui.settings.conftest import Room
from ui.settings.screen import SettingsScreen
from ui.settings.web_page import CHOICES, WebPage


@pytest.fixture
def page(screen: SettingsScreen) -> WebPage:
    (found,) = [page for page in screen.pages if isinstance(page, WebPage)]
    screen.open_page(screen.pages.index(found))
    return found


def choose(page: WebPage, provider: SearchProvider) -> None:
    page.provider.choose(CHOICES.index(provider))


def test_nobody_searches_until_someone_is_chosen(page: WebPage) -> None:
    assert page.provider.text() == "Nobody"
    assert not page.address_row.isVisible()
    assert not page.key_row.isVisible()
    assert not page.test_row.isVisible()


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_each_choice_is_explained_and_asks_for_what_it_needs(
    page: WebPage, room: Room, provider: SearchProvider
) -> None:
    before = page.provider_row.hint.text()
    choose(page, provider)
    assert room.file.load().search_provider is provider
    assert page.provider_row.hint.text() not in ("", before)
    assert page.address_row.isVisible() == PROVIDERS[provider].needs_address
    assert page.key_row.isVisible() == PROVIDERS[provider].needs_key


def test_a_key_goes_into_the_keyring_and_is_never_shown(
    page: WebPage, room: Room, qtbot: QtBot
) -> None:
    choose(page, SearchProvider.BRAVE)
    assert page.key_said.text().startswith("No key yet.")
    qtbot.keyClicks(page.key, "s3cret")
    qtbot.keyClick(page.key, Qt.Key.Key_Return)
    assert room.tools.keyring.kept == {key_name(SearchProvider.BRAVE): "s3cret"}
    assert page.key.text() == ""
    assert page.key_said.text().startswith("A key is set.")
    assert "s3cret" not in room.file._path.read_text("utf-8")
    choose(page, SearchProvider.EXA)
    assert page.key_said.text().startswith("No key yet.")
    choose(page, SearchProvider.BRAVE)
    page.forget_key.click()
    assert room.tools.keyring.kept == {}
    assert not page.forget_key.isVisible()


def test_a_keyring_that_does_not_answer_is_told(page: WebPage, room: Room) -> None:
    choose(page, SearchProvider.TAVILY)
    room.tools.keyring.is_locked = True
    page.key.setText("x")
    page.keep_key.click()
    assert "keyring" in page.key_said.text().lower()
    assert not page.key_said.text().startswith("A key is set.")


def test_an_address_is_checked_before_it_is_kept(page: WebPage, room: Room) -> None:
    choose(page, SearchProvider.SEARXNG)
    page.address.setText("not an address")
    page.address.editingFinished.emit()
    assert page.address_said.text().startswith("This is no address of a search server.")
    assert room.file.load().searxng_url == ""
    page.address.setText("localhost:8888/")
    page.address.editingFinished.emit()
    assert page.address_said.isHidden()
    assert room.file.load().searxng_url == "https://localhost:8888"


def test_a_trial_says_what_it_found_or_what_is_wrong(page: WebPage, room: Room) -> None:
    choose(page, SearchProvider.DDGS)
    page.test.click()
    assert page.test_row.hint.text() == "It works. First result: Weather in Oslo"
    room.tools.found = UserFacingError("The search failed.", "Wait a moment.")
    page.test.click()
    assert page.test_row.hint.text() == "The search failed. Wait a moment."
    assert page.test.isEnabled()


def test_the_keyring_is_left_alone_when_other_settings_change(page: WebPage, room: Room) -> None:
    choose(page, SearchProvider.BRAVE)
    room.tools.keyring.is_locked = True
    room.current.change(text_percent=110)
    assert page.key_said.text().startswith("No key yet.")
