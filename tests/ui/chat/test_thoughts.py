from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerPhaseChanged,
    AnswerQueued,
    AnswerTextAdded,
    AnswerThoughtAdded,
    ChatOpened,
    MessageEnded,
    ModelState,
    StatusChanged,
)
from app.chats.values import MessageStatus
from app.thoughts.display import ThoughtsDisplay
from app.thoughts.mark import MARK
from app.words import Words
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Phase, Usage
from engine.harmony.messages import Effort
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from ui.chat.answer import Answer
from ui.chat.thoughts_clock import ThoughtsClock
from ui.chat.thoughts_html import thought_blocks
from ui.chat.wording import duration, withheld_text
from ui.controls.signs import ActivityDots
from ui.markdown.blocks import TextBlock

PIECES = (
    ThoughtPiece("The user wants a bound.\n\n"),
    ThoughtPiece(f"Tell {MARK} about it. ", (WithheldKind.PERSONAL_DATA,)),
    ThoughtPiece(f"{MARK} Now <b>write</b>.", (WithheldKind.SYSTEM_TEXT,)),
)


def words_in(widget: QWidget) -> str:
    """Everything a widget and its children say, to the eye and to a screen reader."""
    said: list[str] = []
    for part in (widget, *widget.findChildren(QWidget)):
        said += [part.accessibleName(), part.accessibleDescription(), part.toolTip()]
        if isinstance(part, QTextEdit):
            said.append(part.toPlainText())
        if isinstance(part, QLabel):
            said.append(part.text())
        interface = QAccessible.queryAccessibleInterface(part)
        if interface is not None:
            kinds = (QAccessible.Text.Name, QAccessible.Text.Value)
            said += [interface.text(kind) for kind in kinds]
    return "\n".join(said)


def has_dots(shown: Answer) -> bool:
    return any(dots.isVisible() for dots in shown.thoughts.line.findChildren(ActivityDots))


@pytest.fixture
def stage(make_panel: Callable[..., Stage]) -> Stage:
    """A panel that shows thoughts sentence by sentence."""
    made = make_panel()
    made.panel.view.show_display(ThoughtsDisplay.FILTERED)
    return made


@pytest.fixture
def live(stage: Stage) -> Answer:
    """An answer that has just begun."""
    return stage.begin_answer()


@pytest.fixture
def ended(stage: Stage) -> Answer:
    """A stored answer with thoughts."""
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), answer(2, "The text.", thoughts=PIECES))))
    return stage.answer(2)


def phase(stage: Stage, to: Phase, done: int = 0, total: int = 0) -> None:
    stage.panel.apply(AnswerPhaseChanged(ANSWER, to, done, total))


def test_an_answer_that_waits_its_turn_says_so_until_it_begins(stage: Stage, live: Answer) -> None:
    said = "Waiting for its turn: another chat is answered first"
    stage.panel.apply(AnswerQueued(ANSWER))
    assert live.thoughts.line.text() == said
    assert live.thoughts.is_needed
    phase(stage, Phase.READING)
    assert live.thoughts.line.text() == "Reading your message…"
    phase(stage, Phase.CALLING)
    stage.panel.apply(AnswerQueued(ANSWER))  # its tool's result came while another is answered
    assert live.thoughts.line.text() == said


def test_thoughts_are_closed_until_the_user_opens_them(ended: Answer) -> None:
    assert not ended.thoughts.is_open
    assert ended.thoughts.body.text.is_empty
    assert "The user wants a bound" not in words_in(ended)
    assert ended.thoughts.line.text() == "Thought for 12 s"


def test_a_click_opens_and_closes_them(ended: Answer, qtbot: QtBot) -> None:
    closed = ended.height()
    qtbot.mouseClick(ended.thoughts.line, Qt.MouseButton.LeftButton)
    assert ended.thoughts.body.text.isVisible()
    assert "The user wants a bound." in words_in(ended)
    assert ended.height() > closed
    qtbot.mouseClick(ended.thoughts.line, Qt.MouseButton.LeftButton)
    assert not ended.thoughts.body.text.isVisible()
    assert ended.height() == closed


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_the_keyboard_opens_them(ended: Answer, qtbot: QtBot, key: Qt.Key) -> None:
    line = ended.thoughts.line
    assert line.focusPolicy() & Qt.FocusPolicy.TabFocus
    line.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(line, key)
    assert ended.thoughts.is_open


