from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    ChatGlimpsed,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    MessageSought,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageStatus
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from ui.chat.find.bar import FindBar
from ui.chat.find.flash import Flash
from ui.chat.find.shown_texts import text_views
from ui.theme.theme import Theme

MARKDOWN = """# A walrus

The **wal**rus and `walrus code`.

| animal | place |
|---|---|
| walrus | ice |

```py
walrus = 1
```
"""


def open_chat(stage: Stage, *messages: Message) -> None:
    stage.panel.apply(ChatOpened(CHAT, messages))


def find(stage: Stage, qtbot: QtBot, text: str) -> FindBar:
    """Open the bar, type, and wait until everything was looked at."""
    stage.panel.finding.open()
    bar = stage.panel.finding.bar
    bar.field.clear()
    bar.field.insert(text)  # QTest types Latin letters alone
    qtbot.waitUntil(lambda: stage.panel.finding.tally.is_whole)
    return bar


def views(stage: Stage, message_id: int) -> list[QTextEdit]:
    widget = stage.panel.view.widget_of(MessageId(message_id))
    assert widget is not None
    return text_views(widget)


def pointed_out(stage: Stage, message_id: int) -> list[str]:
    """The words of a message that are pointed out, from its top."""
    return [
        one.cursor.selectedText()
        for view in views(stage, message_id)
        for one in view.extraSelections()
    ]


def standing_out(stage: Stage) -> list[tuple[int, str]]:
    """Message and word of what stands out: the place that was gone to."""
    seeking = stage.panel.view.seeking
    return [
        (seeking.message(row).id, one.cursor.selectedText())
        for row, widget in seeking.widgets.items()
        for view in text_views(widget)
        for one in view.extraSelections()
        if one.format.background().color() == stage.panel._theme.color("accent")
    ]


def is_in_view(stage: Stage, message_id: int) -> bool:
    view = stage.panel.view
    widget = view.widget_of(MessageId(message_id))
    if widget is None:
        return False
    top = widget.mapTo(view.viewport(), QPoint(0, 0)).y()
    return top < view.viewport().height() and top + widget.height() > 0


def many(count: int, *, with_walrus: tuple[int, ...]) -> tuple[Message, ...]:
    messages: list[Message] = []
    for number in range(1, count + 1):
        text = f"Message {number}. " + "Words that fill some lines. " * 12
        text += "Here is a walrus." if number in with_walrus else ""
        messages.append(answer(number, text) if number % 2 else user(number, text))
    return tuple(messages)


def test_all_of_a_message_that_is_read_is_found(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "Is a Walrus a whale?"), answer(2, MARKDOWN))

    bar = find(stage, qtbot, "walrus")

    assert bar.count.text() == "1 of 6"
    assert pointed_out(stage, 1) == ["Walrus"]
    assert pointed_out(stage, 2) == ["walrus"] * 5
    assert standing_out(stage) == [(1, "Walrus")]


def test_marks_of_markdown_and_addresses_are_not_found(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, answer(2, "**bold** [a word](https://walrus.example/) and ~~more~~"))

    assert find(stage, qtbot, "walrus").count.text() == "Not found"
    assert find(stage, qtbot, "**").count.text() == "Not found"
    assert find(stage, qtbot, "bold a").count.text() == "1 of 1"
    open_chat(stage, answer(3, "caf&eacute; &amp; tea"))
    assert find(stage, qtbot, "café & tea").count.text() == "1 of 1"


def test_spaces_accents_case_and_emoji_are_no_hindrance(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "👍🏽 Das CAFÉ\nam See"), answer(2, "Use `code` here. 제주도 여행을"))

    assert find(stage, qtbot, "cafe am").count.text() == "1 of 1"
    assert pointed_out(stage, 1) == ["CAFÉ\u2028am"]
    assert find(stage, qtbot, "use code here").count.text() == "1 of 1"
    assert pointed_out(stage, 2) == ["Use \u2009code\u2009 here"]
    assert find(stage, qtbot, "여행").count.text() == "1 of 1"


def test_what_is_said_before_a_call_is_found(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "Hello"), answer(2, "Hi", preamble="Let me greet."))

    assert find(stage, qtbot, "greet").count.text() == "1 of 1"
    assert find(stage, qtbot, "thought").count.text() == "Not found"


