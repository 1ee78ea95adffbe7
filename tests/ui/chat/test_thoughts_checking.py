"""Thoughts that are checked before any of them is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerPhaseChanged,
    AnswerThoughtAdded,
    ChatOpened,
    ThoughtsSummaryChanged,
)
from app.chats.ids import MessageId
from app.thoughts.display import ThoughtsDisplay
from app.thoughts.summary_values import SummaryState, SummaryStep, ThoughtsSummary
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from tests.ui.chat.test_thoughts import words_in
from ui.chat.answer import Answer

PIECES = (ThoughtPiece("The user wants a lighthouse. "), ThoughtPiece("Build it of stone. "))
STEPS = (SummaryStep("Choosing a material", PIECES),)
PASSED = ThoughtsSummary(SummaryState.READY, STEPS, is_checked=True)
UNCHECKED = ThoughtsSummary(SummaryState.READY, STEPS)
PASSED_ALONE = ThoughtsSummary(SummaryState.GENERIC, is_checked=True)
REFUSED = ThoughtsSummary(SummaryState.GENERIC)
WAYS = [ThoughtsDisplay.SUMMARY, ThoughtsDisplay.FILTERED]


@pytest.fixture
def wanted(stage: Stage) -> list[tuple[MessageId, bool]]:
    found: list[tuple[MessageId, bool]] = []
    stage.panel.view.summary_wanted.connect(lambda one, is_on: found.append((one.id, is_on)))
    return found


def opened(
    stage: Stage,
    qtbot: QtBot,
    display: ThoughtsDisplay,
    summary: ThoughtsSummary | None = None,
    *,
    is_checking: bool = True,
) -> Answer:
    """An answer that has ended, with its panel open."""
    message = answer(2, "The text.", thoughts=PIECES, summary=summary or ThoughtsSummary())
    stage.panel.view.show_display(display, is_checking=is_checking)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    shown = stage.answer(2)
    qtbot.mouseClick(shown.thoughts.line, Qt.MouseButton.LeftButton)
    return shown


def says_anything(shown: Answer) -> bool:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    said = words_in(shown.thoughts) + shown.thoughts.line.headline.text()
    return any(word in said for word in ("lighthouse", "stone", "material")) or bool(
        shown.thoughts.pieces
    )


@pytest.mark.parametrize("display", WAYS)
@pytest.mark.parametrize("summary", [None, UNCHECKED, REFUSED])
def test_before_the_check_nothing_is_shown_in_any_way_and_it_is_asked_for(
    stage: Stage,
    wanted: list[tuple[MessageId, bool]],
    qtbot: QtBot,
    display: ThoughtsDisplay,
    summary: ThoughtsSummary | None,
) -> None:
    shown = opened(stage, qtbot, display, summary)
    assert not says_anything(shown)
    assert shown.thoughts.body.note.text()
    assert wanted == [(ANSWER, True)]


@pytest.mark.parametrize("display", WAYS)
def test_what_passed_is_shown(stage: Stage, qtbot: QtBot, display: ThoughtsDisplay) -> None:
    shown = opened(stage, qtbot, display)
    stage.panel.apply(ThoughtsSummaryChanged(ANSWER, PASSED))
    assert says_anything(shown)
    assert shown.thoughts.pieces == PIECES


def test_detail_is_shown_also_where_only_the_headlines_failed(stage: Stage, qtbot: QtBot) -> None:
    shown = opened(stage, qtbot, ThoughtsDisplay.FILTERED)
    stage.panel.apply(ThoughtsSummaryChanged(ANSWER, PASSED_ALONE))
    assert says_anything(shown)
    assert not shown.thoughts.body.note.text()


@pytest.mark.parametrize("display", WAYS)
def test_what_did_not_pass_says_so(stage: Stage, qtbot: QtBot, display: ThoughtsDisplay) -> None:
    shown = opened(stage, qtbot, display)
    assert "being checked" in shown.thoughts.body.note.text()
    stage.panel.apply(ThoughtsSummaryChanged(ANSWER, REFUSED))
    assert not says_anything(shown)
    assert "not shown" in shown.thoughts.body.note.text()


@pytest.mark.parametrize("display", WAYS)
def test_while_the_model_thinks_nothing_of_it_is_shown(
    stage: Stage, qtbot: QtBot, display: ThoughtsDisplay
) -> None:
    stage.panel.view.show_display(display, is_checking=True)
    shown = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.THINKING))
    for piece in PIECES:
        stage.panel.apply(AnswerThoughtAdded(ANSWER, piece))
    stage.flush()
    shown.thoughts._say()
    assert not says_anything(shown)
    qtbot.mouseClick(shown.thoughts.line, Qt.MouseButton.LeftButton)
    assert not says_anything(shown)
    assert "once the answer is there" in shown.thoughts.body.note.text()


@pytest.mark.parametrize("display", WAYS)
def test_switching_the_check_on_veils_what_is_shown_and_asks_and_off_shows_it_again(
    stage: Stage, wanted: list[tuple[MessageId, bool]], qtbot: QtBot, display: ThoughtsDisplay
) -> None:
    shown = opened(stage, qtbot, display, is_checking=False)
    stage.panel.apply(ThoughtsSummaryChanged(ANSWER, UNCHECKED))
    assert says_anything(shown)
    stage.panel.view.show_display(display, is_checking=True)
    assert not says_anything(shown)
    assert wanted[-1] == (ANSWER, True)
    assert wanted.count((ANSWER, True)) == (2 if display is ThoughtsDisplay.SUMMARY else 1)
    stage.panel.view.show_display(display)
    assert says_anything(shown)
