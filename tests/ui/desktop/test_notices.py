from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    AnswerThoughtAdded,
    ChatMark,
    ChatMarksChanged,
    ChatsChanged,
    MessageEnded,
)
from app.chats.ids import FIRST_PRIVATE, ChatId, MessageId
from app.chats.values import Chat, Message, MessageRole
from app.words import Words
from engine.analysis_filter import ThoughtPiece
from ui.desktop.bus import SessionBus
from ui.desktop.notices import LONG_SECONDS, MOST_CHARACTERS, AnswerNotices, BusTeller, Detail

ROOT = Path(__file__).parents[3]
ONE = ChatId(1)
PRIVATE = ChatId(FIRST_PRIVATE + 1)
CANARY = "sam.beispiel@example.org"


@dataclass
class Told:
    """Keeps what it is told to show."""

    shown: list[tuple[ChatId, str, str]] = field(default_factory=list)
    withdrawn: int = 0

    def tell(self, chat_id: ChatId, title: str, text: str) -> None:
        self.shown.append((chat_id, title, text))

    def withdraw(self) -> None:
        self.withdrawn += 1


class Desk:
    """Notices with a clock and eyes that a test moves."""

    def __init__(self, words: Words) -> None:
        self.told = Told()
        self.detail: Detail = "title"
        self.is_looking = False
        self.now = 100.0
        self.notices = AnswerNotices(
            words, self.told, lambda: self.detail, lambda: self.is_looking, lambda: self.now
        )
        chats = (Chat(ONE, "Heat pump", 1, 1), Chat(PRIVATE, "Secret plan", 1, 1))
        self.notices.apply(ChatsChanged(chats, None))

    def mark(self, **marks: ChatMark) -> None:
        ids = {"one": ONE, "private": PRIVATE}
        self.notices.apply(ChatMarksChanged({ids[name]: mark for name, mark in marks.items()}))

    def answer(self, seconds: float, text: str = "It pays.", name: str = "one") -> None:
        """An answer that takes so long, from its beginning to its end."""
        self.mark(**{name: ChatMark.ANSWERING})
        self.now += seconds
        chat_id = ONE if name == "one" else PRIVATE
        message = Message(MessageId(5), chat_id, None, MessageRole.ASSISTANT, text, 1)
        self.notices.apply(MessageEnded(message))
        self.mark()


@pytest.fixture
def desk(words: Words) -> Desk:
    return Desk(words)


def test_a_long_answer_is_told_by_the_chats_title_alone(desk: Desk) -> None:
    desk.answer(LONG_SECONDS)
    assert desk.told.shown == [(ONE, "Heat pump", "The answer is ready.")]


def test_a_short_answer_and_one_that_is_seen_are_not_told(desk: Desk) -> None:
    desk.answer(LONG_SECONDS - 1)
    desk.is_looking = True
    desk.answer(LONG_SECONDS + 1)
    desk.is_looking = False
    desk.detail = "off"
    desk.answer(LONG_SECONDS + 1)
    assert desk.told.shown == []


def test_a_question_about_a_call_is_told_at_once_and_once(desk: Desk) -> None:
    desk.mark(one=ChatMark.ANSWERING)
    desk.mark(one=ChatMark.ASKING)
    desk.mark(one=ChatMark.ASKING)
    assert desk.told.shown == [(ONE, "Heat pump", "A call waits for your answer.")]


def test_waiting_for_a_person_counts_as_part_of_the_answer(desk: Desk) -> None:
    desk.mark(one=ChatMark.ANSWERING)
    desk.is_looking = True
    desk.mark(one=ChatMark.ASKING)
    desk.now += LONG_SECONDS
    desk.is_looking = False
    desk.mark(one=ChatMark.UNREAD)
    assert desk.told.shown == [(ONE, "Heat pump", "The answer is ready.")]


def test_text_is_told_where_the_user_lets_it_and_cut(desk: Desk) -> None:
    desk.detail = "text"
    desk.answer(LONG_SECONDS, "It\n\npays.")
    desk.answer(LONG_SECONDS, "x" * 500)
    assert desk.told.shown[0] == (ONE, "Heat pump", "It pays.")
    assert len(desk.told.shown[1][2]) == MOST_CHARACTERS


