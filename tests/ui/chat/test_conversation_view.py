from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened, MessageAdded
from app.chats.values import MessageStatus
from tests.ui.chat.stage import CHAT, Stage, answer, long_chat, user
from ui.chat.answer import Answer
from ui.chat.conversation_view import ConversationView
from ui.chat.flush_timer import MAX_MS, MIN_MS, FlushTimer
from ui.chat.reading_order import tab_stops
from ui.chat.rows import BETWEEN, BOTTOM, TOP, Rows, guessed_height
from ui.markdown.rich_text import RichText
from ui.theme.theme import Theme

BETWEEN_BELOW_USER = 4
"""What is left of it below the actions of a user's message."""


@pytest.fixture
def view(stage: Stage) -> ConversationView:
    """A chat of 1,000 messages, opened."""
    stage.panel.apply(ChatOpened(CHAT, long_chat(1000)))
    return stage.panel.view


def wheel(view: ConversationView, notches: int) -> None:
    place = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def tops_in_view(view: ConversationView) -> dict[int, int]:
    """Where the real messages in view stand, by id."""
    found = {}
    for index in view._seen.in_view():
        widget = view._widgets[index]
        found[int(view._rows[index].message.id)] = widget.mapTo(view, QPoint(0, 0)).y()
    return found


def follows(view: ConversationView) -> bool:
    return view.is_following


def test_a_chat_opens_at_its_end_with_few_widgets(view: ConversationView) -> None:
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert view.real_widgets < 20
    assert view.widget_of(long_chat(1000)[-1].id) is not None
    assert view.message_count == 1000


def test_messages_in_view_never_overlap_and_leave_no_hole(view: ConversationView) -> None:
    bar = view.verticalScrollBar()
    for part in (0.0, 0.13, 0.5, 0.77, 1.0):
        bar.setValue(round(bar.maximum() * part))
        rows = view._seen.in_view()
        for index in rows:
            widget = view._widgets[index]
            assert widget.isVisible()
            assert widget.height() == view._rows[index].height
            if index + 1 in rows:
                below = view._widgets[index + 1]
                gap = BETWEEN if isinstance(widget, Answer) else BETWEEN_BELOW_USER
                assert below.y() == widget.y() + widget.height() + gap


def test_scrolling_through_everything_keeps_few_widgets(view: ConversationView) -> None:
    most = 0
    bar = view.verticalScrollBar()
    while bar.value() > 0:
        bar.setValue(bar.value() - 600)
        most = max(most, view.real_widgets)
        if bar.value() < bar.maximum() - 40_000:
            break
    assert most < 40


def test_scrolling_up_never_jumps(view: ConversationView) -> None:
    bar = view.verticalScrollBar()
    for _ in range(30):
        before = tops_in_view(view)
        bar.setValue(bar.value() - 50)
        after = tops_in_view(view)
        shared = before.keys() & after.keys()
        assert shared
        moved = {after[key] - before[key] for key in shared}
        assert len(moved) == 1  # what both show moved as one
        assert abs(moved.pop() - 50) <= 1


def test_new_text_is_followed_at_the_end(stage: Stage) -> None:
    stage.begin_answer("A question")
    bar = stage.panel.view.verticalScrollBar()
    for number in range(40):
        stage.say(f"Line {number}.\n\n")
        assert bar.value() == bar.maximum()
    assert bar.maximum() > 0
    assert not stage.panel.view.newest_button.isVisible()


def test_a_reader_who_scrolled_up_is_left_alone(stage: Stage, qtbot: QtBot) -> None:
    stage.begin_answer("A question")
    view = stage.panel.view
    stage.say("Words.\n\n" * 60)
    wheel(view, 4)
    assert not follows(view)
    assert view.newest_button.isVisible()
    before = view.verticalScrollBar().value()
    stage.say("More.\n\n" * 20)
    assert view.verticalScrollBar().value() == before
    qtbot.mouseClick(view.newest_button, Qt.MouseButton.LeftButton)
    assert follows(view)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    assert not view.newest_button.isVisible()
    stage.say("And more.\n\n" * 5)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_scrolling_back_to_the_end_follows_again(stage: Stage) -> None:
    stage.begin_answer("A question")
    view = stage.panel.view
    stage.say("Words.\n\n" * 60)
    wheel(view, 4)
    wheel(view, -30)
    assert follows(view)


def test_sending_goes_to_the_end(stage: Stage, view: ConversationView) -> None:
    view.verticalScrollBar().setValue(0)
    assert not follows(view)
    stage.panel.apply(MessageAdded(user(5000, "New question")))
    stage.panel.apply(MessageAdded(answer(5001, "", MessageStatus.STREAMING)))
    assert follows(view)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


