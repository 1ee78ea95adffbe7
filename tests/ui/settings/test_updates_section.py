from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.updates.installation import Installation
from app.words import Words
from tests.app.updates.house import House, open_house
from tests.ui.settings.conftest import Room
from ui.settings.privacy.updates_section import UpdatesSection
from ui.theme.theme import Theme


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as made:
        yield made


def section_of(room: Room, theme: Theme, words: Words, qtbot: QtBot) -> UpdatesSection:
    made = UpdatesSection(room.desk(theme, words))
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


@pytest.fixture
def section(house: House, room: Room, theme: Theme, words: Words, qtbot: QtBot) -> UpdatesSection:
    house.current = room.current
    room.updates = house.desk(installation=Installation.DEB)
    return section_of(room, theme, words, qtbot)


def test_it_is_off_until_it_is_switched_on_and_then_says_what_is_there(
    section: UpdatesSection, house: House, room: Room
) -> None:
    assert not section.daily.isChecked()
    assert section.version_row.hint.text() == "This is Sotto 0.1.0."
    assert section.page.isHidden()
    section.daily.click()
    house.settle()
    assert room.current.value.update_checks == "on"
    assert section.version_row.hint.text() == (
        "This is Sotto 0.1.0. Sotto 9.0.0 is there. Faster. "
        "Your system's package manager brings it."
    )
    section.page.click()
    assert [url.toString() for url in room.opened] == ["https://updates.example/9"]
    section.daily.click()
    assert room.file.load().update_checks == "off"


def test_looking_now_says_so_and_leaves_the_switch_alone(
    section: UpdatesSection, house: House, room: Room
) -> None:
    house.publish("0.1.0")
    section.look.click()
    assert section.version_row.hint.text() == "Looking…"
    assert not section.look.isEnabled()
    house.settle()
    assert section.version_row.hint.text() == (
        "This is Sotto 0.1.0, the newest on Sunday, January 10, 2027."
    )
    assert section.look.isEnabled()
    assert room.current.value.update_checks == "unasked"


def test_what_went_wrong_is_said_in_the_row(section: UpdatesSection, house: House) -> None:
    house.site.pages.clear()
    section.look.click()
    house.settle()
    assert section.version_row.hint.text().startswith("The place where updates are told of")


def test_a_copy_that_can_ask_nobody_says_why(
    room: Room, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    section = section_of(room, theme, words, qtbot)
    assert not section.daily.isEnabled()
    assert section.look.isHidden()
    assert "built from its source" in section.version_row.hint.text()


def test_where_it_is_forbidden_the_switch_cannot_be_turned(
    house: House, room: Room, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    house.current = room.current
    room.current.change(update_checks="on")
    room.updates = house.desk(is_forbidden=True)
    section = section_of(room, theme, words, qtbot)
    assert not section.daily.isEnabled()
    assert not section.daily.isChecked()
    assert "has switched it off" in section.version_row.hint.text()
