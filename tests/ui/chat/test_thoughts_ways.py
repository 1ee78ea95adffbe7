"""Thoughts hidden, as a summary, or sentence by sentence."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerPhaseChanged,
    AnswerThoughtAdded,
    ChatOpened,
    MessageEnded,
    ThoughtsSummaryChanged,
)
from app.chats.ids import MessageId
from app.chats.values import MessageStatus
from app.thoughts.display import ThoughtsDisplay
from app.thoughts.mark import MARK
from app.thoughts.summary_values import SummaryState, SummaryStep, ThoughtsSummary
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Phase
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from tests.ui.chat.test_thoughts import words_in
from ui.chat.answer import Answer
from ui.chat.display_switch import DISPLAYS
from ui.chat.thoughts_headline import PACE_SECONDS, STILL_PACE_SECONDS
from ui.markdown.text_segment import TextSegment
from ui.theme.theme import Theme

PIECES = (
    ThoughtPiece("The user wants a bound. "),
    ThoughtPiece(f"Tell {MARK} about it. ", (WithheldKind.PERSONAL_DATA,)),
    ThoughtPiece("Insert one wave into the rule. "),
)
READY = ThoughtsSummary(
    SummaryState.READY,
    (SummaryStep("Restating the question", PIECES[:2]), SummaryStep("Deriving it", PIECES[2:])),
)
WAITING = ThoughtsSummary(SummaryState.WAITING)
GENERIC = ThoughtsSummary(SummaryState.GENERIC)


@pytest.fixture
def wanted(stage: Stage) -> list[tuple[MessageId, bool]]:
    found: list[tuple[MessageId, bool]] = []
    stage.panel.view.summary_wanted.connect(lambda one, is_on: found.append((one.id, is_on)))
    return found


@pytest.fixture
def ended(stage: Stage, wanted: list[tuple[MessageId, bool]]) -> Answer:
    del wanted
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), answer(2, "The text.", thoughts=PIECES))))
    return stage.answer(2)


def press(qtbot: QtBot, shown: Answer) -> None:
    qtbot.mouseClick(shown.thoughts.line, Qt.MouseButton.LeftButton)


def choose(qtbot: QtBot, shown: Answer, display: ThoughtsDisplay) -> None:
    assert shown.thoughts.switch is not None
    segment = shown.thoughts.switch.segments[DISPLAYS.index(display)]
    qtbot.mouseClick(segment, Qt.MouseButton.LeftButton)


def tell(stage: Stage, summary: ThoughtsSummary) -> None:
    stage.panel.apply(ThoughtsSummaryChanged(ANSWER, summary))


def test_a_summary_is_wanted_when_the_panel_opens_and_no_longer_when_it_closes(
    ended: Answer, wanted: list[tuple[MessageId, bool]], qtbot: QtBot
) -> None:
    assert wanted == []
    press(qtbot, ended)
    assert wanted == [(ANSWER, True)]
    press(qtbot, ended)
    assert wanted == [(ANSWER, True), (ANSWER, False)]


def test_headlines_stand_in_order_and_their_sentences_behind_them(
    stage: Stage, ended: Answer, qtbot: QtBot
) -> None:
    press(qtbot, ended)
    tell(stage, WAITING)
    assert "The summary is being written…" in words_in(ended)
    tell(stage, READY)
    body = ended.thoughts.body
    assert [step.button.text() for step in body.steps.steps] == [
        "Restating the question",
        "Deriving it",
    ]
    assert "The user wants a bound" not in words_in(ended)
    assert "Summary written by the model" in words_in(body)
    closed = ended.height()
    qtbot.mouseClick(body.steps.steps[0].button, Qt.MouseButton.LeftButton)
    assert "The user wants a bound." in words_in(body.steps.steps[0])
    assert MARK not in words_in(body)
    assert ended.height() > closed
    qtbot.mouseClick(body.steps.steps[0].button, Qt.MouseButton.LeftButton)
    assert ended.height() == closed


def test_where_there_is_no_summary_a_fixed_label_says_so(
    stage: Stage, ended: Answer, qtbot: QtBot
) -> None:
    press(qtbot, ended)
    tell(stage, GENERIC)
    assert "There is no summary of these thoughts." in words_in(ended)
    assert ended.thoughts.body.steps.steps == []
    assert "The user wants" not in words_in(ended)


def test_the_switch_changes_this_panel_alone(stage: Stage, qtbot: QtBot) -> None:
    both = (answer(2, "One.", thoughts=PIECES), answer(4, "Two.", thoughts=PIECES))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), both[0], user(3, "q"), both[1])))
    first, second = stage.answer(2), stage.answer(4)
    press(qtbot, first)
    press(qtbot, second)
    choose(qtbot, first, ThoughtsDisplay.FILTERED)
    assert first.thoughts.body.text.isVisible()
    assert second.thoughts.display is ThoughtsDisplay.SUMMARY
    choose(qtbot, first, ThoughtsDisplay.HIDDEN)
    assert not first.thoughts.body.text.isVisible()
    assert "The thoughts of this answer are hidden." in words_in(first)
    assert first.thoughts.body.withheld.isHidden()


def test_the_setting_changes_every_panel_but_those_the_user_switched(
    stage: Stage, ended: Answer, qtbot: QtBot
) -> None:
    press(qtbot, ended)
    stage.panel.view.show_display(ThoughtsDisplay.FILTERED)
    assert ended.thoughts.body.text.isVisible()
    choose(qtbot, ended, ThoughtsDisplay.SUMMARY)
    stage.panel.view.show_display(ThoughtsDisplay.HIDDEN)
    assert ended.thoughts.display is ThoughtsDisplay.SUMMARY


def test_hidden_thoughts_have_neither_headline_nor_sentences(stage: Stage, qtbot: QtBot) -> None:
    stage.panel.view.show_display(ThoughtsDisplay.HIDDEN)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    for piece in PIECES:
        stage.panel.apply(AnswerThoughtAdded(ANSWER, piece))
    stage.flush()
    assert live.thoughts.line.headline.isHidden()
    press(qtbot, live)
    assert "The user wants" not in words_in(live)
    assert live.thoughts.body.withheld.isHidden()


def test_the_withheld_line_opens_to_reasons_and_never_to_the_text(
    ended: Answer, qtbot: QtBot
) -> None:
    press(qtbot, ended)
    withheld = ended.thoughts.body.withheld
    assert withheld.text() == "1 passage withheld: personal data"
    assert not withheld.reasons.isVisible()
    qtbot.mouseClick(withheld.sign, Qt.MouseButton.LeftButton)
    assert withheld.reasons.isVisible()
    assert withheld.reasons.text().startswith("Personal data: names")
    assert withheld.sign.toolTip() == withheld.reasons.text()


def think(stage: Stage, *sentences: str) -> None:
    for sentence in sentences:
        stage.panel.apply(AnswerThoughtAdded(ANSWER, ThoughtPiece(sentence)))
    stage.flush()


def test_a_headline_follows_the_thoughts_at_a_pace_that_can_be_read(
    stage: Stage, theme: Theme
) -> None:
    theme.set_reduced_motion(False)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, "The user wants a bound. ")
    headline = live.thoughts.line.headline
    assert headline.text() == "The user wants a bound."
    place = headline.geometry()
    button = live.thoughts.answer_now.geometry()
    think(stage, "Insert one wave into the rule, which is a much longer sentence than that. ")
    live.thoughts._timer.timeout.emit()
    assert headline.text() == "The user wants a bound."  # too early for another one
    stage.clock.seconds += PACE_SECONDS
    live.thoughts._timer.timeout.emit()
    assert headline.text().startswith("Insert one wave")
    stage.clock.seconds += 40  # two digits where there was one
    live.thoughts._timer.timeout.emit()
    assert headline.geometry() == place
    assert live.thoughts.answer_now.geometry() == button
    stage.say("The answer.")
    assert headline.isHidden()


def test_with_motion_reduced_headlines_change_less_often(stage: Stage, theme: Theme) -> None:
    theme.set_reduced_motion(True)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, "One thing. ")
    think(stage, "Another thing. ")
    stage.clock.seconds += STILL_PACE_SECONDS - 0.1
    live.thoughts._timer.timeout.emit()
    assert live.thoughts.line.headline.text() == "One thing."
    stage.clock.seconds += 0.1
    live.thoughts._timer.timeout.emit()
    assert live.thoughts.line.headline.text() == "Another thing."


def test_a_screen_reader_finds_the_headline_and_is_not_told_each_time(stage: Stage) -> None:
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, "The user wants a bound. ")
    line = live.thoughts.line
    names: list[str] = [line.accessibleName()]
    for _ in range(8):
        stage.clock.seconds += 3
        think(stage, f"After {stage.clock.seconds} it goes on. ")
        live.thoughts._timer.timeout.emit()
        names.append(line.accessibleName())
    assert set(names) == {"Thinking…"}
    found = QAccessible.queryAccessibleInterface(line.headline)
    assert found.text(QAccessible.Text.Name) == line.headline.text() != ""


def tall(text: str) -> str:
    return "\n\n".join(f"{text} {number}, in a paragraph of its own." for number in range(60))


def scroll_into_the_text(stage: Stage, shown: Answer) -> None:
    """Away from the thoughts: the middle of the answer's text is at the top of the view."""
    bar = stage.panel.view.verticalScrollBar()
    bar.setValue(shown.y() + shown.flow.y() + shown.flow.height() // 2)
    assert not stage.panel.view.is_following


def place_of_text(stage: Stage, shown: Answer) -> list[int]:
    """Where each paragraph of the answer is on the screen."""
    view = stage.panel.view
    segment = shown.body.segments[0]
    origin = segment.mapTo(view, segment.rect().topLeft()).y()
    return [origin, segment.height()]


def test_a_summary_that_arrives_above_moves_nothing_that_is_read(
    stage: Stage, qtbot: QtBot
) -> None:
    told = answer(2, tall("Sentence"), thoughts=PIECES)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), told)))
    shown = stage.answer(2)
    stage.panel.view.verticalScrollBar().setValue(0)
    press(qtbot, shown)
    tell(stage, WAITING)
    scroll_into_the_text(stage, shown)
    before, height = place_of_text(stage, shown), shown.thoughts.height()
    tell(stage, READY)
    assert shown.thoughts.height() != height
    assert place_of_text(stage, shown) == before


