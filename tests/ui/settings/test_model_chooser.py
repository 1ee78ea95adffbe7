from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.models.values import LibraryModel, Origin
from tests.ui.settings.conftest import Room
from ui.models.page import ModelsPage
from ui.settings.model_page import ModelPage
from ui.settings.page_name import PageName
from ui.settings.screen import SettingsScreen


@pytest.fixture
def other(room: Room, tmp_path: Path) -> LibraryModel:
    """A model that is not in use."""
    file = tmp_path / "other.gguf"
    file.write_bytes(b"weights")
    found = LibraryModel("other", "Other model", (file,), 7, Origin.IN_PLACE)
    return room.models.desk().library.add(found)


@pytest.fixture
def page(screen: SettingsScreen, other: LibraryModel, qtbot: QtBot) -> ModelPage:
    del other
    screen.open_named(PageName.MODEL)
    (found,) = [page for page in screen.pages if isinstance(page, ModelPage)]
    qtbot.waitUntil(lambda: len(found.memory.bars) == 2)
    return found


def test_the_model_in_use_is_shown_first(page: ModelPage) -> None:
    assert page.chooser.choice.text() == "Practice model"
    assert page.chooser.hint.text().startswith("It is in use.")


def test_settings_of_another_model_are_its_own(
    page: ModelPage, room: Room, other: LibraryModel, qtbot: QtBot
) -> None:
    room.current.change(context_tokens=4096)
    page.chooser.choice.choose(0)
    assert page.chooser.choice.text() == "Other model"
    assert page.chooser.hint.text().startswith("It is not in use now")
    assert page.rows.context.field.text() == ""

    qtbot.keyClicks(page.rows.context.field, "65536")
    qtbot.keyClick(page.rows.context.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "65,536 tokens" in page.memory.sentence.text())
    assert room.current.value.context_tokens == 4096  # of the model in use
    path = str(other.paths[0])
    assert room.file.load().model_settings[path] == {"context_tokens": 65_536}

    page.chooser.choice.choose(1)
    assert page.rows.context.field.text() == "4096"


def test_each_choice_says_why_and_what_a_step_costs(page: ModelPage) -> None:
    why = page.rows.context.hint.text().splitlines()[1]
    assert why == "Enough for a long chat. Twice as much takes 0.8 GiB more."
    assert "All layers fit on NVIDIA GeForce RTX 5070 Ti." in page.rows.gpu_layers.hint.text()
    assert "q8_0 gives" in page.rows.cache_row.hint.text()


def test_a_card_leads_to_the_settings_of_its_model(
    screen: SettingsScreen, page: ModelPage, other: LibraryModel, qtbot: QtBot
) -> None:
    screen.open_named(PageName.MODELS)
    (models,) = [one for one in screen.pages if isinstance(one, ModelsPage)]
    qtbot.waitUntil(lambda: other.id in models.library.cards)
    qtbot.mouseClick(models.library.cards[other.id].settings, Qt.MouseButton.LeftButton)
    assert screen.stack.currentWidget() is page
    assert page.chooser.choice.text() == "Other model"

    qtbot.mouseClick(page.models, Qt.MouseButton.LeftButton)
    assert screen.stack.currentWidget() is models


def test_another_model_in_use_is_followed(page: ModelPage, room: Room, other: LibraryModel) -> None:
    room.current.change(model_path=str(other.paths[0]))
    assert page.chooser.choice.text() == "Other model"
    assert page.chooser.hint.text().startswith("It is in use.")
