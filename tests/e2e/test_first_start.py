"""From a computer without anything to an answer, through the real window.

The practice model's file lies on a Hub on loopback as if it were the model.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from app.chats.values import MessageStatus
from app.models.catalogue import UPDATE_NAME
from app.models.catalogue_file import CatalogueText, written
from app.models.values import ModelPart, OfferedModel
from tests.e2e.conftest import Driver, OpenWindow
from tests.servers.hub.server import HubServer, hub_server
from ui.actions import ActionId
from ui.first_start.page import FirstStartPage
from ui.first_start.step_card import StepState

REPOSITORY = "ggml-org/gpt-oss-20b-GGUF"
FILE = "gpt-oss-20b-mxfp4.gguf"
SLOW_KIB = 4_000
"""A second: the file takes longer than anything that is done meanwhile."""


@pytest.fixture
def hub(
    practice_model_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[HubServer]:
    """A Hub with the file, and a newer catalogue in the data folder that names it."""
    with hub_server() as server:
        commit = server.put(REPOSITORY, {FILE: practice_model_path})
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        repository = server.repository(REPOSITORY)
        assert repository is not None
        stored = repository.commits[commit][FILE]
        model = OfferedModel(
            "gpt-oss-20b",
            "gpt-oss-20b",
            (ModelPart(FILE, len(stored.data), stored.sha256),),
            REPOSITORY,
            commit,
            licence="Apache-2.0",
            quantisation="MXFP4",
            sources={"sha256": "a test"},
        )
        data = Path(environ["SOTTO_DATA_DIR"])
        data.mkdir(parents=True, exist_ok=True)
        text = written(CatalogueText(1_000, "2026-11-27", (model,)))
        (data / UPDATE_NAME).write_text(text, "utf-8")
        yield server


@pytest.fixture
def first(open_window: OpenWindow, hub: HubServer) -> Driver:
    del hub
    driver = open_window(is_first=True)
    page = page_of(driver)
    driver.wait(lambda: page.machine.state is StepState.DONE and page.file.start.isEnabled())
    return driver


def page_of(driver: Driver) -> FirstStartPage:
    page = driver.session.first_start.page
    assert page is not None
    return page


def press(driver: Driver, button: QAbstractButton) -> None:
    driver.wait(lambda: button.isVisible() and button.isEnabled())
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def model_path(driver: Driver) -> str | None:
    return driver.session.settings.value.model_path


def test_from_nothing_to_an_answer_of_the_downloaded_model(first: Driver) -> None:
    page, door = page_of(first), first.session.first_start
    assert "gpt-oss-20b" in page.machine.sentence.text()

    press(first, page.file.start)
    first.wait(lambda: page.chat.state is StepState.CURRENT)
    first.wait(lambda: model_path(first) is not None)
    first.wait_until_ready()
    assert Path(str(model_path(first))).name == FILE
    assert page.file.state is StepState.DONE

    press(first, page.chat.go)
    assert not door.is_shown
    loaded = first.status.loaded
    assert loaded is not None
    assert loaded.facts.path.name == FILE
    assert first.say("Hello").status is MessageStatus.COMPLETE
    assert first.session.settings.value.first_start == "done"


def test_the_practice_model_answers_while_the_download_runs_and_nothing_is_interrupted(
    first: Driver,
) -> None:
    page, session = page_of(first), first.session
    session.settings.change(download_kib_per_second=SLOW_KIB)
    press(first, page.file.start)
    first.wait(page.file.row.isVisible)
    press(first, page.chat.go)
    assert first.say("Hello").status is MessageStatus.COMPLETE
    strip = session.first_start.strip
    assert strip is not None
    assert strip.isVisible()
    assert "gpt-oss-20b" in strip.text()

    press(first, strip)
    assert session.first_start.is_shown
    press(first, page.chat.go)
    session.settings.change(download_kib_per_second=0)
    notices = session.window.banner
    first.wait(lambda: notices.isVisible() and "gpt-oss-20b" in notices.title.text())
    assert model_path(first) is None  # the chat goes on with what it began with
    assert not strip.isVisible()

    press(first, notices.action)
    first.wait(lambda: model_path(first) is not None)
    first.wait_until_ready()


def test_a_download_that_was_under_way_goes_on_at_the_next_start(
    first: Driver, open_window: OpenWindow
) -> None:
    page = page_of(first)
    first.session.settings.change(download_kib_per_second=SLOW_KIB)
    press(first, page.file.start)
    first.wait(lambda: (page.download.done_bytes if page.download else 0) > 0)
    first.session.close()

    again = open_window()
    assert again.session.first_start.is_shown  # where it was left
    row = page_of(again).file.row
    again.wait(lambda: row.isVisible() and row.pause.isVisible())
    again.session.settings.change(download_kib_per_second=0)
    again.wait(lambda: model_path(again) is not None)
    again.wait_until_ready()


def test_who_has_a_history_never_sees_it(open_window: OpenWindow) -> None:
    first = open_window()
    first.wait_until_ready()
    first.session.close()
    old = open_window(is_first=True)
    assert not old.session.first_start.is_shown
    assert old.session.settings.value.first_start == "done"


def test_a_model_that_another_program_keeps_is_listed_at_once_and_used_without_a_download(
    open_window: OpenWindow, hub: HubServer, practice_model_path: Path
) -> None:
    kept = Path.home() / ".lmstudio" / "models" / "maker" / "model" / FILE
    kept.parent.mkdir(parents=True)
    shutil.copyfile(practice_model_path, kept)
    driver = open_window(is_first=True)
    page = page_of(driver)
    driver.wait(lambda: page.machine.state is StepState.DONE and len(page.files.rows) > 0)

    press(driver, page.files.rows[0].take)
    driver.wait(lambda: model_path(driver) is not None)
    driver.wait_until_ready()
    assert Path(str(model_path(driver))).samefile(kept)
    assert page.chat.state is StepState.CURRENT
    assert hub.record.asked() == []


def test_what_is_typed_while_the_page_is_in_front_asks_nothing(first: Driver, qtbot: QtBot) -> None:
    window, page = first.session.window, page_of(first)

    def typed() -> str:
        target: QWidget | None = window.focusWidget()
        qtbot.keyClicks(window if target is None else target, "words")
        return window.panel.composer.text

    assert page.isVisible()
    assert not typed(), "at the start"
    window.actions_here.run(ActionId.SETTINGS)
    first.wait(lambda: not page.isVisible())
    qtbot.keyClick(first.session.settings_screen, Qt.Key.Key_Escape)
    first.wait(page.isVisible)
    assert not typed(), "back from the settings"
    window.actions_here.run(ActionId.SETTINGS)
    window.actions_here.run(ActionId.NEW_CHAT)
    first.wait(lambda: not page.isVisible())
    assert typed() == "words", "in a new chat, which was asked for"
