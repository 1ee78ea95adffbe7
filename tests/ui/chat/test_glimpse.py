from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.chats.changes import ChatGlimpsed, ChatOpened
from tests.ui.chat.stage import CHAT, Stage, long_chat

MESSAGES = long_chat(600)
END = MESSAGES[-24:]
EARLIER = len(MESSAGES) - len(END)


def test_the_rest_of_a_chat_comes_without_a_jump(stage: Stage, qtbot: QtBot) -> None:
    panel, view = stage.panel, stage.panel.view
    panel.apply(ChatGlimpsed(CHAT, END, EARLIER))
    assert view.isVisible()
    assert view.message_count == len(MESSAGES)
    newest = view.widget_of(END[-1].id)
    assert newest is not None
    place = newest.mapTo(panel, newest.rect().topLeft())

    panel.apply(ChatOpened(CHAT, MESSAGES))
    assert view.widget_of(END[-1].id) is newest
    assert newest.mapTo(panel, newest.rect().topLeft()) == place
    assert view.message_count == len(MESSAGES)
    view.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: view.widget_of(MESSAGES[0].id) is not None)


def test_who_scrolls_up_before_the_rest_is_there_finds_it_then(stage: Stage, qtbot: QtBot) -> None:
    panel, view = stage.panel, stage.panel.view
    panel.apply(ChatGlimpsed(CHAT, END, EARLIER))
    view.verticalScrollBar().setValue(0)
    panel.apply(ChatOpened(CHAT, MESSAGES))
    view.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: view.widget_of(MESSAGES[0].id) is not None)
    first = view.widget_of(MESSAGES[0].id)
    assert first is not None
    assert first.isVisible()


def test_another_chat_than_the_one_that_was_glimpsed_is_shown_whole(stage: Stage) -> None:
    panel, view = stage.panel, stage.panel.view
    panel.apply(ChatGlimpsed(CHAT, END, EARLIER))
    panel.apply(ChatOpened(CHAT, MESSAGES[:10]))
    assert view.message_count == 10
    assert view.widget_of(MESSAGES[9].id) is not None
