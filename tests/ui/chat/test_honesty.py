"""The quiet line at the foot of an answer, and the way to the web."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened, MessageEnded, ToolsSwitched
from app.chats.values import Message
from app.tools.records import CallRecord, CallStatus
from app.tools.values import CallTarget, CallView, ToolFamily
from engine.harmony.messages import Effort
from tests.ui.chat.stage import CHAT, Stage, answer, user
from ui.chat.answer import Answer
from ui.controls.button import IconButton, TextButton

NEWER = "The model knows nothing after June 2024."
UNSURE = "People, dates and numbers may be wrong."
QUESTION = "Who is the president of France right now?"
SAID = "The president is Emmanuel Macron."


@pytest.fixture
def asked(stage: Stage) -> list[tuple[str, Effort]]:
    found: list[tuple[str, Effort]] = []
    stage.panel.view.honesty.ask_web = lambda text, effort, _files: found.append((text, effort))
    return found


def show(stage: Stage, *exchanges: tuple[str, str]) -> list[Answer]:
    messages: list[Message] = []
    for number, (question, said) in enumerate(exchanges):
        messages += [user(10 + 2 * number, question), answer(11 + 2 * number, said)]
    stage.panel.apply(ChatOpened(CHAT, tuple(messages)))
    return [stage.answer(11 + 2 * number) for number in range(len(exchanges))]


def text_of(shown: Answer) -> str:
    line = shown.honesty
    return line.label.text() if line.isVisible() and line.label.isVisible() else ""


def test_a_question_about_today_gets_a_line_and_a_way_to_the_web(
    stage: Stage, asked: list[tuple[str, Effort]], qtbot: QtBot
) -> None:
    (shown,) = show(stage, (QUESTION, SAID))
    assert text_of(shown) == NEWER
    assert shown.honesty.label.toolTip().startswith("What you asked about may have changed")
    button = shown.honesty.button
    assert isinstance(button, TextButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [(QUESTION, Effort.MEDIUM)]


def test_each_reason_is_told_once_in_a_chat(stage: Stage) -> None:
    first, second, third, fourth = show(
        stage,
        (QUESTION, SAID),
        ("What is the latest version of Python?", "It is 3.12."),
        ("When was Marie Curie born?", "On 7 November 1867."),
        ("Tell me a joke.", "Two bytes meet in a bar."),
    )
    assert [text_of(one) for one in (first, second, third, fourth)] == [NEWER, "", UNSURE, ""]
    button = second.honesty.button
    assert isinstance(button, IconButton)  # the web is still one click away
    assert button.accessibleName() == "Ask again with the web"
    assert third.honesty.button is None
    assert fourth.honesty.isHidden()
    show(stage, (QUESTION, SAID))
    assert text_of(stage.answer(11)) == NEWER  # another chat


def test_where_the_web_is_on_there_is_nothing_to_press(stage: Stage) -> None:
    (shown,) = show(stage, (QUESTION, SAID))
    stage.panel.apply(ToolsSwitched(("browser",)))
    assert text_of(shown) == NEWER
    assert shown.honesty.button is None
    stage.panel.apply(ToolsSwitched(()))
    assert shown.honesty.button is not None


def test_signs_can_be_switched_off_and_on(stage: Stage) -> None:
    (shown,) = show(stage, (QUESTION, SAID))
    stage.panel.view.honesty.set_on(False)
    assert shown.honesty.isHidden()
    stage.panel.view.honesty.set_on(True)
    assert text_of(shown) == NEWER


def test_an_answer_from_the_web_gets_none(stage: Stage) -> None:
    view = CallView("browser.search", ToolFamily.BROWSER, CallTarget(), "{}")
    call = CallRecord(0, "browser.search", view, CallStatus.DONE)
    message = answer(11, SAID, calls=(call,))
    stage.panel.apply(ChatOpened(CHAT, (user(10, QUESTION), message)))
    assert stage.answer(11).honesty.isHidden()


def test_the_line_comes_with_the_end_of_the_answer(stage: Stage) -> None:
    live = stage.begin_answer(QUESTION)
    stage.say(SAID)
    assert live.honesty.isHidden()
    stage.panel.apply(MessageEnded(answer(2, SAID)))
    assert text_of(live) == NEWER


@pytest.mark.parametrize("width", [420, 560, 900])
def test_nothing_overlaps_and_a_wide_foot_grows_no_row(
    make_panel: Callable[..., Stage], width: int
) -> None:
    stage = make_panel(width=width)
    shown, plain = show(stage, (QUESTION, SAID), ("Tell me a joke.", SAID))
    line, foot = shown.honesty, shown.foot
    button = line.button
    assert button is not None
    parts = [line.label.geometry(), button.geometry()]
    assert not parts[0].intersects(parts[1])
    assert line.geometry().right() <= shown.width()
    assert button.geometry().right() <= line.width()
    assert button.geometry().bottom() <= line.height()
    if line.y() == foot.y():
        assert line.x() >= foot.copy_button.geometry().right()
        assert line.geometry().right() < foot.cost.x()
        assert shown.height() == plain.height()
    else:
        assert line.y() > foot.y()
        assert width < 900
