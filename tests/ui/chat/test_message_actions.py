from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.chats.branch_places import BranchPlace
from app.chats.changes import BranchesChanged, BusyChanged, ChatOpened
from app.chats.ids import MessageId
from app.chats.values import MessageStatus
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.chat.stage import CHAT, Stage, answer, user
from ui.chat.message_desk import Edit, OnCosts
from ui.chat.user_bubble import UserBubble
from ui.controls.button import IconButton

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
PLACES = {
    MessageId(3): BranchPlace((MessageId(3), MessageId(7), MessageId(8)), 0),
    MessageId(4): BranchPlace((MessageId(14), MessageId(4), MessageId(24)), 1),
}


@pytest.fixture
def talk(stage: Stage) -> Stage:
    """Two questions and two answers; the second question and its answer have other versions."""
    messages = (
        user(1, "One?"),
        answer(2, "First, *well*.\n\n- a\n- b"),
        user(3, "Two?"),
        answer(4, "Second."),
    )
    stage.panel.apply(ChatOpened(CHAT, messages))
    stage.panel.apply(BranchesChanged(PLACES))
    return stage


def bubble(stage: Stage, message_id: int) -> UserBubble:
    widget = stage.panel.view.widget_of(MessageId(message_id))
    assert isinstance(widget, UserBubble)
    return widget


def is_painted(button: IconButton) -> bool:
    """Whether anything of it is seen."""
    image = button.grab().toImage()
    ground = image.pixel(0, 0)
    return any(
        image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height())
    )


def hover(widget: QWidget) -> None:
    place = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(place, place, place))


def choose(foot: QWidget, *names: str) -> None:
    """Choose an entry of the open menu, perhaps in a menu of that one."""
    menu = foot.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    for name in names[:-1]:
        menu = next(one for one in menu.findChildren(QMenu) if one.title() == name)
    next(one for one in menu.actions() if one.text().split("\t")[0] == names[-1]).trigger()
    menu.close()


def test_actions_are_seen_below_the_newest_answer_and_under_the_pointer(talk: Stage) -> None:
    assert is_painted(talk.answer(4).foot.copy_button)
    old = talk.answer(2)
    assert not is_painted(old.foot.copy_button)
    before = old.geometry()
    hover(old)
    assert is_painted(old.foot.copy_button)
    QApplication.sendEvent(old, QEvent(QEvent.Type.Leave))
    assert not is_painted(old.foot.copy_button)
    assert old.geometry() == before


def test_the_keyboard_reaches_the_actions_of_every_message(talk: Stage, qtbot: QtBot) -> None:
    shown = bubble(talk, 1)
    shown.copy_button.setFocus(Qt.FocusReason.TabFocusReason)
    assert is_painted(shown.edit_button)
    names = [shown.copy_button.accessibleName()]
    for _ in range(6):
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        names.append(now.accessibleName())
    assert names[:3] == ["Copy message", "Change message", "More for this message"]
    assert "Copy answer" in names
    assert not is_painted(shown.edit_button)


def test_an_answer_is_copied_as_plain_text(talk: Stage, qtbot: QtBot) -> None:
    foot = talk.answer(2).foot
    qtbot.mouseClick(foot.copy_button, LEFT)
    assert QApplication.clipboard().text() == "First, *well*.\n\n- a\n- b"
    qtbot.mouseClick(foot.more_button, LEFT)
    choose(foot, "Copy as plain text")
    assert QApplication.clipboard().text() == "First, well.\n\n• a\n• b"


def test_a_message_of_the_user_is_copied_as_it_was_written(talk: Stage, qtbot: QtBot) -> None:
    qtbot.mouseClick(bubble(talk, 1).copy_button, LEFT)
    assert QApplication.clipboard().text() == "One?"
    assert bubble(talk, 1).copy_button.accessibleName() == "Copied"


