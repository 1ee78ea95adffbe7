from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings
from engine.hardware import Hardware
from tests.ui.settings.conftest import CPU, GIB, Room
from ui.settings.model_page import ModelPage
from ui.settings.screen import SettingsScreen


@pytest.fixture
def page(screen: SettingsScreen, qtbot: QtBot) -> ModelPage:
    (found,) = [page for page in screen.pages if isinstance(page, ModelPage)]
    screen.open_page(screen.pages.index(found))
    qtbot.waitUntil(lambda: len(found.memory.bars) == 2)
    return found


def names(page: ModelPage, bar: int) -> list[str]:
    return [part.name for part in page.memory.bars[bar].parts]


def test_the_plan_is_told_in_one_sentence_and_a_bar_for_each_device(page: ModelPage) -> None:
    assert page.memory.sentence.text().startswith(
        "The whole model runs on NVIDIA GeForce RTX 5070 Ti with a context of 32,768 tokens"
    )
    card = ["Weights", "Experts", "KV cache", "Working memory", "Reserve", "Free"]
    assert names(page, 0) == card
    assert names(page, 1) == ["Weights", "Working memory", "Reserve", "Free"]


def test_the_bars_say_their_numbers_to_screen_readers(page: ModelPage) -> None:
    said = page.memory.bars[0].accessibleName()
    assert "Experts 9.5 GiB" in said


def test_each_part_explains_itself_under_the_pointer(page: ModelPage) -> None:
    bar = page.memory.bars[0]
    middle = bar.rect().center()
    middle.setY(4)
    part = bar.part_at(middle)
    assert part is not None
    assert part.name == "Experts"
    assert part.meaning


def test_what_is_left_automatic_shows_what_the_planner_takes(page: ModelPage) -> None:
    rows = page.rows
    assert rows.context.field.placeholderText() == "Automatic (32,768)"
    assert rows.gpu_layers.field.placeholderText() == "Automatic (24)"
    assert rows.threads.field.placeholderText() == "Automatic (8)"
    assert "Takes 0.8 GiB." in rows.context.hint.text()


def test_a_chosen_context_changes_the_bars_at_once(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    before = page.memory.bars[0].parts[2].size
    qtbot.keyClicks(page.rows.context.field, "65536")
    qtbot.keyClick(page.rows.context.field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: page.memory.bars[0].parts[2].size > before)
    assert room.file.load().context_tokens == 65_536
    assert page.automatic.isEnabled()


def test_a_choice_that_does_not_fit_is_red_in_the_bar_and_said(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    room.current.change(context_tokens=131_072, gpu_layers=24, cpu_expert_layers=0)
    room.current.change(ubatch_tokens=4096)

    qtbot.waitUntil(lambda: "Missing" in names(page, 0))
    missing = page.memory.bars[0].parts[-1]
    assert missing.role == "danger"
    assert page.memory.shortage.isVisible()
    assert "is short of" in page.memory.shortage.text()
    assert not page.memory.sentence.isVisible()


def test_all_automatic_gives_every_choice_back(page: ModelPage, room: Room, qtbot: QtBot) -> None:
    room.current.change(context_tokens=4096, gpu_layers=3, threads=2)
    page.rows.cache.segments[2].click()
    assert room.current.value.cache_type == "q8_0"

    qtbot.mouseClick(page.automatic, Qt.MouseButton.LeftButton)
    assert room.file.load() == Settings()
    assert not page.automatic.isEnabled()


def test_without_a_card_there_is_one_bar(page: ModelPage, room: Room, qtbot: QtBot) -> None:
    room.hardware = Hardware((CPU,), 28 * GIB, 32 * GIB, 8)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.memory.bars) == 1)
    assert page.memory.sentence.text().startswith("The model runs on the processor")


def test_the_last_of_several_plans_is_shown_whichever_comes_first(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    room.executor.is_held = True
    room.current.change(context_tokens=8192)
    qtbot.waitUntil(lambda: len(room.executor._held) == 1)
    room.current.change(context_tokens=16_384)
    qtbot.waitUntil(lambda: len(room.executor._held) == 2)
    room.executor._held.reverse()
    room.executor.release()

    assert "16,384 tokens" in page.memory.sentence.text()


def test_a_file_is_chosen_and_given_up_for_the_practice_model(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    room.file_to_choose = "/models/gpt-oss-20b.gguf"
    qtbot.mouseClick(page.choose, Qt.MouseButton.LeftButton)
    assert room.file.load().model_path == "/models/gpt-oss-20b.gguf"
    assert page.file.name.text() == "gpt-oss-20b.gguf"

    qtbot.mouseClick(page.practice, Qt.MouseButton.LeftButton)
    assert room.file.load().model_path is None
    assert page.file.name.text() == "Practice model"


def test_a_file_dialog_that_was_closed_changes_nothing(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    room.current.change(model_path="/models/a.gguf")
    qtbot.mouseClick(page.choose, Qt.MouseButton.LeftButton)
    assert room.current.value.model_path == "/models/a.gguf"


def test_main_memory_that_runs_short_is_told_as_well(
    page: ModelPage, room: Room, qtbot: QtBot
) -> None:
    room.hardware = replace(room.hardware, devices=(CPU,), main_free_bytes=8 * GIB)
    page.refresh()
    qtbot.waitUntil(page.memory.shortage.isVisible)
    assert page.memory.shortage.text().startswith("Main memory is short of")


def test_memory_for_other_chats_and_the_place_of_choosing_are_settings_of_the_load(
    page: ModelPage, room: Room, screen: SettingsScreen, qtbot: QtBot
) -> None:
    running = page.running
    assert [running.has_choices] == [False]
    assert running.kept.field.placeholderText() == "Automatic"

    running.kept.field.setText("512")
    qtbot.keyClick(running.kept.field, Qt.Key.Key_Return)
    running.where.chosen.emit(2)

    settings = room.current.value
    assert (settings.kept_chats_mib, settings.draws_on_device) == (512, False)
    assert [running.has_choices, screen.strip.is_due] == [True, True]
