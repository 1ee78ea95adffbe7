from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState
from app.models.desk import ModelDesk
from app.models.values import LibraryModel, MeasuredSpeed
from tests.ui.models.conftest import Asked
from tests.ui.settings.conftest import READY, Room
from ui.models.model_card import ModelCard
from ui.models.page import ModelsPage

LEFT = Qt.MouseButton.LeftButton


def card(page: ModelsPage, id_: str = "small-oss") -> ModelCard:
    return page.library.cards[id_]


def choose(of: ModelCard, text: str) -> None:
    menu = of.make_menu()
    next(one for one in menu.actions() if one.text() == text).trigger()
    menu.close()


def test_a_card_says_what_a_model_is_and_what_it_is_like_here(
    page: ModelsPage, mine: LibraryModel, qtbot: QtBot
) -> None:
    shown = card(page, mine.id)
    qtbot.waitUntil(lambda: "layers" in shown.facts.text())
    assert shown.facts.text() == "64 MB  ·  MXFP4  ·  4 layers  ·  from me/small"
    assert shown.outlook.sentence.text().startswith("The model runs on")
    assert "memory" in shown.outlook.memory.text()
    assert 0.0 < shown.outlook.bar.fraction < 1.0


def test_the_model_in_use_is_marked_and_the_other_can_be_used(
    page: ModelsPage, mine: LibraryModel, room: Room, qtbot: QtBot
) -> None:
    assert card(page, "practice").sign.text() == "In use"
    assert not card(page, "practice").use.isVisible()
    assert not card(page, mine.id).sign.isVisible()

    qtbot.mouseClick(card(page, mine.id).use, LEFT)
    assert room.current.value.model_path == str(mine.paths[0])
    assert room.asked == ["load"]
    assert card(page, mine.id).sign.isVisible()
    assert card(page, "practice").use.isVisible()


def test_a_switch_shows_how_far_it_is(page: ModelsPage, mine: LibraryModel, qtbot: QtBot) -> None:
    qtbot.mouseClick(card(page, mine.id).use, LEFT)
    page.show_status(replace(READY, state=ModelState.LOADING, load_fraction=0.4))
    assert card(page, mine.id).sign.text() == "Loading 40 %"
    page.show_status(READY)
    assert card(page, mine.id).sign.text() == "In use"


def test_while_an_answer_is_written_no_other_model_can_be_used(
    page: ModelsPage, mine: LibraryModel
) -> None:
    page.show_busy(is_busy=True)
    assert not card(page, mine.id).use.isEnabled()
    assert "An answer is being written" in card(page, mine.id).use.toolTip()
    page.show_busy(is_busy=False)
    assert card(page, mine.id).use.isEnabled()


def test_a_measured_speed_takes_the_place_of_the_estimate(
    page: ModelsPage, mine: LibraryModel, qtbot: QtBot
) -> None:
    shown = card(page, mine.id)
    qtbot.waitUntil(lambda: "layers" in shown.facts.text())
    speed = MeasuredSpeed(41.3, "NVIDIA GeForce RTX 5070 Ti", 1)
    shown.show_model(replace(mine, speed=speed), shown.state)
    said = shown.outlook.speed.text()
    assert said == "Measured here: 41 tokens/s on NVIDIA GeForce RTX 5070 Ti"


def test_files_are_checked_with_progress_and_told_whole(
    page: ModelsPage, mine: LibraryModel, qtbot: QtBot
) -> None:
    shown = card(page, mine.id)
    choose(shown, "Check its files")
    assert shown.work.isVisible()
    assert shown.work.said.text().startswith("Reading the files…")
    qtbot.waitUntil(lambda: not shown.work.isVisible(), timeout=10_000)
    assert shown.message.text().startswith("Nobody published")
    qtbot.waitUntil(lambda: "files checked" in card(page, mine.id).facts.text())


