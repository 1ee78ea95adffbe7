from __future__ import annotations

from app.chats.changes import ModelState
from app.chats.values import MessageStatus
from app.models.library import PRACTICE_ID
from tests.e2e.conftest import Driver, OpenWindow

AT_ONCE = 1e-6


def rest(driver: Driver) -> None:
    """As after the minutes of the setting."""
    driver.session._engine.rest_after(AT_ONCE)
    driver.wait(lambda: driver.status.state is ModelState.RESTING)
    driver.session._engine.rest_after(0.0)


def test_a_model_that_rested_answers_the_next_message_by_itself(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.wait_until_ready()
    driver.say("My name is Anna.")
    rest(driver)
    line = driver.session.window.status_line
    assert "Resting; the next message loads it again" in line.facts.toolTip()
    assert driver.status.held_plan is None

    answer = driver.say("What is my name?")

    assert answer.status is MessageStatus.COMPLETE
    assert "Anna" in answer.text
    assert driver.status.state is ModelState.READY
    assert answer.usage.reused_tokens == 0, "a new cache holds nothing of the old one"
    assert driver.say("Hello!").usage.reused_tokens > 0, "the next turn is warm again"


def test_the_setting_is_heard_at_once_and_speeds_are_kept_with_the_model(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    session = driver.session
    waits = session._engine._inbox.patience
    session.settings.change(unload_minutes=10)
    assert waits.seconds == 600.0
    session.settings.change(unload_minutes=0)
    assert waits.seconds == 0.0

    driver.say("Write a long answer.")

    library = session.models.desk().library
    driver.wait(lambda: library.models()[-1].speed is not None)
    practice = library.find(PRACTICE_ID)
    assert practice is not None
    assert practice.speed is not None
    assert practice.speed.device == "CPU"
    assert practice.speed.tokens_per_second > 0
