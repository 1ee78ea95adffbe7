from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerCallChanged,
    ChatOpened,
    ChatsChanged,
    PermissionAsked,
    PermissionSettled,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Chat, MessageStatus
from app.permissions.values import Decision, PermissionRequest
from app.tools.records import CallStatus
from app.words import Words
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from tests.ui.chat.tools.records import OPEN, PYTHON, call
from ui.chat.permission_card import PermissionCard
from ui.chat.tool_room import ToolRoom
from ui.chat.tools.doors import ToolDoors

WAITING = call(PYTHON, CallStatus.WAITING)
REQUEST = PermissionRequest(5, CHAT.id, ANSWER, 0, PYTHON, 0)


@pytest.fixture
def decided(stage: Stage) -> list[tuple[int, Decision]]:
    told: list[tuple[int, Decision]] = []
    room = stage.panel.tools
    room._doors = ToolDoors(decide=lambda id_, decision: told.append((id_, decision)))
    return told


def ask(stage: Stage) -> PermissionCard:
    stage.begin_answer()
    stage.panel.apply(AnswerCallChanged(ANSWER, WAITING))
    stage.panel.apply(PermissionAsked(REQUEST))
    stage.flush()
    (question,) = stage.panel.tools.questions
    return question


def test_a_question_stands_in_the_card_of_its_call_and_takes_no_focus(
    stage: Stage, decided: list[tuple[int, Decision]]
) -> None:
    stage.panel.focus_composer()
    question = ask(stage)
    assert question.isVisible()
    assert question.parent() is stage.answer(2).flow.cards[0]
    assert stage.panel.composer.edit.hasFocus()
    assert decided == []


def test_the_card_comes_back_once_it_is_settled(stage: Stage) -> None:
    question = ask(stage)
    composer = stage.panel.composer
    assert composer.hint.text() == "A call waits for your answer. F6 goes there."
    stage.panel.apply(PermissionSettled(REQUEST.id))
    assert "F6" not in composer.hint.text()
    stage.panel.apply(AnswerCallChanged(ANSWER, call(PYTHON, CallStatus.RUNNING)))
    stage.flush()
    assert not question.isVisible()
    assert stage.answer(2).flow.cards[0].head.isVisible()
    assert stage.panel.tools.questions == []


def test_a_question_that_comes_before_its_card_waits_for_it(stage: Stage) -> None:
    stage.begin_answer()
    stage.panel.apply(PermissionAsked(REQUEST))
    assert stage.panel.tools.questions == []
    stage.panel.apply(AnswerCallChanged(ANSWER, WAITING))
    assert [one.request for one in stage.panel.tools.questions] == [REQUEST]


def test_a_question_is_there_again_when_its_chat_is_opened_again(stage: Stage) -> None:
    ask(stage)
    half = answer(2, "", MessageStatus.STREAMING, calls=(WAITING,))
    stage.panel.apply(ChatOpened(None, ()))
    assert stage.panel.tools.questions == []
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), half)))
    (question,) = stage.panel.tools.questions
    stage.flush()
    assert question.isVisible()


def test_f6_leads_to_the_question_and_a_key_answers_it(
    stage: Stage, decided: list[tuple[int, Decision]], qtbot: QtBot
) -> None:
    question = ask(stage)
    stage.panel.focus_composer()
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is question)
    question._shown_ms = 0  # it has been there for a while
    qtbot.keyClick(question, Qt.Key.Key_D)
    assert decided == [(5, Decision(False))]


@pytest.mark.parametrize("is_typing", [False, True])
def test_the_focus_stays_with_the_call_that_was_answered(stage: Stage, is_typing: bool) -> None:
    question = ask(stage)
    question.focus_card()
    if is_typing:
        question.choices.deny_with_reason.click()
    assert question.choices.reason.hasFocus() == is_typing
    stage.panel.apply(PermissionSettled(REQUEST.id))
    assert QApplication.focusWidget() is stage.answer(2).flow.cards[0].head


def test_the_focus_of_someone_who_types_elsewhere_is_left_alone(stage: Stage) -> None:
    ask(stage)
    stage.panel.focus_composer()
    stage.panel.apply(PermissionSettled(REQUEST.id))
    assert stage.panel.composer.edit.hasFocus()


def test_several_questions_know_of_each_other(stage: Stage) -> None:
    first = ask(stage)
    assert first.together.isHidden()
    second = PermissionRequest(6, CHAT.id, ANSWER, 1, OPEN, 0)
    stage.panel.apply(AnswerCallChanged(ANSWER, call(OPEN, CallStatus.WAITING, number=1)))
    stage.panel.apply(PermissionAsked(second))
    stage.flush()
    assert [len(one.together.calls) for one in stage.panel.tools.questions] == [1, 1]
    assert {one.together.calls[0].chat_title for one in stage.panel.tools.questions} == {""}
    stage.panel.apply(PermissionSettled(5))
    assert [one.together.calls for one in stage.panel.tools.questions] == [()]


def test_a_question_of_another_chat_is_named_by_its_chat_and_leads_there(stage: Stage) -> None:
    elsewhere = PermissionRequest(6, ChatId(77), MessageId(78), 0, OPEN, 0)
    other = Chat(ChatId(77), "Weather in Oslo", 0, 0)
    stage.panel.apply(PermissionAsked(elsewhere))
    stage.panel.apply(ChatsChanged((CHAT, other), CHAT.id))
    first = ask(stage)
    assert [one.chat_title for one in first.together.calls] == ["Weather in Oslo"]
    wanted: list[object] = []
    stage.panel.tools.chat_requested.connect(wanted.append)
    first.together.rows[0].go.click()
    assert wanted == [ChatId(77)]
    half = replace(answer(78, "", MessageStatus.STREAMING, calls=(WAITING,)), chat_id=other.id)
    stage.panel.apply(ChatOpened(other, (half,)))
    (question,) = stage.panel.tools.questions
    assert question.request is elsewhere
    assert question.hasFocus()
    assert [one.chat_title for one in question.together.calls] == [CHAT.title]


def test_a_question_in_korean(make_panel: Callable[..., Stage], korean: Words) -> None:
    stage = make_panel(420, 700, korean)
    question = ask(stage)
    assert isinstance(stage.panel.tools, ToolRoom)
    assert "Python" in question.title.text()
    assert question.width() <= 420
