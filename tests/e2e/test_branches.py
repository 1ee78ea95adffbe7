from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.ids import MessageId
from app.chats.values import Message, MessageRole, MessageStatus
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.answer import Answer
from ui.chat.compare_dialog import CompareDialog
from ui.chat.user_bubble import UserBubble
from ui.settings.page_name import PageName
from ui.settings.trash_page import TrashPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


def branch(driver: Driver) -> tuple[Message, ...]:
    return driver.session.window.panel.view._rows.messages


def texts(driver: Driver) -> list[str]:
    return [one.text for one in branch(driver)]


def answer(driver: Driver) -> Answer:
    """The newest answer."""
    found = driver.session.window.panel.view.answer(branch(driver)[-1].id)
    assert found is not None
    return found


def bubble(driver: Driver, message_id: MessageId) -> UserBubble:
    found = driver.session.window.panel.view.widget_of(message_id)
    assert isinstance(found, UserBubble)
    return found


def choose(owner: QWidget, name: str) -> None:
    """Choose an entry of the menu that is open."""
    menus = owner.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    next(one for one in menus[-1].actions() if one.text().split("\t")[0] == name).trigger()
    menus[-1].close()


def wait_for_end(driver: Driver, count: int) -> None:
    driver.wait(lambda: len(driver.ended) == count and not driver.is_busy)
    driver.settle()


@pytest.fixture
def first(driver: Driver) -> tuple[Message, ...]:
    """Two questions and their answers."""
    driver.say("My name is Oliver.")
    driver.say("What is my name?")
    return branch(driver)


def test_other_words_make_a_branch_beside_the_first(
    driver: Driver, first: tuple[Message, ...]
) -> None:
    qtbot = driver.qtbot
    shown = bubble(driver, first[0].id)
    qtbot.mouseClick(shown.edit_button, LEFT)
    assert shown.editor is not None
    shown.editor.field.selectAll()
    qtbot.keyClicks(shown.editor.field, "My name is Clara.")
    qtbot.keyClick(shown.editor.field, Qt.Key.Key_Return)
    wait_for_end(driver, 3)
    assert texts(driver)[0] == "My name is Clara."
    assert len(branch(driver)) == 2
    switcher = bubble(driver, branch(driver)[0].id).actions_row.switcher
    driver.wait(switcher.isVisible)
    assert switcher.label.text() == "2/2"

    # Back to the words before, and all that followed them.
    qtbot.mouseClick(switcher.back, LEFT)
    driver.wait(lambda: texts(driver) == [one.text for one in first])


def test_an_answer_is_made_again_compared_deleted_and_brought_back(
    driver: Driver, first: tuple[Message, ...]
) -> None:
    qtbot = driver.qtbot
    foot = answer(driver).foot
    qtbot.mouseClick(foot.again_button, LEFT)
    choose(foot, "At high effort")
    wait_for_end(driver, 3)
    again = branch(driver)[-1]
    assert again.effort is Effort.HIGH
    assert again.id != first[-1].id
    assert [one.id for one in branch(driver)[:-1]] == [one.id for one in first[:-1]]

    # Both beside each other; the first one is kept.
    foot = answer(driver).foot
    driver.wait(foot.row.switcher.isVisible)
    qtbot.mouseClick(foot.menu_button, LEFT)
    choose(foot, "Compare versions")
    driver.wait(lambda: bool(driver.window.findChildren(CompareDialog)))
    dialog = driver.window.findChildren(CompareDialog)[-1]
    compared = [side.sheet.answer.markdown for side in dialog.sides if side.sheet.answer]
    assert compared == [first[-1].text, again.text]
    qtbot.mouseClick(dialog.sides[0].keep, LEFT)
    driver.wait(lambda: branch(driver)[-1].id == first[-1].id)

    # It is deleted, and the other one takes its place; it comes back.
    foot = answer(driver).foot
    qtbot.mouseClick(foot.menu_button, LEFT)
    choose(foot, "Delete this and what follows")
    driver.wait(lambda: branch(driver)[-1].id == again.id)
    banner = driver.session.window.banner
    driver.wait(banner.isVisible)
    qtbot.mouseClick(banner.action, LEFT)
    driver.wait(lambda: branch(driver)[-1].id == first[-1].id)


def test_a_copy_up_to_an_answer_is_a_chat_of_its_own(
    driver: Driver, first: tuple[Message, ...]
) -> None:
    view, qtbot, banner = (
        driver.session.window.panel.view,
        driver.qtbot,
        driver.session.window.banner,
    )
    origin = driver.session.window.chat_id
    foot_of_first = view.answer(first[1].id)
    assert foot_of_first is not None
    qtbot.mouseClick(foot_of_first.foot.menu_button, LEFT)
    choose(foot_of_first.foot, "Fork to a new chat")
    driver.wait(lambda: driver.session.window.chat_id not in (origin, None))
    assert texts(driver) == [one.text for one in first[:2]]
    assert "copy" in banner.title.text()
    assert origin is not None
    driver.session.service.open_chat(origin)
    driver.wait(lambda: texts(driver) == [one.text for one in first])


def test_a_stopped_answer_goes_on_from_its_last_word(driver: Driver) -> None:
    driver.say_and_wait_for_words("Count to 30")
    driver.qtbot.keyClick(driver.session.window.panel.composer.edit, Qt.Key.Key_Escape)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    stopped = driver.ended[-1]
    assert stopped.status is MessageStatus.STOPPED
    assert stopped.text

    foot = answer(driver).foot
    driver.wait(foot.go_on_button.isVisible)
    driver.qtbot.mouseClick(foot.go_on_button, LEFT)
    wait_for_end(driver, len(driver.ended) + 1)
    whole = branch(driver)[-1]
    assert whole.id == stopped.id
    assert whole.status is MessageStatus.COMPLETE
    assert whole.text.startswith(stopped.text)
    assert len(whole.text) > len(stopped.text)
    assert not answer(driver).foot.go_on_button.isVisible()


def test_up_changes_the_last_message_and_the_trash_gives_a_chat_back(driver: Driver) -> None:
    driver.say("Hello")
    edit = driver.session.window.panel.composer.edit
    edit.setFocus()
    driver.qtbot.keyClick(edit, Qt.Key.Key_Up)
    question = next(one for one in branch(driver) if one.role is MessageRole.USER)
    driver.wait(lambda: bubble(driver, question.id).editor is not None)

    chat_id = driver.session.window.chat_id
    assert chat_id is not None
    driver.session.service.delete_chat(chat_id)
    driver.wait(lambda: driver.session.window.chat_id is None)
    driver.session.settings_screen.open_named(PageName.TRASH)
    (page,) = driver.session.settings_screen.findChildren(TrashPage)
    driver.wait(lambda: len(page.chats) == 1)
    driver.qtbot.mouseClick(page.chats[0].restore, LEFT)
    driver.wait(lambda: not page.chats)
    driver.settle()
    assert [one.id for one in driver.session.service._list.chats] == [chat_id]
