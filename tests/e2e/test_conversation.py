from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTextBrowser, QTextEdit

from app.chats.changes import AnswerPhaseChanged, ModelState
from app.chats.values import MessageRole, MessageStatus
from engine.events import Phase
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.thoughts_line import ThoughtsLine
from ui.chat.thoughts_panel import ThoughtsPanel
from ui.controls.button import IconButton
from ui.practice_sign import PracticeSign


def words_on_screen(driver: Driver) -> str:
    documents = driver.shown(QTextBrowser) + driver.shown(QTextEdit)
    return "\n".join(document.toPlainText() for document in documents)


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


def test_a_first_message_is_answered_on_the_screen(driver: Driver) -> None:
    message = driver.say("Hello")

    assert message.text == "Hello! How can I help you?"
    assert message.status is MessageStatus.COMPLETE
    assert "How can I help you?" in words_on_screen(driver)
    assert driver.window.windowTitle().startswith("Hello")


def test_a_follow_up_remembers_and_reads_only_the_new_message(driver: Driver) -> None:
    driver.say("My name is Oliver.")
    message = driver.say("What is my name?")

    assert "Oliver" in message.text
    # The new message, its frame and the start of the answer: nothing is read again.
    assert message.usage.read_tokens <= 5 + 3 + 3
    assert message.usage.reused_tokens > 60


def test_higher_effort_thinks_visibly_longer(driver: Driver) -> None:
    driver.choose(Effort.LOW)
    quick = driver.say("How do I fix my bike?")
    driver.session.service.new_chat()
    driver.choose(Effort.HIGH)
    slow = driver.say("How do I fix my bike?")

    assert (quick.effort, slow.effort) == (Effort.LOW, Effort.HIGH)
    assert len(slow.thoughts) > 2 * len(quick.thoughts)
    assert slow.usage.thought_tokens > 2 * quick.usage.thought_tokens


def test_stop_in_mid_answer_keeps_the_words_and_marks_them(driver: Driver) -> None:
    driver.say_and_wait_for_words("Count to 200")
    driver.qtbot.keyClick(driver.session.window.panel.composer.edit, Qt.Key.Key_Escape)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)

    stopped = driver.ended[-1]
    assert stopped.status is MessageStatus.STOPPED
    assert stopped.text
    assert "200" not in stopped.text
    again = driver.say("Hello")
    assert again.text == "Hello! How can I help you?"


def test_stop_while_a_long_message_is_read(driver: Driver) -> None:
    driver.changes.clear()
    edit = driver.session.window.panel.composer.edit
    edit.insertPlainText("blue sky and green tree " * 1200)
    driver.qtbot.keyClick(edit, Qt.Key.Key_Return)
    driver.wait(lambda: any(is_reading(one) for one in driver.changes))
    driver.qtbot.keyClick(edit, Qt.Key.Key_Escape)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)

    assert driver.ended[-1].status is MessageStatus.STOPPED
    assert driver.ended[-1].text == ""


def is_reading(change: object) -> bool:
    return (
        isinstance(change, AnswerPhaseChanged)
        and change.phase is Phase.READING
        and 0 < change.done_tokens < change.total_tokens
    )


def test_thoughts_are_closed_at_first_and_open_with_the_keyboard(driver: Driver) -> None:
    driver.choose(Effort.HIGH)
    driver.say("Hello")
    (panel,) = driver.shown(ThoughtsPanel)
    (line,) = driver.shown(ThoughtsLine)
    assert "The user" not in words_on_screen(driver)

    line.setFocus()
    driver.qtbot.keyClick(line, Qt.Key.Key_Space)
    driver.wait(lambda: panel.is_open and "The user" in words_on_screen(driver))

    driver.qtbot.keyClick(line, Qt.Key.Key_Return)
    driver.wait(lambda: not panel.is_open)
    assert "The user" not in words_on_screen(driver)


def test_everything_is_there_after_a_restart(open_window: OpenWindow) -> None:
    first: Driver = open_window()
    first.wait_until_ready()
    first.say("My name is Clara.")
    first.session.close()

    second: Driver = open_window()
    second.wait_until_ready()
    second.settle()
    (chat,) = second.session.service._list.chats
    second.session.service.open_chat(chat.id)
    second.wait(lambda: "Clara" in words_on_screen(second))
    remembered = second.say("What is my name?")

    assert chat.title == "My name is Clara."
    assert "Clara" in remembered.text


def test_a_deleted_chat_comes_back_with_undo(driver: Driver) -> None:
    driver.say("Hello")
    view = driver.session.window.sidebar.chats
    view.setFocus()
    driver.qtbot.keyClick(view, Qt.Key.Key_Delete)
    banner = driver.session.window.banner
    driver.wait(banner.isVisible)
    assert driver.session.service._list.chats == ()
    assert "How can I help you?" not in words_on_screen(driver)

    driver.qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "How can I help you?" in words_on_screen(driver))
    assert len(driver.session.service._list.chats) == 1


def test_a_chat_is_renamed_in_place(driver: Driver) -> None:
    driver.say("Hello")
    view = driver.session.window.sidebar.chats
    view.setFocus()
    driver.qtbot.keyClick(view, Qt.Key.Key_F2)
    driver.wait(lambda: bool(view.findChildren(QLineEdit)))
    (editor,) = view.findChildren(QLineEdit)
    editor.selectAll()
    driver.qtbot.keyClicks(editor, "Greetings")
    driver.qtbot.keyClick(editor, Qt.Key.Key_Return)

    driver.wait(lambda: driver.window.windowTitle().startswith("Greetings"))
    assert [chat.title for chat in driver.session.service._list.chats] == ["Greetings"]


def test_copying_an_answer_takes_its_markdown_and_no_thoughts(driver: Driver) -> None:
    driver.choose(Effort.HIGH)
    message = driver.say("Show me everything you can render")
    copy = next(one for one in driver.shown(IconButton) if one.accessibleName() == "Copy answer")
    driver.qtbot.mouseClick(copy, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    assert QApplication.clipboard().text() == message.text
    assert "# Everything I can render" in message.text


@pytest.mark.parametrize("width", [420, 760, 1280])
def test_the_window_says_in_every_width_that_it_is_the_practice_model(
    driver: Driver, width: int
) -> None:
    driver.session.window.resize(width, 700)
    driver.wait(lambda: bool(driver.shown(PracticeSign)))
    driver.say("Hello")
    driver.settle()
    assert [sign for sign in driver.shown(PracticeSign) if not sign.visibleRegion().isEmpty()]


def test_a_korean_window_answers_in_korean(open_window: OpenWindow) -> None:
    driver: Driver = open_window(language="ko")
    driver.wait_until_ready()
    message = driver.say("안녕하세요")

    assert message.role is MessageRole.ASSISTANT
    assert "안녕하세요" in message.text
    assert driver.session.window.panel.composer.edit.placeholderText() != "Message Sotto"


def test_typing_goes_on_while_an_answer_is_written_and_is_not_lost(driver: Driver) -> None:
    driver.say_and_wait_for_words("Count to 200")
    driver.type("and then stop")
    edit = driver.session.window.panel.composer.edit

    assert edit.toPlainText() == "and then stop"
    driver.qtbot.keyClick(edit, Qt.Key.Key_Escape)
    driver.wait(lambda: not driver.is_busy)
    assert edit.toPlainText() == "and then stop"


def test_a_message_sent_before_the_model_is_there_is_answered_when_it_is(
    open_window: OpenWindow,
) -> None:
    driver: Driver = open_window()
    assert driver.status.state is not ModelState.READY
    message = driver.say("Hello")

    assert message.text == "Hello! How can I help you?"
