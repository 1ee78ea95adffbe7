from __future__ import annotations

import json

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.settings.conftest import Room
from ui.settings.page_name import PageName
from ui.settings.prompts_page import PromptsPage
from ui.settings.screen import SettingsScreen


@pytest.fixture
def page(screen: SettingsScreen) -> PromptsPage:
    screen.open_named(PageName.PROMPTS)
    shown = screen.stack.currentWidget()
    assert isinstance(shown, PromptsPage)
    return shown


def names(page: PromptsPage) -> list[str]:
    return [row.prompt.name for row in page.own.rows]


def write(page: PromptsPage, qtbot: QtBot, name: str, text: str) -> None:
    page.own.new.click()
    form = page.own.form
    assert form is not None
    form.name.setText(name)
    form.box.setPlainText(text)
    form.keep.click()
    qtbot.waitUntil(lambda: name in names(page))


def test_a_prompt_is_written_changed_deleted_and_brought_back(
    page: PromptsPage, qtbot: QtBot
) -> None:
    assert not page.own.save.isEnabled()
    write(page, qtbot, "First", "Say {{x}}")
    write(page, qtbot, "Second", "Say no more")
    page.own.rows[0].edit.click()
    form = page.own.form
    assert form is not None
    assert form.box.toPlainText() == "Say {{x}}"
    form.name.setText("Third")
    form.keep.click()
    qtbot.waitUntil(lambda: names(page) == ["Third", "Second"])
    page.own.rows[0].delete.click()
    qtbot.waitUntil(lambda: names(page) == ["Second"])
    assert page.own.said.text() == "The prompt “Third” is deleted."
    assert page.window().focusWidget() is page.own.undo
    page.own.undo.click()
    qtbot.waitUntil(lambda: names(page) == ["Third", "Second"])
    assert not page.own.undo.isVisible()


def test_a_copy_of_one_that_ships_becomes_the_users_own(page: PromptsPage, qtbot: QtBot) -> None:
    row = page.shipped[0]
    row.edit.click()
    form = page.own.form
    assert form is not None
    form.keep.click()
    qtbot.waitUntil(lambda: names(page) == [row.prompt.name])
    assert page.own.rows[0].prompt.text == row.prompt.text


def test_prompts_are_exported_and_imported(page: PromptsPage, room: Room, qtbot: QtBot) -> None:
    write(page, qtbot, "First", "하나")
    file = room.folder / "mine.json"
    room.file_to_choose = str(file)
    page.own.save.click()
    qtbot.waitUntil(file.exists)
    assert json.loads(file.read_text("utf-8"))["prompts"] == [{"name": "First", "text": "하나"}]
    file.write_text(json.dumps([{"name": "Other", "text": "둘"}]), "utf-8")
    page.own.read(file)
    qtbot.waitUntil(lambda: names(page) == ["First", "Other"])
    assert page.own.said.text() == "1 prompt was added."
    file.write_text("[]", "utf-8")
    page.own.read(file)
    qtbot.waitUntil(lambda: bool(room.problems))
    assert room.problems[-1].title == "There are no prompts in {file}."
    assert names(page) == ["First", "Other"]
