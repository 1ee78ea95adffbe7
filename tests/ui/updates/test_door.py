from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.app.updates.house import House, open_house
from ui.notices import NoticeBanner
from ui.theme.theme import Theme
from ui.updates.door import UpdateDoor


class Hall:
    """A banner and the door to a house that publishes version 9."""

    def __init__(self, theme: Theme, words: Words, house: House) -> None:
        self.house = house
        self.opened: list[QUrl] = []
        self.banner = NoticeBanner(theme, words)
        self.door = UpdateDoor(
            self.banner, words, house.restarted, self.banner, open_url=self.opened.append
        )

    def look(self) -> None:
        self.door._look()
        self.house.settle()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as made:
        yield made


@pytest.fixture
def hall(house: House, theme: Theme, words: Words, qtbot: QtBot) -> Hall:
    made = Hall(theme, words, house)
    qtbot.addWidget(made.banner)
    return made


def on_the_second_day(hall: Hall, theme: Theme, words: Words, qtbot: QtBot) -> Hall:
    hall.look()
    hall.house.now += timedelta(days=1)
    made = Hall(theme, words, hall.house)
    qtbot.addWidget(made.banner)
    made.look()
    return made


def test_on_the_first_day_nothing_is_asked(hall: Hall) -> None:
    hall.look()
    assert hall.banner.notice is None
    assert hall.house.site.asked == []


def test_the_question_stands_there_once_and_a_yes_looks(
    hall: Hall, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    second = on_the_second_day(hall, theme, words, qtbot)
    assert second.banner.title.text() == "Shall Sotto look for newer versions once a day?"
    assert second.house.site.asked == []
    second.banner.action.click()
    second.house.settle()
    assert len(second.house.site.asked) == 1
    assert second.banner.title.text() == "Sotto 9.0.0 is there."
    second.banner.action.click()
    assert [url.toString() for url in second.opened] == ["https://updates.example/9"]


def test_a_question_that_is_closed_is_a_no_and_never_comes_again(
    hall: Hall, theme: Theme, words: Words, qtbot: QtBot
) -> None:
    second = on_the_second_day(hall, theme, words, qtbot)
    second.banner.close_button.click()
    third = Hall(theme, words, hall.house)
    qtbot.addWidget(third.banner)
    third.look()
    assert third.banner.notice is None
    assert third.house.site.asked == []


def test_what_is_found_by_the_button_of_the_settings_is_told_there_alone(hall: Hall) -> None:
    hall.door.open().look_now()
    hall.house.settle()
    assert hall.door.open().status.newer is not None
    assert hall.banner.notice is None
