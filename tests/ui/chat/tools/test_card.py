from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import AnswerCallChanged, AnswerPhaseChanged, ChatOpened, MessageEnded
from app.chats.values import MessageStatus
from app.tools.records import CallRecord, CallStatus
from app.tools.values import Progress
from engine.events import Phase
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from tests.ui.chat.tools.conftest import Store
from tests.ui.chat.tools.records import OPEN, PYTHON, SEARCH, call
from ui.chat.answer_flow import pieces_of
from ui.chat.tools.card import ToolCard


def show(stage: Stage, *calls: CallRecord, text: str = "Done.") -> list[ToolCard]:
    message = answer(2, text, calls=calls)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    return list(stage.answer(2).flow.cards.values())


def change(stage: Stage, record: CallRecord) -> None:
    stage.panel.apply(AnswerCallChanged(ANSWER, record))
    stage.flush()


def test_words_and_calls_stand_in_the_order_they_came(stage: Stage) -> None:
    first = call(SEARCH, number=0, preamble_chars=9)
    second = call(OPEN, number=1, preamble_chars=18)
    stored = answer(2, "Final.", preamble="I search.I open it.", calls=(first, second))
    assert list(pieces_of(stored)) == [
        ("preamble", "I search."),
        first,
        ("preamble", "I open it"),
        second,
        ("preamble", "."),
        ("text", "Final."),
    ]
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), stored)))
    parts = stage.answer(2).flow._parts
    tops = [part.y() for part in parts]
    assert tops == sorted(set(tops))
    assert all(part.isVisible() for part in parts)


def test_what_streamed_in_is_the_same_when_it_is_stored(stage: Stage) -> None:
    shown = stage.begin_answer()
    stage.say("First. ")
    change(stage, call(status=CallStatus.RUNNING, text_chars=7))
    done = call(text_chars=7, result="3")
    change(stage, done)
    stage.say("Second.")
    parts = list(shown.flow._parts)
    stage.panel.apply(MessageEnded(answer(2, "First. Second.", calls=(done,))))
    assert shown.flow._parts == parts
    assert shown.flow.calls == (done,)
    assert shown.markdown == "First. Second."


def test_an_answer_opened_in_the_middle_shows_its_calls(stage: Stage) -> None:
    running = call(status=CallStatus.RUNNING, text_chars=5)
    half = answer(2, "Then ", MessageStatus.STREAMING, calls=(running,))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), half)))
    assert stage.answer(2).flow.calls == (running,)
    stage.say("more")
    assert stage.answer(2).flow._kinds == ["text", "call 0", "text"]


def test_a_card_is_one_line_until_it_is_opened_from_the_keyboard(
    stage: Stage, qtbot: QtBot
) -> None:
    (card,) = show(stage, call(result="a\x1b[31m3\x1b[0m"))
    assert card.head.accessibleName() == "Ran Python, 1.4 s"
    assert card.height() == card.head.height()
    qtbot.keyClick(card.head, Qt.Key.Key_Return)
    assert card.details is not None
    assert card.details.isVisible()
    assert card.details.body.text.code == PYTHON.body
    assert card.details.result.text == "a3"
    assert card.height() > 2 * card.head.height()
    card.details.result.copy_button.click()
    assert QApplication.clipboard().text() == "a3"
    qtbot.keyClick(card.head, Qt.Key.Key_Space)
    assert not card.details.isVisible()
    assert card.height() == card.head.height()


def test_an_opened_card_is_open_when_it_comes_back_into_view(stage: Stage) -> None:
    (card,) = show(stage, call(result="3"))
    card.head.click()
    stage.panel.view._widgets.drop_all()
    again = stage.answer(2).flow.cards[0]
    assert again is not card
    assert again.is_open


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (CallStatus.WAITING, "waits for your answer"),
        (CallStatus.FAILED, "ended with an error  ·  1.4 s"),
        (CallStatus.TIMED_OUT, "took too long  ·  1.4 s"),
        (CallStatus.DENIED, "you said no"),
        (CallStatus.REFUSED, "could not run as written"),
        (CallStatus.STOPPED, "stopped"),
    ],
)
def test_how_a_call_stands_is_said_in_words(stage: Stage, status: CallStatus, detail: str) -> None:
    (card,) = show(stage, call(status=status))
    assert card.head.detail == detail


