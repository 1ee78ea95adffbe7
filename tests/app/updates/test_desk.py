from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.updates.house import House, open_house
from tests.app.updates.publisher import NOW


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as made:
        yield made


def test_nothing_is_asked_before_the_user_said_yes(house: House) -> None:
    status = house.begun(house.restarted())
    assert (status.answer, status.newer, status.is_time_to_ask) == ("unasked", None, False)
    assert house.site.asked == []


def test_the_user_is_asked_from_the_second_day_on(house: House) -> None:
    house.begun(house.restarted())
    house.now += timedelta(days=1)
    desk = house.restarted()
    assert house.begun(desk).is_time_to_ask
    desk.answer(is_yes=False)
    assert not desk.status.is_time_to_ask
    assert not house.begun(house.restarted()).is_time_to_ask
    assert house.site.asked == []


def test_a_yes_looks_at_once_and_is_remembered(house: House) -> None:
    desk = house.desk()
    desk.answer(is_yes=True)
    house.settle()
    assert desk.status.newer is not None
    assert desk.status.is_news
    assert len(house.site.asked) == 1
    assert house.restarted().status.answer == "on"


def test_of_one_version_the_window_tells_once(house: House) -> None:
    desk = house.desk()
    desk.answer(is_yes=True)
    house.settle()
    desk.note_told()
    house.thread.submit(lambda: asyncio.sleep(0)).result(10)
    status = house.begun(house.restarted())
    assert status.newer is not None
    assert not status.is_news
    house.now += timedelta(days=1)
    house.publish("9.1.0", issued=NOW.isoformat())
    assert house.begun(house.restarted()).is_news


def test_a_look_that_is_asked_for_is_no_yes(house: House) -> None:
    desk = house.desk()
    told: list[bool] = []
    desk.subscribe(lambda status: told.append(status.is_looking))
    desk.look_now()
    house.settle()
    assert told == [True, False]
    assert desk.status.newer is not None
    assert desk.status.answer == "unasked"


def test_what_is_no_newer_is_not_told(house: House) -> None:
    house.publish("0.1.0")
    desk = house.desk()
    desk.look_now()
    house.settle()
    assert desk.status.newer is None
    assert desk.status.problem is None


def test_where_it_is_forbidden_nothing_is_asked_whatever_is_set(house: House) -> None:
    desk = house.desk(is_forbidden=True)
    desk.answer(is_yes=True)
    desk.begin()
    desk.look_now()
    house.thread.submit(lambda: asyncio.sleep(0)).result(10)
    assert house.posted.empty()
    assert house.site.asked == []


def test_after_the_end_nothing_comes(house: House) -> None:
    desk = house.desk()
    assert house.thread.close()
    desk.begin()
    assert house.posted.empty()
