from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.chats.chat_files import ChatFile
from app.chats.values import Problem
from app.words import Words
from ui.chat.files_dialog import FilesDialog
from ui.theme.theme import Theme


@dataclass
class Folder:
    """A chat's folder in memory, with a limit on names."""

    kept: dict[str, bytes] = field(default_factory=dict)
    problem: Problem | None = None

    def list(
        self,
        on_done: Callable[[tuple[ChatFile, ...]], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        del on_failed
        on_done(tuple(ChatFile(name, len(data), 0) for name, data in self.kept.items()))

    def read(self, name: str, on_done: Callable[[bytes | None], None]) -> None:
        on_done(self.kept.get(name))

    def put(
        self,
        name: str,
        data: bytes,
        on_done: Callable[[str], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        if self.problem is not None:
            on_failed(self.problem)
            return
        self.kept[name] = data
        on_done(name)

    def delete(
        self, name: str, on_done: Callable[[None], None], on_failed: Callable[[Problem], None]
    ) -> None:
        del on_failed
        self.kept.pop(name, None)
        on_done(None)


@dataclass
class Room:
    folder: Folder
    dialog: FilesDialog
    saved: list[tuple[str, bytes]]
    chosen: list[str]


@pytest.fixture
def room(theme: Theme, words: Words, qtbot: QtBot) -> Iterator[Room]:
    window = QWidget()
    qtbot.addWidget(window)
    folder = Folder({"a.csv": b"1,2" * 1000, "b\u202etxt": b""})
    saved: list[tuple[str, bytes]] = []
    chosen: list[str] = []

    def save(asking: QWidget, name: str, data: bytes) -> bool:
        del asking
        saved.append((name, data))
        return True

    dialog = FilesDialog(
        theme,
        words,
        folder,
        window,
        ask_file=lambda _asking: chosen.pop(),
        save=save,
    )
    dialog.show()
    yield Room(folder, dialog, saved, chosen)
    dialog.reject()


def test_files_are_listed_with_their_sizes_and_names_hide_nothing(room: Room) -> None:
    shown = [(row.name.text(), row.hint.text()) for row in room.dialog.rows.values()]
    assert shown == [("a.csv", "3 KB"), ("btxt", "1 KB")]


def test_a_file_can_be_saved_and_removed(room: Room) -> None:
    save, remove = room.dialog.make_menu("a.csv").actions()
    save.trigger()
    assert room.saved == [("a.csv", b"1,2" * 1000)]
    remove.trigger()
    assert "a.csv" not in room.dialog.rows
    save.trigger()
    assert room.dialog.said.text() == "a.csv is not there any more."


def test_a_file_can_be_added_and_what_keeps_it_out_is_told(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_bytes(b"hello")
    room.chosen.append(str(file))
    room.dialog.add_button.click()
    assert room.folder.kept["data.txt"] == b"hello"
    assert "data.txt" in room.dialog.rows
    room.folder.problem = Problem("There is no room for {name}.", fields={"name": "data.txt"})
    room.chosen.append(str(file))
    room.dialog.add_button.click()
    assert room.dialog.said.text() == "There is no room for data.txt."
    room.chosen.append(str(tmp_path / "gone"))
    room.dialog.add_button.click()
    assert room.dialog.said.text() == "The file cannot be read."
