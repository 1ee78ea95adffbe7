from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.chats.changes import (
    ModelState,
    NoticeRaised,
    ResponseFormatChanged,
    RuleMade,
    StatusChanged,
    ToolsSwitched,
)
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.permissions.rule_text import parse_rule
from app.permissions.rules import Rule
from app.settings import SettingsFile
from app.words import Words
from engine.harmony.messages import Effort, ResponseFormat
from ui.chat.files_dialog import FilesDialog
from ui.notices import Notice
from ui.theme.theme import Theme
from ui.window import MainWindow

READY = StatusChanged(
    ModelState.READY,
    "Sotto practice model",
    "CPU",
    is_practice=True,
    context_limit_tokens=4096,
)


class Service(Protocol):
    """What these tests use of the fake service in conftest."""

    commands: list[tuple[object, ...]]
    has_subscribers: bool
    now_ms: int

    def add(self, *titles: str, days_ago: int = 0) -> list[Any]: ...
    def tell(self, change: object) -> None: ...
    def open_chat(self, chat_id: Any) -> None: ...


@pytest.fixture
def settings(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.json")


@pytest.fixture
def window(
    service: Any, theme: Theme, words: Words, settings: SettingsFile, qtbot: QtBot
) -> Iterator[MainWindow]:
    made = make_window(service, theme, words, settings, qtbot)
    yield made
    made.close()


def make_window(
    service: Any, theme: Theme, words: Words, settings: SettingsFile, qtbot: QtBot
) -> MainWindow:
    made = MainWindow(service, theme, words, settings, clock_ms=lambda: service.now_ms)
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    service.tell(READY)
    return made


def press(window: MainWindow, qtbot: QtBot, keys: str) -> None:
    target = window.focusWidget()
    assert target is not None
    qtbot.keySequence(target, QKeySequence(keys))


def test_the_caret_starts_in_the_composer(window: MainWindow) -> None:
    assert window.panel.composer.edit.hasFocus()


def test_return_sends_the_message_with_its_effort(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    qtbot.keyClicks(window.panel.composer.edit, "Hello")
    qtbot.keyClick(window.panel.composer.edit, Qt.Key.Key_Return)
    assert service.commands == [("send", "Hello", Effort.MEDIUM)]


def test_a_chosen_effort_is_remembered(window: MainWindow, settings: SettingsFile) -> None:
    window.panel.composer.effort.segments[2].click()
    assert settings.load().effort is Effort.HIGH


def test_ctrl_n_starts_a_chat_and_puts_the_caret_into_the_composer(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    window.sidebar.chats.setFocus()
    press(window, qtbot, "Ctrl+N")
    assert service.commands == [("new_chat",)]
    assert window.panel.composer.edit.hasFocus()


def test_ctrl_k_finds_a_chat_even_where_the_sidebar_is_hidden(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(480, 800)
    assert not window.sidebar.isVisible()
    press(window, qtbot, "Ctrl+K")
    assert window.sidebar.isVisible()
    assert window.sidebar.filter.hasFocus()


def test_escape_leads_from_the_drawer_back_to_the_composer(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(480, 800)
    press(window, qtbot, "Ctrl+B")
    assert window.sidebar.new_chat.hasFocus()
    press(window, qtbot, "Esc")
    assert not window.sidebar.isVisible()
    assert window.panel.composer.edit.hasFocus()


def test_ctrl_b_hides_and_shows_the_sidebar(window: MainWindow, qtbot: QtBot) -> None:
    press(window, qtbot, "Ctrl+B")
    assert not window.sidebar.isVisible()
    assert window.top_bar.sidebar_button.isVisible()
    press(window, qtbot, "Ctrl+B")
    assert window.sidebar.isVisible()
    assert not window.top_bar.sidebar_button.isVisible()


def test_a_chosen_chat_is_named_in_bar_and_window_title(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    first, second = service.add("Heat equation", "제주도 여행")
    place = window.sidebar.chats.visualRect(window.sidebar.model.index_of(second.id)).center()
    qtbot.mouseClick(window.sidebar.chats.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert service.commands == [("open_chat", second.id)]
    assert window.top_bar.title.text() == "제주도 여행"
    assert window.windowTitle() == "제주도 여행 – Sotto"
    assert first.title in [window.sidebar.model.index(row).data() for row in range(3)]


def test_renaming_the_open_chat_renames_it_everywhere(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    (chat,) = service.add("Heat equation")
    service.open_chat(chat.id)
    press(window, qtbot, "Ctrl+Shift+R")
    editor = window.sidebar.chats.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "Heat pump")
    with qtbot.waitSignal(window.sidebar.rename_requested):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert service.commands[-1] == ("rename_chat", chat.id, "Heat pump")
    assert window.top_bar.title.text() == "Heat pump"
    assert window.sidebar.model.index_of(chat.id).data() == "Heat pump"


def test_a_deleted_chat_can_be_brought_back(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    (chat,) = service.add("Heat equation")
    service.open_chat(chat.id)
    window.sidebar.chats.setFocus()
    press(window, qtbot, "Delete")
    assert not window.sidebar.model.has_chats
    assert window.top_bar.title.text() == "New chat"
    assert window.banner.title.text() == "Deleted “Heat equation”"
    qtbot.mouseClick(window.banner.action, Qt.MouseButton.LeftButton)
    assert service.commands[-1] == ("undo", chat)
    assert window.top_bar.title.text() == "Heat equation"
    assert not window.banner.isVisible()


@pytest.mark.parametrize("chat", [None, ChatId(1)])
def test_a_rule_that_was_made_can_be_undone(
    window: MainWindow, service: Service, qtbot: QtBot, chat: ChatId | None
) -> None:
    service.tell(RuleMade(Rule(parse_rule("host:example.com"), id=5, chat_id=chat)))
    assert "without a question: Pages on example.com" in window.banner.title.text()
    assert ("In this chat" in window.banner.title.text()) == (chat is not None)
    qtbot.mouseClick(window.banner.action, Qt.MouseButton.LeftButton)
    assert service.commands[-1] == ("revoke_rule", 5)


def test_a_model_that_fails_is_explained_until_one_is_ready(
    window: MainWindow, service: Service
) -> None:
    problem = Problem("The model file is damaged.", "Choose another file.")
    service.tell(StatusChanged(ModelState.FAILED, "gpt-oss-20b", problem=problem))
    assert window.banner.title.text() == "The model file is damaged."
    assert window.banner.text.text() == "Choose another file."
    service.tell(READY)
    assert not window.banner.isVisible()


def test_a_background_problem_is_told_above_the_composer(
    window: MainWindow, service: Service
) -> None:
    service.tell(NoticeRaised(Problem("The disk is full.", "Free some room.")))
    assert window.banner.isVisible()
    banner_end = window.banner.mapTo(window, QPoint(0, window.banner.height())).y()
    assert banner_end <= window.panel.composer.mapTo(window, QPoint(0, 0)).y()


@pytest.mark.parametrize("width", [420, 480, 760, 1280, 1600])
def test_the_practice_model_is_named_at_every_width(window: MainWindow, width: int) -> None:
    window.resize(width, 860)
    sign = window.top_bar.practice_sign
    assert sign.isVisible()
    assert not sign.visibleRegion().isEmpty()
    assert sign.width() >= sign.width_for(compact=True)


def test_size_sidebar_and_look_are_remembered(
    service: Any, theme: Theme, words: Words, settings: SettingsFile, qtbot: QtBot
) -> None:
    first = make_window(service, theme, words, settings, qtbot)
    first.resize(900, 700)
    first.drawer.toggle()
    theme.set_mode("dark")
    first.close()
    kept = settings.load()
    assert (kept.window_size, kept.sidebar_visible, kept.theme) == ((900, 700), False, "dark")
    second = MainWindow(service, theme, words, settings, clock_ms=lambda: 0)
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (900, 700)
    assert not second.drawer.is_wanted
    second.close()


def test_settings_that_cannot_be_written_do_not_disturb(
    service: Any,
    theme: Theme,
    words: Words,
    tmp_path: Path,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = SettingsFile(tmp_path / "file" / "settings.json")
    window = make_window(service, theme, words, settings, qtbot)
    with caplog.at_level(logging.WARNING):
        window.close()
    assert not window.isVisible()
    assert any("settings not saved" in message for message in caplog.messages)


def test_damaged_settings_are_told(
    service: Any, theme: Theme, words: Words, settings: SettingsFile, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "settings.json").write_text('{"theme": "sepia"}')
    window = make_window(service, theme, words, settings, qtbot)
    assert "settings" in window.banner.title.text()
    window.close()


def test_a_closed_window_listens_no_longer(window: MainWindow, service: Service) -> None:
    assert service.has_subscribers
    window.close()
    assert not service.has_subscribers


def test_a_window_that_comes_back_on_the_next_day_groups_its_chats_anew(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.add("Heat equation")
    assert window.sidebar.model.index(0).data() == "Today"
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    service.now_ms += 86_400_000
    window.activateWindow()
    qtbot.waitUntil(lambda: window.sidebar.model.index(0).data() == "Yesterday")


def interactive(window: MainWindow) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QAbstractItemView)
    return [widget for kind in kinds for widget in window.findChildren(kind)]


def test_everything_that_can_be_pressed_or_filled_has_an_accessible_name(
    window: MainWindow, service: Service
) -> None:
    service.add("Heat equation")
    window.banner.show_notice(Notice("Deleted", action="Undo"))
    widgets = [widget for widget in interactive(window) if widget.isVisible()]
    assert len(widgets) > 10
    for widget in widgets:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name), widget


def test_everything_shown_is_reached_by_tab_alone(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.add("Heat equation")
    reached: list[QWidget] = []
    for _ in range(40):
        focused = window.focusWidget()
        assert focused is not None
        if focused in reached:
            break
        reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [
        window.panel.composer.edit,
        window.panel.composer.effort.segments[1],
        window.sidebar.hide_button,
        window.sidebar.new_chat,
        window.sidebar.filter,
        window.sidebar.chats,
        window.sidebar.foot.look,
        window.top_bar.settings,
    ]
    assert [widget for widget in wanted if widget not in reached] == []


@pytest.fixture(params=["words", "korean"])
def language(request: pytest.FixtureRequest) -> Words:
    """One language after the other."""
    words: Words = request.getfixturevalue(request.param)
    return words


@pytest.mark.parametrize(
    ("width", "scale", "look"),
    [
        (420, 1.0, "light"),
        (420, 2.0, "dark"),
        (420, 2.0, "high_contrast"),
        (1280, 1.0, "dark"),
        (1600, 1.5, "light"),
    ],
)
def test_nothing_is_cut_at_any_size_in_any_language(
    service: Any,
    theme: Theme,
    language: Words,
    settings: SettingsFile,
    qtbot: QtBot,
    width: int,
    scale: float,
    look: str,
) -> None:
    theme.set_mode(look)
    theme.set_text_scale(scale)
    window = make_window(service, theme, language, settings, qtbot)
    service.add("Heat equation")
    window.resize(width, 900)
    window.drawer.open_sidebar()
    service.tell(NoticeRaised(Problem("The disk is full.", "Free some room.")))
    qtbot.waitUntil(lambda: window.banner.width() <= window.panel.width())
    for room in (window.sidebar, window.top_bar, window.status_line, window.banner):
        for widget in room.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, QAbstractButton | QLabel):
                assert_is_whole(widget, room)
    window.close()


def assert_is_whole(widget: QWidget, room: QWidget) -> None:
    """It lies inside its room, and a button is as large as it wants to be."""
    corner = widget.mapTo(room, QPoint(0, 0))
    assert corner.x() >= 0, widget
    assert corner.y() >= 0, widget
    assert corner.x() + widget.width() <= room.width(), widget
    assert corner.y() + widget.height() <= room.height(), widget
    if isinstance(widget, QAbstractButton):
        assert widget.width() >= widget.minimumSizeHint().width(), widget
        assert widget.height() >= widget.minimumSizeHint().height(), widget


BROKEN = StatusChanged(
    ModelState.FAILED,
    problem=Problem("The engine broke down and cannot go on.", "Restart Sotto."),
    needs_restart=True,
)
WORKER = "192.168.1.5:50052"
LOST = replace(
    BROKEN,
    problem=Problem("The worker {worker} was lost.", fields={"worker": WORKER}),
    lost_workers=(WORKER,),
)


def test_what_is_typed_is_kept_by_chat_and_no_longer_once_it_is_sent(
    window: MainWindow, service: Any, qtbot: QtBot
) -> None:
    kept: dict[object, str] = {}
    window.panel.drafts.changed.connect(kept.__setitem__)
    (chat,) = service.add("Bikes")
    edit = window.panel.composer.edit
    qtbot.keyClicks(edit, "half a")
    qtbot.waitUntil(lambda: kept == {None: "half a"})
    qtbot.keyClicks(edit, " word")
    service.open_chat(chat.id)
    assert kept[None] == "half a word", "told at once when another chat is shown"
    qtbot.keyClicks(edit, "And?")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert kept == {None: "half a word", chat.id: ""}


def test_what_was_not_sent_stands_in_its_chat_again(window: MainWindow, service: Any) -> None:
    (chat,) = service.add("Bikes")
    edit = window.panel.composer.edit
    window.panel.drafts.put_back({None: "a new one", chat.id: "an old one"})
    assert edit.toPlainText() == "a new one"
    service.open_chat(chat.id)
    assert edit.toPlainText() == "an old one"
    window.panel.drafts.put_back({chat.id: "something else"})
    assert edit.toPlainText() == "an old one", "what is there is not overwritten"


def test_a_broken_engine_is_told_and_a_restart_offered(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.tell(BROKEN)
    assert window.banner.title.text() == "The engine broke down and cannot go on."
    assert window.banner.action.text() == "Restart Sotto"
    with qtbot.waitSignal(window.restart_requested) as wanted:
        window.banner.action.click()
    assert wanted.args == [()]


def test_a_lost_worker_is_told_and_a_load_without_it_offered(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.tell(LOST)
    assert WORKER in window.banner.title.text()
    assert window.banner.action.text() == "Load again without it"
    with qtbot.waitSignal(window.restart_requested) as wanted:
        window.banner.action.click()
    assert wanted.args == [(WORKER,)]


def test_a_worker_that_cannot_be_used_can_be_left_out_at_once(
    window: MainWindow, service: Service
) -> None:
    service.tell(replace(LOST, needs_restart=False))
    assert window.banner.action.text() == "Load without it"
    window.banner.action.click()
    assert service.commands == [("load_model", WORKER)]
    service.tell(READY)
    assert window.banner.notice is None


def test_what_answers_are_bound_to_goes_to_the_service(window: MainWindow, service: Any) -> None:
    wanted = ResponseFormat("trip", "{}")
    window.panel.composer.format.chosen.emit(wanted)
    assert ("choose", wanted) in service.commands
    service.tell(ResponseFormatChanged(wanted))
    assert window.panel.composer.format.chip.text() == "trip"


def test_a_switch_of_a_tool_reaches_the_service_and_the_sign_follows_what_it_tells(
    window: MainWindow, service: Service
) -> None:
    window.panel.composer.tools.switched.emit("browser", True)
    assert service.commands == [("switch", "browser", True)]
    service.tell(ToolsSwitched(("browser",)))
    assert window.top_bar.scope.text() == "The web is on for this chat"
    assert [icon.icon_name for icon in window.panel.composer.tools.icons] == ["globe"]
    service.tell(ToolsSwitched(()))
    assert window.top_bar.scope.text() == "On this computer only"


def test_without_a_folder_there_are_no_files_to_show(window: MainWindow) -> None:
    window.panel.composer.tools.files_requested.emit()
    assert window.findChildren(FilesDialog) == []
