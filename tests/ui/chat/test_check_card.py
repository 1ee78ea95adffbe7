"""What an answer says of the check against the user's policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import AnswerCheckChanged, ChatOpened, CheckStage, MessageEnded
from app.chats.values import Message, MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from app.words import Words
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from ui.chat.answer import Answer

FOUND = MessageCheck(CheckState.VIOLATION, "Rude words")


def checked(check: MessageCheck, text: str = "") -> Message:
    return replace(answer(2, text), check=check)


def show(stage: Stage, message: Message) -> Answer:
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    return stage.answer(2)


def test_what_is_checked_just_now_is_said_where_the_answer_will_be(stage: Stage) -> None:
    shown = stage.begin_answer()
    assert not shown.check.isVisible()
    stage.panel.apply(AnswerCheckChanged(ANSWER, CheckStage.QUESTION))
    stage.flush()
    assert shown.check.isVisible()
    assert shown.check.title.text() == "Checking your message…"
    assert not shown.check.button.isVisible()
    assert not shown.thoughts.isVisible()  # nothing is read yet
    stage.panel.apply(AnswerCheckChanged(ANSWER, CheckStage.NONE))
    stage.flush()
    assert not shown.check.isVisible()
    assert shown.thoughts.isVisible()


def test_an_answer_that_is_shown_later_says_so_while_it_is_written(stage: Stage) -> None:
    streaming = replace(answer(2, "", MessageStatus.STREAMING), check=MessageCheck())
    shown = show(stage, streaming)
    assert shown.check.title.text() == "The answer is shown once it is checked."
    stage.panel.apply(MessageEnded(checked(MessageCheck(CheckState.FINE), "Hello")))
    assert not shown.check.isVisible()
    assert shown.markdown == "Hello"


@pytest.mark.parametrize(
    ("check", "title", "wish"),
    [
        (FOUND, "Withheld: the check found “Rude words” in the answer.", "Show it anyway"),
        (
            MessageCheck(CheckState.VIOLATION),
            "Withheld: the check found the answer against the policy.",
            "Show it anyway",
        ),
        (MessageCheck(), "Withheld: the answer could not be checked.", "Show it anyway"),
        (
            replace(FOUND, is_of_question=True),
            "Not answered: the check found “Rude words” in your message.",
            "Answer it anyway",
        ),
        (
            MessageCheck(CheckState.UNDECIDED, is_of_question=True),
            "Not answered: your message could not be checked.",
            "Answer it anyway",
        ),
    ],
)
def test_what_is_withheld_says_why_and_can_be_appealed(
    stage: Stage, qtbot: QtBot, check: MessageCheck, title: str, wish: str
) -> None:
    shown = show(stage, checked(check))
    assert shown.check.title.text() == title
    assert shown.check.button.text() == wish
    assert shown.check.accessibleName().startswith(title)
    with qtbot.waitSignal(shown.check.appealed):
        qtbot.mouseClick(shown.check.button, Qt.MouseButton.LeftButton)
    assert not shown.foot.copy_button.isVisible()


def test_an_answer_that_is_shown_all_the_same_says_what_was_found(stage: Stage) -> None:
    shown = show(stage, checked(FOUND))
    stage.panel.apply(MessageEnded(checked(replace(FOUND, is_appealed=True), "Hello")))
    assert shown.markdown == "Hello"
    assert shown.check.title.text() == "Shown as you wanted; the check found “Rude words”."
    assert not shown.check.button.isVisible()
    assert shown.foot.copy_button.isVisible()


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (FOUND, "Answered as you wanted; the check found “Rude words” in your message."),
        (MessageCheck(CheckState.UNDECIDED), "Answered without a check, as you wanted."),
    ],
)
def test_an_answer_to_a_question_that_was_found_says_so(
    stage: Stage, check: MessageCheck, said: str
) -> None:
    appealed = replace(check, is_appealed=True, is_of_question=True)
    streaming = replace(answer(2, "", MessageStatus.STREAMING), check=appealed)
    shown = show(stage, streaming)
    assert not shown.check.isVisible()
    stage.say("Hello")
    assert shown.markdown == "Hello"
    stage.panel.apply(MessageEnded(checked(appealed, "Hello")))
    assert shown.check.title.text() == said
    assert not shown.check.button.isVisible()


def test_a_question_that_was_not_answered_is_not_called_stopped(stage: Stage) -> None:
    stopped = replace(checked(replace(FOUND, is_of_question=True)), status=MessageStatus.STOPPED)
    assert show(stage, stopped).foot.mark.text() == ""


@pytest.mark.parametrize("width", [420, 900])
@pytest.mark.parametrize("is_korean", [False, True])
def test_nothing_in_the_card_is_cut_off(
    make_panel: Callable[..., Stage], words: Words, korean: Words, width: int, is_korean: bool
) -> None:
    stage = make_panel(width=width, language=korean if is_korean else words)
    card = show(stage, checked(FOUND)).check
    for part in (card.title, card.hint, card.button):
        assert card.rect().contains(part.geometry())
    assert card.title.height() >= card.title.heightForWidth(card.title.width())
    assert card.hint.height() >= card.hint.heightForWidth(card.hint.width())
