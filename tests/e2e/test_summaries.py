"""Summaries and checks by the practice model itself, which can do neither: they fail closed."""

from __future__ import annotations

from app.chats.changes import ThoughtsSummaryChanged
from app.chats.values import Message
from app.thoughts.summary_values import SummaryState, ThoughtsSummary
from engine.events import EngineEvent, SideEnded, SideOutcome
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from tests.e2e.planted import QUESTION, found_in, texts_of_values


def watch(driver: Driver) -> list[SideEnded]:
    """The ends of side jobs from now on, as they come to the service."""
    ends: list[SideEnded] = []

    def see(event: EngineEvent) -> None:
        if isinstance(event, SideEnded):
            ends.append(event)

    driver.session._bridge.arrived.connect(see)
    return ends


def summary_of(driver: Driver, message: Message) -> ThoughtsSummary:
    """What comes of it when a panel wants the summary."""
    before = len(told(driver))
    driver.session.service.summaries.want(message)
    driver.wait(
        lambda: len(told(driver)) > before and told(driver)[-1].state is not SummaryState.WAITING
    )
    return told(driver)[-1]


def told(driver: Driver) -> list[ThoughtsSummary]:
    changes = driver.changes
    return [one.summary for one in changes if isinstance(one, ThoughtsSummaryChanged)]


def test_a_summary_and_a_check_of_the_loaded_model_end_closed_or_judged_and_the_chat_goes_on(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    ends = watch(driver)
    driver.choose(Effort.HIGH)
    message = driver.say(QUESTION)

    summary = summary_of(driver, message)
    assert summary.state in (SummaryState.READY, SummaryState.GENERIC)
    assert bool(summary.steps) is (summary.state is SummaryState.READY)
    assert ends
    assert ends[-1].tokens > len(message.thoughts)

    # The verdict is bound to its grammar, so even this model gives one.
    driver.session.settings.change(checks_thoughts=True)
    before = len(ends)
    checked = summary_of(driver, message)
    # It gives way to what the context meter asks of the engine, and is begun again.
    done = [one for one in ends[before:] if one.outcome is SideOutcome.DONE]
    assert done
    assert '"violation"' in done[0].text
    assert checked.is_checked or checked.state is SummaryState.GENERIC

    assert not found_in(texts_of_values([*ends, *driver.changes]))
    again = driver.say("Hello!")
    assert "Hello" in again.text
    assert again.usage.reused_tokens > 0, "the chat is still in the cache"
