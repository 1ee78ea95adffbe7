from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QDeadlineTimer, QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    BusyChanged,
    ChatOpened,
    MessageAdded,
    ModelState,
    SendRefused,
    StatusChanged,
)
from app.chats.ids import ChatId
from app.chats.values import Chat, Problem
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.chat.stage import CHAT, Stage, answer, user
from ui.chat.prompt_edit import MAX_LINES, PromptEdit

OTHER = Chat(ChatId(8), "Other", 0, 0)


@pytest.fixture
def edit(stage: Stage) -> PromptEdit:
    return stage.panel.composer.edit


def compose(edit: PromptEdit, preedit: str, commit: str = "") -> None:
    """What an input method sends while a syllable is put together."""
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(edit, event)


def test_return_sends_and_empties_the_field(stage: Stage, edit: PromptEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "Hello there")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == [("Hello there", Effort.MEDIUM)]
    assert edit.toPlainText() == ""


def test_shift_return_breaks_the_line(stage: Stage, edit: PromptEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "one")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(edit, "two")
    assert stage.submitted == []
    qtbot.keyClick(edit, Qt.Key.Key_Enter)
    assert [text.replace("\u2028", "\n") for text, _ in stage.submitted] == ["one\ntwo"]


def test_a_blank_message_is_never_sent(stage: Stage, edit: PromptEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "   ")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == []
    assert edit.toPlainText() == "   "
    assert not stage.panel.composer.send_button.isEnabled()


def test_the_button_sends_too(stage: Stage, edit: PromptEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "Hi")
    qtbot.mouseClick(stage.panel.composer.send_button, Qt.MouseButton.LeftButton)
    assert stage.submitted == [("Hi", Effort.MEDIUM)]