def test_the_line_says_its_name_and_state_to_a_screen_reader(ended: Answer, qtbot: QtBot) -> None:
    line = ended.thoughts.line
    assert line.accessibleName() == "Thought for 12 s"
    assert line.accessibleDescription() == "Thoughts: Hidden"
    interface = QAccessible.queryAccessibleInterface(line)
    assert not interface.state().checked
    qtbot.keyClick(line, Qt.Key.Key_Space)
    assert line.accessibleDescription() == "Thoughts: Shown"
    assert interface.state().checked


def test_the_seconds_count_while_the_model_thinks(stage: Stage, live: Answer) -> None:
    phase(stage, Phase.THINKING)
    assert live.thoughts.line.text() == "Thinking… 1 s"
    assert has_dots(live)
    stage.clock.seconds += 12.2
    live.thoughts._timer.timeout.emit()
    assert live.thoughts.line.text() == "Thinking… 12 s"
    stage.clock.seconds += 60
    live.thoughts._timer.timeout.emit()
    assert live.thoughts.line.text() == "Thinking… 1 min 12 s"
    assert live.thoughts._timer.isActive()
    phase(stage, Phase.ANSWERING)
    assert live.thoughts.line.text() == "Thought for 1 min 12 s"
    assert not has_dots(live)
    assert not live.thoughts._timer.isActive()


def test_reading_shows_progress_only_when_it_takes_long(stage: Stage, live: Answer) -> None:
    assert live.thoughts.line.text() == "Reading your message…"
    phase(stage, Phase.READING, 10, 100)
    assert live.thoughts.line.text() == "Reading your message…"
    phase(stage, Phase.READING, 2000, 5000)
    assert live.thoughts.line.text() == "Reading your message… 40 %"
    assert not live.thoughts.line.isEnabled()


def test_an_answer_that_waits_for_the_model_says_so(stage: Stage) -> None:
    stage.panel.apply(StatusChanged(ModelState.LOADING))
    live = stage.begin_answer()
    assert live.thoughts.line.text() == "Waiting for the model…"
    assert has_dots(live)
    phase(stage, Phase.READING)
    assert live.thoughts.line.text() == "Reading your message…"


def test_an_answer_without_thoughts_has_no_line(stage: Stage, live: Answer) -> None:
    stage.say("Hi")
    assert not live.thoughts.isVisible()
    stage.panel.apply(MessageEnded(answer(2, "Hi", usage=Usage(reply_tokens=2, reply_seconds=1))))
    assert not live.thoughts.isVisible()


def test_thoughts_appear_while_the_panel_is_open(stage: Stage, live: Answer, qtbot: QtBot) -> None:
    phase(stage, Phase.THINKING)
    stage.panel.apply(AnswerThoughtAdded(ANSWER, PIECES[0]))
    stage.flush()
    qtbot.mouseClick(live.thoughts.line, Qt.MouseButton.LeftButton)
    assert "The user wants a bound." in words_in(live.thoughts)
    height = live.height()
    stage.panel.apply(AnswerThoughtAdded(ANSWER, PIECES[1]))
    stage.panel.apply(AnswerThoughtAdded(ANSWER, PIECES[2]))
    stage.flush()
    assert "Now <b>write</b>." in words_in(live.thoughts)
    assert live.height() > height
    ended = answer(2, "Done.", thoughts=PIECES)
    stage.panel.apply(MessageEnded(ended))
    assert live.thoughts.is_open
    assert live.thoughts.line.text() == "Thought for 12 s"