def test_thoughts_that_grow_above_move_nothing_while_the_answer_streams(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.panel.view.show_display(ThoughtsDisplay.FILTERED)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, "The user wants a bound. ")
    press(qtbot, live)
    stage.say(tall("Sentence"))
    scroll_into_the_text(stage, live)
    before, height = place_of_text(stage, live), live.thoughts.height()
    for number in range(12):
        think(stage, f"Between two calls it thinks on, for the {number}th time, at length.\n\n")
        stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.ANSWERING))
        stage.say(f"\n\nMore {number}.")
        assert place_of_text(stage, live)[0] == before[0]
    assert live.thoughts.height() > height + 100
    told = answer(2, live.markdown, thoughts=live.thoughts.pieces)
    stage.panel.apply(MessageEnded(told))
    assert place_of_text(stage, live)[0] == before[0]


@pytest.mark.parametrize("count", [1, 12])
def test_opening_closing_and_switching_keep_the_line_under_the_pointer(
    stage: Stage, qtbot: QtBot, count: int
) -> None:
    """Also in the last answer, whose end comes nearer when something closes."""
    messages = [
        one
        for number in range(count)
        for one in (
            user(10 + 2 * number, "q"),
            answer(11 + 2 * number, "Words. " * 60, thoughts=PIECES * 12),
        )
    ]
    stage.panel.apply(ChatOpened(CHAT, tuple(messages)))
    view = stage.panel.view
    shown = stage.answer(9 + 2 * count)
    line = shown.thoughts.line

    def place() -> int:
        return line.mapTo(view, line.rect().topLeft()).y()

    before = place()
    press(qtbot, shown)
    assert place() == before
    for display in (*DISPLAYS, *reversed(DISPLAYS)):
        choose(qtbot, shown, display)
        assert place() == before
    bar = view.verticalScrollBar()
    choose(qtbot, shown, ThoughtsDisplay.FILTERED)
    bar.setValue(min(bar.maximum(), bar.value() + before - 40))
    before = place()
    press(qtbot, shown)
    assert place() == before
    assert not view.newest_button.isVisible()