def test_an_answer_is_wanted_again_at_another_effort_with_what_it_costs(
    talk: Stage, qtbot: QtBot
) -> None:
    desk, foot = talk.panel.view.desk, talk.answer(4).foot
    desk.find_costs = lambda _id, done: done({Effort.HIGH: "reads 9,200 tokens, about 4 s"})
    qtbot.mouseClick(foot.again_button, LEFT)
    (menu,) = foot.findChildren(QMenu)
    width = menu.width()
    texts = [one.text() for one in menu.actions() if not one.isSeparator()]
    assert texts == [
        "Answer again",
        "At low effort",
        "At high effort\treads 9,200 tokens, about 4 s",
    ]
    assert menu.width() == width >= menu.sizeHint().width()
    with qtbot.waitSignal(desk.again_wanted) as wanted:
        choose(foot, "At high effort")
    assert wanted.args == [4, Effort.HIGH]


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Compare versions", "compare_wanted"),
        ("Fork to a new chat", "fork_wanted"),
        ("Delete this and what follows", "delete_wanted"),
    ],
)
def test_the_menu_of_an_answer_says_what_is_wanted(
    talk: Stage, qtbot: QtBot, name: str, signal: str
) -> None:
    foot = talk.answer(4).foot
    qtbot.mouseClick(foot.menu_button, LEFT)
    with qtbot.waitSignal(getattr(talk.panel.view.desk, signal)) as wanted:
        choose(foot, name)
    assert wanted.args == [4]


def test_an_answer_without_other_versions_cannot_be_compared(talk: Stage, qtbot: QtBot) -> None:
    foot = talk.answer(2).foot
    qtbot.mouseClick(foot.menu_button, LEFT)
    (menu,) = foot.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    compare = next(one for one in menu.actions() if one.text() == "Compare versions")
    assert not compare.isEnabled()
    menu.close()


def test_the_caret_goes_into_the_text_of_an_answer(talk: Stage, qtbot: QtBot) -> None:
    foot = talk.answer(2).foot
    qtbot.mouseClick(foot.menu_button, LEFT)
    choose(foot, "Select text")
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(focused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "First, well.\n\n• a\n• b"


def test_only_the_newest_answer_that_was_cut_goes_on(stage: Stage, qtbot: QtBot) -> None:
    stopped = answer(2, "So far", MessageStatus.STOPPED)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "Tell"), stopped)))
    foot = stage.answer(2).foot
    with qtbot.waitSignal(stage.panel.view.desk.go_on_wanted) as wanted:
        qtbot.mouseClick(foot.go_on_button, LEFT)
    assert wanted.args == [2]
    more = (user(3, "And?"), answer(4, "Whole."))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "Tell"), stopped, *more)))
    assert not stage.answer(2).foot.go_on_button.isVisible()
    assert not stage.answer(4).foot.go_on_button.isVisible()


# ---- versions


def test_the_switcher_says_which_version_is_shown(talk: Stage) -> None:
    switcher = talk.answer(4).foot.row.switcher
    assert switcher.isVisible()
    assert switcher.label.text() == "2/3"
    assert switcher.accessibleName() == "Version 2 of 3"
    assert not talk.answer(2).foot.row.switcher.isVisible()
    first = bubble(talk, 3).actions_row.switcher
    assert not first.back.isEnabled()
    assert first.forth.isEnabled()


def test_arrows_and_alt_with_arrows_lead_to_other_versions(talk: Stage, qtbot: QtBot) -> None:
    desk, shown = talk.panel.view.desk, talk.answer(4)
    with qtbot.waitSignal(desk.show_wanted) as wanted:
        qtbot.mouseClick(shown.foot.row.switcher.back, LEFT)
    assert wanted.args == [14]
    shown.flow.focus_text()
    for widget in (QApplication.focusWidget(), shown.foot.copy_button):
        assert widget is not None
        widget.setFocus()
        with qtbot.waitSignal(desk.show_wanted) as wanted:
            qtbot.keyClick(widget, Qt.Key.Key_Right, ALT)
        assert wanted.args == [24]
    with qtbot.assertNotEmitted(desk.show_wanted):
        qtbot.keyClick(bubble(talk, 3).copy_button, Qt.Key.Key_Left, ALT)


def test_the_arrows_say_when_and_how_the_other_version_was_made(talk: Stage) -> None:
    versions = tuple(
        answer(number, "x", effort=effort)
        for number, effort in ((14, Effort.LOW), (4, Effort.MEDIUM), (24, Effort.HIGH))
    )
    talk.panel.view.desk.find_siblings = lambda _id, done: done(versions)
    switcher = talk.answer(4).foot.row.switcher
    hover(switcher.forth)
    assert "high effort, " in switcher.forth.toolTip()
    assert "low effort, " in switcher.back.toolTip()
    assert "Alt" in switcher.back.toolTip()


