from __future__ import annotations

from PySide6.QtCore import Qt

from app.chats.changes import AnswerPhaseChanged, AnswerThoughtAdded
from app.chats.values import MessageStatus
from engine.events import Phase, ThinkingCut
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.answer_now_button import AnswerNowButton
from ui.chat.thoughts_line import ThoughtsLine

QUESTION = "What is the capital of France?"


def test_answer_now_cuts_the_thoughts_and_the_answer_comes(open_window: OpenWindow) -> None:
    driver: Driver = open_window()
    driver.wait_until_ready()
    driver.choose(Effort.HIGH)
    whole = driver.say(QUESTION)
    driver.session.service.new_chat()
    driver.changes.clear()
    button: list[AnswerNowButton] = []

    def press(change: object) -> None:
        if isinstance(change, AnswerThoughtAdded) and not button:
            button.extend(driver.shown(AnswerNowButton))
            driver.qtbot.mouseClick(button[0], Qt.MouseButton.LeftButton)

    driver.session.service.subscribe(press)
    message = driver.say(QUESTION)

    assert message.status is MessageStatus.COMPLETE
    assert message.text.strip()
    assert message.usage.thinking_cut is ThinkingCut.ASKED
    assert message.usage.thought_tokens < whole.usage.thought_tokens
    assert driver.shown(ThoughtsLine)[-1].text().endswith("(cut short)")
    phases = [one.phase for one in driver.changes if isinstance(one, AnswerPhaseChanged)]
    assert phases[-1] is Phase.ANSWERING
    assert not driver.shown(AnswerNowButton)
