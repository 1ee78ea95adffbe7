"""Rules to look at and to end, and the record of calls, over a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from app.chats.store import ChatStore
from app.permissions.record import Entry, Event
from app.permissions.rule_text import parse_rule, rule_text
from app.permissions.rules import Rule
from app.permissions.strictness import Strictness
from engine.harmony.messages import Effort
from tests.ui.settings.conftest import NOW_MS, Room
from ui.settings.permissions.record_section import PAGE_CALLS
from ui.settings.permissions_page import PermissionsPage
from ui.settings.screen import SettingsScreen

LEFT = Qt.MouseButton.LeftButton


def entry(number: int, event: Event = Event.ASKED, **more: object) -> Entry:
    fields = {"call": f"call {number}", "tool": "python", "body": f"print({number})", **more}
    return Entry(NOW_MS + number, event, **fields)  # type: ignore[arg-type]


def add_rule(room: Room, text: str, **more: int) -> int:
    rule = Rule(parse_rule(text), created_ms=NOW_MS, **more)  # type: ignore[arg-type]
    made = entry(0, Event.ALLOWED, call=text, decided_by="person")
    return room.storage.submit(lambda store: store.permissions.decide(made, rule)).result()


def append(room: Room, *entries: Entry) -> None:
    def add(store: ChatStore) -> None:
        for one in entries:
            store.permissions.append(one)

    room.storage.submit(add).result()


def kept(room: Room) -> list[str]:
    rules = room.storage.submit(lambda store: store.permissions.rules(NOW_MS)).result()
    return [rule_text(rule.pattern) for rule in rules]


Open = Callable[[], PermissionsPage]


@pytest.fixture
def open_page(screen: SettingsScreen, room: Room, qtbot: QtBot) -> Open:
    """Opens the page and waits until it shows what is in the store."""

    def show() -> PermissionsPage:
        (index,) = (at for at, page in enumerate(screen.pages) if isinstance(page, PermissionsPage))
        screen.open_page(index)
        page = screen.pages[index]
        assert isinstance(page, PermissionsPage)
        settle(room, qtbot)
        return page

    return show


def settle(room: Room, qtbot: QtBot) -> None:
    """What the storage thread had to do is done, and shown."""
    for _ in range(4):
        shown: list[bool] = []
        room.permissions.rules(lambda _, shown=shown: shown.append(True))  # type: ignore[misc]
        qtbot.waitUntil(lambda shown=shown: bool(shown))  # type: ignore[misc]


def test_nothing_runs_without_a_question_at_first(open_page: Open) -> None:
    page = open_page()
    assert page.rules.rows == ()
    assert not page.rules.revoke_all.isVisible()


def test_rules_are_listed_with_what_they_cover(room: Room, open_page: Open) -> None:
    def new_chat(store: ChatStore) -> int:
        return store.append_user(None, None, "x", Effort.LOW, 1, title="About pots")[0].id

    chat = room.storage.submit(new_chat).result()
    add_rule(room, "files/*+read@chat", expires_ms=NOW_MS + 3_600_000)
    add_rule(room, "host:example.com", chat_id=chat)
    page = open_page()
    names = [row.name.text() for row in page.rules.rows]
    assert names == [
        "Pages on example.com",
        "All that only reads, of files, only in the chat’s own folder",
    ]
    first, second = (row.hint.text() for row in page.rules.rows)
    assert "In the chat “About pots”" in first
    assert "not used yet" in first
    assert "until" not in first
    assert "In every chat" in second
    assert "until" in second


def test_a_rule_is_revoked_and_brought_back(room: Room, open_page: Open, qtbot: QtBot) -> None:
    add_rule(room, "python")
    add_rule(room, "host:example.com")
    page = open_page()
    row = page.rules.rows[1]
    assert row.revoke.accessibleName() == "Revoke: Any Python code"
    qtbot.mouseClick(row.revoke, LEFT)
    settle(room, qtbot)
    assert kept(room) == ["host:example.com"]
    assert len(page.rules.rows) == 1
    assert page.rules.said.text() == "One rule is revoked."
    qtbot.mouseClick(page.rules.undo, LEFT)
    settle(room, qtbot)
    assert kept(room) == ["host:example.com", "python"]
    assert not page.rules.undo.isVisible()


def test_all_rules_are_revoked_at_once(room: Room, open_page: Open, qtbot: QtBot) -> None:
    for rule in ("python", "host:example.com", "files/*"):
        add_rule(room, rule)
    page = open_page()
    qtbot.mouseClick(page.rules.revoke_all, LEFT)
    settle(room, qtbot)
    assert kept(room) == []
    assert page.rules.said.text() == "3 rules are revoked."
    qtbot.mouseClick(page.rules.undo, LEFT)
    settle(room, qtbot)
    assert len(kept(room)) == 3


def test_rules_are_revoked_with_the_keyboard_alone(
    room: Room, open_page: Open, qtbot: QtBot
) -> None:
    add_rule(room, "python")
    page = open_page()
    page.rules.rows[0].revoke.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.rules.rows[0].revoke, Qt.Key.Key_Return)
    settle(room, qtbot)
    assert kept(room) == []


def test_how_careful_to_be_is_kept(room: Room, open_page: Open) -> None:
    page = open_page()
    before = page.strictness_row.hint.text()
    page.strictness.choose(1)
    assert room.file.load().strictness is Strictness.STRICT
    assert page.strictness_row.hint.text() != before
    page.strictness.choose(0)
    assert room.file.load().strictness is Strictness.NORMAL


def test_the_record_says_what_was_decided_and_what_came_of_it(room: Room, open_page: Open) -> None:
    append(
        room,
        entry(1, target="", suggested_by=("evil.example",)),
        entry(1, Event.ALLOWED, decided_by="person", scope="once", suggested_by=("evil.example",)),
        entry(1, Event.ENDED, status="done", took_ms=2000, suggested_by=("evil.example",)),
        entry(2, tool="browser.open", target="https://example.com/"),
        entry(2, Event.DENIED, decided_by="person", reason="Not there."),
        entry(3, Event.ALLOWED, decided_by="rule", scope="always"),
        entry(3, Event.ENDED, status="timed_out"),
        entry(4),
        entry(5, Event.RULE_MADE, tool="", body="", target="host:example.com"),
    )
    rows = open_page().record.rows
    said = [(row.row.name.text(), row.row.hint.text().split("  ·  ")[1:]) for row in rows]
    assert said == [
        ("Rule made: Pages on example.com", []),
        ("python", ["never answered"]),
        ("python", ["a rule allowed it", "took too long"]),
        ("browser.open  https://example.com/", ["you said no: Not there."]),
        (
            "python",
            ["you allowed it once", "done in 2 s", "suggested by content from evil.example"],
        ),
    ]


def test_a_call_of_the_record_opens_to_all_of_it(room: Room, open_page: Open, qtbot: QtBot) -> None:
    append(room, entry(1, body="a = 1\u202e"))
    (row,) = open_page().record.rows
    qtbot.mouseClick(row.toggle, LEFT)
    assert row.text is not None
    assert row.text.toPlainText() == "a = 1⟨U+202E⟩"
    assert row.text.isVisible()
    qtbot.mouseClick(row.toggle, LEFT)
    assert not row.text.isVisible()
    qtbot.mouseClick(row.toggle, LEFT)
    assert row.text.isVisible()


def test_the_record_comes_page_by_page(room: Room, open_page: Open, qtbot: QtBot) -> None:
    append(room, *(entry(number) for number in range(PAGE_CALLS + 3)))
    page = open_page()
    assert len(page.record.rows) == PAGE_CALLS
    qtbot.mouseClick(page.record.more, LEFT)
    settle(room, qtbot)
    assert len(page.record.rows) == PAGE_CALLS + 3
    assert not page.record.more.isVisible()


def test_the_record_is_searched_while_one_types(room: Room, open_page: Open, qtbot: QtBot) -> None:
    append(room, *(entry(number) for number in range(5)))
    page = open_page()
    qtbot.keyClicks(page.record.search, "print(3)")
    qtbot.waitUntil(lambda: len(page.record.rows) == 1)
    page.record.search.setText("nothing like it")
    qtbot.waitUntil(lambda: page.record.rows == [])
    page.record.search.clear()
    qtbot.waitUntil(lambda: len(page.record.rows) == 5)


def test_the_record_is_exported(room: Room, open_page: Open, qtbot: QtBot, tmp_path: Path) -> None:
    append(room, *(entry(number) for number in range(3)))
    page = open_page()
    qtbot.mouseClick(page.record.as_lines, LEFT)
    assert page.record.said.text() == ""  # no file was chosen
    room.file_to_choose = str(tmp_path / "calls.jsonl")
    qtbot.mouseClick(page.record.as_lines, LEFT)
    settle(room, qtbot)
    lines = (tmp_path / "calls.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["body"] for line in lines] == ["print(0)", "print(1)", "print(2)"]
    assert "3 entries were written" in page.record.said.text()
    room.file_to_choose = str(tmp_path / "no folder" / "calls.csv")
    qtbot.mouseClick(page.record.as_table, LEFT)
    settle(room, qtbot)
    assert "could not be written" in page.record.said.text()


def test_the_record_is_deleted_after_a_question(room: Room, open_page: Open, qtbot: QtBot) -> None:
    append(room, *(entry(number) for number in range(3)))
    page = open_page()
    qtbot.mouseClick(page.record.delete, LEFT)
    assert page.record.keep.hasFocus()
    qtbot.keyClick(page.record.keep, Qt.Key.Key_Return)
    settle(room, qtbot)
    assert len(page.record.rows) == 3
    qtbot.mouseClick(page.record.delete, LEFT)
    qtbot.mouseClick(page.record.delete_now, LEFT)
    settle(room, qtbot)
    assert [row.row.name.text() for row in page.record.rows] == [
        "You deleted the record: 3 entries"
    ]
    assert page.record.said.text() == "3 entries were deleted."


def test_rows_that_come_later_open_no_window_of_their_own(
    room: Room, open_page: Open, qtbot: QtBot
) -> None:
    page = open_page()
    add_rule(room, "python")
    shown: list[QWidget] = []

    class Watch(QObject):
        @override
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(watched, QWidget) and watched.isWindow():
                shown.extend([watched] * (event.type() == QEvent.Type.Show))
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)  # type: ignore[union-attr]
    page.refresh()
    settle(room, qtbot)
    QApplication.instance().removeEventFilter(watch)  # type: ignore[union-attr]
    assert len(page.rules.rows) == 1
    assert shown == []