def test_text_that_fills_the_room_left_by_closing_is_followed_again(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.panel.view.show_display(ThoughtsDisplay.FILTERED)
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, *(f"Thought {number}.\n\n" for number in range(40)))
    press(qtbot, live)
    bar = stage.panel.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    bar.setValue(live.y())
    press(qtbot, live)
    follows = [stage.panel.view.is_following]
    stage.say("Words.\n\n" * 60)
    follows.append(stage.panel.view.is_following)
    assert follows == [False, True]
    assert bar.value() == bar.maximum()


def test_an_answer_in_progress_says_when_its_summary_comes(
    stage: Stage, wanted: list[tuple[MessageId, bool]], qtbot: QtBot
) -> None:
    live = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    think(stage, "The user wants a bound. ")
    press(qtbot, live)
    assert "The summary is written once the answer is there." in words_in(live)
    assert wanted == []
    stage.say("Done.")
    told = answer(2, "Done.", MessageStatus.COMPLETE, thoughts=PIECES)
    stage.panel.apply(MessageEnded(told))
    assert wanted == [(ANSWER, True)]


def test_thoughts_are_copied_only_by_the_way_that_names_them(ended: Answer, qtbot: QtBot) -> None:
    press(qtbot, ended)
    qtbot.mouseClick(ended.foot.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "The text."
    qtbot.mouseClick(ended.foot.more_button, Qt.MouseButton.LeftButton)
    (menu,) = ended.foot.findChildren(QMenu)
    names = [action.text() for action in menu.actions()]
    assert names == [
        "Copy as Markdown",
        "Copy as plain text",
        "Copy answer with filtered thoughts",
    ]
    menu.actions()[2].trigger()
    menu.close()
    assert QApplication.clipboard().text() == (
        "Thoughts, filtered:\n\n"
        "> The user wants a bound. Tell [withheld] about it. Insert one wave into the rule.\n\n"
        "The text."
    )


def test_the_menu_of_the_text_offers_both_ways_too(ended: Answer) -> None:
    segment = ended.body.segments[0]
    assert isinstance(segment, TextSegment)
    text = segment.text
    place = text.rect().center()
    text.contextMenuEvent(
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, text.mapToGlobal(place))
    )
    (menu,) = text.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    names = [action.text() for action in menu.actions()]
    assert {"Copy as Markdown", "Copy answer with filtered thoughts"} <= set(names)
    menu.close()


def test_an_answer_without_thoughts_offers_none_of_them(stage: Stage, qtbot: QtBot) -> None:
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), answer(2, "The text."))))
    foot = stage.answer(2).foot
    qtbot.mouseClick(foot.more_button, Qt.MouseButton.LeftButton)
    (menu,) = foot.findChildren(QMenu)
    assert [one.text() for one in menu.actions()] == ["Copy as Markdown", "Copy as plain text"]
    menu.close()