def test_return_inside_a_korean_composition_does_not_send(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    compose(edit, "ㅎ")
    compose(edit, "하")
    compose(edit, "한")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == []
    compose(edit, "", commit="한")
    assert edit.toPlainText() == "한"
    compose(edit, "글")
    compose(edit, "", commit="글")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == [("한글", Effort.MEDIUM)]


def test_a_syllable_in_the_making_stands_in_place_of_the_placeholder(
    stage: Stage, edit: PromptEdit
) -> None:
    edit.setCursorWidth(0)
    empty = edit.viewport().grab().toImage()
    compose(edit, "한")
    composing = edit.viewport().grab().toImage()
    compose(edit, "", commit="한")
    written = edit.viewport().grab().toImage()
    far = empty.width() // 12  # behind one syllable stands the rest of the placeholder, or nothing
    rest = (far, 0, empty.width() - far, empty.height())
    assert empty.copy(*rest) != written.copy(*rest)
    assert composing.copy(*rest) == written.copy(*rest)
    assert stage.panel.composer.send_button.isEnabled()


def test_one_syllable_in_the_making_can_be_sent_by_the_button(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    compose(edit, "네")
    button = stage.panel.composer.send_button
    assert button.isEnabled()
    # Qt's offscreen platform has no input method that commits at a press; ibus does.
    button.pressed.connect(lambda: compose(edit, "", commit="네"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.submitted == [("네", Effort.MEDIUM)]
    assert edit.toPlainText() == ""


def test_the_input_method_learns_where_its_window_belongs(edit: PromptEdit, qtbot: QtBot) -> None:
    query = Qt.InputMethodQuery.ImCursorRectangle
    at_first = edit.inputMethodQuery(query)
    qtbot.keyClicks(edit, "some words")
    later = edit.inputMethodQuery(query)
    assert later.left() > at_first.left()
    assert later.toRect() == edit.cursorRect()
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    below = edit.inputMethodQuery(query)
    assert below.top() > later.top()
    assert edit.inputMethodQuery(Qt.InputMethodQuery.ImSurroundingText).startswith("some words")


def test_up_asks_for_the_last_message_only_where_nothing_is_typed(
    edit: PromptEdit, qtbot: QtBot
) -> None:
    asked: list[bool] = []
    edit.edit_last_requested.connect(lambda: asked.append(True))
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert len(asked) == 1
    compose(edit, "한")
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    compose(edit, "", commit="한")
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    edit.clear()
    qtbot.keyClick(edit, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert len(asked) == 1


def test_the_field_grows_with_its_lines_up_to_eight(edit: PromptEdit) -> None:
    heights = []
    for lines in (1, 2, 5, MAX_LINES, MAX_LINES + 1, 50):
        edit.setPlainText("\n".join("x" * lines))
        heights.append(edit.height())
    assert heights[0] < heights[1] < heights[2] < heights[3]
    assert heights[3] == heights[4] == heights[5]


@pytest.mark.parametrize("text", ["가나다라마바사 " * 40, "😀 word " * 60, "مرحبا بالعالم " * 40])
def test_wrapped_lines_of_any_script_are_not_cut_off(edit: PromptEdit, text: str) -> None:
    edit.setPlainText(text[: len(text) // 4])
    last = QTextCursor(edit.document())
    last.movePosition(QTextCursor.MoveOperation.End)
    assert edit.verticalScrollBar().maximum() == 0
    assert edit.cursorRect(last).bottom() <= edit.viewport().height()


def test_pasted_text_comes_without_its_formats(edit: PromptEdit) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("plain 한글 😀\nline")
    QApplication.clipboard().setMimeData(data)
    edit.paste()
    assert edit.toPlainText() == "plain 한글 😀\nline"
    only_html = QMimeData()
    only_html.setImageData(b"x")
    assert not edit.canInsertFromMimeData(only_html)


def test_what_comes_as_rich_text_alone_is_pasted_as_plain_text(edit: PromptEdit) -> None:
    data = QMimeData()
    data.setHtml("<p>one <b>bold</b></p><p>둘</p>")
    assert edit.canInsertFromMimeData(data)
    edit.insertFromMimeData(data)
    assert edit.toPlainText() == "one bold\n둘"


def test_typing_goes_on_while_an_answer_is_written_and_return_keeps_the_text(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    stage.panel.apply(BusyChanged(is_busy=True))
    qtbot.keyClicks(edit, "next question")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == []
    assert edit.toPlainText() == "next question"
    assert stage.panel.composer.hint.text() == "Sotto is still answering. Press Esc to stop it."
    assert stage.panel.composer.hint.isVisible()


def test_send_turns_into_stop_while_an_answer_is_written(stage: Stage, qtbot: QtBot) -> None:
    composer = stage.panel.composer
    assert composer.send_button.isVisible()
    stage.panel.apply(BusyChanged(is_busy=True))
    assert not composer.send_button.isVisible()
    qtbot.mouseClick(composer.stop_button, Qt.MouseButton.LeftButton)
    assert stage.stops == [True]
    stage.panel.apply(BusyChanged(is_busy=False))
    assert composer.send_button.isVisible()
    assert not composer.stop_button.isVisible()


def test_escape_stops_only_while_an_answer_is_written(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert stage.stops == []
    stage.panel.apply(BusyChanged(is_busy=True))
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert stage.stops == [True]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (StatusChanged(), "No model is loaded yet"),
        (
            StatusChanged(ModelState.FAILED, problem=Problem("No {thing}.", fields={"thing": "x"})),
            "No x.",
        ),
    ],
)
def test_what_cannot_be_sent_stays_and_the_button_says_why(
    stage: Stage, edit: PromptEdit, qtbot: QtBot, status: StatusChanged, reason: str
) -> None:
    stage.panel.apply(status)
    qtbot.keyClicks(edit, "kept")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    composer = stage.panel.composer
    assert stage.submitted == []
    assert edit.toPlainText() == "kept"
    assert not composer.send_button.isEnabled()
    assert composer.send_button.toolTip() == reason
    assert composer.hint.text() == reason
    assert composer.hint.isVisible()
    stage.panel.apply(StatusChanged(ModelState.READY))
    assert composer.send_button.isEnabled()


def test_while_the_model_loads_a_message_can_be_sent_and_the_hint_tells_how_far_it_is(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    stage.panel.apply(StatusChanged(ModelState.LOADING, load_fraction=0.42))
    qtbot.keyClicks(edit, "early")
    assert stage.panel.composer.hint.text() == "The model is loading: 42 %"
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert [text for text, _ in stage.submitted] == ["early"]


def test_a_refused_message_comes_back_before_what_was_typed_since(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    qtbot.keyClicks(edit, "first")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "second")
    stage.panel.apply(SendRefused("first", Problem("The disk is full.", "Make room.")))
    assert edit.toPlainText() == "first\nsecond"
    assert stage.panel.problem.isVisible()
    assert stage.panel.problem.title.text() == "The disk is full."
    assert stage.panel.problem.hint.text() == "Make room."
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert not stage.panel.problem.isVisible()


def test_each_chat_keeps_its_own_draft(stage: Stage, edit: PromptEdit, qtbot: QtBot) -> None:
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), answer(2, "a"))))
    qtbot.keyClicks(edit, "for the first")
    stage.panel.apply(ChatOpened(OTHER, (user(3, "q"), answer(4, "a"))))
    assert edit.toPlainText() == ""
    qtbot.keyClicks(edit, "for the other")
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), answer(2, "a"))))
    assert edit.toPlainText() == "for the first"
    stage.panel.apply(ChatOpened(None, ()))
    assert edit.toPlainText() == ""
    stage.panel.apply(ChatOpened(OTHER, ()))
    assert edit.toPlainText() == "for the other"


