"""Answers made again and taken up again with a real model: what each of them reads."""

from __future__ import annotations

from collections.abc import Mapping

from app.chats.changes import AnswerTextAdded, ChatOpened
from app.chats.ids import MessageId
from app.chats.values import Message, MessageStatus
from app.chats.what_if import AnswerCost
from engine.harmony.messages import Effort
from engine.worker import Engine
from tests.e2e.conftest import Driver, OpenWindow

LONG = "Blue sky and green tree, " * 30 + "what is the capital of France?"


def begun(open_window: OpenWindow) -> Driver:
    """A window with one long question, answered and read."""
    driver: Driver = open_window()
    driver.wait_until_ready()
    driver.say(LONG)
    rest(driver)
    return driver


def rest(driver: Driver) -> None:
    """Until the engine has read what the next prompt will begin with."""
    engine = driver.session._engine
    assert isinstance(engine, Engine)
    assert engine.wait_until_idle(60)


def answer_again(driver: Driver, message_id: MessageId, effort: Effort | None = None) -> Message:
    before = len(driver.ended)
    driver.session.service.tree.answer_again(message_id, effort)
    driver.wait(lambda: len(driver.ended) > before and not driver.is_busy)
    return driver.ended[-1]


def test_another_answer_at_the_same_effort_reads_almost_nothing(open_window: OpenWindow) -> None:
    driver = begun(open_window)
    first = driver.ended[-1]
    assert first.usage.read_tokens > 150
    again = answer_again(driver, first.id)
    assert again.id != first.id
    assert again.status is MessageStatus.COMPLETE
    assert again.usage.read_tokens <= 1
    assert again.usage.reused_tokens > 150


def test_other_words_cost_what_comes_after_the_answer_before_them(open_window: OpenWindow) -> None:
    driver = begun(open_window)
    driver.say("And of Spain?")
    rest(driver)
    before = len(driver.ended)
    tree, branch = driver.session.service.tree, driver.session.service._open.branch
    tree.edit(branch[2].id, "And of Korea?", Effort.LOW)
    driver.wait(lambda: len(driver.ended) > before and not driver.is_busy)
    usage = driver.ended[-1].usage
    assert usage.read_tokens < 40
    assert usage.reused_tokens > 150


def test_what_another_effort_reads_is_foreseen(open_window: OpenWindow) -> None:
    driver = begun(open_window)
    first = driver.ended[-1]
    told: list[Mapping[Effort, AnswerCost]] = []
    driver.session.service.tree.foresee(first.id, told.append)
    driver.wait(lambda: bool(told))
    costs = told[0]
    assert costs[Effort.LOW].read_tokens <= 1
    assert costs[Effort.HIGH].read_tokens > 150
    assert costs[Effort.HIGH].seconds is not None

    again = answer_again(driver, first.id, Effort.HIGH)
    assert again.effort is Effort.HIGH
    assert again.usage.read_tokens == costs[Effort.HIGH].read_tokens
    branch = driver.session.service._open.branch
    assert [one.id for one in branch] == [branch[0].id, again.id]

    rest(driver)
    back = answer_again(driver, again.id, Effort.LOW)
    assert back.usage.read_tokens <= costs[Effort.HIGH].read_tokens


def test_an_answer_that_was_stopped_goes_on_and_reads_almost_nothing(
    open_window: OpenWindow,
) -> None:
    driver: Driver = open_window()
    driver.wait_until_ready()
    service = driver.session.service

    def stop(change: object) -> None:
        if isinstance(change, AnswerTextAdded) and not stopped:
            stopped.append(change.message_id)
            service.stop()

    stopped: list[MessageId] = []
    unsubscribe = service.subscribe(stop)
    half = driver.say(LONG)
    unsubscribe()
    assert half.status is MessageStatus.STOPPED
    assert half.begun
    rest(driver)

    driver.changes.clear()
    service.tree.go_on(half.id)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    (whole,) = driver.ended
    assert whole.id == half.id
    assert whole.status is MessageStatus.COMPLETE
    assert whole.text.startswith(half.begun)
    assert len(whole.text) > len(half.begun)
    assert whole.usage.read_tokens - half.usage.read_tokens <= 1
    assert whole.usage.thought_tokens == half.usage.thought_tokens, "nothing is thought again"
    opened = [one for one in driver.changes if isinstance(one, ChatOpened)]
    assert [one.text for one in opened[-1].messages][1] == half.begun
    driver.settle()
    stored = service._background.in_storage(lambda store: store.branch(half.chat_id)).result()
    assert stored[1] == whole
