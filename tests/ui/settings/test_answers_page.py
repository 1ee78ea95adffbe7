from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.thoughts.display import ThoughtsDisplay
from tests.ui.settings.conftest import Room
from ui.settings.answers_page import AnswersPage
from ui.settings.screen import SettingsScreen


@pytest.fixture
def page(screen: SettingsScreen) -> AnswersPage:
    (found,) = [page for page in screen.pages if isinstance(page, AnswersPage)]
    screen.open_page(screen.pages.index(found))
    return found


def test_a_typed_temperature_is_written_and_the_slider_follows(
    page: AnswersPage, room: Room, qtbot: QtBot
) -> None:
    field = page.temperature.field
    field.selectAll()
    qtbot.keyClicks(field, "0.4")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert room.file.load().temperature == 0.4
    assert page.temperature.slider is not None
    assert page.temperature.slider.value() == 4


def test_a_number_counts_after_a_pause_in_typing(
    page: AnswersPage, room: Room, qtbot: QtBot
) -> None:
    page.top_k.field.selectAll()
    qtbot.keyClicks(page.top_k.field, "40")
    qtbot.waitUntil(lambda: room.current.value.top_k == 40)


def test_the_slider_moves_with_arrow_keys(page: AnswersPage, room: Room, qtbot: QtBot) -> None:
    slider = page.temperature.slider
    assert slider is not None
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert room.current.value.temperature == 0.9
    assert page.temperature.field.text() == "0.9"


@pytest.mark.parametrize("text", ["3", "-1", "much", "nan"])
def test_what_makes_no_sense_is_said_and_given_up(
    page: AnswersPage, room: Room, qtbot: QtBot, text: str
) -> None:
    row = page.temperature
    row.field.setFocus()
    row.field.selectAll()
    qtbot.keyClicks(row.field, text)
    assert row.hint.text() == "A number from 0.0 to 2.0."

    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.field.text() == "1.0"
    assert row.hint.text().startswith("Higher is freer")
    assert room.current.value.temperature == 1.0


def test_defaults_come_back_at_one_press(page: AnswersPage, room: Room, qtbot: QtBot) -> None:
    room.current.change(temperature=0.0, top_p=0.5, top_k=40, min_p=0.2, seed=3)
    qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)

    kept = room.file.load()
    assert (kept.temperature, kept.top_p, kept.top_k, kept.min_p) == (1.0, 1.0, 0, 0.01)
    assert kept.seed == 3
    assert not page.reset.isEnabled()


def test_an_empty_seed_is_a_new_one_each_time(page: AnswersPage, room: Room, qtbot: QtBot) -> None:
    field = page.seed.field
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert room.file.load().seed == 7

    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert room.file.load().seed is None
    assert field.placeholderText() == "New each time"


def test_each_effort_has_its_own_longest_thinking(
    page: AnswersPage, room: Room, qtbot: QtBot
) -> None:
    assert page.thinking[2].field.placeholderText() == "Automatic (24,576)"
    qtbot.keyClicks(page.thinking[0].field, "500")
    qtbot.keyClick(page.thinking[0].field, Qt.Key.Key_Return)

    kept = room.file.load()
    assert (kept.thinking_low_tokens, kept.thinking_medium_tokens) == (500, None)


def test_every_control_has_a_name_for_screen_readers(page: AnswersPage) -> None:
    rows = (page.temperature, page.top_p, page.top_k, page.min_p, page.seed, *page.thinking)
    assert all(row.field.accessibleName() for row in rows)
    assert page.top_p.field.accessibleDescription().startswith("Share of likely words")


def test_how_thoughts_are_shown_and_whether_signs_are_is_written_at_once(
    page: AnswersPage, room: Room, qtbot: QtBot
) -> None:
    assert page.display.text() == "Summary"
    page.display.choose(2)
    assert room.file.load().thoughts_display is ThoughtsDisplay.FILTERED
    qtbot.keyClick(page.signs, Qt.Key.Key_Space)
    assert not room.file.load().honesty_signs
    room.current.change(thoughts_display=ThoughtsDisplay.HIDDEN, honesty_signs=True)
    assert page.display.text() == "Hidden"
    assert page.signs.isChecked()


def test_whose_settings_these_are_is_said(page: AnswersPage, room: Room) -> None:
    assert "belong to Practice model." in page.owner.text()
    room.current.change(model_path="/models/gpt-oss-20b.gguf")
    assert "belong to gpt-oss-20b." in page.owner.text()