def test_places_far_away_are_counted_and_gone_to(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, *many(300, with_walrus=(3, 150, 280)))
    assert stage.panel.view.real_widgets < 20

    bar = find(stage, qtbot, "a walrus")

    assert bar.count.text() == "1 of 3"  # round the end, from what is read on
    assert is_in_view(stage, 3)
    assert standing_out(stage) == [(3, "a walrus")]
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    assert is_in_view(stage, 150)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3"
    assert is_in_view(stage, 280)
    assert stage.panel.view.real_widgets < 60


def test_several_places_of_a_message_are_gone_through_one_by_one(
    stage: Stage, qtbot: QtBot
) -> None:
    open_chat(stage, user(1, "walrus walrus"), answer(2, "walrus"))

    bar = find(stage, qtbot, "walrus")
    seen = [bar.count.text()]
    for _ in range(3):
        qtbot.mouseClick(bar.next, Qt.MouseButton.LeftButton)
        seen.append(bar.count.text())
    assert seen == ["1 of 3", "2 of 3", "3 of 3", "1 of 3"]
    qtbot.mouseClick(bar.previous, Qt.MouseButton.LeftButton)
    assert bar.count.text() == "3 of 3"


def test_each_letter_is_looked_for_from_where_the_search_began(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, *many(60, with_walrus=tuple(range(1, 61))))
    stage.panel.apply(MessageSought(MessageId(24)))
    bar = find(stage, qtbot, "wal")
    seen = [standing_out(stage)[0][0]]
    for letter in "rus":
        qtbot.keyClicks(bar.field, letter)
        qtbot.waitUntil(lambda: stage.panel.finding.tally.is_whole)
        seen.append(standing_out(stage)[0][0])

    assert len(set(seen)) == 1


def test_escape_ends_it_where_it_is_and_does_not_stop_the_answer(
    stage: Stage, qtbot: QtBot
) -> None:
    open_chat(stage, *many(60, with_walrus=(3,)))
    stage.panel.apply(MessageAdded(answer(100, "", MessageStatus.STREAMING)))
    stage.panel.stop_action.setEnabled(True)
    bar = find(stage, qtbot, "a walrus")
    place = stage.panel.view.verticalScrollBar().value()

    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)

    assert stage.stops == []
    assert bar.isHidden()
    assert stage.panel.view.verticalScrollBar().value() == place
    assert is_in_view(stage, 3)
    assert pointed_out(stage, 3) == []
    assert stage.panel.composer.edit.hasFocus()


def test_what_is_found_in_a_growing_answer_grows(stage: Stage, qtbot: QtBot) -> None:
    stage.begin_answer("Is a walrus a whale?")
    bar = find(stage, qtbot, "walrus")
    assert bar.count.text() == "1 of 1"

    stage.say("A walrus is ")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")
    assert pointed_out(stage, ANSWER) == ["walrus"]
    stage.say("a walrus.")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    stage.panel.apply(MessageEnded(answer(ANSWER, "A walrus is a walrus.")))
    assert bar.count.text() == "1 of 3"
    assert pointed_out(stage, ANSWER) == ["walrus", "walrus"]


def test_another_chat_is_searched_for_the_same(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "walrus"))
    bar = find(stage, qtbot, "walrus")
    open_chat(stage, user(5, "no"), user(6, "walrus walrus"))

    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")
    assert pointed_out(stage, 6) == ["walrus", "walrus"]


def test_folded_messages_and_folded_code_are_unfolded_where_something_is_found(
    stage: Stage, qtbot: QtBot
) -> None:
    long = "\n".join(f"line {number}" for number in range(60)) + "\na walrus"
    code = "```py\n" + "\n".join(f"x = {number}" for number in range(60)) + "\notter = 1\n```"
    open_chat(stage, user(1, long), answer(2, code))

    assert find(stage, qtbot, "walrus").count.text() == "1 of 1"
    assert standing_out(stage) == [(1, "walrus")]
    assert find(stage, qtbot, "otter").count.text() == "1 of 1"
    (view,) = views(stage, 2)
    (one,) = view.extraSelections()
    place = view.cursorRect(one.cursor).center()
    assert view.rect().contains(place)
    viewport = stage.panel.view.viewport()
    assert viewport.rect().contains(view.mapTo(viewport, place))


