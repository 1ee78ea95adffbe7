"""What the model sees, in the real window on the real engine: nothing is shown that is not read."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.chats.changes import PromptSeen
from app.chats.prompt_values import NextPrompt
from app.tools.toolbox import PYTHON
from engine.harmony.messages import Effort, SystemMessage
from tests.e2e.conftest import Driver, OpenWindow


class Reader:
    """Somebody who looks at what the model sees."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.qtbot.mouseClick(driver.session.window.top_bar.inspector, Qt.MouseButton.LeftButton)

    def next(self) -> NextPrompt:
        """The prompt that is shown once everything is told."""
        inspector = self.driver.session.service.inspector
        self.driver.settle()
        self.driver.wait(lambda: not inspector.is_waiting)
        told = [one.prompt for one in self.driver.changes if isinstance(one, PromptSeen)]
        panel = self.driver.session.window.inspector.panel
        assert panel is not None
        assert [card.seen for card in panel.messages.cards] == list(told[-1].messages)
        assert all(card.isVisible() for card in panel.messages.cards)
        return told[-1]

    def say(self, text: str) -> None:
        """A turn; it has to read what was shown, the new message and the opening, no more."""
        shown = self.next()
        usage = self.driver.say(text).usage
        vocabulary = self.driver.session._vocabulary()
        frame = len(vocabulary.encode("user")) + 3
        new = len(vocabulary.encode(text)) + frame + shown.opening_tokens
        assert usage.reused_tokens + usage.read_tokens == shown.tokens + new
        assert usage.reused_tokens >= shown.reused_tokens, "more where typing had it read ahead"


def test_what_is_shown_is_what_the_next_turn_reads(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.wait_until_ready()
    reader = Reader(driver)
    reader.say("Hello")
    assert len(reader.next().messages) == 3
    reader.say("My name is Sam.")
    assert reader.next().dropped.thinking_answers == 2

    before = reader.next()
    driver.session.service.tools.switch(PYTHON, is_on=True)
    driver.qtbot.mouseClick(
        driver.session.window.panel.composer.effort.segments[2], Qt.MouseButton.LeftButton
    )
    changed = reader.next()
    system = changed.messages[0].message
    assert isinstance(system, SystemMessage)
    assert (system.effort, system.python) == (Effort.HIGH, True)
    assert changed.tokens > before.tokens
    assert changed.reused_tokens < before.reused_tokens
    reader.say("What is my name?")

    driver.session.service.new_chat()
    assert [type(one.message) for one in reader.next().messages] == [SystemMessage]