def test_output_so_far_and_progress_are_shown_while_it_runs(stage: Stage) -> None:
    shown = stage.begin_answer()
    change(stage, call(status=CallStatus.RUNNING))
    card = shown.flow.cards[0]
    assert card.bar.isHidden()
    card.head.click()
    change(stage, call(status=CallStatus.RUNNING, progress=Progress(0.25, "step 1\n")))
    assert "25 %" in card.head.detail
    assert card.bar.isVisible()
    assert card.details is not None
    assert card.details.result.text == "step 1"
    change(stage, call(result="step 1\nstep 2"))
    assert card.bar.isHidden()
    assert card.details.result.text == "step 1\nstep 2"


def test_a_long_result_scrolls_inside_the_card(stage: Stage) -> None:
    (card,) = show(stage, call(result="line\n" * 5000))
    card.head.click()
    assert card.details is not None
    assert card.details.result.height() < 400
    assert card.details.result.view.verticalScrollBar().maximum() > 1000


def test_strangers_words_carry_a_sign(stage: Stage) -> None:
    (card,) = show(stage, call(OPEN, origins=("docs.example.org",)))
    assert card.origins.isVisible()
    assert card.origins.text == "Content from docs.example.org: not checked by anyone"


def test_a_turn_at_its_cap_asks_whether_to_go_on(stage: Stage, store: Store) -> None:
    shown = stage.begin_answer()
    change(stage, call(status=CallStatus.PAUSED, number=24))
    card = shown.flow.cards[24]
    assert card.note.text() == "24 calls so far. Continue?"
    card.go_on_button.click()
    card.go_on_button.click()
    assert store.went_on == [True]


def test_a_question_takes_the_cards_place_and_gives_it_back(stage: Stage) -> None:
    shown = stage.begin_answer()
    change(stage, call(status=CallStatus.WAITING))
    card = shown.flow.cards[0]
    question = QWidget()
    question.setFixedHeight(200)
    card.set_question(question)
    stage.flush()
    assert question.isVisible()
    assert card.height() == 200
    assert not card.head.isVisible()
    card.set_question(None)
    change(stage, call(status=CallStatus.RUNNING))
    assert card.head.isVisible()
    assert card.height() == card.head.height()


def test_what_the_user_changed_is_shown_beside_what_the_model_wrote(stage: Stage) -> None:
    (card,) = show(stage, call(original="print(1)"))
    card.head.click()
    assert card.details is not None
    assert card.details.original.isVisible()
    assert card.details.original.text.code == "print(1)"


def test_opening_a_card_leaves_it_where_it_is(stage: Stage) -> None:
    calls = (call(text_chars=10), call(number=1, text_chars=4000, result="r\n" * 100))
    show(stage, *calls, text="words and more words " * 400)
    card = stage.answer(2).flow.cards[1]
    bar = stage.panel.view.verticalScrollBar()
    bar.setValue(max(0, bar.maximum() - 600))
    before = card.mapTo(stage.panel, card.rect().topLeft()).y()
    card.head.click()
    assert card.mapTo(stage.panel, card.rect().topLeft()).y() == before
    card.head.click()
    assert card.mapTo(stage.panel, card.rect().topLeft()).y() == before


def test_while_a_call_waits_for_the_user_the_line_above_says_so(stage: Stage) -> None:
    shown = stage.begin_answer()
    stage.panel.apply(AnswerPhaseChanged(ANSWER, Phase.CALLING))
    change(stage, call(status=CallStatus.WAITING))
    assert shown.thoughts.line.text() == "Waiting for your answer"
    change(stage, call(status=CallStatus.RUNNING))
    assert shown.thoughts.line.text() == "Waiting for a tool…"