def test_what_is_read_stays_when_another_version_is_shown(stage: Stage) -> None:
    paragraph = "Words that fill a line or two of the column, and then some more of them. " * 3
    common = tuple(
        one
        for n in range(1, 21, 2)
        for one in (user(n, f"Question {n}?"), answer(n + 1, paragraph))
    )
    long = answer(31, "\n\n".join([paragraph] * 12))
    short = answer(32, paragraph)
    question = user(30, "And?")
    panel, view = stage.panel, stage.panel.view
    panel.apply(ChatOpened(CHAT, (*common, question, short)))
    places = {MessageId(32): BranchPlace((MessageId(31), MessageId(32)), 1)}
    panel.apply(BranchesChanged(places))
    view.answer(MessageId(32)).foot.row.switcher.back.setFocus()  # type: ignore[union-attr]
    top = on_screen(stage, 30)
    kept = view.widget_of(MessageId(20))
    panel.apply(ChatOpened(CHAT, (*common, question, long)))
    places = {MessageId(31): BranchPlace((MessageId(31), MessageId(32)), 0)}
    panel.apply(BranchesChanged(places))
    assert on_screen(stage, 30) == top
    assert view.widget_of(MessageId(20)) is kept
    assert not view.is_following
    focused = QApplication.focusWidget()
    assert focused is stage.answer(31).foot.row.switcher.forth
    # In the middle of a long version its end is what stays.
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    end = on_screen(stage, 31) + stage.answer(31).height()
    panel.apply(ChatOpened(CHAT, (*common, question, short)))
    assert on_screen(stage, 32) + stage.answer(32).height() == end


def on_screen(stage: Stage, message_id: int) -> int:
    widget = stage.panel.view.widget_of(MessageId(message_id))
    assert widget is not None
    return widget.mapTo(stage.panel, QPoint(0, 0)).y()


def test_what_is_deleted_goes_and_what_comes_back_is_seen(talk: Stage) -> None:
    view = talk.panel.view
    whole = view._rows.messages
    kept = view.widget_of(MessageId(2))
    talk.panel.apply(ChatOpened(CHAT, whole[:2]))
    assert view.message_count == 2
    assert view.widget_of(MessageId(2)) is kept
    assert view.desk.newest == 2
    talk.panel.apply(ChatOpened(CHAT, whole))
    assert view.message_count == 4
    assert 2 in view._seen.in_view()


# ---- changing a message


def test_a_message_is_changed_in_its_place(talk: Stage, qtbot: QtBot) -> None:
    shown = bubble(talk, 3)
    qtbot.mouseClick(shown.edit_button, LEFT)
    editor = shown.editor
    assert editor is not None
    assert editor.field.hasFocus()
    assert not shown.text.isVisible()
    qtbot.mouseClick(editor.effort.segments[2], LEFT)
    editor.field.selectAll()
    qtbot.keyClicks(editor.field, "Three?")
    with qtbot.waitSignal(talk.panel.view.desk.edit_sent) as sent:
        qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert sent.args == [3, Edit("Three?", Effort.HIGH)]
    assert shown.editor is None
    assert talk.panel.view.desk.edits == {}


def test_escape_gives_the_message_back_and_the_words_can_be_had_again(
    talk: Stage, qtbot: QtBot
) -> None:
    talk.panel.apply(BusyChanged(is_busy=True, message_id=MessageId(4)))
    shown = bubble(talk, 3)
    shown.begin_edit()
    assert shown.editor is not None
    qtbot.keyClicks(shown.editor.field, " And more?")
    with qtbot.waitSignal(talk.panel.view.desk.edit_dropped) as dropped:
        qtbot.keyClick(shown.editor.field, Qt.Key.Key_Escape)
    assert dropped.args == [3, Edit("Two? And more?", Effort.MEDIUM)]
    assert shown.text.isVisible()
    assert shown.edit_button.hasFocus()
    assert talk.stops == []