def test_marks_become_a_word_and_the_chip_names_kinds_only(ended: Answer, qtbot: QtBot) -> None:
    assert not ended.thoughts.body.withheld.isVisible()
    qtbot.mouseClick(ended.thoughts.line, Qt.MouseButton.LeftButton)
    assert ended.thoughts.body.withheld.isVisible()
    assert ended.thoughts.body.withheld.text() == "2 passages withheld: personal data, system text"
    said = words_in(ended)
    assert MARK not in said
    assert "Tell" in said
    assert "withheld" in said


def test_copying_an_answer_leaves_its_thoughts_out(ended: Answer, qtbot: QtBot) -> None:
    qtbot.mouseClick(ended.thoughts.line, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(ended.foot.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "The text."


def test_opening_moves_nothing_that_stands_above(stage: Stage, qtbot: QtBot) -> None:
    messages = tuple(
        message
        for number in range(20)
        for message in (
            user(10 + 2 * number, "A question"),
            answer(11 + 2 * number, "Words. " * 60, thoughts=PIECES * 10),
        )
    )
    stage.panel.apply(ChatOpened(CHAT, messages))
    view = stage.panel.view
    last = stage.answer(49)
    above = stage.answer(47)
    before = above.mapTo(view, above.rect().topLeft())
    qtbot.mouseClick(last.thoughts.line, Qt.MouseButton.LeftButton)
    assert above.mapTo(view, above.rect().topLeft()) == before
    assert not view.is_following


def test_an_opened_panel_is_still_open_when_it_comes_back_into_view(
    stage: Stage, qtbot: QtBot
) -> None:
    messages = tuple(
        message
        for number in range(60)
        for message in (
            user(10 + 2 * number, "A question"),
            answer(11 + 2 * number, "Words. " * 60, thoughts=PIECES),
        )
    )
    stage.panel.apply(ChatOpened(CHAT, messages))
    view = stage.panel.view
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    index = view._seen.in_view()[1]
    middle = view._rows[index].message.id
    if not isinstance(view.widget_of(middle), Answer):
        middle = view._rows[index + 1].message.id
    qtbot.mouseClick(stage.answer(middle).thoughts.line, Qt.MouseButton.LeftButton)
    place = bar.value()
    bar.setValue(0)
    assert view.widget_of(middle) is None
    bar.setValue(place)
    assert stage.answer(middle).thoughts.is_open


def test_a_chat_opened_in_the_middle_of_an_answer_goes_on(stage: Stage) -> None:
    half = answer(2, "Half an", MessageStatus.STREAMING, thoughts=PIECES, effort=Effort.HIGH)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), half)))
    stage.panel.apply(AnswerTextAdded(ANSWER, " answer"))
    stage.flush()
    shown = stage.answer(2)
    assert "Half an answer" in words_in(shown)
    assert shown.markdown == "Half an answer"
    assert not shown.foot.isVisible()


def test_the_clock_adds_up_all_stretches_of_thinking() -> None:
    times: Iterator[float] = iter([10.0, 14.0, 20.0, 21.0])
    clock = ThoughtsClock(lambda: next(times))
    clock.enter(Phase.READING)
    assert clock.seconds == 0
    clock.enter(Phase.THINKING)
    clock.enter(Phase.CALLING)
    assert clock.seconds == 4
    clock.enter(Phase.THINKING)
    clock.enter(Phase.THINKING)
    clock.enter(Phase.ANSWERING)
    assert clock.seconds == 5


def test_thoughts_are_plain_text() -> None:
    blocks = thought_blocks([ThoughtPiece("a <img src=x> **b**\nc\n\n\nd")], "withheld")
    assert blocks == (
        TextBlock("<p>a &lt;img src=x&gt; **b**<br>c</p>"),
        TextBlock("<p>d</p>"),
    )


def test_durations_are_whole_seconds(words: Words) -> None:
    said = [duration(words, seconds) for seconds in (0.0, 0.4, 12.4, 59.6, 125)]
    assert said == ["1 s", "1 s", "12 s", "1 min 0 s", "2 min 5 s"]


def test_one_passage_is_told_in_the_singular(words: Words) -> None:
    assert withheld_text(words, [(WithheldKind.ABUSE, 1)]) == "1 passage withheld: insults"
