"""The adapters page over real files: the practice model and tiny adapters for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from app.adapters import MAX_ADAPTERS, AdapterChoice
from app.chats.changes import ModelState, StatusChanged
from engine.gguf import read_facts
from tests.engine.lora import matrices, write_lora
from tests.ui.settings.conftest import READY, Room
from ui.controls.label import breakable
from ui.settings.adapters_page import AdaptersPage
from ui.settings.screen import SettingsScreen

TARGET = "blk.0.attn_q.weight"


@pytest.fixture
def poet(practice_model_path: Path, tmp_path: Path) -> Path:
    facts = read_facts(practice_model_path)
    return write_lora(tmp_path / "poet.gguf", {TARGET: matrices(facts, TARGET)})


@pytest.fixture
def page(screen: SettingsScreen, room: Room, practice_model_path: Path) -> AdaptersPage:
    """Open, the practice model's file being the model of the settings and loaded."""
    room.current.change(model_path=str(practice_model_path))
    screen.show_change(StatusChanged(state=ModelState.LOADING))
    screen.show_change(READY)
    (found,) = [page for page in screen.pages if isinstance(page, AdaptersPage)]
    screen.open_page(screen.pages.index(found))
    return found


def add(page: AdaptersPage, room: Room, qtbot: QtBot, path: Path) -> None:
    room.file_to_choose = str(path)
    qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)


def test_an_adapter_is_added_weakened_and_taken_out(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    assert room.file.load().adapters == (AdapterChoice(path=str(poet)),)
    (row,) = page.rows
    assert (row.name.text(), row.hint.text(), row.scale.text()) == (
        "poet",
        breakable(str(poet)),
        "1.0",
    )

    row.scale.selectAll()
    qtbot.keyClicks(row.scale, "0.25")
    qtbot.keyClick(row.scale, Qt.Key.Key_Return)
    assert room.file.load().adapters == (AdapterChoice(path=str(poet), scale=0.25),)
    assert page.rows[0] is row

    qtbot.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    assert room.file.load().adapters == ()
    assert page.rows == ()


def test_a_strength_out_of_range_is_refused_with_a_sentence(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    (row,) = page.rows
    row.scale.selectAll()
    qtbot.keyClicks(row.scale, "5")
    assert row.hint.text() == "A number from 0.0 to 4.0."
    assert room.file.load().adapters[0].scale == 1.0
    qtbot.keyClick(row.scale, Qt.Key.Key_Escape)
    assert row.hint.text() == breakable(str(poet))


def test_what_is_no_adapter_is_not_added_and_says_why(
    page: AdaptersPage, room: Room, practice_model_path: Path, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, practice_model_path)
    assert page.said.isVisible()
    assert page.said.text() == breakable(
        f"{practice_model_path.name} is a whole model or something else, but no adapter."
        " Choose it as the model instead, or choose a LoRA adapter."
    )
    assert room.file.load().adapters == ()

    add(page, room, qtbot, poet)
    assert not page.said.isVisible()


def test_one_file_is_added_once_and_no_more_than_go_together(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    add(page, room, qtbot, poet)
    assert page.said.text() == "This file is in the list already."
    others = [AdapterChoice(path=f"{poet}.{number}") for number in range(MAX_ADAPTERS)]
    room.current.change(adapters=tuple(others))
    add(page, room, qtbot, poet)
    assert page.said.text() == f"At most {MAX_ADAPTERS} adapters go together."
    assert room.file.load().adapters == tuple(others)


def test_nothing_happens_when_no_file_is_chosen(
    page: AdaptersPage, room: Room, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    assert room.file.load().adapters == ()
    assert page.add_button.isEnabled()


def test_a_file_is_examined_off_the_thread_of_the_window(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    room.executor.is_held = True
    add(page, room, qtbot, poet)
    assert not page.add_button.isEnabled()
    assert page.rows == ()
    room.executor.is_held = False
    room.executor.release()
    assert page.add_button.isEnabled()
    assert len(page.rows) == 1


def test_a_file_examined_for_a_model_is_not_added_to_another(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    room.executor.is_held = True
    add(page, room, qtbot, poet)
    room.current.change(model_path="/other.gguf")
    room.executor.is_held = False
    room.executor.release()
    assert room.current.value.adapters == ()


def test_a_file_that_is_gone_says_so_in_its_row(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    poet.unlink()
    page.refresh()
    assert page.rows[0].hint.text() == (
        "The adapter poet.gguf is not there any more. Put it back, or take it out of the list."
    )


def test_an_outcome_for_a_row_that_was_taken_out_is_passed_over(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    room.executor.is_held = True
    page.refresh()
    (row,) = page.rows
    with qtbot.waitSignal(row.destroyed):
        qtbot.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    room.executor.release()
    assert page.rows == ()


def test_adapters_wait_for_the_next_load(
    page: AdaptersPage, screen: SettingsScreen, room: Room, poet: Path, qtbot: QtBot
) -> None:
    assert not screen.strip.isVisible()
    add(page, room, qtbot, poet)
    assert screen.strip.isVisible()
    assert screen.strip.load.text() == "Load again"


def test_adapters_belong_to_their_model_and_come_back_with_it(
    page: AdaptersPage, room: Room, poet: Path, qtbot: QtBot
) -> None:
    add(page, room, qtbot, poet)
    model = room.current.value.model_path
    room.current.change(model_path=None)
    assert page.rows == ()
    assert page.section.remark.text() == "The practice model takes none."
    add(page, room, qtbot, poet)
    assert page.said.text() == "Choose a model file first, on the page of the model."
    room.current.change(model_path=model)
    assert len(page.rows) == 1


def test_a_long_file_name_is_broken_where_it_is_narrow(
    page: AdaptersPage, screen: SettingsScreen, room: Room, poet: Path, qtbot: QtBot
) -> None:
    long = poet.rename(poet.with_name("a_name_of_many_words_and_not_one_space_in_it_at_all.gguf"))
    screen.resize(420, 800)
    room.current.change(adapters=(AdapterChoice(path=str(long)),))
    (row,) = page.rows
    qtbot.waitUntil(lambda: row.hint.height() >= 2 * row.hint.fontMetrics().height())
    box = QFontMetrics(row.hint.font()).boundingRect(
        row.hint.rect(), int(Qt.TextFlag.TextWordWrap), row.hint.text()
    )
    assert box.width() <= row.hint.width()