def test_nothing_is_sent_blank_and_nothing_dropped_that_was_not_changed(
    talk: Stage, qtbot: QtBot
) -> None:
    desk, shown = talk.panel.view.desk, bubble(talk, 3)
    shown.begin_edit()
    assert shown.editor is not None
    shown.editor.field.clear()
    assert not shown.editor.send.isEnabled()
    with qtbot.assertNotEmitted(desk.edit_sent):
        qtbot.keyClick(shown.editor.field, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(desk.edit_dropped):
        qtbot.mouseClick(shown.editor.cancel, LEFT)
    assert shown.editor is None


def test_a_change_that_was_not_sent_waits_while_other_chats_are_shown(talk: Stage) -> None:
    messages = talk.panel.view._rows.messages
    shown = bubble(talk, 1)
    shown.begin_edit()
    assert shown.editor is not None
    shown.editor.field.insertPlainText(" 한글")
    talk.panel.apply(ChatOpened(None, ()))
    talk.panel.apply(ChatOpened(CHAT, messages))
    again = bubble(talk, 1)
    assert again is not shown
    assert again.editor is not None
    assert again.editor.field.toPlainText() == "One? 한글"


def test_return_ends_a_korean_syllable_before_it_sends(talk: Stage, qtbot: QtBot) -> None:
    shown = bubble(talk, 3)
    shown.begin_edit()
    assert shown.editor is not None
    QApplication.sendEvent(shown.editor.field, QInputMethodEvent("하", []))
    with qtbot.assertNotEmitted(talk.panel.view.desk.edit_sent):
        qtbot.keyClick(shown.editor.field, Qt.Key.Key_Return)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("하")
    QApplication.sendEvent(shown.editor.field, commit)
    with qtbot.waitSignal(talk.panel.view.desk.edit_sent) as sent:
        qtbot.keyClick(shown.editor.field, Qt.Key.Key_Return)
    assert sent.args is not None
    assert sent.args[1].text == "Two?하"


def test_up_in_an_empty_composer_changes_the_last_message(talk: Stage) -> None:
    talk.panel.view.reach.edit_last()
    assert bubble(talk, 3).editor is not None


@pytest.mark.parametrize("width", [360, 700, 2000])
def test_nothing_of_the_editor_is_cut_off(
    make_panel: Callable[..., Stage], korean: Words, width: int
) -> None:
    stage = make_panel(width, 700, korean)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "하나"), answer(2, "답"))))
    shown = bubble(stage, 1)
    shown.begin_edit()
    editor = shown.editor
    assert editor is not None
    QApplication.processEvents()
    parts = (editor.field, editor.note, editor.effort, editor.cancel, editor.send)
    boxes = [(part, part.geometry()) for part in parts]
    for part, box in boxes:
        assert editor.rect().contains(box), part
        assert box.width() >= part.minimumSizeHint().width()
        for other, around in boxes:
            assert other is part or not around.intersects(box)


@pytest.mark.parametrize("width", [360, 900])
def test_nothing_in_the_row_of_an_answer_overlaps(
    make_panel: Callable[..., Stage], korean: Words, width: int
) -> None:
    stage = make_panel(width, 700, korean)
    stopped = answer(2, "So far", MessageStatus.STOPPED)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), stopped)))
    place = BranchPlace((MessageId(2), MessageId(9)), 0)
    stage.panel.apply(BranchesChanged({MessageId(2): place}))
    foot = stage.answer(2).foot
    seen = [foot.row.switcher, *foot.row.buttons, foot.mark, foot.go_on_button]
    boxes: list[QRect] = []
    for part in seen:
        assert part.isVisible()
        box = part.rect().translated(part.mapTo(foot, QPoint(0, 0)))
        assert box.left() >= -7
        assert box.right() < foot.width()
        assert not any(box.intersects(other) for other in boxes)
        boxes.append(box)


def test_an_answer_that_goes_on_grows_where_it_stands(stage: Stage) -> None:
    question, stopped = user(1, "Tell"), answer(2, "So far", MessageStatus.STOPPED)
    stage.panel.apply(ChatOpened(CHAT, (question, stopped)))
    kept = bubble(stage, 1)
    stage.panel.apply(ChatOpened(CHAT, (question, answer(2, "So far", MessageStatus.STREAMING))))
    stage.say(" and on.")
    assert bubble(stage, 1) is kept
    shown = stage.answer(2)
    assert shown.markdown == "So far and on."
    assert not shown.foot.isVisible()
    assert stage.panel.view.is_following


def test_costs_that_come_after_the_menu_has_closed_are_too_late(talk: Stage, qtbot: QtBot) -> None:
    asked: list[OnCosts] = []
    foot = talk.answer(4).foot
    talk.panel.view.desk.find_costs = lambda _id, done: asked.append(done)
    qtbot.mouseClick(foot.again_button, LEFT)
    (menu,) = foot.findChildren(QMenu)
    menu.close()
    qtbot.waitUntil(lambda: not foot.findChildren(QMenu))
    asked[0]({Effort.HIGH: "reads 9 tokens"})
    assert foot.isVisible()


def test_the_last_answer_is_wanted_again_without_a_mouse(talk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(talk.panel.view.desk.again_wanted) as wanted:
        talk.panel.view.reach.again()
    assert wanted.args == [4, None]
    talk.panel.apply(ChatOpened(None, ()))
    with qtbot.assertNotEmitted(talk.panel.view.desk.again_wanted):
        talk.panel.view.reach.again()
