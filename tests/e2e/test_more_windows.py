"""Quick ask and a second window, over the real engine, the practice model and one history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from tests.e2e.conftest import Driver, OpenWindow
from ui.actions import ActionId
from ui.chat.panel import ChatPanel
from ui.desktop.chat_window import ChatWindow
from ui.desktop.door import DesktopDoor
from ui.desktop.instance import Wish
from ui.desktop.quick_ask import QuickAsk


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    return open_window()


@pytest.fixture
def door(driver: Driver) -> Iterator[DesktopDoor]:
    session, window = driver.session, driver.session.window
    made = DesktopDoor(
        window._theme,
        window._words,
        session.service,
        window,
        session.settings,
        window._settings,
        session.quick_key,
        environ={},
    )
    yield made
    made.close()


def ask(panel: ChatPanel, text: str, qtbot: QtBot) -> None:
    edit: QPlainTextEdit = panel.composer.edit
    edit.setFocus()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_a_second_window_goes_on_with_the_same_chat(
    driver: Driver, door: DesktopDoor, qtbot: QtBot
) -> None:
    driver.wait_until_ready()
    driver.type("Hello")
    driver.wait(lambda: len(driver.ended) == 1 and not driver.is_busy)
    qtbot.keySequence(driver.session.window.panel.composer.edit, QKeySequence("Ctrl+Shift+O"))
    (window,) = door.windows
    assert isinstance(window, ChatWindow)
    driver.wait(lambda: window.chat.panel.view.message_count == 2)
    assert window.windowTitle() == "Hello – Sotto"
    ask(window.chat.panel, "My name is Sam.", qtbot)
    driver.wait(lambda: len(driver.ended) == 2)
    assert window.chat.panel.view.message_count == 4
    assert driver.session.window.panel.view.message_count == 4
    qtbot.keySequence(window.chat.panel.composer.edit, QKeySequence("Ctrl+F"))
    assert window.chat.panel.finding.is_open
    assert not driver.session.window.panel.finding.is_open
    door.open_window(driver.session.window.chat_id)
    assert door.windows == [window]
    window.close()
    driver.wait(lambda: door.windows == [])


def test_something_is_asked_quickly_and_gone_on_with_in_the_window(
    driver: Driver, door: DesktopDoor, qtbot: QtBot
) -> None:
    driver.wait_until_ready()
    door.grant(Wish.QUICK)
    quick = door.quick
    assert isinstance(quick, QuickAsk)
    low = quick.height()
    ask(quick.chat.panel, "My name is Sam.", qtbot)
    driver.wait(lambda: quick.chat.view.chat is not None and not quick.chat.view.is_busy)
    assert quick.height() > low
    assert driver.session.window.chat_id is None
    assert quick.title.text() == "My name is Sam."
    quick.open_button.click()
    assert not quick.isVisible()
    driver.wait(lambda: driver.session.window.chat_id == quick.chat.view.id)
    assert driver.session.window.panel.view.message_count == 2
    door.grant(Wish.QUICK)
    assert quick.isVisible()
    assert quick.chat.view.chat is None
    driver.wait(lambda: quick.height() == low)
    qtbot.keyClick(quick.chat.panel.composer.edit, Qt.Key.Key_Escape)
    assert not quick.isVisible()


def test_another_start_shows_the_window_or_one_more(driver: Driver, door: DesktopDoor) -> None:
    window: QWidget = driver.session.window
    window.hide()
    door.grant(Wish.SHOW)
    assert window.isVisible()
    door.grant(Wish.NEW_WINDOW)
    (more,) = door.windows
    assert more.windowTitle() == "New chat – Sotto"


def test_files_go_with_what_is_asked_in_a_second_window(
    driver: Driver, door: DesktopDoor, qtbot: QtBot, tmp_path: Path
) -> None:
    driver.wait_until_ready()
    notes = tmp_path / "notes.txt"
    notes.write_text("Oaks are old.\n")
    door.open_window(None)
    (window,) = door.windows
    composer = window.chat.panel.composer
    assert composer.attach_button.isVisible()
    window.chat.attach.ask_files = lambda _parent: [str(notes)]
    qtbot.mouseClick(composer.attach_button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: bool(composer.files.files))
    assert composer.files.cost.isVisible()
    ask(window.chat.panel, "Hello", qtbot)
    driver.wait(lambda: window.chat.panel.view.message_count == 2)
    assert [one.name for one in window.chat.view.branch[0].files] == ["notes.txt"]
    assert not composer.files.has_files
    window.chat.view.stop()
    driver.wait(lambda: not window.chat.view.is_busy)
    window.close()
    driver.wait(lambda: door.windows == [])


def test_the_quick_ask_grows_for_files_and_shrinks_again(
    driver: Driver, door: DesktopDoor, qtbot: QtBot, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Oaks are old.\n")
    door.grant(Wish.QUICK)
    quick = door.quick
    assert quick is not None
    files = quick.chat.panel.composer.files
    qtbot.waitUntil(lambda: quick.height() < 200)
    before = quick.height()
    quick.chat.attach.attach([notes])
    driver.wait(lambda: bool(files.files))
    card = files.card(files.keys[0])
    qtbot.waitUntil(lambda: quick.height() >= before + card.height())
    remove = card.remove_button
    assert remove is not None
    remove.click()
    files.hush()
    qtbot.waitUntil(lambda: quick.height() == before)


def test_a_lock_puts_the_other_windows_away_until_it_is_opened(
    driver: Driver, door: DesktopDoor
) -> None:
    driver.wait_until_ready()
    driver.type("Hello")
    driver.wait(lambda: len(driver.ended) == 1 and not driver.is_busy)
    window = door.open_window(driver.session.window.chat_id)
    driver.wait(lambda: window.chat.panel.view.message_count == 2)
    window.chat.panel.composer.set_text("half a thought")
    door.ask_quickly()
    door.lock()
    driver.wait(lambda: door.windows == [])
    assert door.quick is None
    for wish in Wish:
        door.grant(wish)
    door.ask_quickly()
    assert (door.windows, door.quick) == ([], None)
    door.unlock()
    (back,) = door.windows
    driver.wait(lambda: back.chat.panel.view.message_count == 2)
    driver.wait(lambda: back.chat.panel.composer.text == "half a thought")


def test_each_action_there_is_can_be_done_in_the_window(driver: Driver, door: DesktopDoor) -> None:
    del door  # adds its own
    here = {bound.spec.id for bound in driver.session.window.actions_here.all}
    assert set(ActionId) - here == {ActionId.CLOSE_WINDOW}  # the first one is closed by Quit


def test_an_answer_is_had_again_from_a_second_window(driver: Driver, door: DesktopDoor) -> None:
    driver.wait_until_ready()
    driver.type("Hello")
    driver.wait(lambda: len(driver.ended) == 1 and not driver.is_busy)
    window = door.open_window(driver.session.window.chat_id)
    driver.wait(lambda: window.chat.panel.view.message_count == 2)
    before = window.chat.view.branch[-1].id
    driver.session.service.new_chat()
    window.chat.panel.view.desk.again_wanted.emit(before, None)
    driver.wait(lambda: len(driver.ended) == 2 and not window.chat.view.is_busy)
    assert window.chat.view.branch[-1].id != before
    assert driver.session.window.chat_id == window.chat.view.id


def test_an_address_brings_its_chat_and_one_that_is_not_there_only_the_window(
    driver: Driver, door: DesktopDoor
) -> None:
    driver.wait_until_ready()
    driver.type("Hello")
    driver.wait(lambda: len(driver.ended) == 1 and not driver.is_busy)
    window = driver.session.window
    chat = window.chat_id
    assert chat is not None
    driver.session.service.new_chat()
    driver.wait(lambda: window.chat_id is None)
    door.grant(ChatId(chat + 1000))
    driver.wait(lambda: window.panel.view.message_count == 0)
    door.grant(chat)
    driver.wait(lambda: window.chat_id == chat and window.panel.view.message_count == 2)


def test_a_model_file_of_another_start_is_offered_and_not_loaded(
    driver: Driver, door: DesktopDoor, tmp_path: Path
) -> None:
    driver.wait_until_ready()
    window = driver.session.window
    driver.qtbot.keySequence(window, QKeySequence("Ctrl+,"))
    assert not window.banner.isVisible()
    door.grant(tmp_path / "mine.gguf")
    assert window.banner.isVisible()
    assert "mine.gguf" in window.banner.title.text()
    assert window.banner.action.text() == "Use it"
    assert driver.session.settings.value.model_path is None


def test_a_model_file_does_not_open_a_locked_window_and_waits_behind_the_lock(
    driver: Driver, door: DesktopDoor, tmp_path: Path
) -> None:
    driver.wait_until_ready()
    session = driver.session
    session.lock.locked.connect(door.lock)
    session.lock.lock()
    door.grant(tmp_path / "mine.gguf")
    assert session.window.rooms.currentWidget() is session.lock.page
    assert not session.window.banner.isVisible()
    assert not session.window.banner.isHidden()
