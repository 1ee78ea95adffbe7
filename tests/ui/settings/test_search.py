from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.settings.conftest import Room
from ui.controls.setting_row import MARKED_MS, SettingRow
from ui.settings.page_name import PageName
from ui.settings.pages import make_settings
from ui.settings.row_index import INDEX
from ui.settings.screen import SettingsScreen
from ui.settings.search import SettingsSearch
from ui.settings.section import SettingsSection
from ui.theme.theme import Theme

FOUND_ON_ITS_PAGE = {PageName.LAB, PageName.PROMPTS}  # their rows are what there is to choose
CHANGING = {
    "Folder of models",
    "Settings of",
    "What it costs",
    "Where code runs",
    "Limits",
    "Folder",
    "Who searches",
    "How careful",
    "Passphrase of the lock",
    "Version",
}
"""Rows whose sentence follows what is so at the moment."""


def test_the_index_holds_every_row_of_every_page(screen: SettingsScreen) -> None:
    listed = {page.page: page for page in INDEX}
    for door, page in zip(screen._doors, screen.pages, strict=True):
        assert door.name in listed, f"{door.name}: add the page to ui/settings/row_index.py"
        known = {row.name: row.hint for row in listed[door.name].rows}
        built = {row.name.text(): row._hint for row in page.findChildren(SettingRow)}
        headings = {one.heading.text() for one in page.findChildren(SettingsSection)}
        assert page.title == listed[door.name].title
        assert set(known) <= {*built, *headings}, door.name
        if door.name not in FOUND_ON_ITS_PAGE:
            advice = f"{door.name}: add it to ui/settings/row_index.py"
            assert set(built) <= set(known), advice
            told = {name: hint for name, hint in built.items() if name not in CHANGING}
            assert told == {name: known[name] for name in told}, advice


def search(screen: SettingsScreen, qtbot: QtBot, query: str) -> list[str]:
    field = screen.list.search.field
    field.setFocus()
    field.clear()
    qtbot.keyClicks(field, query)
    return [place.name or place.title for place in screen.list.search.model.places]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("temp", "Temperature"),
        ("font", "Size of text"),
        ("dark", "Colours"),
        ("vram", "Memory"),
        ("appear", "Appearance"),
        ("keep still", "Keep still"),
    ],
)
def test_rows_are_found_by_name_sentence_and_other_words(
    screen: SettingsScreen, qtbot: QtBot, query: str, first: str
) -> None:
    assert search(screen, qtbot, query)[0] == first


def test_korean_finds_by_initials_and_by_english_words(korean: Words, theme: Theme) -> None:
    page = QWidget()
    search_ = SettingsSearch(theme, korean, page)
    for query in ("ㅇㄷ", "온도", "temperature", "무작위"):
        search_.field.setText(query)
        assert korean("Temperature") in {place.name for place in search_.model.places}, query


def test_return_leads_to_the_row_marks_it_and_gives_it_the_focus(
    screen: SettingsScreen, qtbot: QtBot
) -> None:
    search(screen, qtbot, "temp")
    qtbot.keyClick(screen.list.search.field, Qt.Key.Key_Return)
    page = screen.stack.currentWidget()
    assert page is not None
    (row,) = [one for one in page.findChildren(SettingRow) if one.name.text() == "Temperature"]
    assert row._is_marked
    focused = screen.focusWidget()
    assert focused is not None
    assert row.isAncestorOf(focused)
    qtbot.waitUntil(lambda: not row.visibleRegion().isEmpty())
    row._mark.setInterval(0)
    row.mark()
    qtbot.waitUntil(lambda: not row._is_marked)
    assert MARKED_MS > 1000


def test_a_section_is_found_too(screen: SettingsScreen, qtbot: QtBot) -> None:
    search(screen, qtbot, "your presets")
    qtbot.keyClick(screen.list.search.field, Qt.Key.Key_Return)
    page = screen.stack.currentWidget()
    assert page is not None
    (section,) = [
        one for one in page.findChildren(SettingsSection) if one.heading.text() == "Your presets"
    ]
    qtbot.waitUntil(lambda: not section.heading.visibleRegion().isEmpty())


def test_results_stand_in_place_of_the_pages_until_escape(
    screen: SettingsScreen, qtbot: QtBot
) -> None:
    closed: list[bool] = []
    screen.closed.connect(lambda: closed.append(True))
    search(screen, qtbot, "seed")
    search_ = screen.list.search
    assert not screen.list.rows[0].isVisible()
    assert search_.list.isVisible()
    qtbot.keyClick(search_.field, Qt.Key.Key_Down)
    assert search_.list.currentIndex().row() == 1
    qtbot.keyClick(search_.field, Qt.Key.Key_Up)
    assert search_.list.currentIndex().row() == 0
    qtbot.keyClick(search_.field, Qt.Key.Key_Escape)
    assert screen.list.rows[0].isVisible()
    assert not search_.list.isVisible()
    assert closed == []
    qtbot.keyClick(search_.field, Qt.Key.Key_Escape)
    assert closed == [True]


def test_nothing_found_is_said(screen: SettingsScreen, qtbot: QtBot) -> None:
    assert search(screen, qtbot, "zzzz") == []
    assert screen.list.search.said.text() == "No setting is called “zzzz”."


def test_typing_on_the_list_of_pages_begins_a_search(screen: SettingsScreen, qtbot: QtBot) -> None:
    qtbot.keyClick(screen.list.rows[0], Qt.Key.Key_T)
    assert screen.list.search.field.text() == "t"
    assert screen.list.search.field.hasFocus()


def test_a_search_makes_no_page(room: Room, theme: Theme, words: Words, qtbot: QtBot) -> None:
    screen = make_settings(room.desk(theme, words))
    qtbot.addWidget(screen)
    search(screen, qtbot, "temperature")
    assert screen._made == {}


def row_of(screen: SettingsScreen, page: PageName, name: str) -> SettingRow:
    screen.open_named(page)
    shown = screen.stack.currentWidget()
    assert shown is not None
    (row,) = [one for one in shown.findChildren(SettingRow) if one.name.text() == name]
    return row


def test_a_row_says_its_default_and_leads_back_to_it_without_moving(
    screen: SettingsScreen, room: Room, qtbot: QtBot
) -> None:
    row = row_of(screen, PageName.ANSWERS, "Top-k")
    assert row.hint.text().endswith("Default: 0")
    reset = row._reset
    assert reset is not None
    assert not reset.isVisible()
    before = row.sizeHint()
    room.current.change(top_k=40)
    assert reset.isVisible()
    assert reset.accessibleName() == "Back to the default of “Top-k”"
    assert row.sizeHint() == before
    reset.setFocus()
    qtbot.keyClick(reset, Qt.Key.Key_Return)
    assert room.current.value.top_k == 0
    assert not reset.isVisible()
    focused = screen.focusWidget()
    assert focused is not None
    assert row.isAncestorOf(focused)


def test_the_look_leads_back_to_the_system(screen: SettingsScreen, theme: Theme) -> None:
    row = row_of(screen, PageName.APPEARANCE, "Colours")
    assert row._reset is not None
    row._reset.click()
    assert theme.mode.value == "system"
    assert row._reset.isHidden()
