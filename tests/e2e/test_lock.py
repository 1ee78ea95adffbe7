"""The lock over the real window: what was said is nowhere, and comes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app.passphrase_check import made_check
from app.secrets import PassphraseCost
from tests.e2e.conftest import Driver, OpenWindow
from tests.e2e.planted import everything_on_screen
from ui.actions import ActionId
from ui.lock.page import LockPage

CANARY = "zanzibar"
LOCK = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    QAccessible.setActive(True)
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


def lock(driver: Driver) -> LockPage:
    if driver.session.window.findChildren(QDialog):
        driver.session.lock.lock()  # as by the clock: a dialog keeps the keys for itself
    else:
        driver.qtbot.keyClick(driver.window, Qt.Key.Key_L, LOCK)
    assert driver.session.lock.is_locked
    for _ in range(3):
        QApplication.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
        driver.settle()
    page = driver.session.lock.page
    assert page is not None
    return page


def unlock(driver: Driver, page: LockPage, passphrase: str) -> None:
    driver.qtbot.keyClicks(page.field.field, passphrase)
    driver.qtbot.keyClick(page.field.field, Qt.Key.Key_Return)
    driver.wait(page.button.isEnabled)


def test_a_locked_window_holds_no_words_and_gives_them_back(driver: Driver) -> None:
    window = driver.session.window
    driver.say(f"Hello {CANARY}")
    chat_id = window.chat_id
    assert chat_id is not None
    driver.session.service.rename_chat(chat_id, f"About {CANARY}")
    driver.settle()
    window.inspector.toggle()
    driver.wait(lambda: everything_on_screen().count(f"Hello {CANARY}") > 1)
    driver.qtbot.keyClicks(window.sidebar.filter, CANARY)
    driver.wait(lambda: everything_on_screen().count(f"Hello {CANARY}") > 2)
    window.actions_here.run(ActionId.PALETTE)
    window.open_files()
    driver.qtbot.keyClicks(window.panel.composer.edit, f"draft {CANARY}")
    driver.session.settings_screen.open()
    assert CANARY in window.windowTitle()

    page = lock(driver)
    left = [line for line in everything_on_screen().splitlines() if CANARY in line]
    assert left == []
    assert not any(one.isVisible() for one in window.findChildren(QDialog))
    window.show_chats()  # as a click on a notice does
    assert page.isVisible()
    assert not window.drawer.isVisible()
    driver.wait(lambda: window.focusWidget() is page.field.field)
    # No key does anything but type into the field.
    for key in (Qt.Key.Key_N, Qt.Key.Key_Comma, Qt.Key.Key_B, Qt.Key.Key_K):
        QTest.keyClick(page.field.field, key, Qt.KeyboardModifier.ControlModifier)
    assert driver.session.lock.is_locked
    page.field.field.clear()

    unlock(driver, page, "wrong")
    assert page.message.text() == "This passphrase does not fit."
    assert driver.session.lock.is_locked
    unlock(driver, page, "quiet please")
    driver.wait(lambda: not driver.session.lock.is_locked)
    driver.wait(lambda: f"Hello {CANARY}" in everything_on_screen())
    assert CANARY in window.windowTitle()
    assert window.panel.composer.text == f"draft {CANARY}"
    driver.settle()
    stored = driver.session.service._background._storage.submit(lambda s: s.drafts.all()).result()
    assert stored == {window.chat_id: f"draft {CANARY}"}
    (bound,) = [one for one in window.actions_here.all if one.spec.id is ActionId.NEW_CHAT]
    bound.action.trigger()  # does nothing where it is still switched off
    assert window.windowTitle() == "Sotto"


def test_an_answer_goes_on_while_the_window_is_locked(driver: Driver) -> None:
    window = driver.session.window
    driver.say_and_wait_for_words("Tell me about the sea")
    chat_id = window.chat_id
    page = lock(driver)
    driver.wait(lambda: bool(driver.ended))
    assert window.panel.view.message_count == 0
    unlock(driver, page, "quiet please")
    driver.wait(lambda: window.panel.view.message_count == 2)
    assert window.chat_id == chat_id
    assert driver.ended[-1].text.strip()[:20] in everything_on_screen()


def test_it_locks_itself_when_nobody_is_there(driver: Driver) -> None:
    driver.session.settings.change(lock_minutes=1)
    idle = driver.session.lock._idle
    assert idle is not None
    idle.look()
    was_locked = driver.session.lock.is_locked
    idle._touched_s -= 61
    idle.look()
    assert (was_locked, driver.session.lock.is_locked) == (False, True)
    driver.session.settings.change(lock_minutes=0)


def test_a_passphrase_of_its_own_is_asked_for_where_the_key_needs_none(driver: Driver) -> None:
    keeper = driver.session.lock._keeper
    check = made_check("for the lock", PassphraseCost(64, 1, 1))
    driver.session.settings.change(lock_check=check)
    assert keeper.way().value == "key"  # the passphrase of the chats goes before it
