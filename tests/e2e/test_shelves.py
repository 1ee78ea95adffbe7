"""The sidebar of the real window, with the real history and the real engine behind it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from app.chats.model_title import read
from app.chats.values import Chat, Folder, TitleBy
from app.paths import Paths
from app.settings import SettingsFile
from engine.events import EngineEvent, SideEnded, SideOutcome
from engine.gguf import PRACTICE_NAME
from tests.e2e.conftest import Driver, OpenWindow

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class User:
    """Has chats and sorts them."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.window = driver.session.window
        self.list = driver.session.window.sidebar.chats
        driver.wait_until_ready()

    def ask(self, text: str) -> ChatId:
        self.driver.qtbot.keyClick(self.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        return self.driver.say(text).chat_id

    @property
    def folders(self) -> tuple[Folder, ...]:
        self.driver.settle()
        return self.list.shelf.folders

    def chat(self, chat_id: ChatId) -> Chat:
        self.driver.settle()
        return self.list.shelf.chats((chat_id,))[0]

    def go_to(self, chat_id: ChatId) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        self.list.setCurrentIndex(self.list.shelf.index_of(chat_id))


def test_what_was_sorted_is_sorted_after_a_restart_and_can_be_taken_back(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    user = User(open_window())
    first, second = user.ask("Hello!"), user.ask("What is 5 * 8?")
    qtbot.mouseClick(user.window.sidebar.new_folder, Qt.MouseButton.LeftButton)
    user.driver.wait(lambda: bool(user.list.viewport().findChildren(QLineEdit)))
    (field,) = user.list.viewport().findChildren(QLineEdit)
    qtbot.keyClicks(field, "Work")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    user.driver.wait(lambda: [one.name for one in user.folders] == ["Work"])
    (work,) = user.folders

    user.go_to(second)
    qtbot.keyClick(user.list, Qt.Key.Key_D, CTRL_SHIFT)
    user.go_to(first)
    row = user.list.shelf.row(user.list.currentIndex())
    menus = [one.menu() for one in user.list.make_menu(row).actions()]
    moves = next(one for one in menus if isinstance(one, QMenu) and one.title() == "Move to")
    moves.actions()[0].trigger()
    user.driver.wait(lambda: user.chat(first).folder_id == work.id)
    assert user.chat(second).is_pinned
    user.driver.session.close()

    user = User(open_window())
    assert user.folders == (work,)
    assert (user.chat(first).folder_id, user.chat(second).is_pinned) == (work.id, True)
    user.list.setCurrentIndex(user.list.shelf.index_of_folder(work))
    qtbot.keyClick(user.list, Qt.Key.Key_Delete)
    user.driver.wait(lambda: user.folders == ())
    assert user.chat(first).folder_id is None
    assert user.window.banner.title.text() == "Deleted the folder “Work”; its chats stay"
    qtbot.mouseClick(user.window.banner.action, Qt.MouseButton.LeftButton)
    user.driver.wait(lambda: user.folders == (work,))
    assert user.chat(first).folder_id == work.id


def test_a_model_of_another_name_names_chats_beside_the_chat_and_the_chat_goes_on(
    open_window: OpenWindow,
    environ: dict[str, str],
    practice_model_path: Path,
    tmp_path: Path,
) -> None:
    """The practice model itself names nothing; under another name it is asked like any other."""
    name = PRACTICE_NAME.encode()
    other = tmp_path / "other.gguf"
    other.write_bytes(practice_model_path.read_bytes().replace(name, b"x" * len(name)))
    SettingsFile(Paths.from_environment(environ).settings).update(model_path=str(other))
    driver = open_window()
    user = User(driver)
    ends: list[SideEnded] = []

    def see(event: EngineEvent) -> None:
        if isinstance(event, SideEnded):
            ends.append(event)

    driver.session._bridge.arrived.connect(see)
    chat_id = user.ask("Hello!")
    driver.wait(lambda: any(one.outcome is not SideOutcome.GAVE_WAY for one in ends))
    driver.wait(lambda: user.chat(chat_id).title_by is TitleBy.MODEL or not read(ends[-1].text))
    title = read(ends[-1].text)
    assert user.chat(chat_id).title == (title or "Hello!")
    again = driver.say("Hello!")
    assert again.chat_id == chat_id
    assert again.usage.reused_tokens > 0, "the chat is still in the cache"
