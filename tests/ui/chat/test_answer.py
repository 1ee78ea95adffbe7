from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import AnswerPreambleAdded, AnswerTextAdded, ChatOpened, MessageEnded
from app.chats.values import MessageStatus, Problem
from engine.events import Usage
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from ui.chat.answer import Answer
from ui.chat.user_bubble import UserBubble
from ui.controls.signs import IconSign
from ui.markdown.text_segment import TextSegment
from ui.theme.theme import Theme
from ui.theme.tokens import Size


def show(stage: Stage, *messages: object) -> None:
    stage.panel.apply(ChatOpened(CHAT, messages))  # type: ignore[arg-type]  # messages only


def body(shown: Answer) -> str:
    return "\n".join(
        part.text.toPlainText() for part in shown.body.segments if isinstance(part, TextSegment)
    )


def test_text_streams_in_and_is_the_same_at_the_end(stage: Stage) -> None:
    shown = stage.begin_answer()
    for piece in ("Hello **wor", "ld**, ", "한국어 😀", "\n\nNext."):
        stage.say(piece)
    assert body(shown) == "Hello world, 한국어 😀\nNext."
    assert not shown.foot.isVisible()
    segments = list(shown.body.segments)
    stage.panel.apply(MessageEnded(answer(2, "Hello **world**, 한국어 😀\n\nNext.")))
    assert shown.body.segments == segments
    assert shown.foot.isVisible()
    assert shown.foot.cost.text() == "412 tokens  ·  41 tokens/s"


def test_a_mark_stands_where_the_answer_is_being_written(stage: Stage) -> None:
    shown = stage.begin_answer()
    assert shown.mark.isHidden()
    stage.say("Hello")
    first = shown.mark.pos()
    assert shown.mark.isVisible()
    stage.say(" and more")
    assert shown.mark.x() > first.x()
    assert shown.mark.y() == first.y()
    stage.say("\n\n```py\nx = 1")
    assert shown.mark.y() > first.y()
    stage.panel.apply(MessageEnded(answer(2, "Hello and more\n\n```py\nx = 1\n```")))
    assert not shown.mark.isVisible()


def test_text_is_shown_by_the_flush_timer(stage: Stage, qtbot: QtBot) -> None:
    shown = stage.begin_answer()
    stage.panel.apply(AnswerTextAdded(ANSWER, "Hello"))
    assert body(shown) == ""
    qtbot.waitUntil(lambda: body(shown) == "Hello", timeout=5000)


def test_the_end_of_an_answer_moves_nothing(stage: Stage) -> None:
    shown = stage.begin_answer()
    stage.say("Hello")
    before = (shown.body.pos(), shown.height())
    stage.panel.apply(MessageEnded(answer(2, "Hello", usage=Usage(reply_tokens=1))))
    assert (shown.body.pos(), shown.height()) == before


def test_copy_gives_the_markdown(stage: Stage, qtbot: QtBot) -> None:
    show(stage, user(1, "q"), answer(2, "**Bold** and `code`"))
    shown = stage.answer(2)
    qtbot.mouseClick(shown.foot.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "**Bold** and `code`"
    assert shown.foot.copy_button.accessibleName() == "Copied"
    shown.foot._copied.timer.timeout.emit()
    assert shown.foot.copy_button.accessibleName() == "Copy answer"


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (MessageStatus.COMPLETE, ""),
        (MessageStatus.STOPPED, "Stopped"),
        (MessageStatus.LIMIT, "The context is full"),
        (MessageStatus.INTERRUPTED, "Interrupted while Sotto answered"),
        (MessageStatus.FAILED, "Not finished"),
    ],
)
def test_the_foot_says_how_an_answer_ended(stage: Stage, status: MessageStatus, mark: str) -> None:
    show(stage, user(1, "q"), answer(2, "Some text", status))
    foot = stage.answer(2).foot
    assert foot.mark.text() == mark
    assert foot.mark.isVisible() == bool(mark)
    assert any(sign.isVisible() for sign in foot.findChildren(IconSign)) == bool(mark)


