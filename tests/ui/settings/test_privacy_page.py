from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.archive.values import ExportForm
from app.backup.restoring import put_in_place
from app.chats.database import open_database
from app.chats.store import ChatStore
from app.locking import LockWay
from app.passphrase_check import fits
from app.secrets import DatabaseKey
from engine.harmony.messages import Effort
from tests.ui.settings.conftest import Room
from ui.archive.export_dialog import ExportDialog
from ui.archive.import_dialog import ImportDialog
from ui.controls.button import TextButton
from ui.settings.page_name import PageName
from ui.settings.privacy.passphrase_dialog import NewPassphraseDialog
from ui.settings.privacy.restore_dialog import RestoreDialog
from ui.settings.privacy_page import PrivacyPage
from ui.settings.screen import SettingsScreen

D = TypeVar("D", bound=QDialog)


@pytest.fixture
def page(screen: SettingsScreen) -> PrivacyPage:
    screen.open_named(PageName.PRIVACY)
    found = screen.findChildren(PrivacyPage)
    assert len(found) == 1
    return found[0]


def click(button: TextButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog_of(page: PrivacyPage, kind: type[D]) -> D:
    (found,) = page.window().findChildren(kind)
    return found


def add_chats(room: Room, *titles: str) -> None:
    def add(store: ChatStore) -> None:
        for at, title in enumerate(titles):
            store.append_user(None, None, title, Effort.LOW, 1000 + at, title=title)

    room.storage.submit(add).result()
    room.chats.refresh()


def test_the_lock_is_set_at_once(page: PrivacyPage, room: Room) -> None:
    page.lock.minutes.chosen.emit(3)
    page.lock.with_desktop.click()
    assert room.current.value.lock_minutes == 15
    assert room.current.value.lock_with_desktop
    room.current.change(lock_minutes=0)
    assert page.lock.minutes.index == 0


def test_a_passphrase_for_the_lock_is_set_and_removed(
    page: PrivacyPage, room: Room, qtbot: QtBot
) -> None:
    assert "anybody here" in page.lock.passphrase_row.hint.text()
    click(page.lock.passphrase, qtbot)
    dialog = dialog_of(page, NewPassphraseDialog)
    qtbot.keyClicks(dialog.first.field, "quiet please")
    qtbot.keyClicks(dialog.second.field, "quiet pleas")
    click(dialog.go, qtbot)
    assert dialog.said.text() == "The two are not the same."
    dialog.second.field.setText("quiet please")
    click(dialog.go, qtbot)
    qtbot.waitUntil(lambda: bool(room.current.value.lock_check))
    assert fits(room.current.value.lock_check, "quiet please")
    assert page.lock.passphrase.text() == "Remove it"
    click(page.lock.passphrase, qtbot)
    assert room.current.value.lock_check == ""


def test_all_chats_are_exported(
    page: PrivacyPage, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    add_chats(room, "one", "two")
    qtbot.waitUntil(lambda: len(room.chats.chats) == 2)
    room.file_to_choose = str(tmp_path / "all.json")
    click(page.export, qtbot)
    dialog = dialog_of(page, ExportDialog)
    assert "not encrypted" in dialog.warning.text()
    dialog.form.segments[2].click()
    assert dialog.wish.form is ExportForm.JSON
    assert not dialog.wish.has_thoughts
    click(dialog.go, qtbot)
    qtbot.waitUntil(lambda: "2 chats saved as all.json." in dialog.said.text())
    whole = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert {one["title"] for one in whole["chats"]} == {"one", "two"}
    click(dialog.close_button, qtbot)


def test_a_file_is_looked_at_brought_in_and_taken_back(
    page: PrivacyPage, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    nodes: dict[str, Any] = {
        "a": {
            "parent": None,
            "children": [],
            "message": {
                "author": {"role": "user"},
                "content": {"content_type": "text", "parts": ["hello"]},
            },
        }
    }
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([{"id": "x", "title": "Boats", "mapping": nodes}]), "utf-8")
    room.file_to_choose = str(file)
    click(page.bring_in, qtbot)
    dialog = dialog_of(page, ImportDialog)
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.about.text().splitlines() == ["1 chat with 1 message", "", "Boats"]
    assert room.chats.chats == ()
    click(dialog.go, qtbot)
    qtbot.waitUntil(dialog.undo.isVisible)
    assert dialog.about.text() == "Brought in: 1 chat with 1 message"
    qtbot.waitUntil(lambda: [one.title for one in room.chats.chats] == ["Boats"])
    click(dialog.undo, qtbot)
    qtbot.waitUntil(lambda: "Taken back" in dialog.about.text())
    qtbot.waitUntil(lambda: room.chats.chats == ())
    click(dialog.close_button, qtbot)


def test_a_file_that_is_none_is_told_in_words(
    page: PrivacyPage, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "x.json"
    file.write_text("hello", "utf-8")
    room.file_to_choose = str(file)
    click(page.bring_in, qtbot)
    dialog = dialog_of(page, ImportDialog)
    qtbot.waitUntil(lambda: "does not know" in dialog.about.text())
    assert not dialog.go.isEnabled()
    click(dialog.close_button, qtbot)


def test_no_file_no_dialog(page: PrivacyPage, room: Room, qtbot: QtBot) -> None:
    room.file_to_choose = ""
    click(page.bring_in, qtbot)
    assert page.window().findChildren(ImportDialog) == []
    assert page._desk.privacy.keeper.way() is LockWay.FREE


def history(room: Room) -> Path:
    return room.folder / "history" / "chats.db"


def test_a_backup_is_made_looked_at_restored_and_taken_back(
    page: PrivacyPage, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    store = ChatStore(open_database(history(room), DatabaseKey(None)))
    store.append_user(None, None, "hello", Effort.LOW, 1, title="Boats")
    store.close()
    room.file_to_choose = str(tmp_path / "copy.sotto-backup")
    click(page.backup.make, qtbot)
    dialog = dialog_of(page, NewPassphraseDialog)
    dialog.first.field.setText("quiet please")
    dialog.second.field.setText("quiet please")
    click(dialog.go, qtbot)
    qtbot.waitUntil(lambda: "checked: 1 chat with 1 message" in page.backup.said.text())
    assert not page.backup.before.isVisible()

    click(page.backup.restore, qtbot)
    restore = dialog_of(page, RestoreDialog)
    restore.field.field.setText("wrong")
    click(restore.go, qtbot)
    qtbot.waitUntil(lambda: "does not fit" in restore.said.text())
    restore.field.field.setText("quiet please")
    click(restore.go, qtbot)
    qtbot.waitUntil(lambda: restore.go.text() == "Restore and start anew")
    assert "1 chat with 1 message" in restore.about.text()
    assert room.asked == []
    click(restore.go, qtbot)
    qtbot.waitUntil(lambda: room.asked == ["restart"])
    assert put_in_place(history(room), DatabaseKey(None), 5)

    page.backup.refresh()
    assert page.backup.before.isVisibleTo(page)
    click(page.backup.bring_back, qtbot)
    assert room.asked == ["restart", "restart"]
    assert put_in_place(history(room), DatabaseKey(None), 6)
    page.backup.refresh()
    click(page.backup.remove, qtbot)
    assert page.backup.before.isVisibleTo(page), "the first press only asks"
    click(page.backup.remove, qtbot)
    assert not page.backup.before.isVisibleTo(page)
    assert history(room).exists()


def test_a_backup_of_nothing_is_told(
    page: PrivacyPage, room: Room, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "x.sotto-backup"
    file.write_bytes(b"hello")
    room.file_to_choose = str(file)
    click(page.backup.restore, qtbot)
    restore = dialog_of(page, RestoreDialog)
    restore.field.field.setText("x")
    click(restore.go, qtbot)
    qtbot.waitUntil(lambda: "no backup of Sotto" in restore.said.text())
    click(restore.cancel, qtbot)
