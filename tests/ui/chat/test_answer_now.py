from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app import resources
from app.chats.changes import AnswerPhaseChanged, AnswerThoughtAdded, BusyChanged, MessageEnded
from app.words import Words
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase, ThinkingCut, Usage
from tests.ui.chat.stage import ANSWER, Stage, answer
from ui.chat.answer import Answer

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def thinking(stage: Stage) -> Answer:
    """An answer whose thoughts have begun."""
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    stage.panel.apply(AnswerThoughtAdded(ANSWER, ThoughtPiece("Hm. ")))
    stage.flush()
    return live


def test_the_button_is_there_while_the_model_thinks_and_only_then(stage: Stage) -> None:
    live = stage.begin_answer()
    button = live.thoughts.answer_now
    assert not button.isVisible()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    assert button.isVisible()
    assert button.text() == button.accessibleName() == "Answer now"
    assert "Ctrl+" in button.toolTip()
    stage.say("Hi")
    assert not button.isVisible()


def test_pressing_it_asks_once_and_takes_it_away(
    stage: Stage, thinking: Answer, qtbot: QtBot
) -> None:
    qtbot.mouseClick(thinking.thoughts.answer_now, Qt.MouseButton.LeftButton)
    assert stage.hurries == [True]
    assert not thinking.thoughts.answer_now.isVisible()
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_Return, CONTROL)
    assert stage.hurries == [True]
    assert stage.panel.composer.edit.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_shortcut_works_from_the_composer_and_sends_nothing(
    stage: Stage, thinking: Answer, qtbot: QtBot, key: Qt.Key
) -> None:
    stage.panel.composer.set_text("half a thought")
    qtbot.keyClick(stage.panel.composer.edit, key, CONTROL)
    assert stage.hurries == [True]
    assert stage.submitted == []
    assert stage.panel.composer.text == "half a thought"
    assert thinking.thoughts.is_needed


def test_the_shortcut_works_while_the_message_is_read_but_not_while_answering(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.begin_answer()
    stage.say("Hi")
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_Return, CONTROL)
    assert stage.hurries == []
    stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.READING, 10, 900))
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_Return, CONTROL)
    assert stage.hurries == [True]


def test_without_an_answer_in_progress_the_shortcut_asks_nothing(
    stage: Stage, thinking: Answer, qtbot: QtBot
) -> None:
    stage.panel.apply(MessageEnded(answer(2, "Hi")))
    stage.panel.apply(BusyChanged(is_busy=False))
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_Return, CONTROL)
    assert stage.hurries == []
    assert not thinking.thoughts.answer_now.isVisible()


def test_afterwards_the_line_says_that_the_thoughts_were_cut_short(
    stage: Stage, thinking: Answer, qtbot: QtBot
) -> None:
    stage.clock.seconds += 5
    qtbot.mouseClick(thinking.thoughts.answer_now, Qt.MouseButton.LeftButton)
    assert thinking.thoughts.line.text() == "Thinking… 5 s"
    stage.say("So:")
    assert thinking.thoughts.line.text() == "Thought for 5 s (cut short)"
    usage = Usage(thought_tokens=9, thought_seconds=5.2, thinking_cut=ThinkingCut.ASKED)
    stage.panel.apply(MessageEnded(answer(2, "So:", usage=usage)))
    assert thinking.thoughts.line.text() == "Thought for 5 s (cut short)"


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        (ThinkingCut.ASKED, "You asked for the answer."),
        (ThinkingCut.LOOP, "The thoughts went in circles."),
        (ThinkingCut.BUDGET, "The limit for thinking was reached."),
        (ThinkingCut.LIMIT, "Room was kept for the answer."),
    ],
)
def test_the_tooltip_says_why_they_were_cut(stage: Stage, cut: ThinkingCut, reason: str) -> None:
    live = stage.begin_answer()
    usage = Usage(thought_tokens=9, thought_seconds=5.2, thinking_cut=cut)
    stage.panel.apply(MessageEnded(answer(2, "So:", usage=usage)))
    assert live.thoughts.line.text() == "Thought for 5 s (cut short)"
    assert live.thoughts.line.toolTip().startswith(reason)


def test_the_button_never_moves_back_and_keeps_behind_the_line(
    stage: Stage, thinking: Answer
) -> None:
    places = []
    for _ in range(80):
        stage.clock.seconds += 1
        thinking.thoughts._timer.timeout.emit()
        line, button = thinking.thoughts.line.geometry(), thinking.thoughts.answer_now.geometry()
        assert button.left() > line.right()
        assert thinking.thoughts.rect().contains(button)
        places.append(button.left())
    assert places == sorted(places)


@pytest.mark.parametrize("width", [420, 900])
def test_it_has_room_in_a_narrow_window_and_in_korean(
    make_panel: Callable[..., Stage], width: int
) -> None:
    korean = Words("ko", resources.path("translations"))
    stage = make_panel(width=width, language=korean)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    stage.clock.seconds += 75
    live.thoughts._timer.timeout.emit()
    stage.flush()
    assert live.thoughts.answer_now.text() == "지금 답하기"
    line, button = live.thoughts.line.geometry(), live.thoughts.answer_now.geometry()
    assert not line.intersects(button)
    assert live.thoughts.rect().contains(button)
