"""The panel of thoughts in the real window, as a new user has it: a summary, then in detail."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.thoughts.display import ThoughtsDisplay
from engine.harmony.messages import Effort
from tests.e2e.conftest import OpenWindow
from tests.e2e.planted import (
    PLANTED,
    QUESTION,
    everything_on_screen,
    found_in,
    texts_of_clipboard,
)
from ui.chat.display_switch import DISPLAYS
from ui.chat.thoughts_line import ThoughtsLine

WAITING = "The summary is being written…"


def test_a_summary_opens_detail_is_one_press_away_and_only_filtered_thoughts_are_copied(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    driver.session.settings.change(thoughts_display=ThoughtsDisplay.SUMMARY)
    driver.choose(Effort.HIGH)
    message = driver.say(QUESTION)
    answer = driver.session.window.panel.view.answer(message.id)
    assert answer is not None
    (line,) = driver.shown(ThoughtsLine)
    place = line.mapTo(driver.window, line.rect().topLeft()).y()

    driver.qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    body = answer.thoughts.body
    driver.wait(lambda: bool(body.steps.steps) or body.note.text() not in ("", WAITING))
    assert "The user wants the contact card" not in body.note.text()
    assert body.withheld.isVisible()
    assert not body.text.isVisible()
    assert found_in(everything_on_screen()) == []

    switch = answer.thoughts.switch
    assert switch is not None
    detail = switch.segments[DISPLAYS.index(ThoughtsDisplay.FILTERED)]
    driver.qtbot.mouseClick(detail, Qt.MouseButton.LeftButton)
    assert body.text.isVisible()
    driver.qtbot.mouseClick(body.withheld.sign, Qt.MouseButton.LeftButton)
    assert body.withheld.reasons.isVisible()
    assert found_in(everything_on_screen()) == []
    assert line.mapTo(driver.window, line.rect().topLeft()).y() == place

    driver.qtbot.mouseClick(answer.foot.more_button, Qt.MouseButton.LeftButton)
    (menu,) = answer.foot.findChildren(QMenu)
    name = "Copy answer with filtered thoughts"
    next(one for one in menu.actions() if one.text() == name).trigger()
    menu.close()
    copied = "\n".join(texts_of_clipboard())
    assert "> Let me think" in copied or "> The user wants" in copied
    assert "[withheld]" in copied
    assert copied.rstrip().endswith(message.text.rstrip())
    assert not any(word in copied for word in PLANTED)