def test_what_is_typed_without_a_pause_is_kept_too(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    told: list[str] = []
    stage.panel.drafts.changed.connect(lambda _, text: told.append(text))
    patience = QDeadlineTimer(20_000)
    while not told and not patience.hasExpired():
        qtbot.keyClick(edit, "a")
        QApplication.processEvents()
    assert told
    assert set(told[0]) == {"a"}


def test_words_typed_while_a_first_message_is_stored_stay(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    stage.panel.apply(ChatOpened(None, ()))
    qtbot.keyClicks(edit, "first")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "typed since")
    stage.panel.apply(ChatOpened(CHAT, ()))
    stage.panel.apply(MessageAdded(user(1, "first")))
    assert edit.toPlainText() == "typed since"


def test_the_effort_is_chosen_with_the_keyboard_and_announced(
    stage: Stage, edit: PromptEdit, qtbot: QtBot
) -> None:
    said: list[Effort] = []
    stage.panel.effort_changed.connect(said.append)
    segment = stage.panel.composer.effort.segments[1]
    segment.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(segment, Qt.Key.Key_Right)
    assert said == [Effort.HIGH]
    qtbot.keyClicks(edit, "deep")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert stage.submitted == [("deep", Effort.HIGH)]
    stage.panel.apply(ChatOpened(OTHER, ()))
    assert stage.panel.composer.chosen_effort is Effort.HIGH


def test_a_stored_effort_is_shown_without_being_announced(stage: Stage) -> None:
    said: list[Effort] = []
    stage.panel.effort_changed.connect(said.append)
    stage.panel.set_effort(Effort.LOW)
    assert said == []
    assert stage.panel.composer.effort.segments[0].isChecked()


def test_every_effort_says_in_plain_words_what_it_does(stage: Stage) -> None:
    tips = [segment.toolTip() for segment in stage.panel.composer.effort.segments]
    assert len(set(tips)) == 3
    assert all(tips)


def test_a_wide_panel_can_become_narrow_again(stage: Stage) -> None:
    assert stage.panel.minimumSizeHint().width() <= 420


@pytest.mark.parametrize("width", [420, 480, 760, 1200])
@pytest.mark.parametrize("is_korean", [False, True])
def test_nothing_in_the_composer_is_cut_off(
    make_panel: Callable[..., Stage], words: Words, korean: Words, width: int, is_korean: bool
) -> None:
    stage = make_panel(width=width, language=korean if is_korean else words)
    composer = stage.panel.composer
    for is_busy in (False, True):
        stage.panel.apply(BusyChanged(is_busy=is_busy))
        QApplication.processEvents()
        button = composer.stop_button if is_busy else composer.send_button
        for part in (composer.edit, composer.effort, button):
            place = part.geometry()
            assert place.left() >= 0
            assert place.right() < composer.width()
            assert place.width() >= part.minimumSizeHint().width()
        assert composer.effort.geometry().right() < button.geometry().left()
        assert composer.x() >= 0
        assert composer.geometry().right() < width


def test_the_placeholder_and_names_are_there_for_screen_readers(stage: Stage) -> None:
    composer = stage.panel.composer
    assert composer.edit.placeholderText() == "Message Sotto"
    assert composer.edit.accessibleName() == "Message"
    assert composer.send_button.accessibleName() == "Send"
    assert composer.stop_button.accessibleName() == "Stop"
    assert composer.effort.accessibleName() == "Reasoning effort"