def test_of_a_private_chat_nothing_is_told_but_that_it_is_one(desk: Desk) -> None:
    desk.detail = "text"
    desk.answer(LONG_SECONDS, "hidden words", name="private")
    assert desk.told.shown == [(PRIVATE, "A private chat", "The answer is ready.")]


def test_while_sotto_is_locked_not_even_the_title_is_told(desk: Desk) -> None:
    desk.detail = "bare"
    desk.answer(LONG_SECONDS, "hidden words")
    assert desk.told.shown == [(ONE, "Sotto", "The answer is ready.")]


def test_a_notice_tells_nothing_of_thoughts(desk: Desk) -> None:
    desk.detail = "text"
    piece = ThoughtPiece(f"They wrote from {CANARY}.")
    desk.mark(one=ChatMark.ANSWERING)
    desk.notices.apply(AnswerThoughtAdded(MessageId(5), piece))
    desk.answer(LONG_SECONDS)
    assert desk.told.shown
    assert CANARY not in repr(desk.told.shown)


# ---- on a real bus


class Bus:
    """A bus of the test's own, and what the desktop's service on it was told."""

    def __init__(self, file: Path, qtbot: QtBot) -> None:
        self.file = file
        self.qtbot = qtbot

    @property
    def calls(self) -> list[Any]:
        lines = self.file.read_text("utf-8").splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]

    def wait_for(self, member: str, times: int = 1) -> list[Any]:
        def found() -> list[Any]:
            return [one for one in self.calls if one != "ready" and one[0] == member]

        self.qtbot.waitUntil(lambda: len(found()) >= times, timeout=20_000)
        return found()


@pytest.fixture
def bus(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1", "--nopidfile"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    made = Bus(tmp_path / "told.jsonl", qtbot)
    command = [sys.executable, "-m", "tests.ui.desktop.notification_daemon", str(made.file)]
    service = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
    )
    qtbot.waitUntil(lambda: "ready" in made.calls, timeout=20_000)
    yield made
    for process in (service, daemon):
        process.kill()
        process.wait()
    daemon.stdout.close()


def connected(bus: Bus) -> SessionBus:
    del bus
    made = SessionBus.open(os.environ)
    assert made is not None
    return made


def test_the_desktop_is_told_in_its_own_form(bus: Bus, words: Words) -> None:
    line = connected(bus)
    teller = BusTeller(line, words, lambda _: None)
    teller.tell(ONE, "Heat <pump>", "a <b> & c")
    ((_, signature, body),) = bus.wait_for("Notify")
    assert signature == "susssasa{sv}i"
    assert body[0] == "Sotto"
    assert body[3:5] == ["Heat <pump>", "a &lt;b&gt; &amp; c"]
    assert body[5] == ["default", "Open"]
    line.close()


def test_a_second_notice_of_a_chat_takes_the_place_of_the_first(bus: Bus, words: Words) -> None:
    line = connected(bus)
    teller = BusTeller(line, words, lambda _: None)
    teller.tell(ONE, "Heat pump", "one")
    bus.wait_for("Notify")
    bus.qtbot.waitUntil(lambda: bool(teller._shown))
    teller.tell(ONE, "Heat pump", "two")
    second = bus.wait_for("Notify", 2)[1]
    assert second[2][1] == 7
    teller.withdraw()
    (closed,) = bus.wait_for("CloseNotification")
    assert closed[2] == [7]
    line.close()


def test_a_click_leads_to_the_chat(bus: Bus, words: Words) -> None:
    line = connected(bus)
    clicked: list[ChatId] = []
    BusTeller(line, words, clicked.append).tell(ONE, "Click me", "")
    bus.qtbot.waitUntil(lambda: clicked == [ONE], timeout=20_000)
    line.close()


def test_without_a_bus_there_is_none() -> None:
    assert SessionBus.open({}) is None


def test_a_bus_that_goes_takes_nothing_with_it(bus: Bus, words: Words) -> None:
    line = connected(bus)
    teller = BusTeller(line, words, lambda _: None)
    line._connection.sock.shutdown(2)
    bus.qtbot.waitUntil(lambda: not line._notifier.isEnabled())
    teller.tell(ONE, "Heat pump", "")
    line.close()
