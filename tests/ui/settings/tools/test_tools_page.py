from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tools.sandbox.policy import SandboxKind
from tests.ui.settings.conftest import Room
from ui.settings.page_name import PageName
from ui.settings.screen import SettingsScreen
from ui.settings.tools_page import ToolsPage


@pytest.fixture
def page(screen: SettingsScreen) -> ToolsPage:
    (found,) = [page for page in screen.pages if isinstance(page, ToolsPage)]
    screen.open_page(screen.pages.index(found))
    return found


def test_what_chats_begin_with_is_off_until_it_is_switched_on(
    page: ToolsPage, room: Room, qtbot: QtBot
) -> None:
    rows = (page.python_on, page.web_on, page.functions_on)
    assert not any(row.switch.isChecked() for row in rows)
    qtbot.keyClick(page.web_on.switch, Qt.Key.Key_Space)
    now = room.file.load()
    assert (now.tools_python, now.tools_browser, now.tools_functions) == (False, True, False)
    room.current.change(tools_browser=False)
    assert not page.web_on.switch.isChecked()


@pytest.mark.parametrize(
    ("kind", "said", "is_asked"),
    [
        (SandboxKind.BUBBLEWRAP, "In a closed box: no network", False),
        (SandboxKind.LANDLOCK, "the simpler kind", False),
        (SandboxKind.NONE, "no closed box", True),
    ],
)
def test_where_code_runs_is_said_and_consent_is_asked_only_without_a_box(
    page: ToolsPage, room: Room, kind: SandboxKind, said: str, is_asked: bool
) -> None:
    assert room.tools.begun
    assert "Being looked at" in page.python.state.hint.text()
    room.tools.find(kind)
    QApplication.processEvents()
    assert said in page.python.state.hint.text()
    assert page.python.consent.isVisible() == is_asked


def test_consent_is_a_switch_that_says_what_may_happen(page: ToolsPage, room: Room) -> None:
    room.tools.find(SandboxKind.NONE)
    QApplication.processEvents()
    consent = page.python.consent
    assert "read, change and send anything you can" in consent.hint.text()
    assert not consent.switch.isChecked()
    consent.switch.click()
    assert room.file.load().python_without_sandbox_accepted


def test_functions_are_listed_with_what_keeps_them_from_being_offered(
    page: ToolsPage, room: Room
) -> None:
    page.functions.example_button.click()
    assert [row.name.text() for row in page.functions.rows]
    folder = room.tools.functions.path
    (folder / "mine.py").write_text("def f(x):\n    '''Do it.'''\n", "utf-8")
    (folder / "broken.py").write_text("def (", "utf-8")
    page.functions.again_button.click()
    said = {row.name.text(): row.hint.text() for row in page.functions.rows}
    assert said["f"].startswith("Not offered:")
    assert "broken.py" in said
    page.functions.choose_button.click()
    assert room.file.load().functions_folder is None
    room.tools.chosen_folder = str(folder)
    page.functions.choose_button.click()
    assert room.file.load().functions_folder == str(folder)
    page.functions.open_button.click()
    assert [url.toLocalFile() for url in room.tools.opened] == [str(folder)]


def test_the_switches_below_a_message_lead_here(screen: SettingsScreen) -> None:
    screen.open_page(0)
    screen.open_named(PageName.TOOLS)
    assert isinstance(screen.stack.currentWidget(), ToolsPage)
