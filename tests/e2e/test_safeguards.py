"""An answer that is checked before it is shown, in the real window on the real engine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.chats.changes import AnswerCheckChanged, CheckStage
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.answer import Answer
from ui.markdown.text_segment import TextSegment


def words_in(window: QWidget) -> str:
    """Everything that the window's labels and answers hold, shown or not."""
    labels = [one.text() for one in window.findChildren(QLabel)]
    texts = [one.text.toPlainText() for one in window.findChildren(TextSegment)]
    return "\n".join([*labels, *texts])


def newest(driver: Driver) -> Answer:
    return driver.shown(Answer)[-1]


def test_an_unchecked_answer_is_nowhere_until_the_user_wants_it(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.wait_until_ready()
    said = driver.say("Hello").text
    assert said in words_in(driver.window)
    driver.session.settings.change(checks_answers=True)
    driver.session.service.new_chat()

    driver.changes.clear()
    driver.type("Hello")
    driver.wait(
        lambda: any(
            isinstance(one, AnswerCheckChanged) and one.stage is CheckStage.ANSWER
            for one in driver.changes
        )
    )
    assert said not in words_in(driver.window)
    driver.qtbot.keyClick(driver.session.window.panel.composer.edit, Qt.Key.Key_Escape)
    driver.wait(lambda: not driver.is_busy)
    card = newest(driver).check
    assert card.title.text() == "Withheld: the answer could not be checked."
    assert said not in words_in(driver.window)
    assert said not in repr(driver.changes)

    driver.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: said in words_in(driver.window))
    chat_id = driver.session.window.chat_id
    assert chat_id is not None
    driver.settle()
    driver.session.close()

    again = open_window()
    again.session.service.open_chat(chat_id)
    again.wait(lambda: said in words_in(again.window))
    assert newest(again).check.title.text() == "Shown without a check, as you wanted."