def test_a_changed_file_is_told_in_red(page: ModelsPage, mine: LibraryModel, qtbot: QtBot) -> None:
    shown = card(page, mine.id)
    choose(shown, "Check its files")
    noted = 10_000  # ms
    qtbot.waitUntil(lambda: "files checked" in shown.facts.text(), timeout=noted)
    with mine.paths[0].open("r+b") as file:
        file.seek(30_000_000)
        file.write(b"something else")
    choose(shown, "Check its files")
    qtbot.waitUntil(shown.work.isVisible)
    qtbot.waitUntil(lambda: not shown.work.isVisible(), timeout=10_000)
    assert shown.message._role == "danger"


def test_a_deleted_model_comes_back(
    page: ModelsPage, mine: LibraryModel, models: ModelDesk, qtbot: QtBot
) -> None:
    choose(card(page, mine.id), "Delete")
    assert mine.id not in page.library.cards
    (gone,) = page.library.gone
    assert gone.name.text() == "small-oss is deleted."
    assert gone.hint.text() == "64 MB come free when Sotto ends."
    assert not mine.paths[0].exists()

    qtbot.mouseClick(gone.undo, LEFT)
    assert mine.paths[0].exists()
    qtbot.waitUntil(card(page, mine.id).isVisible)
    assert page.library.gone == ()
    assert models.library.find(mine.id) is not None


def test_a_deleted_model_is_let_go_of_at_once_when_that_is_wished(
    page: ModelsPage, mine: LibraryModel, qtbot: QtBot
) -> None:
    choose(card(page, mine.id), "Delete")
    qtbot.mouseClick(page.library.gone[0].free, LEFT)
    qtbot.waitUntil(lambda: page.library.gone == ())


def test_a_model_is_moved_to_another_folder(
    page: ModelsPage, mine: LibraryModel, asked: Asked, tmp_path: Path, qtbot: QtBot
) -> None:
    asked.folder = tmp_path / "elsewhere"
    asked.folder.mkdir()
    choose(card(page, mine.id), "Move to another folder…")
    target = asked.folder / mine.paths[0].name
    qtbot.waitUntil(lambda: card(page, mine.id).model.paths == (target,), timeout=10_000)
    assert "It is in" in card(page, mine.id).message.text()
    assert target.exists()


def test_a_model_gets_another_name(page: ModelsPage, mine: LibraryModel, asked: Asked) -> None:
    asked.name = "My own"
    choose(card(page, mine.id), "Rename…")
    assert card(page, mine.id).name.text() == "My own"


def test_its_file_is_shown_in_the_file_manager(
    page: ModelsPage, mine: LibraryModel, asked: Asked
) -> None:
    choose(card(page, mine.id), "Show in the file manager")
    assert asked.shown == [mine.paths[0]]


def test_the_practice_model_can_be_neither_moved_nor_deleted(page: ModelsPage) -> None:
    texts = [one.text() for one in card(page, "practice").make_menu().actions()]
    assert texts == ["Check its files", "Show in the file manager"]


def test_a_missing_file_is_told_with_ways_on(
    page: ModelsPage,
    mine: LibraryModel,
    asked: Asked,
    models: ModelDesk,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    elsewhere = tmp_path / "moved.gguf"
    mine.paths[0].rename(elsewhere)
    page.refresh()
    qtbot.waitUntil(lambda: card(page, mine.id).sign.text() == "File missing")
    shown = card(page, mine.id)
    assert str(mine.paths[0]) in shown.message.text().replace("\u200b", "")
    assert not shown.use.isVisible()
    assert shown.locate.isVisible()
    assert shown.remove.isVisible()

    asked.files = (elsewhere,)
    qtbot.mouseClick(shown.locate, LEFT)
    qtbot.waitUntil(lambda: not any(one.is_missing for one in models.library.models()))
    assert len(models.library.models()) == 2


def test_the_keyboard_reaches_everything_on_a_card(page: ModelsPage, mine: LibraryModel) -> None:
    shown = card(page, mine.id)
    for control in (shown.use, shown.settings, shown.more):
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert "small-oss" in control.accessibleName()


def test_the_steps_of_the_first_start_are_one_step_away(
    page: ModelsPage, room: Room, qtbot: QtBot
) -> None:
    page.first_start.setFocus()
    qtbot.keyClick(page.first_start, Qt.Key.Key_Space)
    assert room.asked == ["first start"]