def test_an_error_stands_in_the_answer_with_what_to_do(stage: Stage) -> None:
    title = "There is no room for {count} tokens."
    problem = Problem(title, "Begin a new chat.", "detail", {"count": "9"})
    show(stage, user(1, "q"), answer(2, "Half", MessageStatus.FAILED, problem=problem))
    shown = stage.answer(2)
    assert body(shown) == "Half"
    assert shown.problem.title.text() == "There is no room for 9 tokens."
    assert shown.problem.hint.text() == "Begin a new chat."
    assert "detail" not in shown.problem.accessibleName()
    assert shown.problem.y() > shown.body.y()


def test_an_answer_stopped_before_its_first_word_has_nothing_to_copy(stage: Stage) -> None:
    show(stage, user(1, "q"), answer(2, "", MessageStatus.STOPPED))
    foot = stage.answer(2).foot
    assert not foot.copy_button.isVisible()
    assert foot.mark.isVisible()


def test_what_is_said_before_a_tool_call_stands_above_the_answer(stage: Stage) -> None:
    shown = stage.begin_answer()
    stage.panel.apply(AnswerPreambleAdded(ANSWER, "Let me look."))
    stage.say("Found.")
    assert not shown.preamble.is_empty
    assert shown.preamble.y() < shown.body.y()
    ended = answer(2, "Found.", preamble="Let me look.")
    stage.panel.apply(MessageEnded(ended))
    assert shown.preamble.isVisible()


def test_a_users_words_are_shown_as_they_were_typed(stage: Stage) -> None:
    typed = "<b>x</b> **y** $z$\n  indented   spaces\n<|start|>"
    show(stage, user(1, typed), answer(2, "a"))
    bubble = stage.panel.view.widget_of(user(1, "").id)
    assert isinstance(bubble, UserBubble)
    assert bubble.text.toPlainText() == typed


def test_bubbles_hug_the_right_edge_and_keep_to_their_width(stage: Stage) -> None:
    show(stage, user(1, "Hi"), answer(2, "a"), user(3, "long words " * 40), answer(4, "b"))
    view = stage.panel.view
    for number in (1, 3):
        bubble = view.widget_of(user(number, "").id)
        assert isinstance(bubble, UserBubble)
        assert round(bubble._bubble.right()) == bubble.width() == view.column_width
        assert bubble._bubble.width() <= Size.BUBBLE_MAX
        assert bubble.text.document().size().width() <= bubble.text.width() + 1


def test_a_very_long_message_begins_folded(stage: Stage, qtbot: QtBot) -> None:
    show(stage, user(1, "line\n" * 200), answer(2, "a"))
    view = stage.panel.view
    view.verticalScrollBar().setValue(0)
    bubble = view.widget_of(user(1, "").id)
    assert isinstance(bubble, UserBubble)
    assert bubble.more_button is not None
    height = bubble.height()
    qtbot.mouseClick(bubble.more_button, Qt.MouseButton.LeftButton)
    assert bubble.height() > 3 * height
    assert not bubble.more_button.isVisible()


def test_the_bubble_has_its_colour_in_every_theme(stage: Stage, theme: Theme) -> None:
    show(stage, user(1, "Hello you"), answer(2, "a"))
    for mode in ("light", "dark", "high_contrast"):
        theme.set_mode(mode)
        QApplication.processEvents()
        bubble = stage.panel.view.widget_of(user(1, "").id)
        assert isinstance(bubble, UserBubble)
        middle = bubble._bubble.center().toPoint()
        image = bubble.grab().toImage()
        left = round(bubble._bubble.left()) + 8
        assert image.pixelColor(left, middle.y()).name().upper() == theme.colors.bubble
    theme.set_mode("light")