def test_f3_opens_the_bar_and_goes_on_in_it(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "walrus walrus"))
    stage.panel.finding.step(forward=True)
    bar = stage.panel.finding.bar
    assert bar.isVisible()
    qtbot.keyClicks(bar.field, "walrus")
    stage.panel.finding.step(forward=True)

    assert bar.count.text() == "2 of 2"


def test_the_bar_stands_inside_the_view_at_every_width(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "walrus"))
    bar = find(stage, qtbot, "walrus")
    for width in (360, 700, 2000):
        stage.panel.resize(width, 600)
        qtbot.waitUntil(lambda: bar.geometry().right() <= stage.panel.view.width())
        assert bar.geometry().left() >= 0
        assert bar.count.geometry().right() <= bar.previous.geometry().left()


def test_every_part_of_the_bar_is_reached_by_tab_and_named(stage: Stage, qtbot: QtBot) -> None:
    open_chat(stage, user(1, "walrus walrus"))
    bar = find(stage, qtbot, "walrus")
    order = [bar.field, bar.previous, bar.next, bar.close_button]
    for place, following in pairwise(order):
        assert place.hasFocus()
        qtbot.keyClick(place, Qt.Key.Key_Tab)
        assert following.hasFocus()
    assert [place.accessibleName() for place in order] == [
        "Find in this chat",
        "The one before",
        "The next one",
        "Close the search",
    ]
    qtbot.keyClick(bar.close_button, Qt.Key.Key_Escape)
    assert bar.isHidden()


def test_a_sought_message_comes_into_view_with_its_words_pointed_out(
    stage: Stage, qtbot: QtBot
) -> None:
    open_chat(stage, *many(200, with_walrus=(41,)))
    assert not is_in_view(stage, 41)

    stage.panel.apply(MessageSought(MessageId(41), "walr"))

    assert is_in_view(stage, 41)
    assert pointed_out(stage, 41) == ["walr"]
    widget = stage.panel.view.widget_of(MessageId(41))
    assert widget is not None
    (flash,) = stage.panel.view.findChildren(Flash)
    assert flash.isVisible()
    assert flash.geometry().contains(widget.geometry())
    gone: list[object] = []
    flash.destroyed.connect(lambda *_: gone.append(True))
    qtbot.waitUntil(lambda: bool(gone))

    stage.panel.apply(MessageAdded(user(500, "next")))
    stage.panel.apply(MessageSought(MessageId(41)))
    assert is_in_view(stage, 41)
    assert pointed_out(stage, 41) == []


def test_a_sought_message_that_is_not_there_changes_nothing(stage: Stage) -> None:
    open_chat(stage, *many(60, with_walrus=()))
    place = stage.panel.view.verticalScrollBar().value()
    stage.panel.apply(MessageSought(MessageId(999), "walrus"))

    assert stage.panel.view.verticalScrollBar().value() == place


@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
def test_what_is_pointed_out_can_be_read(
    stage: Stage, theme: Theme, qtbot: QtBot, look: str
) -> None:
    open_chat(stage, user(1, "walrus walrus"))
    find(stage, qtbot, "walrus")
    theme.set_mode(look)

    def grounds() -> list[QColor]:
        selections = views(stage, 1)[0].extraSelections()
        return [one.format.background().color() for one in selections]

    wanted = [QColor(theme.colors.accent), QColor(theme.colors.mark)]
    qtbot.waitUntil(lambda: grounds() == wanted)
    selections = current, other = views(stage, 1)[0].extraSelections()
    assert len(selections) == 2
    assert current.format.foreground().color() == QColor(theme.colors.on_accent)
    assert other.format.foreground().color() == QColor(theme.colors.text)
    assert other.format.fontUnderline() == (look == "high_contrast")


def test_a_long_chat_that_comes_by_its_end_first_is_searched_to_its_beginning(
    stage: Stage, qtbot: QtBot
) -> None:
    open_chat(stage, user(1000, "walrus"))
    bar = find(stage, qtbot, "a walrus")
    messages = many(300, with_walrus=(3, 299))
    stage.panel.apply(ChatGlimpsed(replace(CHAT, id=ChatId(8)), messages[-20:], 280))
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1")

    stage.panel.apply(ChatOpened(replace(CHAT, id=ChatId(8)), messages))
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 2")
    assert pointed_out(stage, 299) == ["a walrus"]