@pytest.mark.parametrize("width", [420, 700, 1300])
def test_a_resize_keeps_the_place_and_the_column(
    stage: Stage, view: ConversationView, width: int
) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = view._rows.at(bar.value())
    stage.panel.resize(width, 700)
    assert view._rows.at(bar.value()) == top
    assert view.column_width <= min(736, width - 32)
    for index in view._seen.in_view():
        widget = view._widgets[index]
        assert widget.width() - widget.bleed == view.column_width
        middle = widget.x() + widget.bleed + view.column_width / 2
        assert abs(middle - view.width() / 2) <= 1


def test_another_text_size_keeps_the_place(
    stage: Stage, view: ConversationView, theme: Theme
) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = view._rows.at(bar.value())
    theme.set_text_scale(1.5)
    QApplication.processEvents()
    for index in view._seen.in_view():
        widget = view._widgets[index]
        assert widget.height() == widget.fit(view.column_width)
        for text in widget.findChildren(RichText):
            if text.isVisible():
                assert text.document().size().height() <= text.height()
    assert abs(view._rows.at(bar.value()) - top) <= 1
    assert not follows(stage.panel.view)


def test_page_keys_in_the_composer_scroll_the_chat(
    stage: Stage, view: ConversationView, qtbot: QtBot
) -> None:
    bar = view.verticalScrollBar()
    before = bar.value()
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_PageUp)
    assert before - view.viewport().height() < bar.value() < before
    qtbot.keyClick(stage.panel.composer.edit, Qt.Key.Key_PageDown)
    assert bar.value() > before - 40


def test_tab_walks_the_messages_in_reading_order_and_out_again(stage: Stage, qtbot: QtBot) -> None:
    messages = (
        user(1, "q"),
        answer(2, "[one](https://one.example)\n\n```\ncode\n```"),
        user(3, "q"),
        answer(4, "[two](https://two.example)"),
    )
    stage.panel.apply(ChatOpened(CHAT, messages))
    view = stage.panel.view
    stops = tab_stops(view._canvas, [view._widgets[index] for index in sorted(view._widgets)])
    places = [(stop.mapTo(view._canvas, QPoint(0, 0)).y()) for stop in stops]
    assert places == sorted(places)
    stops[0].setFocus(Qt.FocusReason.TabFocusReason)
    view.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is stops[0])
    seen = [QApplication.focusWidget()]
    for _ in range(3 * len(stops)):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or not view.isAncestorOf(focused):
            break
        if focused is not seen[-1]:
            seen.append(focused)
    assert seen == stops
    outside = QApplication.focusWidget()
    assert outside is not None
    assert not view.isAncestorOf(outside)


def test_opening_an_empty_chat_shows_no_old_message(stage: Stage, view: ConversationView) -> None:
    stage.panel.apply(ChatOpened(None, ()))
    assert view.real_widgets == 0
    assert stage.panel.empty.isVisible()
    assert not view.isVisible()


def test_rows_know_what_lies_where() -> None:
    rows = Rows()
    rows.reset((user(1, "a"), answer(2, "b"), user(3, "c")), 700)
    for index, height in enumerate((50, 100, 30)):
        assert rows.measure(index, height)
    rows.lay_out()
    assert not rows.measure(1, 100)
    assert [rows.top(index) for index in range(3)] == [TOP, 74, 174 + BETWEEN]
    assert rows.total == TOP + 180 + BETWEEN_BELOW_USER + BETWEEN + BOTTOM
    assert rows.at(0) == 0
    assert rows.at(rows.top(1)) == 1
    assert rows.at(99_999) == 2
    assert list(rows.between(0, 60)) == [0]
    assert list(rows.between(75, 100)) == [1]
    assert list(Rows().between(0, 100)) == []
    assert Rows().at(5) == -1


def test_guesses_are_of_the_right_size(view: ConversationView) -> None:
    for index in view._seen.in_view():
        row = view._rows[index]
        guess = guessed_height(row.message, view.column_width)
        assert 0.5 < guess / row.height < 2


def test_costly_flushes_come_less_often() -> None:
    timer = FlushTimer()
    assert timer.interval_ms == MIN_MS
    pauses = []
    for cost_ms in (1.0, 20.0, 500.0, 2.0):
        timer.note_cost(cost_ms)
        pauses.append(timer.interval_ms)
    assert pauses == [MIN_MS, 100, MAX_MS, MIN_MS]


def test_many_requests_make_one_flush(qtbot: QtBot) -> None:
    timer = FlushTimer()
    seen: list[bool] = []
    timer.due.connect(lambda: seen.append(True))
    with qtbot.waitSignal(timer.due):
        for _ in range(100):
            timer.request()
    assert seen == [True]
