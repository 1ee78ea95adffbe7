from __future__ import annotations

from app.chats.changes import CostForeseen
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.left_out_line import LeftOutLine

QUESTION = "What is the capital of France? " * 8


def test_a_chat_outgrows_its_context_and_goes_on(open_window: OpenWindow) -> None:
    driver: Driver = open_window()
    driver.session.settings.change(context_tokens=1024)
    driver.session.service.load_model()
    driver.wait(lambda: driver.status.context_limit_tokens == 1024)
    driver.wait_until_ready()
    asked = 0
    while not driver.status.left_out_messages and asked < 20:
        assert driver.say(f"{asked}. {QUESTION}").text.strip()
        asked += 1

    left_out = driver.status.left_out_messages
    assert 0 < left_out < 2 * asked
    driver.session.window.panel.view.verticalScrollBar().setValue(0)
    assert driver.say("And of Italy?").text.strip()
    service = driver.session.service
    chat = service._open.chat
    assert chat is not None
    branch = service._background._storage.submit(lambda store: store.branch(chat.id)).result()
    assert len(branch) == 2 * (asked + 1)

    service.new_chat()
    assert not driver.shown(LeftOutLine)
    service.open_chat(chat.id)
    driver.settle()
    view = driver.session.window.panel.view
    view.verticalScrollBar().setValue(view._rows.top(driver.status.left_out_messages) - 40)
    (line,) = driver.shown(LeftOutLine)
    assert f"{driver.status.left_out_messages} messages left out" in line.label.text()

    driver.session.window.panel.composer.effort.segments[2].click()
    driver.wait(lambda: any(isinstance(one, CostForeseen) for one in driver.changes))
    foreseen = next(one for one in driver.changes if isinstance(one, CostForeseen))
    assert f"{foreseen.read_tokens:,} tokens" in driver.session.window.panel.composer.hint.text()
    assert driver.session.window.panel.composer.chosen_effort is Effort.HIGH
