from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatMark, ChatMarksChanged, ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from ui.notices import NoticeBanner
from ui.theme.theme import Theme
from ui.waiting_notice import WaitingNotice

SEA, OSLO, BIKE = (
    Chat(ChatId(number), title, 0, 0) for number, title in enumerate(("Sea", "Oslo", "Bike"), 1)
)
ASKING, ANSWERING = ChatMark.ASKING, ChatMark.ANSWERING


class Scene:
    """A banner, and the chats that the user was led to."""

    def __init__(self, banner: NoticeBanner, words: Words) -> None:
        self.banner = banner
        self.led: list[ChatId] = []
        self.notice = WaitingNotice(banner, words, self.led.append)
        self.show(SEA)

    def show(self, chat: Chat) -> None:
        self.notice.apply(ChatsChanged((SEA, OSLO, BIKE), chat.id))

    def mark(self, marks: dict[Chat, ChatMark]) -> None:
        self.notice.apply(ChatMarksChanged({chat.id: mark for chat, mark in marks.items()}))

    @property
    def said(self) -> str:
        return self.banner.notice.title if self.banner.notice is not None else ""


@pytest.fixture
def scene(theme: Theme, words: Words, qtbot: QtBot) -> Scene:
    banner = NoticeBanner(theme, words)
    qtbot.addWidget(banner)
    return Scene(banner, words)


def test_a_chat_that_waits_elsewhere_is_named_and_led_to(scene: Scene) -> None:
    scene.mark({OSLO: ASKING, BIKE: ANSWERING})
    assert scene.said == "“Oslo” waits for your answer."
    scene.banner.action.click()
    assert scene.led == [OSLO.id]
    scene.show(OSLO)
    assert scene.said == ""


def test_the_open_chat_needs_no_notice_until_it_is_left(scene: Scene) -> None:
    scene.mark({SEA: ASKING})
    assert scene.said == ""
    scene.mark({SEA: ASKING, OSLO: ASKING})
    assert scene.said == ""  # its own card names the other one
    scene.show(BIKE)
    assert scene.said == "2 other chats wait for your answer."


def test_several_are_counted_and_the_oldest_is_led_to(scene: Scene) -> None:
    scene.mark({BIKE: ASKING})
    scene.mark({OSLO: ASKING, BIKE: ASKING})
    assert scene.said == "2 other chats wait for your answer."
    scene.banner.action.click()
    assert scene.led == [BIKE.id]


def test_what_was_decided_is_said_no_longer(scene: Scene) -> None:
    scene.mark({OSLO: ASKING, BIKE: ASKING})
    scene.mark({BIKE: ASKING})
    assert scene.said == "“Bike” waits for your answer."
    scene.mark({})
    assert scene.said == ""


def test_one_that_was_closed_comes_back_only_with_another_chat(scene: Scene) -> None:
    scene.mark({OSLO: ASKING})
    scene.banner.dismiss()
    scene.mark({OSLO: ASKING, BIKE: ANSWERING})
    assert scene.said == ""
    scene.mark({OSLO: ASKING, BIKE: ASKING})
    assert scene.said == "2 other chats wait for your answer."
